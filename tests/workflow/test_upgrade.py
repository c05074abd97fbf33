"""A stack is deployed over an earlier one with jobs under way: each completes, none is sent twice.

Upgraded from are the newest commit whose stack is another than this one, and a release from before
there was Reconcile. Both come out of git's history; a checkout without it fails and says so.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from dropscribe.local.assembly import Assembly
from dropscribe.local.cloud import Cloud
from dropscribe.local.home import Home
from dropscribe.local.settings import Settings
from tests.chaos.rest import Rest
from tests.conftest import SAMPLE
from tests.scripted_api import Reply, ScriptedApi
from tests.stack import Put, Stack
from tests.workflow import earlier
from tests.workflow.conftest import KEY
from tests.workflow.earlier import Earlier

SPEECH = SAMPLE.read_bytes()
BEFORE_RECONCILE = "2f3a741"
DYING_SUBMIT, DIED = Path(__file__).with_name("dying_submit.py"), 9
# How often each is asked for in all: what was refused or lost before is asked for once more.
CREATES = {
    "CLAIMED": 1,
    "WAITING": 2,
    "SENDING": 1,
    "AMBIGUOUS": 2,
    "SUBMITTED": 1,
    "TRANSCRIBED": 1,
}


@pytest.fixture(params=["previous", BEFORE_RECONCILE])
def old(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Earlier:
    """An earlier version; a commit never changes, so what it deploys is made once."""
    cache = getattr(request.config, "cache", None)
    folder = Path(cache.mkdir("earlier")) if cache else tmp_path_factory.mktemp("earlier")
    revision = earlier.previous() if request.param == "previous" else request.param
    return Earlier.of(revision, folder)


@pytest.fixture
def cloud(api: ScriptedApi, tmp_path: Path) -> Iterator[Cloud]:
    """A cloud of its own: what is deployed there changes under the feet of running jobs."""
    settings = Settings(api_base_url=api.base_url, scale=0.2, persist=False)
    with Cloud.on_free_ports(Home(tmp_path / "home"), settings) as started:
        yield started


def test_jobs_in_every_open_status_complete_after_an_upgrade(
    old: Earlier,
    cloud: Cloud,
    api: ScriptedApi,
    assembly: Assembly,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By themselves, each created once; the ones whose answer was lost are counted."""
    before = _deployed(cloud, old.assembly(monkeypatch))
    api.on_fetch(Reply.pending().but(lasting=True))
    with before.denied("Publish", "dynamodb:*"), before.denied("RecordFailure", "dynamodb:*"):
        puts = _left_behind(before, cloud, old) | _under_way(before, api)
        assert {name: (before.row(puts[name]) or {})["status"] for name in CREATES} == _each()
        stack = _deployed(cloud, assembly)
        api.on_fetch(Reply.completed("It goes on."))
    rest = Rest(stack, "upgrade/")
    assert rest.reached(lambda: True)
    rows = {name: stack.wait(put) for name, put in puts.items()}
    assert {name: row["status"] for name, row in rows.items()} == _each("COMPLETED")
    texts = {name: stack.rendition(row, "txt") for name, row in rows.items()}
    assert texts == _each("It goes on.\n")
    created = {name: sum(each.names(put.key) for each in api.creates) for name, put in puts.items()}
    assert (created, rest.person.retries) == (CREATES, Counter())


def _deployed(cloud: Cloud, assembly: Assembly) -> Stack:
    session, outputs = cloud.connection.session(), cloud.deploy(assembly)
    session.client("secretsmanager").put_secret_value(
        SecretId=outputs["ApiKeySecretArn"], SecretString=KEY
    )
    stack = Stack(session, outputs)
    stack.switch_schedules_off()
    return stack


def _under_way(stack: Stack, api: ScriptedApi) -> dict[str, Put]:
    """Jobs that the deployed functions took so far, and that the speech API keeps there."""
    later = Reply.refused(429).but(headers={"Retry-After": "900"})
    api.when("waiting.wav").on_create(later)
    api.when("ambiguous.wav").on_create(Reply.dropped())
    api.when("transcribed.wav").on_fetch(Reply.completed("It goes on."))
    puts = {
        name: stack.put(SPEECH, f"upgrade/{name.lower()}.wav")
        for name in ("WAITING", "AMBIGUOUS", "SUBMITTED", "TRANSCRIBED")
    }
    for name, put in puts.items():
        stack.wait(put, name)
    return puts


def _left_behind(stack: Stack, cloud: Cloud, old: Earlier) -> dict[str, Put]:
    """Jobs whose Submit died: that version's own code, killed after it wrote their row."""
    environment = {**cloud.connection.environment(), **_environment(stack, "Submit")}
    puts = {}
    with stack.submit_held_back():
        for name in ("CLAIMED", "SENDING"):
            puts[name] = stack.put(SPEECH, f"upgrade/{name.lower()}.wav")
            event = _delivered(stack, puts[name])
            ended = old.run(DYING_SUBMIT, environment, name, event)
            assert ended == DIED
    return puts


def _delivered(stack: Stack, put: Put) -> str:
    """S3's event of an object. It goes back into the queue, as if its taker had died."""
    sqs, queue = stack.session.client("sqs"), stack.outputs["UploadQueueUrl"]

    def received() -> str | None:
        answer = sqs.receive_message(QueueUrl=queue, VisibilityTimeout=1, MaxNumberOfMessages=10)
        bodies = [message["Body"] for message in answer.get("Messages", [])]
        return next((body for body in bodies if put.version_id in body), None)

    return stack.until(received, lambda: "S3 has sent no event")


def _environment(stack: Stack, function: str) -> dict[str, str]:
    """What a deployed function is told."""
    listed = stack.session.client("lambda").list_functions()["Functions"]
    told = next(one for one in listed if f"-{function}" in one["FunctionName"])
    return dict(told["Environment"]["Variables"])


def _each(state: str | None = None) -> dict[str, str]:
    return {name: state or name for name in CREATES}
