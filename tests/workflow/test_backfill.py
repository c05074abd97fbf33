"""A backfill of the deployed stack, run with the rights that the stack's own policies give."""

import json
from collections import Counter

import pytest

from dropscribe.local.cloud import Cloud
from tests.conftest import SAMPLE
from tests.scripted_api import ScriptedApi
from tests.stack import Row, Stack
from tests.workflow.test_operator import Run, runs_with

SPEECH = SAMPLE.read_bytes()
FILES = 60


@pytest.fixture
def run(cloud: Cloud, stack: Stack) -> Run:
    """Runs a command line as an operator who may fill back."""
    return runs_with(cloud, stack, "OperatorPolicyArn", "BackfillPolicyArn")


@pytest.fixture
def keys(stack: Stack) -> list[str]:
    """Files of which no event ever told."""
    names = [f"archive/{number:02} é+%.wav" for number in range(FILES)]
    stack.put_before(SPEECH, names)
    return names


def test_what_was_there_before_is_transcribed_once(
    stack: Stack, api: ScriptedApi, run: Run, keys: list[str]
) -> None:
    """Stopped in the middle and started again; fresh uploads meanwhile pass by."""
    dry = json.loads(run("backfill", "archive/", "--dry-run", "--json").stdout)
    assert (dry["files"], dry["known"]) == (FILES, 0)
    begun = run("backfill", "archive/", "--yes")
    assert begun.exit_code == 0, begun.output
    assert api.wait_for(lambda seen: len(seen.creates) >= FILES // 4, 60)
    fresh = [stack.put(SPEECH) for _ in range(3)]
    stopped = run("backfill", "--stop")
    assert stopped.exit_code == 0, stopped.output
    assert {row["status"] for row in stack.wait_all(fresh)} == {"COMPLETED"}
    assert 0 < len(jobs(stack, keys)) < FILES
    again = run("backfill", "archive/", "--yes", "--wait", "--timeout", "120")
    assert again.exit_code == 0, again.output
    rows = jobs(stack, keys)
    assert Counter(row["status"] for row in rows) == {"COMPLETED": FILES}
    assert len(api.creates) == FILES + len(fresh)
    assert {row["lane"] for row in rows} == {"backfill"}


def jobs(stack: Stack, keys: list[str]) -> list[Row]:
    """The rows of these keys."""
    rows = stack.table.scan(ConsistentRead=True)["Items"]
    return [row for row in rows if row.get("key") in keys]
