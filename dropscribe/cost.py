"""`dropscribe cost`: what files have cost, added up through the index by status and day."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

import click
from transcription.costs import AS_OF

from dropscribe.days import QUERIES, newest_first
from dropscribe.exits import OPEN, TERMINAL
from dropscribe.jobs import FAR, Job, Wanted
from dropscribe.ls import When
from dropscribe.screen import counted, note, say_json, say_rows, visible
from dropscribe.settings import CloudCommand, Settings, pass_settings
from dropscribe.spending import GROUPS, Spent, add_up
from dropscribe.spinner import Spinner
from dropscribe.stack import Stack, find_stack

HEADINGS: Final = ("", "FILES", "HOURS", "SPEECH API", "AWS", "TRANSFER", "AN HOUR")
TOTAL: Final = "all of it"
NO_NAME: Final = "(none)"  # of a group: keys in no folder, a stack without a model of its own


@click.command(
    cls=CloudCommand,
    examples=[
        "dropscribe cost",
        "dropscribe cost --since 90d --by day",
        "dropscribe cost --prefix calls/ --by prefix --json",
    ],
)
@click.option(
    "--since",
    "begin",
    type=When(),
    default="30d",
    show_default=True,
    metavar="WHEN",
    help="Uploaded since: 12h, 7d, 2w, or a date or time in UTC.",
)
@click.option(
    "--until",
    "end",
    type=When(),
    metavar="WHEN",
    help="Uploaded until: a date is its midnight, when it begins.  [default: now]",
)
@click.option("--prefix", default="", metavar="P", help="Only keys that begin so.")
@click.option("--by", type=click.Choice(list(GROUPS)), help="A sum for each.")
@pass_settings
def cost(
    settings: Settings, begin: datetime, end: datetime | None, prefix: str, by: str | None
) -> None:
    """Add up what files have cost.

    What the speech API took is the price on each row, known where the stack has a pricePerMinute.
    What AWS took is estimated from each row, at list prices of us-east-1: docs/cost.md. TRANSFER
    is the way of the recordings out of AWS, AN HOUR all of it for an hour of audio.

    In a pipe each sum is one tab-separated line: its name, files, hours, and the dollars of the
    four columns, empty where unknown. What was erased has no row to count.
    """
    wanted = Wanted(begin, end or FAR, prefix)
    if wanted.end < begin:
        raise click.UsageError("--until lies before --since: nothing can be between them.")
    stack = find_stack(settings)
    with Spinner() as spinner:
        sums = add_up(_told(spinner, _jobs(stack, wanted)), by, prefix)
    total = _total(sums.values())
    if settings.as_json:
        groups = _groups(sums) if by else {}
        say_json({"prices_as_of": AS_OF.isoformat(), "total": _plain(total), "by": groups})
        return
    rows = [(name or NO_NAME, spent) for name, spent in sums.items()] if by else []
    say_rows(HEADINGS, [_cells(name, spent) for name, spent in [*rows, (TOTAL, total)]])
    for sentence in remarks(total):
        note(sentence)


def _jobs(stack: Stack, wanted: Wanted) -> Iterator[Job]:
    with ThreadPoolExecutor(QUERIES) as pool:
        yield from newest_first(stack.jobs, pool, OPEN + TERMINAL, wanted)


def _told(spinner: Spinner, jobs: Iterable[Job]) -> Iterator[Job]:
    """The jobs, while people see how far it is."""
    for number, job in enumerate(jobs, 1):
        if number % 100 == 0:
            spinner.say(f"{counted(number, 'file')} added up, back to {job.uploaded_at[:10]}")
        yield job


def _total(sums: Iterable[Spent]) -> Spent:
    return sum(sums, start=Spent())


def _groups(sums: Mapping[str, Spent]) -> dict[str, Any]:
    return {name: _plain(spent) for name, spent in sums.items()}


def _plain(spent: Spent) -> dict[str, Any]:
    return asdict(spent) | {"dollars_per_hour": spent.dollars_per_hour}


def _cells(name: str, spent: Spent) -> list[str]:
    hours = spent.audio_seconds / 3600
    return [
        visible(name),
        f"{spent.files:,}" if sys.stdout.isatty() else str(spent.files),
        f"{hours:,.1f}" if sys.stdout.isatty() else f"{hours:.4f}",
        money(spent.speech_dollars if spent.is_priced else None),
        money(spent.aws_dollars),
        money(spent.transfer_dollars),
        money(spent.dollars_per_hour),
    ]


def money(dollars: float | None) -> str:
    """Dollars for people, exact to what matters; a number in a pipe; empty where unknown."""
    if dollars is None:
        return "unknown" if sys.stdout.isatty() else ""
    if not sys.stdout.isatty():
        return f"{dollars:.6f}"
    return f"${dollars:,.2f}" if dollars >= 0.1 or not dollars else f"${dollars:.4f}"


def remarks(total: Spent) -> Iterator[str]:
    """What the figures don't say by themselves."""
    if total.unpriced:
        yield (
            f"{counted(total.unpriced, 'file')} went to the speech API while the stack had no "
            "pricePerMinute: what they cost there is unknown."
        )
    if total.unknown:
        yield f"{counted(total.unknown, 'file')} don't tell their length."
    if total.doubtful:
        more = f"${total.doubtful_dollars:,.2f} more"
        yield (
            f"Of {counted(total.doubtful, 'file')} there was more than one attempt, or nobody "
            f"knows whether the request arrived: up to {more} may have been paid."
        )
