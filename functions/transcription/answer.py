"""The API's answer to `fetch`, whatever its dialect: its class, and where the result lies in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final

from transcription.foreign import one_line, read_json

SUCCESS: Final = frozenset({"completed", "done", "success", "succeeded", "finished"})
FAILURE: Final = frozenset({"error", "failed", "cancelled", "canceled", "timeout"})
PENDING: Final = frozenset(
    {"waiting", "active", "queued", "generating", "processing", "pending", "running"}
)
# A status that nobody has heard of is a success if it brings results, else pending.


class Unreadable(Exception):
    """The body is not the JSON object that an answer is."""


class Outcome(Enum):
    """What an answer says."""

    PENDING = auto()
    SUCCESS = auto()
    FAILURE = auto()


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer read: `reason` for a failure, `payload` (metadata, results) for a success."""

    outcome: Outcome
    reason: str = ""
    payload: Mapping[str, Any] | None = None


def read(body: bytes) -> Answer:
    """Read an answer's body; raises Unreadable."""
    try:
        message = read_json(body)
    except ValueError as error:
        raise Unreadable("The API's answer is not JSON") from error
    if not isinstance(message, dict):
        raise Unreadable("The API's answer is not a JSON object")
    status = str(message.get("status", "")).lower()
    if status in FAILURE:
        return Answer(Outcome.FAILURE, _reason(message, status))
    payload = _payload(message)
    if status in SUCCESS or (status not in PENDING and _brings_results(payload)):
        return Answer(Outcome.SUCCESS, payload=payload or {})
    return Answer(Outcome.PENDING)


def _payload(message: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The result, under either of its names, or the message itself where it holds one."""
    for name in ("result", "output"):
        if isinstance(message.get(name), dict):
            return dict(message[name])
    return message if _brings_results(message) else None


def _brings_results(payload: Mapping[str, Any] | None) -> bool:
    return payload is not None and any(name in payload for name in ("results", "text"))


def _reason(message: Mapping[str, Any], status: str) -> str:
    """What the provider says went wrong, in one line."""
    error = message.get("error")
    if isinstance(error, dict):
        parts = [str(error[name]) for name in ("name", "message") if error.get(name)]
    else:
        parts = [str(error or message.get("message") or "")]
    said = one_line(": ".join(part for part in parts if part))
    return f"The provider's status is {status}" + (f": {said[:300]}" if said else "")
