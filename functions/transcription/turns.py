"""A look that is due, and what it leaves for the next one. All pure; all in seconds."""

from typing import NamedTuple, TypedDict

from transcription.job import Job, WaitReason
from transcription.speeds import Seen


class Course(TypedDict, total=False):
    """What the looks so far tell the next: it travels through the state machine.

    `unready` is how many seconds after `create` the API last said that the job goes on,
    `setbacks` how often it said nothing of the kind, by reason.
    """

    unready: float
    setbacks: dict[str, int]


class Pending(NamedTuple):
    """No answer yet: what was said instead, why the API did not answer, and its bytes if it did."""

    said: str
    wait_reason: WaitReason | None = None
    retry_after: float | None = None
    body: bytes = b""


class Turn(NamedTuple):
    """Look number `look` at a job, so many seconds after `create`."""

    job: Job
    elapsed: float
    look: int
    course: Course

    def setbacks(self, reason: WaitReason) -> int:
        """How often the looks before failed for this reason: no reason uses up another's time."""
        return self.course.get("setbacks", {}).get(reason, 0)

    def onwards(self, pending: Pending) -> Course:
        """The course after this look."""
        reason = pending.wait_reason
        if reason is None:
            return {**self.course, "unready": round(self.elapsed, 3)}
        counted = {str(reason): self.setbacks(reason) + 1}
        return {**self.course, "setbacks": self.course.get("setbacks", {}) | counted}

    @property
    def seen(self) -> Seen | None:
        """What an answer at this look shows of the provider's speed.

        Nothing, where setbacks or another execution had the job looked at late, where its length
        is a guess, or where an earlier version's looks left no course.
        """
        unready = self.course.get("unready", 0.0)
        disturbed = "setbacks" in self.course or self.job.attempt > 1
        if disturbed or not self.job.audio_seconds or (self.look > 1 and not unready):
            return None
        return Seen(unready, self.elapsed)
