"""What becomes of a job that a person cancels, decided from its row alone."""

from datetime import UTC, datetime
from typing import Any

import pytest
from transcription.cancelling import Ending, ending, is_meant
from transcription.job import TERMINAL, Status
from transcription.s3_events import Cancel

from tests.unit.examples import a_job

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize("status", [Status.CLAIMED, Status.WAITING])
def test_what_was_not_sent_is_rejected(status: Status) -> None:
    """Nobody has paid for it."""
    assert ending(a_job(status=status)) == Ending(Status.REJECTED, "Cancelled by an operator")


@pytest.mark.parametrize("before", [{"ambiguous": 1}, {"submitted_at": NOON}])
def test_what_was_sent_before_may_be_billed(before: dict[str, Any]) -> None:
    """Without an answer, or with one, where it is about to be sent again."""
    cancelled = ending(a_job(status=Status.WAITING, **before))
    assert cancelled is not None
    assert "billed" in cancelled.reason


@pytest.mark.parametrize("status", [Status.AMBIGUOUS, Status.SUBMITTED, Status.TRANSCRIBED])
def test_what_was_sent_has_failed(status: Status) -> None:
    """The reason says that it may be billed all the same."""
    cancelled = ending(a_job(status=status))
    assert cancelled is not None
    assert (cancelled.status, cancelled.stage) == (Status.FAILED, "cancel")
    assert "may have been billed" in cancelled.reason


@pytest.mark.parametrize("status", [Status.SENDING, *sorted(TERMINAL)])
def test_what_is_being_sent_or_has_ended_stays(status: Status) -> None:
    """The answer to the request tells what there is to cancel; an end is final."""
    assert ending(a_job(status=status)) is None


@pytest.mark.parametrize(
    ("revision", "attempt", "meant"),
    [(3, 2, True), (5, 2, True), (9, 2, False), (3, 1, False), (5, None, True), (3, None, False)],
)
def test_a_message_means_the_attempt_that_was_seen(
    revision: int, attempt: int | None, meant: bool
) -> None:
    """A poll has moved the row since, a retry has begun another attempt."""
    job = a_job(status=Status.SUBMITTED, revision=5, attempt=2)
    assert is_meant(job, Cancel(job.job_id, revision, attempt)) is meant
