"""One answer of the scripted speech API: what is sent, when, and how it breaks."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

from dropscribe.local.speech.answers import Heard, shape
from dropscribe.local.speech.words import Word

_EVERYTHING = {"smart_format": True, "utterances": True}


class Drop(Enum):
    """Where the connection is reset."""

    UNREAD = "before the request's body is read"
    UNANSWERED = "after the request is read, before the answer"
    MIDWAY = "in the middle of the answer's body"


@dataclass(frozen=True)
class Reply:
    """An answer. Change any of it with ``but``: ``Reply.created().but(delay=2)``."""

    status: int = 200
    body: Any = None
    """Sent as it is when it is bytes, as JSON otherwise."""
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    """Seconds before anything is answered."""
    slow: float = 0.0
    """Seconds over which the body trickles."""
    drop: Drop | None = None
    lasting: bool = False
    """Given again and again, instead of once."""

    def but(self, **changes: Any) -> "Reply":
        """The same answer with these fields changed."""
        return replace(self, **changes)

    @property
    def content(self) -> bytes:
        """The bytes of the body."""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()

    @classmethod
    def created(cls, generation_id: str | None = None) -> "Reply":
        """Accepted; without an id the server makes a fresh one up."""
        return cls(201, {"generation_id": generation_id, "status": "queued"})

    @classmethod
    def pending(cls, status: str = "queued") -> "Reply":
        """Not done yet, in any of the API's spellings."""
        return cls(200, {"status": status})

    @classmethod
    def completed(
        cls,
        words: str | Sequence[Word] = "Hello from the scripted speech API.",
        *channels: str | Sequence[Word],
        under: str = "result",
        asked: Mapping[str, Any] = _EVERYTHING,
        **facts: Any,
    ) -> "Reply":
        """Done. Words given as text get times; ``facts`` are Heard's, such as ``seconds``."""
        result = shape(_heard([_timed(channel) for channel in (words, *channels)], facts), asked)
        return cls(200, {"status": "completed", under: result})

    @classmethod
    def silence(cls, seconds: float = 5.0) -> "Reply":
        """Done, and nothing was said."""
        return cls.completed("", seconds=seconds)

    @classmethod
    def null_results(cls) -> "Reply":
        """Done, with ``results: null``."""
        body = cls.silence().body
        return cls(200, body | {"result": body["result"] | {"results": None}})

    @classmethod
    def failed(
        cls, status: str = "error", name: str = "BadAudio", message: str = "It cannot be decoded."
    ) -> "Reply":
        """The job failed, which comes as HTTP 200."""
        return cls(200, {"status": status, "error": {"name": name, "message": message}})

    @classmethod
    def refused(cls, status: int, name: str = "Refused", message: str = "Refused.") -> "Reply":
        """An error in the envelope that was seen."""
        envelope = {"title": name, "status": status, "message": message, "requestId": "scripted"}
        return cls(status, envelope | {"error": {"name": name, "message": message}})

    @classmethod
    def refused_as_documented(cls, status: int, *messages: str) -> "Reply":
        """An error in the envelope of the documentation, whose message may be a list."""
        message = messages[0] if len(messages) == 1 else list(messages)
        return cls(status, {"message": message, "requestId": "scripted", "statusCode": status})

    @classmethod
    def expired(cls) -> "Reply":
        """The id is unknown, or older than an hour."""
        return cls.refused(404, "GenerationNotFound", "There is no such generation.")

    @classmethod
    def html(cls, status: int = 502) -> "Reply":
        """A gateway's page where JSON was to be."""
        page = b"<html><body><h1>Bad Gateway</h1></body></html>"
        return cls(status, page, {"Content-Type": "text/html"})

    @classmethod
    def dropped(cls, where: Drop = Drop.UNANSWERED) -> "Reply":
        """No answer: the connection is reset."""
        return cls(drop=where)


def _heard(channels: Sequence[Sequence[Word]], facts: Mapping[str, Any]) -> Heard:
    last = max((words[-1].end for words in channels if words), default=0.0)
    heard = Heard(
        channels=channels,
        seconds=last,
        request_id="7d3c1f0e-5a52-4e0c-8a39-0c7a64d3a111",
        created="2026-11-22T10:15:00.123Z",
        model="whisper-small",
        sha256="0" * 64,
    )
    return heard._replace(**facts)


def _timed(words: str | Sequence[Word]) -> Sequence[Word]:
    if not isinstance(words, str):
        return words
    return [
        Word(word, round(0.4 * place, 2), round(0.4 * place + 0.3, 2), 0.98)
        for place, word in enumerate(words.split())
    ]
