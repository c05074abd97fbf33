"""From the raw answer to the renditions, the completed row and the event. Free to repeat."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from transcription import answer
from transcription.announcer import Announcer
from transcription.answer import Outcome, Unreadable
from transcription.budget import Budget
from transcription.dialects import NotUnderstood
from transcription.document import document_of
from transcription.job import Job, Status, later, revised
from transcription.kinds import Wrong
from transcription.ledger import Ledger
from transcription.parameters import NAMES
from transcription.pricing import settled
from transcription.reading import transcript_of
from transcription.renditions import render
from transcription.shelf import Shelf
from transcription.transcript import Transcript, text_of

PREVIEW: Final = 200  # letters of the transcript on the row
RENDER_LEASE: Final = 90  # seconds after which nobody is at work on a render any more


class NotPublishable(Exception):
    """There is no raw answer to publish, or none to publish again."""


@dataclass(frozen=True, slots=True)
class Publisher:
    """Makes and stores what people read."""

    ledger: Ledger
    shelf: Shelf
    announcer: Announcer
    budget: Budget

    def publish(self, job_id: str, attempt: int) -> Job:
        """Publish a job's transcript; raises NotPublishable, Contended."""
        job, key = self._answered(job_id)
        if job.is_terminal or job.attempt != attempt:
            return self._told(job)
        try:
            facts = self._published(job, key)
        except (Unreadable, NotUnderstood) as error:
            return self.announcer.finish(job, Status.FAILED, "publish", _not_understood(error))
        price = settled(job, facts["audio_seconds"], self.budget.per_minute)
        done = self.announcer.finish(job, Status.COMPLETED, stage=None, price=price, **facts)
        self.budget.correct(job, price)
        return done

    def render(self, job_id: str, speakers: Sequence[str] | None = None) -> Job:
        """Make a completed job's renditions again, perhaps with other names for its voices.

        Nobody is told, for nothing has happened to the job. Raises NotPublishable, Contended,
        Overtaken, and Unreadable or NotUnderstood where this release no longer reads its answer.
        """
        job, key = self._answered(job_id)
        if job.status is not Status.COMPLETED:
            raise NotPublishable(f"Job {job_id} is {job.status}: only COMPLETED is rendered again")
        names = job.speaker_names if speakers is None else _names(speakers)
        now = self.announcer.now
        # Whoever erases the job meanwhile learns from its row that more is to come. The mark stays:
        # of two renders at once, the one that ends must not speak for the other.
        marked = revised(job, rendering_until=later(now(), RENDER_LEASE))
        job = self.ledger.save(job, marked)
        facts = self._published(dataclasses.replace(job, speaker_names=names), key)
        after = revised(job, speaker_names=names, rendered_at=now(), **facts)
        return self.ledger.save(job, after)

    def _answered(self, job_id: str) -> tuple[Job, str]:
        """A job, and where its raw answer lies."""
        job = self.ledger.get(job_id)
        if job is None or not job.answer:
            raise NotPublishable(f"There is no raw answer of job {job_id}")
        return job, job.answer

    def _published(self, job: Job, key: str) -> dict[str, Any]:
        """Put the renditions; returns what the row is to say of them."""
        document = document_of(job, _transcript(self.shelf.answer(key)))
        outputs = self.shelf.put_renditions(job, render(document))
        transcript = document.transcript
        return {
            "reason": _remark(transcript, outputs),
            "outputs": outputs,
            "words": sum(1 for _ in transcript.words),
            "speakers": transcript.speakers,
            "language": transcript.language,
            "confidence": transcript.confidence,
            "audio_seconds": transcript.seconds or job.audio_seconds,
            "preview": _preview(transcript),
        }

    def _told(self, job: Job) -> Job:
        """A repeated publish only finishes what the first one left: its event."""
        unannounced = job.is_terminal and job.announced_at is None
        return self.announcer.announce(job) if unannounced else job


def _names(given: Sequence[str]) -> tuple[str, ...]:
    """The names, as a file could have been given them; none at all takes them away."""
    try:
        return tuple(NAMES.read(list(given), ",")) if given else ()
    except Wrong as error:
        raise NotPublishable(f"`speakers` {error}, but takes {NAMES.takes}") from error


def _transcript(body: bytes) -> Transcript:
    found = answer.read(body)
    if found.outcome is not Outcome.SUCCESS:
        raise NotPublishable("The raw answer is not one of a job that succeeded")
    return transcript_of(found.payload)


def _not_understood(error: Exception) -> str:
    return (
        f"The API's answer is a success that can't be understood: {error}. "
        "It is kept as it came; once Dropscribe understands it, a retry is free"
    )


def _remark(transcript: Transcript, outputs: dict[str, str]) -> str | None:
    if not outputs:
        return "A newer version of this object has its transcript there"
    remarks = []
    if not transcript.timed:
        remarks.append(_no_captions(transcript))
    if transcript.unread:
        remarks.append(f"{transcript.unread} of the answer's words could not be read")
    return "; ".join(remarks) or None


def _no_captions(transcript: Transcript) -> str:
    words = list(transcript.words)
    missing = sum(1 for word in words if not word.timed)
    which = "" if missing == len(words) else f" for {missing:,} of {len(words):,} words"
    return f"No captions: the model gave no times{which}"


def _preview(transcript: Transcript) -> str | None:
    text = text_of(transcript.segments[:50])
    return (text if len(text) <= PREVIEW else text[: PREVIEW - 1] + "…") or None
