"""One look at the API for a job's answer, and when to look again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict

from transcription import answer, waiting
from transcription.answer import Outcome
from transcription.api_errors import Gone, NotNow, Refused
from transcription.job import Job, Status, WaitReason, later, move
from transcription.ledger import Ledger
from transcription.shelf import Shelf
from transcription.speech_api import SpeechApi
from transcription.speeds import Speeds
from transcription.turns import Course, Pending, Turn

# An id that was just given may not be known everywhere yet, in seconds.
YOUNG = 120


class Look(TypedDict, total=False):
    """What the state machine is told: under 1 KB, and never a word of the transcript.

    `status` is pending (look again in `seconds`), transcribed, failed or expired (`reason` says
    why), or over: this attempt has nothing left to do. `wait_reason` is why the API didn't answer.
    """

    status: str
    seconds: int
    look: int
    course: Course
    reason: str
    stage: str
    wait_reason: str


@dataclass(frozen=True, slots=True)
class Poller:
    """Looks for answers; keeps each one before anything is made of it."""

    ledger: Ledger
    api: SpeechApi
    shelf: Shelf
    speeds: Speeds
    deadline: int
    now: Callable[[], datetime]

    def poll(self, job_id: str, attempt: int, look: int, course: Course | None = None) -> Look:
        """Look number `look` of an execution.

        Look 0 only says when to come: nobody told the execution when it started.
        """
        job = self.ledger.get(job_id)
        if job is None or job.attempt != attempt or job.is_terminal:
            return {"status": "over"}
        if job.status is Status.TRANSCRIBED:
            return {"status": "transcribed"}
        now = self.now()
        if look == 0:
            speed = self.speeds.of(job.model)
            seconds = waiting.before_first_look(job, now, speed, self.deadline)
            return {"status": "pending", "seconds": seconds, "look": 1}
        return self._ask(Turn(job, waiting.passed(job, now), look, course or {}))

    def _ask(self, turn: Turn) -> Look:
        job = turn.job
        if job.generation_id is None:
            return _gone("The API had forgotten the id at the last look")
        try:
            body = self.api.fetch(job.generation_id)
        except NotNow as error:
            return self._again(turn, Pending(str(error), error.reason, error.retry_after))
        except Gone as error:
            if turn.elapsed < YOUNG:
                return self._again(turn, Pending(str(error), WaitReason.OUTAGE))
            # A retry must not be called free on the strength of an id that is gone.
            self._save(job, job.status, polls=job.polls + 1, generation_id=None)
            return _gone(str(error))
        except Refused as error:
            return _ended("failed", "transcribe", str(error))
        return self._read(turn, body)

    def _read(self, turn: Turn, body: bytes) -> Look:
        try:
            found = answer.read(body)
        except answer.Unreadable as error:
            # A gateway's page, most likely: the next one may be ours.
            return self._again(turn, Pending(str(error), WaitReason.OUTAGE, body=body))
        match found.outcome:
            case Outcome.PENDING:
                return self._again(turn, Pending(found.reason, body=body))
            case Outcome.FAILURE:
                return self._fail(turn.job, body, found.reason)
        self._keep(turn.job, body)
        if seen := turn.seen:
            self.speeds.learn(turn.job.model, turn.job.audio_seconds or 0, seen)
        return {"status": "transcribed"}

    def _keep(self, job: Job, body: bytes) -> None:
        """The raw answer is safe first: the provider forgets it after an hour."""
        now = self.now()
        facts = {"transcribed_at": now, "due_at": later(now, waiting.PUBLISHING)}
        key = self.shelf.keep_answer(job, body)
        self._save(job, Status.TRANSCRIBED, polls=job.polls + 1, answer=key, **facts)

    def _fail(self, job: Job, body: bytes, reason: str) -> Look:
        """The stage says that this answer is none to publish, however the execution ends."""
        key = self.shelf.keep_answer(job, body)
        ended = _ended("failed", "transcribe", reason)
        told = {"stage": ended["stage"], "reason": ended["reason"]}
        self._save(job, job.status, polls=job.polls + 1, answer=key, **told)
        return ended

    def _again(self, turn: Turn, pending: Pending) -> Look:
        job = turn.job
        seconds = self._seconds(turn, pending)
        if seconds is None:
            return self._too_late(job, pending)
        reason = pending.said if pending.wait_reason else None
        due = later(self.now(), seconds + waiting.STUCK)
        # What a person must mend has to be seen while the result can still be fetched.
        waits = {"reason": reason, "wait_reason": pending.wait_reason, "due_at": due}
        self._save(job, job.status, polls=job.polls + 1, **waits)
        look = turn.look + 1
        course = turn.onwards(pending)
        told: Look = {"status": "pending", "seconds": seconds, "look": look, "course": course}
        return _because(pending, told)

    def _seconds(self, turn: Turn, pending: Pending) -> int | None:
        if pending.wait_reason is None:
            return waiting.next_look(turn.elapsed, self.deadline)
        return waiting.after_setback(
            pending.wait_reason,
            turn.setbacks(pending.wait_reason),
            turn.elapsed,
            self.deadline,
            pending.retry_after,
        )

    def _too_late(self, job: Job, pending: Pending) -> Look:
        """The last look was in vain; what the API said last is kept for whoever asks why."""
        key = self.shelf.keep_answer(job, pending.body) if pending.body else job.answer
        self._save(job, job.status, polls=job.polls + 1, answer=key)
        reason = _in_vain(self.deadline, pending)
        return _because(pending, _ended("expired", "poll", reason))

    def _save(self, job: Job, to: Status, **changes: Any) -> Job:
        due = later(self.now(), waiting.STUCK)
        return self.ledger.save(job, move(job, to, **({"due_at": due} | changes)))


def _ended(status: str, stage: str, reason: str) -> Look:
    return {"status": status, "stage": stage, "reason": reason[:500]}


def _gone(why: str) -> Look:
    return _ended("expired", "poll", f"{why}: the result is no longer there")


def _because(pending: Pending, look: Look) -> Look:
    return {**look, "wait_reason": str(pending.wait_reason)} if pending.wait_reason else look


def _in_vain(deadline: int, pending: Pending) -> str:
    waited = f"No result within {deadline // 60} minutes of create"
    kept = "; its last answer is kept as it came" if pending.body else ""
    match pending.wait_reason:
        case WaitReason.KEY:
            return f"{waited}, because the API key was refused: {pending.said}"
        case WaitReason.CREDITS:
            return f"{waited}, because the key's account could not be used: {pending.said}"
    return f"{waited}: {pending.said}{kept}"
