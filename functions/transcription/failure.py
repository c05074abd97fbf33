"""What ends badly ends in the row: the state machine's own failures, and what it can't catch."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from transcription.announcer import Announcer
from transcription.budget import Budget
from transcription.foreign import discreet
from transcription.job import Job, Status, revised
from transcription.ledger import Ledger
from transcription.next_step import STOPPED, THERE, Step, after_execution, failed_there, still_known
from transcription.workflow import GONE

# How an execution can end without its RecordFailure state having run to its end.
ENDINGS: Mapping[str, str] = {
    "TIMED_OUT": "The execution ran out of time",
    "ABORTED": "The execution was stopped",
    "FAILED": "The execution failed",
    "SUCCEEDED": "The execution ended without a result",
    GONE: "The execution is gone",
}


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong with an attempt, and where (`stage`).

    `ending` is how its execution ended, where that is all that is known.
    """

    job_id: str
    attempt: int
    status: Status
    stage: str | None
    reason: str
    ending: str | None = None


@dataclass(frozen=True, slots=True)
class FailureRecorder:
    """Writes failures to the ledger."""

    ledger: Ledger
    announcer: Announcer
    budget: Budget

    def record(self, failure: Failure) -> Job | None:
        """End the attempt; None where it had ended already, is not the newest, or can go on."""
        job = self.ledger.get(failure.job_id)
        if job is None or job.attempt != failure.attempt:
            return None
        if job.is_terminal:
            return None if job.announced_at else self.announcer.announce(job)
        now = self.announcer.now()
        if failure.ending and after_execution(job, failure.ending, now) is Step.RESUME:
            # What is paid for, and can still be had, is not given up: Reconcile takes it over.
            self.ledger.save(job, revised(job, due_at=now))
            return None
        # Once the raw answer is safe nothing can expire: what failed is ours.
        status = Status.FAILED if job.status is Status.TRANSCRIBED else failure.status
        stage = failure.stage or stage_of(job)
        price = None if stage == THERE else job.price
        ended = self.announcer.finish(job, status, stage, failure.reason, price=price)
        self.budget.correct(job, price)
        return ended


def read(event: Mapping[str, Any]) -> Failure:
    """A failure out of the RecordFailure state's input or an execution status change event."""
    if event.get("detail-type") == "Step Functions Execution Status Change":
        detail = event["detail"]
        job_id, attempt = _named(detail["name"])
        ending = ENDINGS.get(detail["status"], f"The execution is {detail['status']}")
        said = f"{ending}: {discreet(detail['cause'])}" if detail.get("cause") else ending
        expired = detail["status"] == "TIMED_OUT"
        status = Status.EXPIRED if expired else Status.FAILED
        return Failure(job_id, attempt, status, None, said[:500], detail["status"])
    return Failure(
        job_id=event["job_id"],
        attempt=int(event["attempt"]),
        status=Status.EXPIRED if event.get("status") == "expired" else Status.FAILED,
        stage=event.get("stage"),
        reason=event.get("reason") or from_error(event.get("error", ""), event.get("cause", "")),
    )


def unsaid(job: Job, ending: str, now: datetime) -> Failure:
    """The end of a job whose execution ended so without a word, and that nothing can go on with.

    Somebody who stopped it wanted its end, as the event about it says. Otherwise it expired, unless
    its result could still be fetched, or the provider had said already what went wrong.
    """
    if failed_there(job):
        return Failure(job.job_id, job.attempt, Status.FAILED, job.stage, job.reason or ending)
    failed = ending == STOPPED or still_known(job, now)
    reason = ENDINGS.get(ending, f"The execution is {ending}")
    if job.resumes:
        reason += f", after it had been taken over {job.resumes} times"
    return Failure(
        job.job_id, job.attempt, Status.FAILED if failed else Status.EXPIRED, None, reason
    )


def _named(execution: str) -> tuple[str, int]:
    """The job and attempt that an execution is named after; attempt 0 if somebody else named it."""
    job_id, _, attempt = execution.rpartition("-")
    return (job_id, int(attempt)) if job_id and attempt.isdecimal() else (execution, 0)


def from_error(error: str, cause: str) -> str:
    """A sentence from what a Catch saw; a Lambda's cause is JSON with the exception in it."""
    try:
        raised = json.loads(cause)
        said = f"{raised.get('errorType', error)}: {raised['errorMessage']}"
    except (ValueError, KeyError, TypeError, AttributeError):
        said = f"{error}: {cause}" if cause else error
    return discreet(said)[:500] or "It failed without giving a reason"


def stage_of(job: Job) -> str:
    """The stage in which a job is that never came to its end."""
    if job.stage:
        return job.stage
    return "publish" if job.status is Status.TRANSCRIBED else "poll"
