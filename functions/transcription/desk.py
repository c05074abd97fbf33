"""The desk: takes a job the next step towards the speech API, and out again when it fails."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from transcription import cancelling, waiting
from transcription.announcer import Announcer
from transcription.api_errors import Doubtful, NotNow, Refused
from transcription.job import Job, Status, WaitReason, later, move, reopen, resume
from transcription.ledger import Ledger
from transcription.multipart import BrokenOff
from transcription.next_step import Step
from transcription.parameters import PARAMETERS
from transcription.recordings import Recordings, Unavailable
from transcription.sending import LEASE, SendBy, TooLarge, Way, choose
from transcription.speech_api import SpeechApi
from transcription.workflow import StateMachine

# Seconds after which a saved id without an execution is started by somebody else.
START_LEASE: Final = 60
# Seconds after which a doubt that a person has to settle is looked at again: it stays in sight.
HELD: Final = 24 * 3600


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that sending needs.

    `now` is the clock; `resend` says whether a submit whose answer was lost is sent once more;
    `send_by` which way recordings take where both are open.
    """

    ledger: Ledger
    api: SpeechApi
    recordings: Recordings
    workflow: StateMachine
    announcer: Announcer
    now: Callable[[], datetime]
    resend: bool
    send_by: SendBy = SendBy.URL

    def take(self, job: Job, step: Step) -> Job | None:
        """Apply a step; None where the job stays as it is. Raises Overtaken."""
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
            case Step.RESUME:
                due = later(self.now(), START_LEASE)
                return self.start(self.ledger.save(job, resume(job, due_at=due)))
            case Step.HOLD:
                self._move(job, Status.AMBIGUOUS, due_at=later(self.now(), HELD))
        return None

    def _again(self, job: Job, step: Step) -> Job | None:
        """Open a new attempt at a job that had ended, where it can go on."""
        match step:
            case Step.SEND_AGAIN:
                return self.send(self._reopen(job, Status.CLAIMED, generation_id=None, answer=None))
            case Step.START:
                return self.start(self._reopen(job, Status.SUBMITTED, answer=None))
            case Step.PUBLISH:
                return self.start(self._reopen(job, Status.TRANSCRIBED))
        return None

    def cancel(self, job: Job) -> Job | None:
        """End a job because a person asked, and stop its execution; None where it can't end now.

        The row ends first: then an execution that nobody stopped finds nothing left to do.
        """
        ending = cancelling.ending(job)
        if ending is None:
            return None
        ended = self.announcer.finish(job, ending.status, ending.stage, ending.reason)
        self.workflow.stop(ended, ending.reason)
        return ended

    def send(self, job: Job, attempt: int | None = None) -> Job:
        """Have everything ready, mark SENDING, call `create`, and write down what came of it."""
        number = attempt or job.attempt
        with ExitStack() as opened:
            try:
                way, create = self._prepared(job, opened)
            except NotNow as error:
                return self._wait(job, error, attempt=number)
            except BrokenOff as error:
                return self._wait(job, NotNow(str(error), WaitReason.OUTAGE), attempt=number)
            except (Unavailable, TooLarge) as error:
                return self.announcer.finish(job, Status.REJECTED, "inspect", str(error))
            return self._sent(self._sending(job, number, way), create)

    def _sending(self, job: Job, attempt: int, way: Way) -> Job:
        now = self.now()
        due = later(now, LEASE)
        return self._move(
            job, Status.SENDING, attempt=attempt, sent_by=str(way), sending_at=now, due_at=due
        )

    def _prepared(self, job: Job, opened: ExitStack) -> tuple[Way, Callable[[], str]]:
        """The call of `create`, complete: what can fail before anything is sent fails here.

        A job may have waited for days: its owner may have taken the recording back.
        """
        if self.ledger.paused():
            raise NotNow("An operator has paused the stack", WaitReason.PAUSED)
        version = (job.bucket, job.key, job.version_id)
        size = self.recordings.require(*version, job.etag)
        url = self.recordings.url(*version)
        way = choose(self.send_by, job.key, url, size)
        if way is Way.URL:
            return way, self.api.prepared(request(job), url)
        audio = opened.enter_context(self.recordings.opened(*version, job.etag))
        return way, self.api.prepared(request(job), audio)

    def _sent(self, sending: Job, create: Callable[[], str]) -> Job:
        try:
            generation_id = create()
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
        due = waiting.stuck_after_start(job, self.now())
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

    def _wait(self, job: Job, error: NotNow, **changes: Any) -> Job:
        until = later(self.now(), waiting.in_room(error.reason, job.waits, error.retry_after))
        return self._move(
            job,
            Status.WAITING,
            reason=str(error),
            wait_reason=error.reason,
            wait_until=until,
            due_at=until,
            waits=job.waits + 1,
            **changes,
        )

    def _doubt(self, job: Job, reason: str) -> Job:
        again = self.resend and job.ambiguous == 0
        then = "it is sent once more" if again else "`dropscribe retry` sends it again"
        return self._move(
            job,
            Status.AMBIGUOUS,
            reason=f"{reason}. It may have been billed; {then}",
            ambiguous=job.ambiguous + 1,
            due_at=later(self.now(), waiting.AFTER_DOUBT if again else HELD),
        )

    def _move(self, job: Job, to: Status, **changes: Any) -> Job:
        return self.ledger.save(job, move(job, to, **changes))

    def _reopen(self, job: Job, to: Status, **changes: Any) -> Job:
        now = self.now()
        # A new attempt may be paid for again: its own executions are taken over as often.
        fresh = {"claimed_at": now, "due_at": later(now, LEASE), "resumes": 0}
        return self.ledger.save(job, reopen(job, to, **fresh, **changes))


def request(job: Job) -> Mapping[str, Any]:
    """What `create` is asked, but for the recording.

    What is off is left out; what our table lacks is passed on as it is.
    """
    asked = {
        name: value
        for name, value in job.options.items()
        if value is not False or name not in PARAMETERS
    }
    return {"model": job.model, **asked}
