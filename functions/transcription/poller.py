"""One look at the API for a job's answer, and when to look again."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict

from transcription import answer, waiting
from transcription.answer import Outcome
from transcription.job import Job, Status, WaitReason, move
from transcription.ledger import Ledger
from transcription.shelf import Shelf
from transcription.speech_api import Gone, NotNow, Refused, SpeechApi

# An id that was just given may not be known everywhere yet, in seconds.
YOUNG = 120


class Look(TypedDict, total=False):
    """What the state machine is told: under 1 KB, and never a word of the transcript.

    `status` is pending (look again in `seconds`), transcribed, failed or expired (`reason` says
    why), or over: this attempt has nothing left to do.
    """

    status: str
    seconds: int
    look: int
    reason: str
    stage: str


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
        first = waiting.first_look(job.audio_seconds, job.size)
        if look == 0 and elapsed < first:
            return {"status": "pending", "seconds": math.ceil(first - elapsed), "look": 1}
        return self._ask(job, elapsed, look)

    def _ask(self, job: Job, elapsed: float, look: int) -> Look:
        try:
            body = self.api.fetch(job.generation_id or "")
            found = answer.read(body)
        except NotNow as error:
            return self._again(job, elapsed, look, error)
        except answer.Unreadable as error:
            return self._again(job, elapsed, look, NotNow(str(error), WaitReason.OUTAGE))
        except Gone as error:
            if elapsed < YOUNG:
                return self._again(job, elapsed, look, NotNow(str(error), WaitReason.OUTAGE))
            return _ended("expired", "poll", f"{error}: the result is no longer there")
        except Refused as error:
            return _ended("failed", "transcribe", str(error))
        if found.outcome is Outcome.PENDING:
            return self._again(job, elapsed, look)
        return self._keep(job, body, found)

    def _keep(self, job: Job, body: bytes, found: answer.Answer) -> Look:
        """The raw answer is safe first: the provider forgets it after an hour."""
        key = self.shelf.keep_answer(job, body)
        if found.outcome is Outcome.FAILURE:
            self._save(job, job.status, polls=job.polls + 1, answer=key)
            return _ended("failed", "transcribe", found.reason)
        self._save(
            job, Status.TRANSCRIBED, polls=job.polls + 1, answer=key, transcribed_at=self.now()
        )
        return {"status": "transcribed"}

    def _again(self, job: Job, elapsed: float, look: int, error: NotNow | None = None) -> Look:
        self._save(job, job.status, polls=job.polls + 1, reason=str(error) if error else None)
        asked = error.retry_after if error else None
        seconds = waiting.next_look(elapsed, self.deadline, asked)
        if seconds is None:
            return _ended("expired", "poll", _too_late(self.deadline, error))
        return {"status": "pending", "seconds": seconds, "look": look + 1}

    def _elapsed(self, job: Job) -> float:
        return (self.now() - (job.submitted_at or self.now())).total_seconds()

    def _save(self, job: Job, to: Status, **changes: Any) -> Job:
        return self.ledger.save(job, move(job, to, due_at=job.due_at, **changes))


def _ended(status: str, stage: str, reason: str) -> Look:
    return {"status": status, "stage": stage, "reason": reason[:500]}


def _too_late(deadline: int, error: NotNow | None) -> str:
    waited = f"No result within {deadline // 60} minutes of create"
    match error:
        case NotNow(reason=WaitReason.KEY):
            return f"{waited}, because the API key was refused: {error}"
        case NotNow():
            return f"{waited}: {error}"
    return waited
