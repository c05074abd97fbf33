"""`dropscribe cancel` against a real queue."""

import pytest
from transcription.cancelling import ending
from transcription.job import Job as StackJob
from transcription.job import Status

from dropscribe.cancel import how_it_ended, refusal
from dropscribe.exits import ExitCode
from dropscribe.jobs import Job
from tests.cli.conftest import Run
from tests.cli.small_stack import SmallStack
from tests.unit.examples import NOON


def job(status: str, stage: str | None = None) -> Job:
    return Job("0" * 32, "b", "a.wav", status, "2026-11-22T10:00:00.000Z", stage=stage)


def test_each_job_is_named_as_it_was_seen(stack: SmallStack, run: Run) -> None:
    """One message each, and stderr says what it means for the bill."""
    waiting = stack.plant("a.wav", "WAITING", revision=3)
    sent = stack.plant("b.wav", "SUBMITTED", revision=5, attempt=2)
    result = run("cancel", "a.wav", "b.wav", sent)
    asked = sorted(stack.messages(), key=lambda message: int(message["revision"]))
    assert asked == [
        {"cancel": waiting, "revision": 3, "attempt": 1},
        {"cancel": sent, "revision": 5, "attempt": 2},
    ]
    assert "a.wav (WAITING): it is not sent, and costs nothing." in result.stderr
    assert "b.wav (SUBMITTED): it was sent, and may be billed" in result.stderr


def test_what_was_sent_before_may_be_billed(stack: SmallStack, run: Run) -> None:
    """Though it only waits now: an earlier attempt, or one whose answer was lost."""
    stack.plant("a.wav", "WAITING", attempt=2, submitted_at="2026-11-22T10:00:00.000Z")
    stack.plant("b.wav", "WAITING", ambiguous=1)
    said = run("cancel", "a.wav", "b.wav").stderr
    assert said.count("it is not sent again; an earlier request may be billed.") == 2


def test_one_that_must_stay_stops_all(stack: SmallStack, run: Run) -> None:
    """Nothing is asked for any of them."""
    stack.plant("a.wav", "WAITING")
    stack.plant("b.wav", "SENDING")
    result = run("cancel", "a.wav", "b.wav")
    assert (result.exit_code, stack.messages()) == (1, [])
    assert "ask again in a minute" in result.stderr


def test_waiting_shows_how_it_ended(stack: SmallStack, run: Run) -> None:
    """A job that failed because it was cancelled is what was asked for."""
    stack.plant("a.wav", "SUBMITTED")
    with stack.cancelling("FAILED", stage="cancel", reason="Cancelled by an operator"):
        result = run("cancel", "a.wav", "--wait", "--timeout", "60")
    assert (result.exit_code, result.stdout) == (
        0,
        "FAILED\ta.wav\t\tCancelled by an operator\n",
    )


@pytest.mark.parametrize(
    ("jobs", "code"),
    [
        ([job("FAILED", "cancel"), job("REJECTED", "cancel")], ExitCode.FINE),
        ([job("FAILED", "cancel"), job("COMPLETED")], ExitCode.JOB_FAILED),
        ([job("FAILED", "cancel"), job("SUBMITTED")], ExitCode.NOT_READY),
        ([job("FAILED", "cancel"), None], ExitCode.NOT_READY),
    ],
)
def test_the_exit_code_says_whether_all_were_cancelled(
    jobs: list[Job | None], code: ExitCode
) -> None:
    """One that completed first was not, one that goes on is not ready."""
    assert how_it_ended(jobs) is code


@pytest.mark.parametrize("status", Status)
def test_what_the_stack_would_ignore_is_refused(status: Status) -> None:
    """A cancel is refused exactly where the stack's own decision is to do nothing."""
    theirs = StackJob("0" * 32, "b", "a.wav", status, NOON)
    assert (refusal(job(status)) is not None) == (ending(theirs) is None)
