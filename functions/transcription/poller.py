"""One look at the API for a job's answer, and when to look again."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, TypedDict

from transcription import answer, waiting
from transcription.answer import Outcome
from transcription.api_errors import Gone, NotNow, Refused
from transcription.job import Job, Status, WaitReason, later, move
from transcription.ledger import Ledger
from transcription.shelf import Shelf
from transcription.speech_api import SpeechApi

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
    reason: str
    stage: str
    wait_reason: str


class Pending(NamedTuple):
    """No answer yet: what was said instead, why the API did not answer, and its bytes if it did."""

    said: str
    wait_reason: WaitReason | None = None
    retry_after: float | None = None
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Poller:
    """Looks for answers; keeps each one before anything is made of it."""

    ledger: Ledger
    api: SpeechApi
    shelf: Shelf
    deadline: int
    now: Callable[[], datetime]

    def poll(self, job_id: str, attempt: int, look: int) -> Look:
        """Look number `look` of an execution; the first only says when to come back."""
        job = self.ledger.get(job_id)
        if job is None or job.attempt != attempt or job.is_terminal:
            return {"status": "over"}
        if job.status is Status.TRANSCRIBED:
            return {"status": "transcribed"}
        elapsed = self._elapsed(job)
        first = min(waiting.first_look(job.audio_seconds, job.size), self.deadline)
        if look == 0 and elapsed < first:
            return {"status": "pending", "seconds": math.ceil(first - elapsed), "look": 1}
        return self._ask(job, elapsed, look)

    def _ask(self, job: Job, elapsed: float, look: int) -> Look:
        if job.generation_id is None:
            return _gone("The API had forgotten the id at the last look")
        try:
            body = self.api.fetch(job.generation_id)
        except NotNow as error:
            pending = Pending(str(error), error.reason, error.retry_after)
            return self._again(job, elapsed, look, pending)
        except Gone as error:
            if elapsed < YOUNG:
                return self._again(job, elapsed, look, Pending(str(error), WaitReason.OUTAGE))
            # A retry must not be called free on the strength of an id that is gone.
            self._save(job, job.status, polls=job.polls + 1, generation_id=None)
            return _gone(str(error))
        except Refused as error:
            return _ended("failed", "transcribe", str(error))
        return self._read(job, elapsed, look, body)

    def _read(self, job: Job, elapsed: float, look: int, body: bytes) -> Look:
        try:
            found = answer.read(body)
        except answer.Unreadable as error:
            # A gateway's page, most likely: the next one may be ours.
            unreadable = Pending(str(error), WaitReason.OUTAGE, body=body)
            return self._again(job, elapsed, look, unreadable)
        if found.outcome is Outcome.PENDING:
            return self._again(job, elapsed, look, Pending(found.reason, body=body))
        return self._keep(job, body, found)

    def _keep(self, job: Job, body: bytes, found: answer.Answer) -> Look:
        """The raw answer is safe first: the provider forgets it after an hour."""
        key = self.shelf.keep_answer(job, body)
        if found.outcome is Outcome.FAILURE:
            # The stage says that this answer is none to publish, however the execution ends.
            ended = _ended("failed", "transcribe", found.reason)
            told = {"stage": ended["stage"], "reason": ended["reason"]}
            self._save(job, job.status, polls=job.polls + 1, answer=key, **told)
            return ended
        now = self.now()
        self._save(
            job,
            Status.TRANSCRIBED,
            polls=job.polls + 1,
            answer=key,
            transcribed_at=now,
            due_at=later(now, waiting.PUBLISHING),
        )
        return {"status": "transcribed"}

    def _again(self, job: Job, elapsed: float, look: int, pending: Pending) -> Look:
        seconds = waiting.next_look(elapsed, self.deadline, pending.retry_after)
        if seconds is None:
            return self._too_late(job, pending)
        reason = pending.said if pending.wait_reason else None
        due = later(self.now(), seconds + waiting.STUCK)
        # What a person must mend has to be seen while the result can still be fetched.
        waits = {"reason": reason, "wait_reason": pending.wait_reason, "due_at": due}
        self._save(job, job.status, polls=job.polls + 1, **waits)
        return _because(pending, {"status": "pending", "seconds": seconds, "look": look + 1})

    def _too_late(self, job: Job, pending: Pending) -> Look:
        """The last look was in vain; what the API said last is kept for whoever asks why."""
        key = self.shelf.keep_answer(job, pending.body) if pending.body else job.answer
        self._save(job, job.status, polls=job.polls + 1, answer=key)
        reason = _in_vain(self.deadline, pending)
        return _because(pending, _ended("expired", "poll", reason))

    def _elapsed(self, job: Job) -> float:
        return (self.now() - (job.submitted_at or self.now())).total_seconds()

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
