"""What trying a job again costs: read from its row, by the stack's own decision."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import Enum
from typing import Final, NamedTuple

from transcription.job import Job as StackJob
from transcription.job import Status
from transcription.next_step import Step, failed_there, retry_step

from dropscribe.jobs import Job
from dropscribe.screen import clock, counted, visible


class Cost(Enum):
    """What a retry costs, in the words of the command."""

    FREE_ANSWER = "free, the answer is saved and is published again"
    FREE_RESULT = "free, the speech API still has the result"
    FIRST = "paid once if it is sent this time, it was not transcribed yet"
    AFTER_FAILURE = "paid if it succeeds, the speech API says that what fails there is not billed"
    AGAIN = "paid again, it is sent to the speech API once more"
    UNSURE = "perhaps paid twice, an earlier request may have been billed"

    @property
    def label(self) -> str:
        """Its name for machines."""
        return self.name.lower().replace("_", "-")


# What a person is asked about first.
TWICE: Final = frozenset({Cost.AGAIN, Cost.UNSURE})


class Sum(NamedTuple):
    """What many jobs of one cost come to; `unknown` is how many don't tell their length."""

    jobs: int
    audio_seconds: float
    unknown: int


def cost_of(job: Job, now: datetime) -> Cost:
    """What the stack will have to do for this job, as its row says."""
    theirs = _as_the_stack_has_it(job)
    lost = theirs.status is Status.AMBIGUOUS or job.row.get("ambiguous")
    match retry_step(theirs, now):
        case Step.PUBLISH:
            return Cost.FREE_ANSWER
        case Step.START:
            return Cost.FREE_RESULT
        # Of the last request alone: one whose answer was lost may have been billed.
        case Step.SEND_AGAIN if failed_there(theirs):
            return Cost.UNSURE if lost else Cost.AFTER_FAILURE
        # An id that the API no longer knows is off the row; that it was sent is still on it.
        case Step.SEND_AGAIN if theirs.generation_id or (theirs.submitted_at and not lost):
            return Cost.AGAIN
    # An attempt before this one may have been sent, too; how that ended is off the row.
    return Cost.UNSURE if lost or theirs.submitted_at else Cost.FIRST


def refusal(job: Job) -> str | None:
    """Why a job is not tried again, or None."""
    name = visible(job.key)
    match job.status:
        case "COMPLETED":
            return (
                f"{name} is COMPLETED, there is nothing to retry. "
                "To transcribe it anew, with other options for instance, upload it again."
            )
        case "ERASED":
            return f"{name or job.job_id} is ERASED, its recording is gone: upload it again."
        case "CLAIMED" | "SENDING" | "SUBMITTED" | "TRANSCRIBED":
            return f"{name} is {job.status}, so it is under way and the stack looks after it."
    return None


def sums(priced: Iterable[tuple[Job, Cost]]) -> dict[Cost, Sum]:
    """What each kind of cost comes to, the dearest last."""
    lengths: dict[Cost, list[float | None]] = {cost: [] for cost in Cost}
    for job, cost in priced:
        lengths[cost].append(job.audio_seconds)
    return {
        cost: Sum(len(known), sum(it for it in known if it is not None), known.count(None))
        for cost, known in lengths.items()
        if known
    }


def sentences(found: Mapping[Cost, Sum]) -> Iterable[str]:
    """A line for each kind of cost."""
    for cost, total in found.items():
        jobs = counted(total.jobs, "job")
        unknown = f", and {total.unknown} of unknown length" if total.unknown else ""
        yield f"{jobs}, {clock(total.audio_seconds)} of audio{unknown}: {cost.value}."


def _as_the_stack_has_it(job: Job) -> StackJob:
    """What the stack's own decision looks at."""
    return StackJob(
        job_id=job.job_id,
        bucket=job.bucket,
        key=job.key,
        status=Status(job.status),
        uploaded_at=datetime.fromisoformat(job.uploaded_at),
        stage=job.stage,
        answer=job.answer,
        generation_id=job.generation_id,
        submitted_at=datetime.fromisoformat(job.submitted_at) if job.submitted_at else None,
    )
