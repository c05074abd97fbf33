"""The one decision behind duplicates, recovery and retries."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcription.job import TERMINAL, Status, WaitReason
from transcription.next_step import Step, after_execution, next_step, retry_step

from tests.unit.examples import MINUTE, NOON, a_job

PAST = NOON - MINUTE


@pytest.mark.parametrize("resend", [True, False])
@pytest.mark.parametrize("due_at", [None, NOON + MINUTE])
@pytest.mark.parametrize("status", Status)
def test_before_its_time_a_job_is_left_alone(status: Status, due_at: Any, resend: bool) -> None:
    """A duplicate event finds somebody at it already, or nothing left to do."""
    assert next_step(a_job(status=status, due_at=due_at), NOON, resend) is Step.NOTHING


@pytest.mark.parametrize(
    ("status", "facts", "resend", "step"),
    [
        (Status.CLAIMED, {}, False, Step.SEND),
        (Status.WAITING, {}, False, Step.SEND),
        (Status.WAITING, {"wait_reason": WaitReason.SLOT}, True, Step.NOTHING),
        (Status.WAITING, {"wait_reason": WaitReason.BUDGET}, True, Step.NOTHING),
        (Status.SENDING, {}, True, Step.DOUBT),
        (Status.SENDING, {}, False, Step.DOUBT),
        (Status.AMBIGUOUS, {"ambiguous": 1}, True, Step.SEND_AGAIN),
        (Status.AMBIGUOUS, {"ambiguous": 1}, False, Step.HOLD),
        (Status.AMBIGUOUS, {"ambiguous": 2}, True, Step.HOLD),
        (Status.SUBMITTED, {}, False, Step.START),
        (Status.SUBMITTED, {"execution_arn": "a"}, False, Step.CHECK),
        (Status.TRANSCRIBED, {}, False, Step.START),
        (Status.TRANSCRIBED, {"execution_arn": "a"}, False, Step.CHECK),
        *((status, {}, False, Step.ANNOUNCE) for status in sorted(TERMINAL)),
        *((status, {"announced_at": NOON}, False, Step.NOTHING) for status in sorted(TERMINAL)),
    ],
)
def test_an_overdue_job_is_taken_further(
    status: Status, facts: dict[str, Any], resend: bool, step: Step
) -> None:
    """Whoever was at it is dead: the next one goes on from what the row says."""
    assert next_step(a_job(status=status, due_at=PAST, **facts), NOON, resend) is step


def test_a_job_is_due_at_its_very_moment() -> None:
    """The moment itself counts as come."""
    assert next_step(a_job(due_at=NOON), NOON, resend=False) is Step.SEND


@given(
    status=st.sampled_from(Status),
    ambiguous=st.integers(0, 5),
    arn=st.sampled_from([None, "arn"]),
    due=st.sampled_from([None, PAST, NOON, NOON + MINUTE]),
)
def test_what_may_be_billed_is_never_sent_twice_unasked(
    status: Status, ambiguous: int, arn: str | None, due: Any
) -> None:
    """Without `resend` only what was never sent is sent; SENDING itself never is."""
    job = a_job(status=status, ambiguous=ambiguous, execution_arn=arn, due_at=due)
    sent = next_step(job, NOON, resend=False) in {Step.SEND, Step.SEND_AGAIN}
    assert not sent or status in {Status.CLAIMED, Status.WAITING}


ENDINGS = ("FAILED", "TIMED_OUT", "SUCCEEDED", "GONE")
POLLED = {"status": Status.SUBMITTED, "generation_id": "g", "submitted_at": NOON - 30 * MINUTE}
TOO_LATE = {"submitted_at": NOON - timedelta(minutes=59)}


@pytest.mark.parametrize(
    ("facts", "step"),
    [
        ({}, Step.RESUME),
        ({"resumes": 1}, Step.RESUME),
        ({"resumes": 2}, Step.CLOSE),
        (TOO_LATE, Step.CLOSE),
        ({"generation_id": None}, Step.CLOSE),
        ({"stage": "transcribe"}, Step.CLOSE),
        ({"status": Status.TRANSCRIBED} | TOO_LATE, Step.RESUME),
        ({"status": Status.TRANSCRIBED, "resumes": 2}, Step.CLOSE),
    ],
)
@pytest.mark.parametrize("ending", ENDINGS)
def test_an_execution_that_ended_is_taken_over_while_that_is_of_use(
    facts: dict[str, Any], step: Step, ending: str
) -> None:
    """Twice at most: while the result can be fetched, or once the answer is safe."""
    assert after_execution(a_job(**(POLLED | facts)), ending, NOON) is step


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.TRANSCRIBED])
def test_an_execution_that_runs_or_was_stopped_is_not_taken_over(status: Status) -> None:
    """It may be slow; and whoever stopped it wanted its end."""
    job = a_job(**(POLLED | {"status": status}))
    assert after_execution(job, None, NOON) is Step.NOTHING
    assert after_execution(job, "ABORTED", NOON) is Step.CLOSE


GIVEN = {"generation_id": "g", "submitted_at": NOON - 30 * MINUTE}
KEPT = {"answer": "x/1.json"}
LONG_AGO = NOON - timedelta(hours=1)


@pytest.mark.parametrize(
    ("status", "facts", "step"),
    [
        (Status.CLAIMED, {}, Step.NOTHING),
        (Status.SENDING, {}, Step.NOTHING),
        (Status.SUBMITTED, GIVEN, Step.NOTHING),
        (Status.TRANSCRIBED, GIVEN | KEPT, Step.NOTHING),
        (Status.COMPLETED, GIVEN | KEPT, Step.NOTHING),
        (Status.ERASED, {}, Step.NOTHING),
        (Status.WAITING, {}, Step.SEND),
        (Status.AMBIGUOUS, {}, Step.SEND_AGAIN),
        (Status.REJECTED, {}, Step.INSPECT),
        (Status.FAILED, GIVEN | KEPT | {"stage": "publish"}, Step.PUBLISH),
        (Status.FAILED, GIVEN | KEPT | {"stage": "poll"}, Step.PUBLISH),
        (Status.EXPIRED, GIVEN | KEPT, Step.START),
        (Status.EXPIRED, GIVEN | KEPT | {"submitted_at": LONG_AGO}, Step.SEND_AGAIN),
        (Status.FAILED, GIVEN | KEPT | {"stage": "transcribe"}, Step.SEND_AGAIN),
        (Status.FAILED, GIVEN | {"stage": "poll"}, Step.START),
        (Status.EXPIRED, GIVEN | {"stage": "poll"}, Step.START),
        (Status.EXPIRED, GIVEN | {"submitted_at": LONG_AGO}, Step.SEND_AGAIN),
        (Status.FAILED, {}, Step.SEND_AGAIN),
        (Status.FAILED, {"submitted_at": NOON}, Step.SEND_AGAIN),
    ],
)
def test_a_retry_takes_what_is_free_first(
    status: Status, facts: dict[str, Any], step: Step
) -> None:
    """What is paid for is published again, then fetched again, and only then paid again."""
    assert retry_step(a_job(status=status, **facts), NOON) is step
