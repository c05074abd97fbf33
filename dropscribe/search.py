"""`dropscribe search`: where words were said, in all transcripts below a prefix."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import click
from rich.text import Text

from dropscribe.exits import ExitCode
from dropscribe.phrases import words_of
from dropscribe.screen import counted, note, say_json, visible
from dropscribe.settings import CloudCommand, Settings, pass_settings
from dropscribe.spinner import Spinner
from dropscribe.stack import find_stack
from dropscribe.transcripts import Found, searched

WIDTH: Final = 12  # letters that most names of speakers have room in


@click.command(
    cls=CloudCommand,
    examples=[
        "dropscribe search refund",
        'dropscribe search "cancel my contract" --prefix calls/2026/',
        "dropscribe search invoice number --json | jq -r '.hits[].key' | uniq",
    ],
)
@click.argument("words", nargs=-1, required=True)
@click.option("--prefix", default="", metavar="P", help="Only in keys that begin so.")
@click.option(
    "--limit", type=click.IntRange(min=1), default=100, show_default=True, help="At most so many."
)
@pass_settings
def search(settings: Settings, words: tuple[str, ...], prefix: str, limit: int) -> None:
    """Find where words were said, in every transcript whose key begins alike.

    WORDS are looked for as one phrase; case, punctuation and the ends of sentences do not count.
    In a pipe, each hit is one tab-separated line: key, time, speaker, the words around with
    *the hit* marked. Exits with 1 when nothing is found.

    There is no index: each transcript is read, in the order of the keys, and first hits are shown
    at once. Give a prefix: ten thousand calls take about a minute. For more, or for many searches
    a day, use Athena or OpenSearch: docs/finding.md.
    """
    phrase = [word for text in words for word in words_of(text)]
    if not phrase:
        raise click.UsageError("There is no letter and no digit in these words.")
    stack = find_stack(settings)
    with Spinner() as spinner:
        spinner.say("listing transcripts")
        tally = Tally(limit, spinner)
        for found in searched(stack.s3, stack.output("TranscriptBucketName"), prefix, phrase):
            tally.add(found, shown=not settings.as_json)
            if tally.is_full:
                break
    if settings.as_json:
        say_json(tally.document())
    note(tally.sentence())
    click.get_current_context().exit(ExitCode.FINE if tally.hits else ExitCode.JOB_FAILED)


@dataclass
class Tally:
    """What was read and found so far."""

    limit: int
    spinner: Spinner
    read: int = 0
    hits: list[Found] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        return len(self.hits) >= self.limit

    def add(self, found: Sequence[Found], shown: bool) -> None:
        """Count one transcript, and show what was found in it."""
        self.read += 1
        kept = found[: self.limit - len(self.hits)]
        self.hits += kept
        for line in _lines(kept) if shown else ():
            self.spinner.result(line)
        self.spinner.say(f"{counted(self.read, 'transcript')} read, {len(self.hits):,} found")

    def document(self) -> dict[str, Any]:
        """For machines; `more`: there may be, since it stopped at the limit."""
        return {
            "hits": [found._asdict() | {"hit": found.hit._asdict()} for found in self.hits],
            "read": self.read,
            "more": self.is_full,
        }

    def sentence(self) -> str:
        """For people."""
        found = f"Found {counted(len(self.hits), 'time')} in {counted(self.read, 'transcript')}."
        return f"{found} It stopped there: raise --limit for more." if self.is_full else found


def _lines(found: Sequence[Found]) -> Iterator[Text | str]:
    """One recording's hits: on a terminal under its key, in a pipe each with it."""
    on_terminal = sys.stdout.isatty()
    if on_terminal and found:
        yield Text(visible(found[0].key), style="bold")
    for _, key, _, hit in found:
        told = moment_in(hit.start), visible(hit.voice or "")
        around = visible(hit.before), visible(hit.said), visible(hit.after)
        if on_terminal:
            yield _painted(*told, *around)
        else:
            before, said, after = around
            yield "\t".join((visible(key), *told, f"{before} *{said}* {after}".strip()))


def _painted(at: str, voice: str, before: str, said: str, after: str) -> Text:
    head = f"  {at}  " + (f"{voice:{WIDTH}}  " if voice else "")
    return Text.assemble(head, f"{before} " if before else "", (said, "bold reverse"), f" {after}")


def moment_in(seconds: float | None) -> str:
    """A time in a recording: 01:02:03; nothing where the model gave none."""
    if seconds is None:
        return ""
    minutes, second = divmod(int(seconds), 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{second:02}"
