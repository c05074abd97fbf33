"""What others wrote, made fit for our rows, pages and captions."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

# Control characters break pages; half a surrogate pair, which JSON allows, can't be written at all.
NOT_TEXT: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")

ADDRESS: Final = re.compile(r"\b[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)


def read_json(body: bytes | str) -> Any:
    """The value of a JSON text; raises ValueError, also for one nested beyond reason."""
    try:
        return json.loads(body)
    except RecursionError as error:
        raise ValueError("The JSON is nested too deeply") from error


def one_line(text: str) -> str:
    """The text without line breaks, double spaces and what is no text."""
    if text.isprintable() and " " not in text:  # as most words are, of a hundred thousand
        return text
    return " ".join(NOT_TEXT.sub(" ", text).split())


def discreet(text: str) -> str:
    """The text in one line, and without addresses: one may be presigned and open a recording."""
    return ADDRESS.sub("<URL>", one_line(text))


def told(message: Any, depth: int = 3) -> str:
    """What an error of any shape says, in one line; empty where it says nothing."""
    if isinstance(message, str):
        return discreet(message)
    if isinstance(message, list) and depth:
        return "; ".join(filter(None, (told(item, depth - 1) for item in message[:20])))
    if isinstance(message, dict) and depth:
        parts = (told(message.get(name), depth - 1) for name in ("message", "text", "error"))
        return next(filter(None, parts), "")
    return ""


def number(value: Any) -> float | None:
    """A number that can be a time or a share; not a boolean, no NaN, nothing astronomical."""
    if type(value) is float:  # as most are, of hundreds of thousands
        return value if -1e9 < value < 1e9 else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 1e9 else None


def share(value: Any) -> float | None:
    """A confidence or a score, to four places; more of them are a computer's noise."""
    known = number(value)
    return None if known is None else round(known, 4)


def mapping(value: Any) -> Mapping[str, Any]:
    """An object, where it may be left out: whatever else stands there is none."""
    return value if isinstance(value, dict) else {}


def objects(value: Any) -> list[Mapping[str, Any]]:
    """The objects of a list; one schema writes the only item without its brackets."""
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, dict)]
