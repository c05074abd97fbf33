"""`dropscribe ls`: the newest jobs, day by day through the index by status and day."""

import heapq
import re
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from itertools import chain, islice
from typing import Final

import click
from rich.text import Text
from transcription.job import iso

from dropscribe.exits import OPEN, TERMINAL
from dropscribe.jobs import Job, JobsTable
from dropscribe.screen import length, moment, note, say_json, say_rows, status_text, visible
from dropscribe.settings import CloudCommand, Settings, pass_settings
from dropscribe.stack import find_stack
from dropscribe.watch import tell_missing_key

HEADINGS: Final = ("STATUS", "KEY", "LENGTH", "UPLOADED", "WHY")
_AGO: Final = re.compile(r"(\d{1,6})([mhdw])")
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class Since(click.ParamType[datetime]):
    """`7d` and its like, a date or a time, read as an aware time in UTC."""

    name = "since"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Read it; a value that is no time is wrong usage."""
        try:
            return since(str(value), datetime.now(UTC))
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is no time: write 12h, 7d, 2w or 2026-11-01.", param, ctx)


def since(text: str, now: datetime) -> datetime:
    """The moment that `text` names, in UTC; raises ValueError, or OverflowError for 999999w."""
    if ago := _AGO.fullmatch(text):
        return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
    named = datetime.fromisoformat(text)
    return named.astimezone(UTC) if named.tzinfo else named.replace(tzinfo=UTC)


@click.command(
    cls=CloudCommand,
    examples=[
        "dropscribe ls",
        "dropscribe ls --status FAILED --status WAITING --since 24h",
        "dropscribe ls --prefix calls/2026/ --since 2026-11-01 --json",
    ],
)
@click.option(
    "--status",
    "statuses",
    multiple=True,
    type=click.Choice(OPEN + TERMINAL, case_sensitive=False),
    help="Only jobs of this status; repeat for more.  [default: all]",
    metavar="S",
)
@click.option("--prefix", default="", metavar="P", help="Only keys that begin so.")
@click.option(
    "--since",
    "begin",
    type=Since(),
    default="7d",
    show_default=True,
    metavar="WHEN",
    help="Uploaded since: 12h, 7d, 2w, or a date in UTC.",
)
@click.option(
    "--limit", type=click.IntRange(min=1), default=100, show_default=True, help="At most so many."
)
@pass_settings
def ls(
    settings: Settings, statuses: tuple[str, ...], prefix: str, begin: datetime, limit: int
) -> None:
    """List jobs, newest first.

    In a pipe each job is one tab-separated line: status, key, length in seconds, time of upload,
    reason or what it waits for, job id. The statuses are CLAIMED, WAITING, SENDING, AMBIGUOUS,
    SUBMITTED and TRANSCRIBED (open), COMPLETED, REJECTED, FAILED, EXPIRED and ERASED (ended).
    """
    table = find_stack(settings).jobs
    with ThreadPoolExecutor(8) as pool:
        newest = newest_first(table, pool, statuses or OPEN + TERMINAL, begin)
        found = list(islice((job for job in newest if job.key.startswith(prefix)), limit + 1))
    if settings.as_json:
        say_json({"jobs": [job.row for job in found[:limit]], "more": len(found) > limit})
        return
    say_jobs(found[:limit])
    tell_missing_key(found[:limit])
    if len(found) > limit:
        note(f"There are more than these {limit}: raise --limit.")
    elif not found:
        note(f"No such job since {begin:%Y-%m-%d %H:%M} UTC. Look further back with --since.")


def say_jobs(jobs: Iterable[Job]) -> None:
    """Print the jobs: for people with their own clock, in a pipe with the stored values."""
    # A person names a job by its key; the ids would leave no room for it.
    ids = not sys.stdout.isatty()
    say_rows(HEADINGS, [_cells(job) + ([job.job_id] if ids else []) for job in jobs])


def _cells(job: Job) -> list[str | Text]:
    return [
        status_text(job.status),
        visible(job.key),
        length(job.audio_seconds),
        moment(job.uploaded_at),
        visible(job.why),
    ]


def newest_first(
    table: JobsTable, pool: Executor, statuses: Iterable[str], begin: datetime
) -> Iterator[Job]:
    """Jobs of these statuses uploaded since `begin`; a day is asked for when it is reached."""
    for day in days_back(begin.date(), datetime.now(UTC).date()):
        queries = [table.of_day(status, day, iso(begin)) for status in statuses]
        # The statuses' first pages are fetched side by side, later ones when they are needed.
        began = list(pool.map(_started, queries))
        yield from heapq.merge(*began, key=lambda job: job.uploaded_at, reverse=True)


def days_back(first: date, last: date) -> Iterator[date]:
    """Every day from `last` back to `first`."""
    return (last - timedelta(days=back) for back in range((last - first).days + 1))


def _started(jobs: Iterator[Job]) -> Iterator[Job]:
    return chain(list(islice(jobs, 1)), jobs)
