"""The five renditions of a transcript: .txt .md .srt .vtt .json. Pure: transcript in, text out."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from transcription import captions
from transcription.job import Job, iso
from transcription.transcript import Segment, Transcript

CONTENT_TYPES: Final[Mapping[str, str]] = {
    "txt": "text/plain; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "srt": "application/x-subrip; charset=utf-8",
    "vtt": "text/vtt; charset=utf-8",
    "json": "application/json",
}
# The version of the canonical transcript's format; docs/schemas/transcript-1.json.
VERSION: Final = "1"


def render(job: Job, transcript: Transcript) -> dict[str, str]:
    """Every rendition by its suffix. Without times there are no captions."""
    made = {
        "txt": text(transcript),
        "md": markdown(job, transcript),
        "json": json.dumps(document(job, transcript), ensure_ascii=False, indent=2) + "\n",
    }
    if transcript.timed:
        found = captions.cues(transcript, voices=_many_voices(transcript))
        made |= {"srt": captions.srt(found), "vtt": captions.vtt(found)}
    return made


def text(transcript: Transcript) -> str:
    """Prose: a paragraph a line, each turn headed by its speaker where there are several."""
    named = _many_voices(transcript)
    return "".join(
        (_head(paragraph, transcript, "{}: ") if named else "") + _joined(paragraph) + "\n"
        for paragraph in transcript.paragraphs
    )


def markdown(job: Job, transcript: Transcript) -> str:
    """Title, a table of facts, then paragraphs with their times and speakers."""
    facts = {
        "Recorded in": f"{job.bucket}/{job.key}",
        "Uploaded": iso(job.uploaded_at),
        "Length": _clock(transcript.seconds) if transcript.seconds is not None else None,
        "Language": transcript.language or job.options.get("language"),
        "Model": job.model,
    }
    rows = [f"| {name} | {_quoted(str(fact))} |" for name, fact in facts.items() if fact]
    named = _many_voices(transcript)
    paragraphs = [
        f"**{_clock(paragraph[0].start or 0.0)}** "
        + (_head(paragraph, transcript, "*{}:* ") if named else "")
        + _quoted(_joined(paragraph))
        for paragraph in transcript.paragraphs
    ]
    title = _quoted(job.key.rsplit("/", 1)[-1])
    return "\n".join([f"# {title}\n", "| | |", "|---|---|", *rows, ""]) + "".join(
        f"\n{paragraph}\n" for paragraph in paragraphs
    )


def document(job: Job, transcript: Transcript) -> dict[str, Any]:
    """The canonical transcript as JSON."""
    facts = {
        "version": VERSION,
        "job_id": job.job_id,
        "source": {"bucket": job.bucket, "key": job.key, "version_id": job.version_id},
        "model": job.model,
        "options": dict(job.options),
        "language": transcript.language or job.options.get("language"),
        "seconds": transcript.seconds,
        "confidence": transcript.confidence,
        "channels": transcript.channels,
        "speakers": transcript.speakers,
        "text": "\n".join(_joined(paragraph) for paragraph in transcript.paragraphs),
        "paragraphs": [_paragraph(paragraph) for paragraph in transcript.paragraphs],
        "segments": [_segment(segment) for segment in transcript.segments],
        "understood": transcript.understood or None,
        "unread_words": transcript.unread or None,
    }
    return {name: value for name, value in facts.items() if value is not None}


def _paragraph(paragraph: Sequence[Segment]) -> dict[str, Any]:
    return {
        "start": paragraph[0].start,
        "end": paragraph[-1].end,
        "speaker": paragraph[0].speaker,
        "channel": paragraph[0].channel,
        "text": _joined(paragraph),
    }


def _segment(segment: Segment) -> dict[str, Any]:
    words = [
        {"text": word.text, "start": word.start, "end": word.end, "confidence": word.confidence}
        for word in segment.words
    ]
    return {**_paragraph([segment]), "words": words}


def _many_voices(transcript: Transcript) -> bool:
    return len({segment.voice for segment in transcript.segments}) > 1


def _head(paragraph: Sequence[Segment], transcript: Transcript, form: str) -> str:
    """Whose turn it is; empty where voices can't be told apart."""
    name = captions.speaker_name(paragraph[0].words[0], transcript.channels)
    return form.format(name) if name else ""


def _joined(paragraph: Sequence[Segment]) -> str:
    return " ".join(segment.text for segment in paragraph)


def _quoted(said: str) -> str:
    """Speech and file names are not Markdown: nothing in them may format, link or break a table."""
    one_line = " ".join(said.split())
    return re.sub(r"([\\`*_\[\]<>#|~&$])", r"\\\1", one_line)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest:02}"
