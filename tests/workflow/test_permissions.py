"""IAM is enforced: a function without one of its grants fails, by name, and says so in the row."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dropscribe.local.assembly import Assembly
from dropscribe.local.cloud import Cloud
from dropscribe.local.home import Home
from dropscribe.local.settings import Settings
from tests.conftest import SAMPLE
from tests.scripted_api import ScriptedApi
from tests.stack import Stack
from tests.workflow.conftest import KEY

SPEECH = SAMPLE.read_bytes()


@pytest.fixture(scope="module")
def bare(scripted: ScriptedApi, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """A cloud of its own, on which crippled stacks are deployed one after the other."""
    settings = Settings(api_base_url=scripted.base_url, scale=0.001, persist=False)
    with Cloud.on_free_ports(Home(tmp_path_factory.mktemp("bare")), settings) as cloud:
        yield cloud


@pytest.mark.parametrize(
    ("function", "action", "stage"),
    [
        ("Poll", "s3:PutObject", "poll"),
        ("Poll", "dynamodb:UpdateItem", "poll"),
        ("Publish", "dynamodb:GetItem", "publish"),
        ("Publish", "s3:PutObject", "publish"),
    ],
)
def test_a_missing_grant_fails_that_step_by_name(
    bare: Cloud,
    api: ScriptedApi,
    synthesized: Path,
    tmp_path: Path,
    function: str,
    action: str,
    stage: str,
) -> None:
    """The row says which stage failed, and that access was denied."""
    stack = _deployed(bare, _without(synthesized, tmp_path / "cdk.out", function, action))
    row = stack.wait(stack.put(SPEECH))
    assert (row["status"], row["stage"]) == ("FAILED", stage)
    assert "AccessDenied" in row["reason"]
    assert action.split(":")[1] in row["reason"]
    assert row["key"] not in row["reason"] + stack.logs()


def test_without_its_grant_submit_sends_nothing(
    bare: Cloud, api: ScriptedApi, synthesized: Path, tmp_path: Path
) -> None:
    """The upload stays in the queue and ends with the dead letters: nothing was called."""
    crippled = _without(synthesized, tmp_path / "cdk.out", "Submit", "dynamodb:PutItem")
    stack = _deployed(bare, crippled)
    with stack.redelivering_soon():
        put = stack.put(SPEECH)
        stack.until(lambda: stack.dead_letters() or None, lambda: "nothing is there")
    assert "AccessDenied" in stack.logs("Submit")
    assert not any(request.names(put.key) for request in api.creates)


def _deployed(cloud: Cloud, assembly: Assembly) -> Stack:
    outputs = cloud.deploy(assembly)
    session = cloud.connection.session()
    session.client("secretsmanager").put_secret_value(
        SecretId=outputs["ApiKeySecretArn"], SecretString=KEY
    )
    return Stack(session, outputs)


def _without(synthesized: Path, copy: Path, function: str, action: str) -> Assembly:
    """A copy of the assembly in which one function may not do one thing."""
    shutil.copytree(synthesized, copy)
    (path,) = copy.glob("*.template.json")
    template = json.loads(path.read_text())
    removed = 0
    for name, resource in template["Resources"].items():
        if name.startswith(f"{function}RoleDefaultPolicy"):
            for statement in resource["Properties"]["PolicyDocument"]["Statement"]:
                removed += _removed(statement, action)
    assert removed == 1, f"{function} is not granted {action}"
    path.write_text(json.dumps(template))
    return Assembly.read(copy)


def _removed(statement: dict[str, Any], action: str) -> int:
    granted = (
        statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
    )
    if action not in granted:
        return 0
    statement["Action"] = [other for other in granted if other != action] or ["s3:ListAllMyBuckets"]
    return 1
