"""What becomes of a job that a person cancels."""

from typing import Final, NamedTuple

from transcription.job import Job, Status
from transcription.s3_events import Cancel

STAGE: Final = "cancel"
NOT_SENT: Final = frozenset({Status.CLAIMED, Status.WAITING})
SENT: Final = frozenset({Status.AMBIGUOUS, Status.SUBMITTED, Status.TRANSCRIBED})
REASON: Final = "Cancelled by an operator"
BILLED: Final = f"{REASON}; it was sent before, so it may have been billed"


class Ending(NamedTuple):
    """How a cancelled job ends."""

    status: Status
    reason: str
    stage: str = STAGE


def ending(job: Job) -> Ending | None:
    """How a job ends when it is cancelled; None where it can't be.

    Either it has ended already, or it is being sent at this moment: only what comes of that tells
    whether there is something to wait for.
    """
    if job.status in NOT_SENT:
        was_sent = job.ambiguous or job.submitted_at  # in an attempt before
        return Ending(Status.REJECTED, BILLED if was_sent else REASON)
    return Ending(Status.FAILED, BILLED) if job.status in SENT else None


def is_meant(job: Job, request: Cancel) -> bool:
    """Whether a message is about the job as it is now.

    A poll changes the row's revision, and means no other job; a retry opens the next attempt,
    which a message that is delivered late, or twice, must not cancel.
    """
    if request.attempt is None:
        return job.revision == request.revision
    return job.attempt == request.attempt and job.revision >= request.revision
