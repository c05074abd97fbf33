"""`dropscribe retry` against a real queue."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from transcription.job import Job as StackJob
from transcription.job import Status, iso
from transcription.next_step import Step, retry_step

from dropscribe.costs import Cost, Sum, cost_of, refusal, sums
from dropscribe.jobs import Job
from dropscribe.retry import RETRYABLE
from tests.cli.conftest import Run
from tests.cli.small_stack import SmallStack

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


def job(status: str, **more: Any) -> Job:
    """A job as its row would tell it."""
    return Job("0" * 32, "b", "talk.wav", status, iso(NOW), **more)


def test_retry_sends_the_message_of_the_contract(stack: SmallStack, run: Run) -> None:
    """Each job is one message to the upload queue, and its cost was told."""
    ids = [
        stack.plant("a.wav", "FAILED", stage="publish", answer="a"),
        stack.plant("b.wav", "REJECTED"),
    ]
    result = run("retry", "a.wav", ids[1], "a.wav")
    assert sorted(message["retry"] for message in stack.messages()) == sorted(ids)
    assert result.exit_code == 0
    assert "a.wav (FAILED): free" in result.stderr
    assert "b.wav (REJECTED): paid once" in result.stderr


def test_a_completed_job_is_refused_and_nothing_is_sent(stack: SmallStack, run: Run) -> None:
    """One job that must not be retried stops all of them before anything is sent."""
    stack.plant("a.wav", "FAILED")
    stack.plant("b.wav", "COMPLETED")
    result = run("retry", "a.wav", "b.wav")
    assert (result.exit_code, stack.messages()) == (1, [])
    assert "b.wav is COMPLETED" in result.stderr


def test_waiting_for_a_retry_waits_for_the_next_attempt(stack: SmallStack, run: Run) -> None:
    """The old terminal status does not end the wait, the next attempt's does."""
    stack.plant("a.wav", "FAILED", reason="old")
    with stack.retrying(attempt=2):
        result = run("retry", "a.wav", "--wait", "--timeout", "60")
    assert (result.exit_code, result.stdout) == (0, "COMPLETED\ta.wav\t\t\n")


def test_a_waiting_job_goes_on_with_its_attempt(stack: SmallStack, run: Run) -> None:
    """A job that had not been sent yet is waited for in the attempt that it has."""
    stack.plant("a.wav", "WAITING", wait_reason="credits")
    with stack.retrying(attempt=1):
        result = run("retry", "a.wav", "--wait", "--timeout", "60")
    assert (result.exit_code, result.stdout) == (0, "COMPLETED\ta.wav\t\t\n")


def test_a_retry_that_does_not_begin_in_time_exits_3(stack: SmallStack, run: Run) -> None:
    """The old status is no answer to the retry."""
    stack.plant("a.wav", "FAILED")
    result = run("retry", "a.wav", "--wait", "--timeout", "0.1", "--json")
    assert result.exit_code == 3
    assert json.loads(result.stdout)["jobs"][0]["cost"] == "first"


def test_all_of_a_status_are_tried_again(stack: SmallStack, run: Run) -> None:
    """Through the index, and not those that a person cancelled; the sums come first."""
    told = {"generation_id": "g", "submitted_at": iso(datetime.now(UTC))}
    free = [stack.plant(f"calls/{n}.wav", "FAILED", audio_seconds=60, **told) for n in range(12)]
    stack.plant("calls/stopped.wav", "FAILED", stage="cancel")
    stack.plant("talk.wav", "FAILED")
    stack.plant("calls/old.wav", "FAILED", days_ago=2)
    result = run("retry", "--status", "failed", "--since", "24h", "--prefix", "calls/", "--json")
    assert (result.exit_code, stack.left_in("UploadQueueUrl")) == (0, len(free))
    told_of = json.loads(result.stdout)
    assert told_of["costs"] == {"free-result": {"jobs": 12, "audio_seconds": 720, "unknown": 0}}
    assert {job["job_id"] for job in told_of["jobs"]} == set(free)
    assert "12 jobs, 12:00 of audio: free" in result.stderr
    assert "1 job that somebody cancelled" in result.stderr


def test_a_dry_run_sends_nothing(stack: SmallStack, run: Run) -> None:
    """It says what it would cost, even where that is paid twice."""
    stack.plant("a.wav", "EXPIRED", generation_id="g", audio_seconds=61)
    result = run("retry", "--status", "EXPIRED", "--since", "1d", "--dry-run")
    assert (result.exit_code, stack.left_in("UploadQueueUrl")) == (0, 0)
    assert "1 job, 1:01 of audio: paid again" in result.stderr


