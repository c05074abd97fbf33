"""The canonical `.json` read again as the document that it was written of."""

import json
from typing import Any

from transcription.document import Document, Source
from transcription.transcript import Segment, Transcript, Word
from transcription.voices import Voices


def parsed(text: str) -> Document:
    """The document in a `.json`; nothing else is known of it."""
    found = json.loads(text)
    return Document(
        job_id=found["job_id"],
        attempt=found["attempt"],
        source=Source(**found["source"]),
        model=found.get("model"),
        options=found["options"],
        transcript=_transcript(found),
        voices=Voices({(it["channel"], it["speaker"]): it["name"] for it in found["speakers"]}),
    )


def _transcript(found: dict[str, Any]) -> Transcript:
    return Transcript(
        segments=[_segment(segment) for segment in found["segments"]],
        seconds=found.get("seconds"),
        language=found.get("language"),
        confidence=found.get("confidence"),
        channels=found["channels"],
        unread=found.get("unread_words", 0),
        understood=found.get("understood", {}),
    )


def _segment(found: dict[str, Any]) -> Segment:
    speaker, channel = found["speaker"], found["channel"]
    words = [Word(**word, speaker=speaker, channel=channel) for word in found["words"]]
    return Segment(tuple(words), found["paragraph"])
