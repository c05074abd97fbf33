"""`dropscribe estimate`: what files would cost, before anything is uploaded or sent."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import click

from dropscribe.cost import money
from dropscribe.estimates import Estimate, Terms, estimate, settled
from dropscribe.exits import JobFailed
from dropscribe.lengths import can_be_read, seconds_in
from dropscribe.recordings import NotUploadable, Recording, recordings
from dropscribe.screen import counted, length, note, say_json, say_rows, visible
from dropscribe.settings import CloudCommand, Settings, pass_settings
from dropscribe.spinner import Spinner
from dropscribe.stack import Stack, find_stack

BUCKET: Final = "s3://"
Sized = tuple[int, float | None]  # bytes and seconds, None where only the bytes tell


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

    With --price and --in-flight, local files need no stack. Nothing is uploaded, sent or changed.
    In a pipe each figure is a tab-separated name and value; LASTS is in seconds.
    """
    stack = _stack(settings, places, price, in_flight)
    terms = settled(stack) if stack else Terms()
    if price is not None:
        terms = terms._replace(price=price)
    if in_flight is not None:
        terms = terms._replace(in_flight=in_flight)
    with Spinner() as spinner:
        found = estimate(_told(spinner, _sized(stack, places)), terms)
    if not found.files:
        named = ", ".join(map(visible, places))
        raise JobFailed(f"There is no file {named}, and no key in the bucket that begins so.")
    if settings.as_json:
        say_json(found._asdict())
        return
    say_rows(("", ""), lines(found))
    for sentence in remarks(found):
        note(sentence)


def _stack(
    settings: Settings, places: Iterable[str], price: float | None, in_flight: int | None
) -> Stack | None:
    """The stack, where it has anything to tell."""
    local = all(Path(place).exists() for place in places)
    return None if local and None not in (price, in_flight) else find_stack(settings)


def _sized(stack: Stack | None, places: Iterable[str]) -> Iterator[Sized]:
    for place in places:
        if Path(place).exists():
            for one in _recordings(Path(place)):
                yield one.size, seconds_in(one.path, one.size)
        elif stack:
            yield from ((size, None) for size in _listed(stack, place))


def _recordings(place: Path) -> list[Recording]:
    try:
        return recordings([place], recursive=True)
    except NotUploadable as error:
        raise JobFailed(f"{visible(str(place))}: {error}") from error


def _listed(stack: Stack, place: str) -> Iterator[int]:
    """The sizes of what a bucket has below a prefix; the markers of folders are none."""
    bucket, prefix = stack.output("UploadBucketName"), place
    if place.startswith(BUCKET):
        bucket, _, prefix = place.removeprefix(BUCKET).partition("/")
    pages = stack.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    try:
        for page in pages:
            contents = page.get("Contents", [])
            yield from (it["Size"] for it in contents if not it["Key"].endswith("/"))
    except stack.s3.exceptions.NoSuchBucket as error:
        raise JobFailed(f"There is no bucket {visible(bucket)}.") from error


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
        ("FILES", f"{found.files:,}" if sys.stdout.isatty() else str(found.files)),
        ("HOURS", f"{hours:,.1f}" if sys.stdout.isatty() else f"{hours:.4f}"),
        ("SPEECH API", money(found.speech_dollars)),
        ("AWS", money(found.aws_dollars)),
        ("TRANSFER", money(found.transfer_dollars)),
        ("LASTS", length(found.lasts) or "unknown"),
    ]


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
