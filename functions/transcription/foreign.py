"""What others wrote, made fit for our rows, pages and captions."""

import json
import re
from typing import Any, Final

# Control characters break pages; half a surrogate pair, which JSON allows, can't be written at all.
NOT_TEXT: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def read_json(body: bytes | str) -> Any:
    """The value of a JSON text; raises ValueError, also for one nested beyond reason."""
    try:
        return json.loads(body)
    except RecursionError as error:
        raise ValueError("The JSON is nested too deeply") from error


def one_line(text: str) -> str:
    """The text without line breaks, double spaces and what is no text."""
    return " ".join(NOT_TEXT.sub(" ", text).split())
