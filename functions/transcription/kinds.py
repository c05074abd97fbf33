"""The kinds of value that parameters take: how each is read, and the words that say what it takes.

Values come as people write them, in metadata, tags and on the command line, or as JSON in rules.
A reader gives the value in the type that the API takes, or raises Wrong.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from transcription.foreign import NOT_TEXT, one_line, read_json

ANY: Final = re.compile(".+")
NUMBER: Final = re.compile(r"(\d+([.,]\d*)?|[.,]\d+) ?s?", re.ASCII)
MODEL: Final = re.compile(r"#?[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}")
# BCP-47 as far as its shape goes; Nova's `multi` is the one name that is none.
LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*|multi")
KEYWORD: Final = re.compile(r"[^:]+(:-?\d+(\.\d+)?)?")
PAIR: Final = re.compile(r"[^:]*[^:\s][^:]*:.*\S.*")
# What turns the direction of a line would turn everything behind a name.
TURNING: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")


class Wrong(Exception):
    """A value of another kind. The message is the middle of "The option X ..., but takes Y"."""


Reader = Callable[[Any, str], Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """What a parameter takes, in words, and the type in which it is sent.

    `read` gets a value as written, and the letter that separates the items of a list there.
    """

    sent_as: str
    takes: str
    read: Reader
    is_list: bool = False
    choices: tuple[str, ...] = ()


def shown(value: Any) -> str:
    """A user's value, safe to put in a sentence and short enough to read."""
    text = repr(value)
    return text if len(text) <= 62 else f"{text[:58]}...{text[0]}"


def written(value: Any) -> str:
    """A value as people would type it; raises Wrong for what nobody can."""
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)
        case str() if NOT_TEXT.search(value.strip()):
            raise Wrong(f"is {shown(value)}, with a control character in it")
        case str() if value.strip():
            return value.strip()
        case str() | []:
            raise Wrong("is empty")
    raise Wrong(f"is {shown(value)}")


def flag(value: Any, _separator: str) -> bool:
    match written(value).lower():
        case "true" | "yes" | "on" | "1":
            return True
        case "false" | "no" | "off" | "0":
            return False
    raise Wrong(f"is {shown(value)}")


def seconds(value: Any, _separator: str) -> float:
    """Seconds such as 0.8, `0,8` or `1.5 s`."""
    text = written(value)
    if not NUMBER.fullmatch(text):
        raise Wrong(f"is {shown(value)}")
    number = float(text.rstrip("s ").replace(",", "."))
    if not 0.001 <= number <= 3600:
        raise Wrong(f"is {shown(value)}")
    return number


def matching(pattern: re.Pattern[str], longest: int) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        text = written(value)
        if len(text) > longest:
            raise Wrong(f"is {shown(text)}, which has {len(text):,} characters")
        if not pattern.fullmatch(text):
            raise Wrong(f"is {shown(text)}")
        return text

    return read


def language(value: Any) -> str:
    """A language tag; `pt_BR` is how many programs write pt-BR."""
    return matching(LANGUAGE, 35)(written(value).replace("_", "-"))


def alone(item: Callable[[Any], str]) -> Reader:
    """A single text, in which the letter between items means nothing."""
    return lambda value, _separator: item(value)


def word(*choices: str) -> Reader:
    def read(value: Any, _separator: str) -> str:
        if written(value) not in choices:
            raise Wrong(f"is {shown(value)}")
        return written(value)

    return read


def items(most: int, item: Callable[[Any], str]) -> Reader:
    """A list, of which every item is read by `item`; the API limits how many."""

    def read(value: Any, separator: str) -> list[str]:
        found = _split(value, separator)
        if len(found) > most:
            raise Wrong(f"has {len(found)} items")
        return [_item(one, item) for one in found]

    return read


def name(longest: int) -> Callable[[Any], str]:
    """What somebody is called, in one line."""

    def read(value: Any) -> str:
        text = one_line(matching(ANY, longest)(value))
        if TURNING.search(text):
            raise Wrong(f"is {shown(text)}, with a sign in it that turns the direction of a line")
        return text

    return read


def short(most: int, texts: Reader) -> Reader:
    """A list whose items take so many bytes together."""

    def read(value: Any, separator: str) -> list[str]:
        found: list[str] = texts(value, separator)
        if (size := sum(len(text.encode()) for text in found)) > most:
            raise Wrong(f"takes {size:,} bytes")
        return found

    return read


def flag_or(other: Reader) -> Reader:
    def read(value: Any, separator: str) -> Any:
        try:
            return flag(value, separator)
        except Wrong:
            return other(value, separator)

    return read


def _split(value: Any, separator: str) -> list[Any]:
    """The items as written: between separators, or a JSON list where an item has one in it."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        with suppress(ValueError):  # of a text that only begins like JSON
            value = read_json(value)
    if isinstance(value, list):
        parts = value
    else:
        parts = [part for part in written(value).split(separator) if part.strip()]
    if not parts:
        raise Wrong("is empty")
    return parts


def _item(value: Any, item: Callable[[Any], str]) -> str:
    try:
        return item(value)
    except Wrong as error:
        raise Wrong(f"has an item that {error}") from error
