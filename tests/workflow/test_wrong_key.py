"""Fifty files and a wrong key, on a stack of their own: nothing is lost and nothing paid twice."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from dropscribe.local.assembly import Assembly
from dropscribe.local.cloud import Cloud
from dropscribe.local.home import Home
from dropscribe.local.settings import Settings
from tests.conftest import SAMPLE
from tests.scripted_api import RecordedRequest, Reply, ScriptedApi
from tests.stack import Put, Stack

SPEECH = SAMPLE.read_bytes()
FILES = 50
RIGHT = "the-right-key"


@pytest.fixture
def locked() -> Iterator[ScriptedApi]:
    """A speech API that lets one key in."""
    with ScriptedApi(key=RIGHT) as server:
        yield server


@pytest.fixture
def shut_out(
    assembly: Assembly, locked: ScriptedApi, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:
    """A stack whose secret holds another key, and whose functions have never seen the right one."""
    settings = Settings(api_base_url=locked.base_url, scale=0.02, persist=False)
    with Cloud.on_free_ports(Home(tmp_path_factory.mktemp("locked")), settings) as cloud:
        stack = Stack(cloud.connection.session(), cloud.deploy(assembly), patience=120)
        _set_key(stack, "a-wrong-key")
        yield stack


def test_a_mended_key_takes_fifty_waiting_files_through(
    shut_out: Stack, locked: ScriptedApi
) -> None:
    """All wait as rows; mended in the secret, all are completed in their first attempt."""
    puts = _uploaded(shut_out)
    waiting = [shut_out.wait(put, "WAITING") for put in puts]
    assert {(row["wait_reason"], row["attempt"]) for row in waiting} == {("key", 1)}
    refused = len(locked.creates)
    assert {create.key for create in locked.creates} == {"a-wrong-key"}
    _set_key(shut_out, RIGHT)
    shut_out.dispatch(now=True)
    rows = shut_out.wait_all(puts)
    assert Counter((row["status"], row["attempt"]) for row in rows) == {("COMPLETED", 1): FILES}
    created = locked.creates[refused:]
    assert {create.key for create in created} == {RIGHT}
    assert Counter(_key(create) for create in created) == Counter(put.key for put in puts)
    assert shut_out.dead_letters() == 0


def _uploaded(stack: Stack) -> list[Put]:
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(lambda n: stack.put(SPEECH, f"shut-out/{n}.wav"), range(FILES)))


def _key(create: RecordedRequest) -> str:
    """The object that a create names, out of its presigned URL."""
    return "shut-out/" + urlsplit(create.url).path.rpartition("/")[2]


def _set_key(stack: Stack, key: str) -> None:
    stack.session.client("secretsmanager").put_secret_value(
        SecretId=stack.outputs["ApiKeySecretArn"], SecretString=key
    )


def test_a_fetch_that_is_refused_for_the_key_calls_the_operator(
    stack: Stack, api: ScriptedApi
) -> None:
    """The job is created and paid for: its hour runs, so somebody must hear of it now."""
    api.on_fetch(Reply.refused(401), Reply.completed("Just in time."))
    row = stack.wait(stack.put(SPEECH))
    assert (row["status"], row["attempt"], row["polls"]) == ("COMPLETED", 1, 2)
    assert '"OperatorMustAct"' in stack.logs("Poll")
