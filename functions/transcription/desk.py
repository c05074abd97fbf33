"""The desk: takes a job the next step towards the speech API, and out again when it fails."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from transcription import waiting
from transcription.announcer import Announcer
from transcription.job import Job, Status, later, move, reopen
from transcription.ledger import Ledger
from transcription.next_step import Step
from transcription.recordings import Recordings
from transcription.speech_api import Doubtful, NotNow, Refused, SpeechApi

# Seconds after which whoever claimed or was sending a job is taken for dead. Longer than the
# function's own timeout.
LEASE: Final = 300
# Seconds after which a saved id without an execution is started by somebody else.
START_LEASE: Final = 60
# Seconds after `create` at which even the execution's own timeout has passed.
FORGOTTEN: Final = 2 * 3600


class Workflow(Protocol):
    """The state machine that polls and publishes."""

    def start(self, job: Job) -> str:
        """Start this attempt's execution, or find it started; returns its ARN."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that sending needs.

    `now` is the clock; `resend` says whether a submit whose answer was lost is sent once more.
    """

    ledger: Ledger
    api: SpeechApi
    recordings: Recordings
    workflow: Workflow
    announcer: Announcer
    now: Callable[[], datetime]
    resend: bool

    def take(self, job: Job, step: Step) -> Job:
        """Apply a step; raises Overtaken when somebody else moved the job first."""
        if job.is_terminal and step is not Step.ANNOUNCE:
            return self._again(job, step)
        match step:
            case Step.SEND:
                return self.send(job)
            case Step.SEND_AGAIN:
                return self.send(job, attempt=job.attempt + 1)
            case Step.DOUBT:
                return self._doubt(job, "The sender died before it saw an answer")
            case Step.START:
                return self.start(job)
            case Step.ANNOUNCE:
                return self.announcer.announce(job)
            case Step.CLOSE:
                return self._close(job)
        return job

    def _again(self, job: Job, step: Step) -> Job:
        """Open a new attempt at a job that had ended, where it can go on."""
        match step:
            case Step.SEND_AGAIN:
                return self.send(self._reopen(job, Status.CLAIMED, generation_id=None, answer=None))
            case Step.START:
                return self.start(self._reopen(job, Status.SUBMITTED))
            case Step.PUBLISH:
                return self.start(self._reopen(job, Status.TRANSCRIBED))
        return job

    def send(self, job: Job, attempt: int | None = None) -> Job:
        """Mark SENDING, call `create`, and write down what came of it."""
        now = self.now()
        sending = self._move(
            job,
            Status.SENDING,
            attempt=attempt or job.attempt,
            sending_at=now,
            due_at=later(now, LEASE),
        )
        try:
            url = self.recordings.url(job.bucket, job.key, job.version_id)
            generation_id = self.api.create(request(job), url)
        except NotNow as error:
            return self._wait(sending, error)
        except Refused as error:
            return self.announcer.finish(sending, Status.REJECTED, "create", str(error))
        except Doubtful as error:
            return self._doubt(sending, str(error))
        return self.start(self._submitted(sending, generation_id))

    def start(self, job: Job) -> Job:
        """Start the execution of a job whose id is saved; safe to repeat."""
        arn = self.workflow.start(job)
        due = later(self.now(), FORGOTTEN)
        return self._move(job, job.status, execution_arn=arn, due_at=due)

    def _submitted(self, job: Job, generation_id: str) -> Job:
        now = self.now()
        return self._move(
            job,
            Status.SUBMITTED,
            generation_id=generation_id,
            submitted_at=now,
            execution_arn=None,
            reason=None,
            due_at=later(now, START_LEASE),
        )

    def _wait(self, job: Job, error: NotNow) -> Job:
        until = later(self.now(), waiting.in_room(error.reason, job.waits, error.retry_after))
        return self._move(
            job,
            Status.WAITING,
            reason=str(error),
            wait_reason=error.reason,
            wait_until=until,
            due_at=until,
            waits=job.waits + 1,
        )

    def _doubt(self, job: Job, reason: str) -> Job:
        again = self.resend and job.ambiguous == 0
        then = "it is sent once more" if again else "`dropscribe retry` sends it again"
        return self._move(
            job,
            Status.AMBIGUOUS,
            reason=f"{reason}. It may have been billed; {then}",
            ambiguous=job.ambiguous + 1,
            due_at=later(self.now(), waiting.AFTER_DOUBT) if again else None,
        )

    def _close(self, job: Job) -> Job:
        """End a job whose execution is long over without a word."""
        reason = "The execution ended without saying so"
        if job.status is Status.TRANSCRIBED:
            return self.announcer.finish(job, Status.FAILED, "publish", reason)
        return self.announcer.finish(job, Status.EXPIRED, "poll", reason)

    def _move(self, job: Job, to: Status, **changes: Any) -> Job:
        return self.ledger.save(job, move(job, to, **changes))

    def _reopen(self, job: Job, to: Status, **changes: Any) -> Job:
        due = later(self.now(), LEASE)
        return self.ledger.save(job, reopen(job, to, due_at=due, **changes))


def request(job: Job) -> Mapping[str, Any]:
    """What `create` is asked, but for the recording: false and unset options are left out."""
    asked = {name: value for name, value in job.options.items() if value is not False}
    return {"model": job.model, **asked}