def test_nothing_is_paid_twice_unasked(stack: SmallStack, run: Run) -> None:
    """Without a terminal to ask on only --yes allows it."""
    stack.plant("a.wav", "AMBIGUOUS")
    refused = run("retry", "a.wav")
    assert (refused.exit_code, stack.left_in("UploadQueueUrl")) == (2, 0)
    assert run("retry", "a.wav", "--yes").exit_code == 0
    assert stack.left_in("UploadQueueUrl") == 1


def test_a_rejected_attempt_after_one_that_was_sent(stack: SmallStack, run: Run) -> None:
    """It may be paid twice, so a person is asked."""
    stack.plant("a.wav", "REJECTED", attempt=2, submitted_at=GONE, stage="inspect")
    refused = run("retry", "a.wav")
    assert (refused.exit_code, stack.left_in("UploadQueueUrl")) == (2, 0)
    assert "a.wav (REJECTED): perhaps paid twice, an earlier request may" in refused.stderr


@pytest.mark.parametrize(
    "args",
    [
        (),
        ("--status", "FAILED"),
        ("a.wav", "--status", "FAILED", "--since", "1d"),
        ("a.wav", "--since", "1d"),
        ("--status", "COMPLETED", "--since", "1d"),
    ],
)
def test_what_cannot_be_meant_is_refused(run: Run, args: tuple[str, ...]) -> None:
    """Before any stack is asked."""
    assert run("retry", *args).exit_code == 2


def test_costs_are_summed_by_their_kind() -> None:
    """With the jobs whose length nobody knows."""
    priced = [
        (job("FAILED", audio_seconds=2.5), Cost.AGAIN),
        (job("FAILED"), Cost.AGAIN),
        (job("REJECTED", audio_seconds=7), Cost.FIRST),
    ]
    assert sums(priced) == {Cost.FIRST: Sum(1, 7, 0), Cost.AGAIN: Sum(2, 2.5, 1)}


GONE = iso(NOW - timedelta(hours=1))


@pytest.mark.parametrize(
    ("before", "cost"),
    [
        (job("FAILED", stage="publish", answer="j/1.json", generation_id="g"), Cost.FREE_ANSWER),
        (job("FAILED", stage="poll", generation_id="g", submitted_at=iso(NOW)), Cost.FREE_RESULT),
        (job("FAILED", stage="transcribe", answer="j/1.json"), Cost.AFTER_FAILURE),
        (job("EXPIRED", generation_id="g", submitted_at=GONE), Cost.AGAIN),
        (job("EXPIRED", submitted_at=GONE), Cost.AGAIN),
        (job("AMBIGUOUS"), Cost.UNSURE),
        (job("FAILED", row={"ambiguous": 1}), Cost.UNSURE),
        (job("REJECTED"), Cost.FIRST),
        (job("WAITING"), Cost.FIRST),
        # A later attempt that was not sent, after one that was; and answers lost on the way.
        (job("REJECTED", attempt=2, submitted_at=GONE), Cost.UNSURE),
        (job("WAITING", attempt=2, submitted_at=GONE), Cost.UNSURE),
        (job("REJECTED", row={"ambiguous": 1}), Cost.UNSURE),
        (job("AMBIGUOUS", attempt=2, submitted_at=GONE), Cost.UNSURE),
        (job("FAILED", stage="cancel", submitted_at=GONE, row={"ambiguous": 1}), Cost.UNSURE),
        (job("FAILED", stage="transcribe", attempt=2, submitted_at=GONE), Cost.AFTER_FAILURE),
        (job("FAILED", stage="transcribe", row={"ambiguous": 1}), Cost.UNSURE),
    ],
)
def test_the_cost_of_a_retry_is_read_from_the_row(before: Job, cost: Cost) -> None:
    """What is saved is free, what may have arrived may be paid twice."""
    assert cost_of(before, NOW) is cost


@pytest.mark.parametrize("status", RETRYABLE)
@pytest.mark.parametrize("submitted_at", [None, GONE])
@pytest.mark.parametrize("lost", [0, 1])
def test_paid_once_is_said_only_of_what_never_was_sent(
    status: str, submitted_at: str | None, lost: int
) -> None:
    """Whatever else the row says of its attempts."""
    cost = cost_of(job(status, attempt=3, submitted_at=submitted_at, row={"ambiguous": lost}), NOW)
    never_sent = not (submitted_at or lost or status == "AMBIGUOUS")
    assert (cost is Cost.FIRST) == never_sent


@pytest.mark.parametrize("status", Status)
def test_what_the_stack_would_ignore_is_refused(status: Status) -> None:
    """A retry is refused exactly where the stack's own decision is to do nothing."""
    theirs = StackJob("0" * 32, "b", "talk.wav", status, NOW)
    ignored = retry_step(theirs, NOW) is Step.NOTHING
    assert (refusal(job(status)) is not None) == ignored


def test_whole_statuses_are_those_that_may_be_tried_again() -> None:
    """--status offers what no job is refused for."""
    assert {status for status in Status if refusal(job(status)) is None} == set(RETRYABLE)
