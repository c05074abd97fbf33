"""`dropscribe ls`: the newest jobs, day by day through the index by status and day."""

import re
import sys
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Final

import click
from rich.text import Text
from transcription import kinds

from dropscribe.days import QUERIES, newest_first
from dropscribe.exits import OPEN, TERMINAL
from dropscribe.jobs import FAR, Job, Wanted
from dropscribe.pause import tell_paused
from dropscribe.screen import length, moment, note, say_json, say_rows, status_text, visible
from dropscribe.settings import CloudCommand, Settings, pass_settings
from dropscribe.stack import find_stack
from dropscribe.watch import tell_missing_key

ERASED: Final = "ERASED"
HEADINGS: Final = ("STATUS", "KEY", "LENGTH", "UPLOADED", "WHY")
_AGO: Final = re.compile(r"(\d{1,6})([mhdw])")
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class When(click.ParamType[datetime]):
    """`7d` and its like, a date or a time, read as an aware time in UTC."""

    name = "when"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Read it; a value that is no time is wrong usage."""
        try:
            return since(str(value), datetime.now(UTC))
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is no time: write 12h, 7d, 2w or 2026-11-01.", param, ctx)


class Language(click.ParamType[str]):
    """A language tag, written as the API writes it."""

    name = "language"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Read it; what is no tag is wrong usage."""
        try:
            return tag(kinds.language(value))
        except kinds.Wrong as error:
            self.fail(f"It {error}, but takes a tag such as pt or pt-BR.", param, ctx)


def since(text: str, now: datetime) -> datetime:
    """The moment that `text` names, in UTC; raises ValueError, or OverflowError for 999999w."""
    if ago := _AGO.fullmatch(text):
        return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
    named = datetime.fromisoformat(text)
    return named.astimezone(UTC) if named.tzinfo else named.replace(tzinfo=UTC)


def tag(text: str) -> str:
    """A language tag as BCP-47 writes it: pt-BR, zh-Hant, es-419."""
    first, *others = text.split("-")
    forms = {2: str.upper, 4: str.capitalize}
    return "-".join([first.lower(), *(forms.get(len(it), str.lower)(it) for it in others)])


@click.command(
    cls=CloudCommand,
    examples=[
        "dropscribe ls",
        "dropscribe ls --status FAILED --status WAITING --since 24h",
        "dropscribe ls --prefix calls/2026/ --since 2026-11-01 --until 2026-11-08 --json",
        "dropscribe ls --language pt --since 4w",
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
    type=When(),
    default="7d",
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
@click.option(
    "--language",
    type=Language(),
    metavar="TAG",
    help="Only transcripts in this language: pt is pt-BR, too.",
)
@click.option(
    "--limit", type=click.IntRange(min=1), default=100, show_default=True, help="At most so many."
)
@pass_settings
def ls(
    settings: Settings,
    statuses: tuple[str, ...],
    prefix: str,
    begin: datetime,
    end: datetime | None,
    language: str | None,
    limit: int,
) -> None:
    """List jobs, newest first.

    In a pipe each job is one tab-separated line: status, key, length in seconds, time of upload,
    reason or what it waits for, job id. The statuses are CLAIMED, WAITING, SENDING, AMBIGUOUS,
    SUBMITTED and TRANSCRIBED (open), COMPLETED, REJECTED, FAILED, EXPIRED and ERASED (ended). No
    list has an ERASED job, which has no name any more: `dropscribe show` finds it by its id.
    """
    wanted = Wanted(begin, end or FAR, prefix, language or "")
    if wanted.end < begin:
        raise click.UsageError("--until lies before --since: nothing can be between them.")
    stack = find_stack(settings)
    now = datetime.now(UTC)
    for sentence in pitfalls(begin, statuses, now):
        note(sentence)
    with ThreadPoolExecutor(QUERIES) as pool:
        newest = newest_first(stack.jobs, pool, statuses or OPEN + TERMINAL, wanted)
        found = list(islice(newest, limit + 1))
    if settings.as_json:
        say_json({"jobs": [job.row for job in found[:limit]], "more": len(found) > limit})
        return
    say_jobs(found[:limit])
    tell_missing_key(found[:limit])
    tell_paused(stack)
    if len(found) > limit:
        note(f"There are more than these {limit}: raise --limit.")
    elif not found and begin <= now and set(statuses) != {ERASED}:
        note(f"No such job since {begin:%Y-%m-%d %H:%M} UTC. Look further back with --since.")


def pitfalls(begin: datetime, statuses: Collection[str], now: datetime) -> Iterator[str]:
    """Why a list, or that part of it, must be empty; on stderr, so programs may be told, too."""
    if begin > now:
        yield (
            f"--since {begin:%Y-%m-%d %H:%M} lies in the future, for it is {now:%Y-%m-%d %H:%M} in "
            "UTC: nothing was uploaded since."
        )
    if ERASED in statuses:
        yield (
            "An erased job has neither name nor day any more, so no list has it: it is found by "
            "its id alone, dropscribe show JOB_ID."
        )


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
