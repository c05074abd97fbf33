"""A job and an answer to begin with; a test changes only what it is about."""

import dataclasses
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from transcription.job import Job, Status

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
JOB = Job(
    job_id="0123456789abcdef0123456789abcdef",
    bucket="uploads",
    key="calls/2026/a.mp3",
    status=Status.CLAIMED,
    uploaded_at=NOON,
    model="#g1_whisper-small",
)


def a_job(**changes: Any) -> Job:
    """A job that was just claimed, but for the changes."""
    return dataclasses.replace(JOB, **changes)


def a_word(text: str, start: float, end: float, **more: Any) -> dict[str, Any]:
    """A word as the API writes it."""
    return {"word": text, "start": start, "end": end, "confidence": 0.9, **more}


def spoken(text: str, start: float = 0.0, each: float = 0.3, **more: Any) -> list[dict[str, Any]]:
    """The words of a text, one after the other without a pause."""
    return [
        a_word(word, round(start + n * each, 3), round(start + (n + 1) * each, 3), **more)
        for n, word in enumerate(text.split())
    ]


def a_channel(words: Sequence[Any], **more: Any) -> dict[str, Any]:
    """A channel with one alternative."""
    return {"alternatives": [{"confidence": 0.95, "words": list(words)}], **more}


def a_payload(*channels: Sequence[Any], **metadata: Any) -> dict[str, Any]:
    """What lies under `result` in an answer: each channel is given by its words."""
    return {"metadata": metadata, "results": {"channels": [a_channel(c) for c in channels]}}
