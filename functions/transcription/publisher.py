"""From the raw answer to the renditions, the completed row and the event. Free to repeat."""

from dataclasses import dataclass
from typing import Final

from transcription import answer
from transcription.announcer import Announcer
from transcription.answer import Outcome, Unreadable
from transcription.dialects import NotUnderstood
from transcription.job import Job, Status
from transcription.ledger import Ledger
from transcription.reading import transcript_of
from transcription.renditions import render
from transcription.shelf import Shelf
from transcription.transcript import Transcript

PREVIEW: Final = 200  # letters of the transcript on the row


class NotPublishable(Exception):
    """There is no raw answer to publish."""


@dataclass(frozen=True, slots=True)
class Publisher:
    """Makes and stores what people read."""

    ledger: Ledger
    shelf: Shelf
    announcer: Announcer

    def publish(self, job_id: str, attempt: int) -> Job:
        """Publish a job's transcript; raises NotPublishable, Contended."""
        job = self.ledger.get(job_id)
        if job is None or not job.answer:
            raise NotPublishable(f"There is no raw answer of job {job_id}")
        if job.is_terminal or job.attempt != attempt:
            return self._told(job)
        try:
            transcript = _transcript(self.shelf.answer(job.answer))
        except (Unreadable, NotUnderstood) as error:
            return self.announcer.finish(job, Status.FAILED, "publish", _not_understood(error))
        outputs = self.shelf.put_renditions(job, render(job, transcript))
        return self.announcer.finish(
            job,
            Status.COMPLETED,
            stage=None,
            reason=_remark(transcript, outputs),
            outputs=outputs,
            words=sum(1 for _ in transcript.words),
            speakers=transcript.speakers,
            language=transcript.language or job.options.get("language"),
            confidence=transcript.confidence,
            audio_seconds=transcript.seconds or job.audio_seconds,
            preview=_preview(transcript),
        )

    def _told(self, job: Job) -> Job:
        """A repeated publish only finishes what the first one left: its event."""
        unannounced = job.is_terminal and job.announced_at is None
        return self.announcer.announce(job) if unannounced else job


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
        remarks.append("No captions: the model gave no times")
    if transcript.unread:
        remarks.append(f"{transcript.unread} of the answer's words could not be read")
    return "; ".join(remarks) or None


def _preview(transcript: Transcript) -> str | None:
    text = " ".join(segment.text for segment in transcript.segments[:50])
    return (text if len(text) <= PREVIEW else text[: PREVIEW - 1] + "…") or None
