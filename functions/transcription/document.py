"""The canonical transcript as a document: what was said, and where it comes from.

Everything that a rendition shows is in it, so that each can be made of the `.json` alone.
Its format is docs/schemas/transcript-1.json.
"""

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from json import JSONEncoder
from json.encoder import encode_basestring
from typing import Any, Final

from transcription.job import Job, iso
from transcription.transcript import Segment, Transcript, text_of
from transcription.voices import Voices, voices_of

VERSION: Final = "1"
# The C encoder alone is fast, and it indents nothing: one paragraph, one segment a line.
ENCODER: Final = JSONEncoder(ensure_ascii=False, check_circular=False)
# A field without a value. In a text, a quotation mark has a backslash before it, never a letter.
NONE: Final = re.compile('None(?<=[a-z]": None)')


@dataclass(frozen=True, slots=True)
class Source:
    """The object version that was transcribed."""

    bucket: str
    key: str
    version_id: str | None
    etag: str | None
    uploaded_at: str


@dataclass(frozen=True, slots=True)
class Document:
    """A transcript, the job that it is of, what was asked for, and what the voices are called."""

    job_id: str
    attempt: int
    source: Source
    model: str | None
    options: Mapping[str, Any]
    transcript: Transcript
    voices: Voices


def document_of(job: Job, found: Transcript) -> Document:
    """The document of a job: what its answer leaves open, the job may know."""
    spoken = found.language or job.options.get("language")
    transcript = dataclasses.replace(found, language=spoken, seconds=_seconds(job, found))
    return Document(
        job_id=job.job_id,
        attempt=job.attempt,
        source=Source(job.bucket, job.key, job.version_id, job.etag, iso(job.uploaded_at)),
        model=job.model,
        options=job.options,
        transcript=transcript,
        voices=voices_of(transcript, job.speaker_names),
    )


def written(document: Document) -> str:
    """The document as JSON."""
    transcript = document.transcript
    fields = [
        f"{_json(name)}: {_json(value)}"
        for name, value in _facts(document).items()
        if value is not None
    ]
    fields += _lines("paragraphs", map(_paragraph, transcript.paragraphs))
    fields += _lines("segments", map(_segment, transcript.segments))
    # Joined once: a long one has ten million letters, and each copy takes as much memory again.
    return ",\n".join(_within("{\n", fields, "\n}\n"))


def _seconds(job: Job, found: Transcript) -> float | None:
    """The recording's length: the answer's, else what its header told, unless words belie it."""
    if found.seconds or not job.audio_seconds:
        return found.seconds
    last = max((segment.end or 0.0 for segment in found.segments), default=0.0)
    return round(job.audio_seconds, 3) if job.audio_seconds >= last else None


def _facts(document: Document) -> dict[str, Any]:
    transcript = document.transcript
    return {
        "version": VERSION,
        "job_id": document.job_id,
        "attempt": document.attempt,
        "source": dataclasses.asdict(document.source),
        "model": document.model,
        "options": dict(document.options),
        "language": transcript.language,
        "seconds": transcript.seconds,
        "confidence": transcript.confidence,
        "channels": transcript.channels,
        "speakers": list(_speakers(document.voices)),
        "understood": transcript.understood or None,
        "unread_words": transcript.unread or None,
        "text": "\n".join(map(text_of, transcript.paragraphs)),
    }


def _speakers(voices: Voices) -> Iterator[dict[str, Any]]:
    for (channel, speaker), name in voices.called.items():
        yield {"name": name, "speaker": speaker, "channel": channel}


def _paragraph(paragraph: Sequence[Segment]) -> str:
    ends = [segment.end for segment in paragraph if segment.end is not None]
    return _json(
        {
            "start": paragraph[0].start,
            "end": max(ends, default=None),
            "speaker": paragraph[0].speaker,
            "channel": paragraph[0].channel,
            "text": text_of(paragraph),
        }
    )


def _segment(segment: Segment) -> str:
    """Written out, for there may be a hundred thousand words: an encoder takes twice the time."""
    words = ", ".join(
        [
            f'{{"text": {encode_basestring(word.text)}, "start": {word.start!r}, '
            f'"end": {word.end!r}, "confidence": {word.confidence!r}}}'
            for word in segment.words
        ]
    )
    line = (
        f'{{"start": {segment.start!r}, "end": {segment.end!r}, "speaker": {segment.speaker!r}, '
        f'"channel": {segment.channel!r}, "paragraph": {segment.paragraph!r}, '
        f'"text": {encode_basestring(segment.text)}, "words": [{words}]}}'
    )
    return NONE.sub("null", line)


def _lines(name: str, items: Iterable[str]) -> list[str]:
    """A list of objects, each on a line of its own."""
    return _within(f"{_json(name)}: [\n", list(items), "\n]") or [f"{_json(name)}: []"]


def _within(opening: str, items: list[str], closing: str) -> list[str]:
    """The items with something before the first and after the last of them, if there are any."""
    if items:
        items[0] = opening + items[0]
        items[-1] += closing
    return items


def _json(value: Any) -> str:
    return ENCODER.encode(value)
