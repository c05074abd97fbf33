"""What to do with a job found in the ledger: the one decision behind duplicates and recovery."""

from datetime import datetime, timedelta
from enum import Enum, auto

from transcription.job import Job, Status

# Seconds after which a result is gone at the provider, with some margin.
FORGOTTEN = 58 * 60
# How often executions that ended without a word are taken over.
MOST_RESUMES = 2
# What Step Functions says of an execution that somebody stopped.
STOPPED = "ABORTED"
# The stage of what the provider itself gave up, which it does not bill.
THERE = "transcribe"


class Step(Enum):
    """What may be done now."""

    NOTHING = auto()  # somebody is at it, or it is finished
    SEND = auto()  # nothing was sent yet
    SEND_AGAIN = auto()  # an answer was lost: a new attempt, perhaps billed twice
    DOUBT = auto()  # whoever sent it died before writing what came back
    START = auto()  # the id is saved, but no execution was started
    HOLD = auto()  # an answer was lost, and a person decides
    CHECK = auto()  # its execution may have ended, and nobody wrote how
    RESUME = auto()  # its execution did end: another one goes on where it stood
    CLOSE = auto()  # its execution did end, and there is nothing to go on with
    ANNOUNCE = auto()  # finished, but nobody was told
    PUBLISH = auto()  # the raw answer is safe: everything else is free
    INSPECT = auto()  # refused before: look at the object again


def next_step(job: Job, now: datetime, resend: bool) -> Step:
    """The step for a job that nobody asked about: a duplicate event, or one that is overdue.

    `resend` is the stack's setting: whether a lost answer is sent once more, or left to a person.
    """
    if job.due_at is None or now < job.due_at:
        return Step.NOTHING
    if job.is_terminal:
        return Step.ANNOUNCE if job.announced_at is None else Step.NOTHING
    match job.status:
        case Status.WAITING if job.waits_in_line:
            return Step.NOTHING  # its turn comes: Dispatch sends the oldest first
        case Status.CLAIMED | Status.WAITING:
            return Step.SEND
        case Status.SENDING:
            return Step.DOUBT
        case Status.AMBIGUOUS:
            return Step.HOLD if is_held(job, resend) else Step.SEND_AGAIN
        case _ if job.execution_arn is None:
            return Step.START
        case _:
            return Step.CHECK


def after_execution(job: Job, ending: str | None, now: datetime) -> Step:
    """The step for an overdue job once its execution was asked for: `ending` is None if it runs.

    Nothing here sends: what goes on is polled or published again, which is free.
    """
    if ending is None:
        return Step.NOTHING
    if ending == STOPPED or job.resumes >= MOST_RESUMES:
        return Step.CLOSE
    goes_on = job.status is Status.TRANSCRIBED or still_known(job, now)
    return Step.RESUME if goes_on else Step.CLOSE


def is_held(job: Job, resend: bool) -> bool:
    """Whether an answer was lost, and a person has to decide."""
    return job.status is Status.AMBIGUOUS and not (resend and job.ambiguous < 2)


def retry_step(job: Job, now: datetime) -> Step:
    """The step for a job that a person wants tried again: what is free comes first."""
    match job.status:
        case Status.WAITING:
            return Step.SEND
        case Status.AMBIGUOUS:
            return Step.SEND_AGAIN
        case Status.REJECTED:
            return Step.INSPECT
        case Status.FAILED | Status.EXPIRED:
            # What expired may have kept the API's last words, but never a transcript.
            if job.answer and job.status is Status.FAILED and not failed_there(job):
                return Step.PUBLISH
            return Step.START if still_known(job, now) else Step.SEND_AGAIN
    return Step.NOTHING


def failed_there(job: Job) -> bool:
    """Whether it failed at the provider itself, whose answer then holds no transcript."""
    return job.stage == THERE


def still_known(job: Job, now: datetime) -> bool:
    """Whether the provider may still hold the result: it must not be paid for again then."""
    if job.generation_id is None or job.submitted_at is None or failed_there(job):
        return False
    return now - job.submitted_at < timedelta(seconds=FORGOTTEN)
