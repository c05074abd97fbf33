"""Values of parameters that our table lacks: sent as they are, if a row can hold them."""

import math
import re
from collections.abc import Mapping
from typing import Any, Final

from transcription.foreign import NOT_TEXT, read_json
from transcription.kinds import Wrong, shown

NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
# DynamoDB's own limits are 32 levels, 38 digits and 9.9e125.
DEEPEST: Final = 16
MOST_DIGITS: Final = 38
LARGEST: Final = 1e100
TAKES: Final = f"text, or JSON of up to {DEEPEST} levels with numbers of up to {MOST_DIGITS} digits"


def value(written: Any, is_json: bool) -> Any:
    """The value to send: JSON where it is, or parses as, JSON, else text; raises Wrong."""
    found = written if is_json else _json_or_text(written)
    if not _fits(found, DEEPEST):
        raise Wrong(f"is {shown(written)}")
    return found


def _json_or_text(text: str) -> Any:
    try:
        return read_json(text)
    except ValueError:
        return text.strip()


def _fits(found: Any, levels: int) -> bool:
    match found:
        case str():
            return not NOT_TEXT.search(found)
        case bool() | None:
            return True
        case int():
            return len(str(abs(found))) <= MOST_DIGITS
        case float():
            return math.isfinite(found) and (found == 0 or 1 / LARGEST < abs(found) < LARGEST)
        case list():
            return levels > 0 and all(_fits(item, levels - 1) for item in found)
        case Mapping():
            inside = [*found.keys(), *found.values()]
            return levels > 0 and all(_fits(item, levels - 1) for item in inside)
    return False
