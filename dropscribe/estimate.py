"""`dropscribe estimate`: what files would cost, before anything is uploaded or sent."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from dropscribe.cost import money
from dropscribe.estimate_files import Look, Sized
from dropscribe.estimates import Estimate, Terms, estimate, settled
from dropscribe.lengths import can_be_read
from dropscribe.screen import counted, length, note, say_json, say_rows
from dropscribe.settings import CloudCommand, Settings, pass_settings
from dropscribe.spinner import Spinner
from dropscribe.stack import Stack, find_stack


@click.command(
    "estimate",
    cls=CloudCommand,
    examples=[
        "dropscribe estimate interview.mp3 meetings/",
        "dropscribe estimate calls/2026/",
        "dropscribe estimate s3://their-recordings/calls/ --json",
        "dropscribe estimate archive/ --price 0.006 --in-flight 5",
    ],
)
@click.argument("places", nargs=-1, required=True, metavar="PREFIX_OR_FILE...")
@click.option(
    "--price",
    type=click.FloatRange(min=0),
    metavar="DOLLARS",
    help="What the speech API asks for a minute.  [default: the stack's pricePerMinute]",
)
@click.option(
    "--in-flight",
    type=click.IntRange(min=0),
    metavar="N",
    help="Files that it has at a time; 0: any number.  [default: the stack's maxInFlight]",
)
@pass_settings
def estimate_(
    settings: Settings, places: tuple[str, ...], price: float | None, in_flight: int | None
) -> None:
    """Say what files would cost, and how long they would take.

    PREFIX_OR_FILE is a file or folder of this machine, s3://bucket/prefix, or else a prefix in the
    uploads bucket. Of local files the header tells the length, where the package tinytag is
    installed; of all others the size, as if they were MP3 of 128 kbit/s.

    Files that the stack would reject are left out: empty ones, those too large to be sent, and of
    local ones what does not begin like a recording. Exits 1 where a place is not there, 4 where
    the cloud refuses to show it.

    With --price and --in-flight, local files need no stack. Nothing is uploaded, sent or changed.
    In a pipe each figure is a tab-separated name and value; LASTS is in seconds.
    """
    stack = _stack(settings, places, price, in_flight)
    terms = settled(stack) if stack else Terms()
    if price is not None:
        terms = terms._replace(price=price)
    if in_flight is not None:
        terms = terms._replace(in_flight=in_flight)
    looked = Look(stack)
    with Spinner() as spinner:
        found = estimate(_told(spinner, looked.sized(places)), terms)
    if found.files or looked.left_out:
        _say(settings, found, looked)
    looked.check()


def _say(settings: Settings, found: Estimate, looked: Look) -> None:
    if settings.as_json:
        say_json(document(found, looked))
        return
    left_out = looked.left_out.total()
    say_rows(("", ""), [*lines(found), ("LEFT OUT", _number(left_out))])
    for why, files in looked.left_out.items():
        note(f"Left out, because rejected: {counted(files, 'file')}. {why}.")
    for sentence in remarks(found):
        note(sentence)


def document(found: Estimate, looked: Look) -> dict[str, Any]:
    """The figures, and what is not in them."""
    failed = [{"place": place, "reason": it.message} for place, it in looked.failed.items()]
    why = {"left_out": looked.left_out.total(), "left_out_because": dict(looked.left_out)}
    return {**found._asdict(), **why, "failed": failed}


def _stack(
    settings: Settings, places: Iterable[str], price: float | None, in_flight: int | None
) -> Stack | None:
    """The stack, where it has anything to tell."""
    local = all(Path(place).exists() for place in places)
    return None if local and None not in (price, in_flight) else find_stack(settings)


def _told(spinner: Spinner, files: Iterable[Sized]) -> Iterator[Sized]:
    """The files, while people see how far it is."""
    for number, file in enumerate(files, 1):
        if number % 100 == 0:
            spinner.say(f"{counted(number, 'file')} added up")
        yield file


def lines(found: Estimate) -> list[tuple[str, str]]:
    """What is estimated, and how much of it."""
    hours = found.seconds / 3600
    return [
        ("FILES", _number(found.files)),
        ("HOURS", f"{hours:,.1f}" if sys.stdout.isatty() else f"{hours:.4f}"),
        ("SPEECH API", money(found.speech_dollars)),
        ("AWS", money(found.aws_dollars)),
        ("TRANSFER", money(found.transfer_dollars)),
        ("LASTS", length(found.lasts) or "unknown"),
    ]


def _number(count: int) -> str:
    return f"{count:,}" if sys.stdout.isatty() else str(count)


def remarks(found: Estimate) -> Iterator[str]:
    """How far the figures go."""
    if found.guessed:
        why = "" if can_be_read() else " The package tinytag would read those of local files."
        yield (
            f"The lengths of {counted(found.guessed, 'file')} are guessed from their sizes, as if "
            f"they were MP3 of 128 kbit/s; a WAV is shorter.{why}"
        )
    if found.speech_dollars is None:
        yield "What the speech API asks is unknown: set pricePerMinute, or give --price."
    if found.lasts is None:
        yield "How many files the speech API has at a time is unknown: give --in-flight."
