"""`dropscribe logs` against real log groups."""

import json
import time

import pytest

from dropscribe.log_lines import part_of, readable
from tests.cli.conftest import Run
from tests.cli.small_stack import SmallStack


def test_a_job_is_followed_through_every_log(stack: SmallStack, run: Run) -> None:
    """Oldest first, and no line of another job."""
    job_id = stack.plant("a.wav", "COMPLETED")
    other = stack.plant("b.wav", "COMPLETED")
    moved = {"level": "INFO", "location": "observe:55", "message": "JobMoved", "job_id": job_id}
    stack.log("Submit", moved | {"status": "SUBMITTED", "attempt": 1, "reason": None})
    time.sleep(0.01)
    stack.log("Poll", {"message": "Polled", "job_id": job_id, "seconds": 5}, {"job_id": other})
    result = run("logs", "a.wav")
    lines = [line.split("\t")[1:] for line in result.stdout.splitlines()]
    assert lines == [
        ["Submit", "JobMoved", "status=SUBMITTED, attempt=1"],
        ["Poll", "Polled", "seconds=5"],
    ]


def test_lines_are_told_to_machines_as_they_were_written(stack: SmallStack, run: Run) -> None:
    """JSON where a line is JSON, else its text."""
    job_id = stack.plant("a.wav", "COMPLETED")
    stack.log("Submit", {"job_id": job_id, "polls": 1}, f"[ERROR] {job_id}")
    lines = json.loads(run("logs", job_id, "--json").stdout)["lines"]
    said = [line["said"] for line in lines]
    assert sorted(said, key=str) == sorted(
        [{"job_id": job_id, "polls": 1}, f"[ERROR] {job_id}"], key=str
    )
    assert {line["part"] for line in lines} == {"Submit"}


def test_a_job_without_a_row_is_looked_for_too(stack: SmallStack, run: Run) -> None:
    """It may have failed before it got one; so may a message whose job nobody knows."""
    message = "3d5b8c1e-0000-4000-8000-1234567890ab"
    stack.log("Submit", {"message": "Failed", "message_id": message, "job_id": "ab" * 16})
    assert "message_id" in run("logs", "ab" * 16).stdout
    assert "Failed" in run("logs", message).stdout
    nothing = run("logs", "cd" * 16)
    assert (nothing.exit_code, nothing.stdout) == (3, "")


def test_a_part_of_the_stack_can_be_listened_to(stack: SmallStack, run: Run) -> None:
    """Whatever it says, and nothing of the others; one of the two must be named."""
    stack.log("Reconcile", {"message": "Reconciled"})
    stack.log("Submit", {"message": "JobMoved"})
    assert run("logs", "--part", "Reconcile").stdout.split("\t")[1:3] == ["Reconcile", "Reconciled"]
    assert run("logs", "--part", "reconcile").stdout.split("\t")[1] == "Reconcile"


def test_a_part_that_is_not_there_is_refused(stack: SmallStack, run: Run) -> None:
    """By the names of those that are, and not by an empty list."""
    result = run("logs", "--part", "Nope")
    assert result.exit_code == 2
    assert "There is no part Nope" in result.stderr
    assert "Reconcile" in result.stderr
    assert run("logs").exit_code == 2


@pytest.mark.parametrize(
    ("logical_id", "part"),
    [("SubmitLogs1A2B3C4D", "SubmitLogs"), ("DeadLettersAlarm", "DeadLettersAlarm")],
)
def test_a_part_is_called_without_its_hash(logical_id: str, part: str) -> None:
    """As the code calls it."""
    assert part_of(logical_id) == part


def test_a_trace_is_told_by_its_last_line() -> None:
    """The rest is in --json."""
    line = json.dumps({"message": "Failed", "exception": "Traceback ...\n  File x\nBad: it broke"})
    assert readable(line) == ("Failed", "exception=Bad: it broke")
