"""The desk: takes a job the next step towards the speech API, and out again when it fails."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from transcription import cancelling, waiting
from transcription.announcer import Announcer
from transcription.api_errors import Doubtful, NotNow, Refused
from transcription.door import Door, full
from transcription.job import CAPACITY, Job, Status, WaitReason, later, move, reopen, resume
from transcription.ledger import Ledger, Overtaken
from transcription.multipart import BrokenOff
from transcription.next_step import Step
from transcription.parameters import PARAMETERS
from transcription.recordings import Recordings, Unavailable
from transcription.sending import LEASE, SendBy, TooLarge, Way, choose
from transcription.speech_api import SpeechApi
from transcription.speeds import Speeds
from transcription.workflow import StateMachine

# Seconds after which a saved id without an execution is started by somebody else.
START_LEASE: Final = 60
# Seconds after which a doubt that a person has to settle is looked at again: it stays in sight.
HELD: Final = 24 * 3600


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that sending needs.

    `door` lets a job go when there is a slot and money for it; `speeds` knows how long the API
    takes; `now` is the clock; `resend` says whether a submit whose answer was lost is sent once
    more; `send_by` which way recordings take where both are open; `deadline` how many seconds
    after `create` the API is asked for the last time.
    """

    ledger: Ledger
    api: SpeechApi
    recordings: Recordings
    workflow: StateMachine
    announcer: Announcer
    door: Door
    speeds: Speeds
    now: Callable[[], datetime]
    resend: bool
    send_by: SendBy = SendBy.URL
    deadline: int = waiting.DEADLINE

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
        """Take a slot, have everything ready, mark SENDING, call `create`, write what came of it.

        Who finds the house full has nothing to get ready.
        """
        number, now = attempt or job.attempt, self.now()
        try:
            self._enter(job, now)
        except NotNow as error:
            return self._wait(job, error, attempt=number)
        with ExitStack() as opened:
            try:
                way, create = self._prepared(job, opened)
                sending = self._sending(job, number, way)
            except Exception as error:  # noqa: BLE001 raised again there, if it is none of ours
                try:
                    return self._unsent(job, number, error)
                finally:
                    self.door.slots.give_back(job.job_id, now)
            return self._sent(sending, create)

    def _unsent(self, job: Job, attempt: int, error: Exception) -> Job:
        """Write why a job was not sent, so far or for good."""
        match error:
            case NotNow():
                return self._wait(job, error, attempt=attempt)
            case BrokenOff():
                return self._wait(job, NotNow(str(error), WaitReason.OUTAGE), attempt=attempt)
            case Unavailable() | TooLarge():
                return self.announcer.finish(job, Status.REJECTED, "inspect", str(error))
        raise error

    def _enter(self, job: Job, now: datetime) -> None:
        """Let the job in; raises NotNow where it has to stay outside, Overtaken."""
        if self.ledger.paused():
            raise NotNow("An operator has paused the stack", WaitReason.PAUSED)
        self.door.enter(job, now)

    def _sending(self, job: Job, attempt: int, way: Way) -> Job:
        """Pay for the job and mark it SENDING; raises NotNow without the money."""
        now = self.now()
        price = self.door.pay(job, now)
        try:
            return self._move(
                job,
                Status.SENDING,
                attempt=attempt,
                sent_by=str(way),
                sending_at=now,
                price=price,
                due_at=later(now, LEASE),
            )
        except Overtaken:
            self.door.budget.give_back(price, now)
            raise

    def _prepared(self, job: Job, opened: ExitStack) -> tuple[Way, Callable[[], str]]:
        """The call of `create`, complete: what can fail before anything is sent fails here.

        A job may have waited for days: its owner may have taken the recording back.
        """
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
            after = self._wait(sending, error, price=None)
        except Refused as error:
            finish, why = self.announcer.finish, str(error)
            after = finish(sending, Status.REJECTED, "create", why, price=None)
        except Doubtful as error:
            return self._doubt(sending, str(error))
        else:
            return self.start(self._submitted(sending, generation_id))
        # Only now: whoever dies before has a sum that is too high, not one that is too low.
        self.door.budget.correct(sending, None)
        return after

    def start(self, job: Job) -> Job:
        """Start the execution of a job whose id is saved; safe to repeat."""
        now = self.now()
        speed = self.speeds.of(job.model)
        seconds = waiting.before_first_look(job, now, speed, self.deadline)
        arn = self.workflow.start(job, seconds)
        due = waiting.stuck_after_start(job, now, seconds)
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

    def line_up(self, job: Job, step: Step) -> Job:
        """Have a job wait for room, whose step would be to send it now."""
        return self._wait(job, full(), attempt=job.attempt + (step is Step.SEND_AGAIN))

    def _wait(self, job: Job, error: NotNow, **changes: Any) -> Job:
        if error.reason in CAPACITY:
            return self._stand_in_line(job, error, **changes)
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

    def _stand_in_line(self, job: Job, error: NotNow, **changes: Any) -> Job:
        """Wait for room. It is due since it was claimed, so that the oldest goes first."""
        standing = job
        if not job.waits_in_line or job.wait_reason is not error.reason:
            due = job.claimed_at or self.now()
            told = {"reason": str(error), "wait_reason": error.reason, "due_at": due}
            standing = self._move(job, Status.WAITING, **told, **changes)
        if error.reason is WaitReason.SLOT:
            # A slot may have come free since: whoever freed it did not see this row.
            self.door.slots.want(standing.line)
        return standing

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
