"""The API's answer to `fetch`, whatever its dialect: its class, and where the result lies in it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final

from transcription.foreign import one_line, read_json, told

SUCCESS: Final = frozenset({"completed", "done", "success", "succeeded", "finished"})
FAILURE: Final = frozenset({"error", "failed", "cancelled", "canceled", "timeout"})
PENDING: Final = frozenset(
    {"waiting", "active", "queued", "generating", "processing", "pending", "running"}
)
# A status that nobody has heard of is a success if it brings results, else pending.
RESULTS: Final = ("results", "channels", "text", "words", "utterances")


class Unreadable(Exception):
    """The body is not the JSON object that an answer is."""


class Outcome(Enum):
    """What an answer says."""

    PENDING = auto()
    SUCCESS = auto()
    FAILURE = auto()


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer read. `reason` is a sentence about a failure or a pending status.

    `payload` is what a success brings, whatever that is: reading.py makes a transcript of it.
    """

    outcome: Outcome
    reason: str = ""
    payload: Any = None


def read(body: bytes) -> Answer:
    """Read an answer's body; raises Unreadable."""
    message = _json(body)
    if not isinstance(message, dict):
        raise Unreadable("The API's answer is not a JSON object")
    status = _status(message)
    if status in FAILURE:
        return Answer(Outcome.FAILURE, _reason(message, status))
    payload = _payload(message)
    if status in SUCCESS or (status not in PENDING and _brings_results(payload)):
        return Answer(Outcome.SUCCESS, payload=payload)
    return Answer(Outcome.PENDING, f"The provider's status is {status[:50] or 'not told'}")


def _json(body: bytes) -> Any:
    """The JSON in a body, also where its text is not quite UTF-8 or a number has no end."""
    try:
        return read_json(body)
    except json.JSONDecodeError as error:
        raise Unreadable("The API's answer is not JSON") from error
    except ValueError:
        try:
            return json.loads(body.decode(errors="replace"), parse_int=float)
        except (ValueError, RecursionError) as error:
            raise Unreadable("The API's answer is not JSON that can be read") from error


def _status(message: Mapping[str, Any]) -> str:
    status = message.get("status")
    return one_line(status).lower() if isinstance(status, str) else ""


def _payload(message: Mapping[str, Any]) -> Any:
    """The result, under either of its names, or the message itself where it holds one."""
    places = [message.get("result"), message.get("output"), message]
    best = next(filter(_brings_results, places), None)
    # `null` where results belong is how silence is told.
    silent = next((place for place in places if _names_results(place)), None)
    return best or silent or places[0] or places[1]


def _brings_results(payload: Any) -> bool:
    return _names_results(payload) and any(
        isinstance(payload.get(name), dict | list | str) for name in RESULTS
    )


def _names_results(payload: Any) -> bool:
    return isinstance(payload, dict) and any(name in payload for name in RESULTS)


def _reason(message: Mapping[str, Any], status: str) -> str:
    """What the provider says went wrong, in one line."""
    error = message.get("error")
    name = told(error.get("name")) if isinstance(error, dict) else ""
    said = ": ".join(part for part in (name, told(error) or told(message.get("message"))) if part)
    return f"The provider's status is {status}" + (f": {said[:300]}" if said else "")
