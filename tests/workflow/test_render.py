"""Renditions made again by the command line, on the deployed stack, for nothing."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dropscribe.cli import cli
from dropscribe.local.cloud import Cloud
from tests.scripted_api import Reply, ScriptedApi
from tests.stack import Row, Stack
from tests.unit.sound import recording

JOBS = 50
SHORT = recording("wav")


@pytest.fixture
def command(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The command line, by a person whose AWS settings point at the cloud."""
    for name, value in cloud.connection.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("DROPSCRIBE_STACK", "Dropscribe")
    monkeypatch.delenv("AWS_PROFILE", raising=False)

    def run(*args: str) -> Result:
        return CliRunner().invoke(cli, args, prog_name="dropscribe")

    return run


def test_all_are_made_again_with_new_names(stack: Stack, api: ScriptedApi, command: Any) -> None:
    """`render --all` of fifty transcripts: the names are in them, and the API was not called."""
    api.on_fetch(Reply.completed("Well said."))
    # S3 tells the time of an upload in whole seconds.
    began = datetime.now(UTC).replace(microsecond=0).isoformat()
    before = _completed(stack, JOBS)
    api.reset()
    said = command("render", "--all", "--speakers", "Ada", "--since", began, "--json")
    assert said.exit_code == 0, said.output
    made = {job["job_id"]: job["outcome"] for job in json.loads(said.stdout)["jobs"]}
    assert made == {row["job_id"]: "made" for row in before}
    assert {stack.rendition(row, "txt") for row in before} == {"Ada: Well said.\n"}
    assert [request for request in api.creates if request.names("rendered/")] == []


def _completed(stack: Stack, many: int) -> list[Row]:
    """The rows of short recordings that were uploaded and transcribed, however busy we are."""
    with ThreadPoolExecutor(8) as pool:
        puts = list(pool.map(lambda n: stack.put(SHORT, f"rendered/{n}.wav"), range(many)))
    return replace(stack, patience=240).wait_all(puts)
