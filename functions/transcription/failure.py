"""What ends badly ends in the row: the state machine's own failures, and what it can't catch."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from transcription.announcer import Announcer
from transcription.foreign import discreet
from transcription.job import Job, Status
from transcription.ledger import Ledger

# How an execution can end without its RecordFailure state having run to its end.
ENDINGS: Mapping[str, str] = {
    "TIMED_OUT": "The execution ran out of time",
    "ABORTED": "The execution was stopped",
    "FAILED": "The execution failed",
}


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong with an attempt, and where (`stage`)."""

    job_id: str
    attempt: int
    status: Status
    stage: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class FailureRecorder:
    """Writes failures to the ledger."""

    ledger: Ledger
    announcer: Announcer

    def record(self, failure: Failure) -> Job | None:
        """End the attempt; None where it had ended already, or is no longer the newest."""
        job = self.ledger.get(failure.job_id)
        if job is None or job.attempt != failure.attempt:
            return None
        if job.is_terminal:
            return None if job.announced_at else self.announcer.announce(job)
        # Once the raw answer is safe nothing can expire: what failed is ours.
        status = Status.FAILED if job.status is Status.TRANSCRIBED else failure.status
        stage = failure.stage or stage_of(job)
        return self.announcer.finish(job, status, stage, failure.reason)


def read(event: Mapping[str, Any]) -> Failure:
    """A failure out of the RecordFailure state's input or an execution status change event."""
    if event.get("detail-type") == "Step Functions Execution Status Change":
        detail = event["detail"]
        job_id, attempt = _named(detail["name"])
        ending = ENDINGS.get(detail["status"], f"The execution is {detail['status']}")
        said = f"{ending}: {detail['cause']}" if detail.get("cause") else ending
        expired = detail["status"] == "TIMED_OUT"
        return Failure(
            job_id, attempt, Status.EXPIRED if expired else Status.FAILED, None, said[:500]
        )
    return Failure(
        job_id=event["job_id"],
        attempt=int(event["attempt"]),
        status=Status.EXPIRED if event.get("status") == "expired" else Status.FAILED,
        stage=event.get("stage"),
        reason=event.get("reason") or from_error(event.get("error", ""), event.get("cause", "")),
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
