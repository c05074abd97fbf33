"""How things are written: safely for any key, for people on a terminal, for machines in a pipe."""

import json
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

STYLES: Final = {
    "COMPLETED": "green",
    "WAITING": "yellow",
    "AMBIGUOUS": "yellow",
    "REJECTED": "red",
    "FAILED": "red",
    "EXPIRED": "red",
    "ERASED": "dim",
}
# Bidirectional overrides can make a key read like another one.
_TURNS_TEXT: Final = frozenset(
    "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_NARROW: Final = frozenset({"STATUS", "LENGTH", "UPLOADED"})
_HIDDEN: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})


def visible(text: str) -> str:
    """The text with control characters, line ends and bidirectional overrides escaped."""
    return "".join(_escaped(letter) if _is_hidden(letter) else letter for letter in text)


def _is_hidden(letter: str) -> bool:
    return letter in _TURNS_TEXT or unicodedata.category(letter) in _HIDDEN


def _escaped(letter: str) -> str:
    return letter.encode("unicode_escape").decode()


def clock(seconds: float | None) -> str:
    """A length for people: 7.1 s, 12:34, 1:02:03."""
    if seconds is None:
        return ""
    if round(seconds, 1) < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def length(seconds: float | None) -> str:
    """A length in seconds for whoever reads stdout: `clock` on a terminal, a number in a pipe."""
    if sys.stdout.isatty():
        return clock(seconds)
    return "" if seconds is None else str(round(seconds, 3))


def moment(stored: str) -> str:
    """A stored time for whoever reads stdout: on a terminal by their own clock."""
    if not sys.stdout.isatty():
        return visible(stored)
    try:
        return datetime.fromisoformat(stored).astimezone().strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return visible(stored)


def counted(number: int, thing: str) -> str:
    """`1 job`, `12,000 jobs`."""
    return f"{number:,} {thing}{'s'[: number != 1]}"


def status_text(status: str) -> Text:
    return Text(visible(status), style=STYLES.get(status, "cyan"))


def say_json(document: Any) -> None:
    """Print one JSON document. In ASCII, so that no byte of a key can act on a terminal."""
    click.echo(json.dumps(document, indent=2))


def say_rows(headings: Sequence[str], rows: Iterable[Sequence[str | Text]]) -> None:
    """Print a table: columns on a terminal, one tab-separated line for each row in a pipe."""
    if sys.stdout.isatty():
        table = Table(box=None, pad_edge=False, header_style="dim")
        for heading in headings:
            # Only what may be long is folded, and nothing is ever cut off.
            table.add_column(heading, overflow="fold", no_wrap=heading in _NARROW)
        for row in rows:
            table.add_row(*(cell if isinstance(cell, Text) else Text(cell) for cell in row))
        Console(highlight=False).print(table)
    else:
        for row in rows:
            click.echo("\t".join(str(cell) for cell in row))


def note(sentence: str) -> None:
    """Say something beside the result."""
    click.echo(sentence, err=True)


def progress_console() -> Console:
    """Where progress is drawn: stderr, and `is_terminal` says whether it is to be drawn at all."""
    return Console(stderr=True, highlight=False)
