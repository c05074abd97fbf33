"""Options of one upload (`-o parameter=value`) as the object metadata that carries them."""

import re
from collections.abc import Iterable, Mapping
from email.header import Header
from typing import Final

from transcription.layers import COMMAND_LINE, BadOption, read

from dropscribe.screen import visible

PREFIX: Final = "stt-"
LIMIT: Final = 2048  # bytes of names and values together, set by S3
_PARAMETER: Final = re.compile(r"[a-z][a-z0-9_-]*")


def metadata_of(options: Iterable[str]) -> dict[str, str]:
    """The metadata for these `parameter=value` texts; raises ValueError with a sentence."""
    metadata: dict[str, str] = {}
    for option in options:
        parameter, value = parsed(option)
        name = PREFIX + parameter.replace("_", "-")
        if name in metadata:
            raise ValueError(f"The option {parameter} is given twice; a list is one option: a,b,c.")
        _refuse_wrong(parameter, value)
        metadata[name] = on_the_wire(value)
    if (size := size_of(metadata)) > LIMIT:
        raise ValueError(
            f"The options take {size} bytes of metadata, and S3 takes {LIMIT}: shorten them."
        )
    return metadata


def parsed(option: str) -> tuple[str, str]:
    """Parameter and value of one option; raises ValueError with a sentence."""
    parameter, equals, value = option.partition("=")
    parameter, value = parameter.strip().lower(), value.strip()
    if not equals or not value or not _PARAMETER.fullmatch(parameter):
        raise ValueError(
            f"{visible(option)!r} is no option: write parameter=value, such as language=pt."
        )
    if visible(value) != value:
        raise ValueError(f"The option {parameter} has a control character in its value.")
    return parameter, value


def _refuse_wrong(parameter: str, value: str) -> None:
    """What the stack would reject the file for, it need not be sent to learn."""
    try:
        read(COMMAND_LINE, [(parameter, value)])
    except BadOption as error:
        raise ValueError(f"{visible(str(error))}.") from error


def on_the_wire(value: str) -> str:
    """The value as metadata may carry it: itself, or RFC 2047 words where it is not ASCII."""
    # What looks like an encoded word would be decoded on the other side.
    if value.isascii() and "=?" not in value:
        return value
    return Header(value, "utf-8", maxlinelen=75).encode(linesep="")


def size_of(metadata: Mapping[str, str]) -> int:
    """The bytes that S3 counts."""
    return sum(len(name) + len(value) for name, value in metadata.items())
