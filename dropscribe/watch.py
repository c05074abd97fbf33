"""Watching jobs until each has ended, or the time is over."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import click
from rich.console import Group
from rich.live import Live
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from dropscribe.exits import ExitCode, code_for_statuses
from dropscribe.jobs import Job, JobsTable
from dropscribe.screen import clock, length, note, progress_console, say_rows, status_text, visible

SHOWN: Final = 15  # jobs drawn at a time
HEADINGS: Final = ("STATUS", "KEY", "LENGTH", "WHY")


@dataclass(frozen=True, slots=True)
class Watched:
    """A job to wait for. `find` looks for it while its id is not known."""

    key: str
    job_id: str | None
    attempt: int = 1
    find: Callable[[], Job | None] = field(default=lambda: None)

    def is_over(self, job: Job | None) -> bool:
        """Whether the attempt that is waited for has ended."""
        return job is not None and job.is_terminal and job.attempt >= self.attempt


def wait_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --wait and --timeout."""
    command = click.option(
        "--timeout",
        type=click.FloatRange(min=0),
        default=3600,
        show_default=True,
        metavar="SECONDS",
        help="With --wait: how long.",
    )(command)
    return click.option("--wait", is_flag=True, help="Wait until every job has ended.")(command)


def pause_after(waited: float) -> float:
    """Seconds until the next look: quick for what is short, easy on what is long."""
    return min(10.0, max(0.5, waited / 20))


def follow(table: JobsTable, watched: Sequence[Watched], timeout: float) -> list[Job | None]:
    """The jobs, in order, when all have ended or `timeout` seconds are over; None: no row yet."""
    try:
        with _screen(watched) as draw:
            return _followed(table, watched, timeout, draw)
    except KeyboardInterrupt:
        note("They go on without you. See: dropscribe ls")
        raise


def _followed(
    table: JobsTable,
    watched: Sequence[Watched],
    timeout: float,
    draw: Callable[[Sequence[Job | None]], None],
) -> list[Job | None]:
    began = time.monotonic()
    jobs: list[Job | None] = [None] * len(watched)
    while True:
        jobs = look(table, watched, jobs)
        draw(jobs)
        waited = time.monotonic() - began
        over = all(one.is_over(job) for one, job in zip(watched, jobs, strict=True))
        if over or waited >= timeout:
            return jobs
        time.sleep(min(pause_after(waited), timeout - waited))


def look(
    table: JobsTable, watched: Sequence[Watched], jobs: Sequence[Job | None]
) -> list[Job | None]:
    """The jobs as they are now; those that have ended are not read again."""
    pairs = list(zip(watched, jobs, strict=True))
    ids = [one.job_id for one, job in pairs if one.job_id and not one.is_over(job)]
    found = table.get_many(ids)
    return [
        job if one.is_over(job) else found.get(one.job_id) if one.job_id else one.find()
        for one, job in pairs
    ]


def report(watched: Sequence[Watched], jobs: Sequence[Job | None]) -> None:
    """Print how each of them ended."""
    pairs = zip(watched, jobs, strict=True)
    say_rows(HEADINGS, [_cells(one.key, job, length) for one, job in pairs])


def exit_code_of(watched: Sequence[Watched], jobs: Sequence[Job | None]) -> ExitCode:
    """The exit code of a wait; an attempt that has not begun counts as not ready."""
    pairs = zip(watched, jobs, strict=True)
    code = code_for_statuses(job.status if job and one.is_over(job) else None for one, job in pairs)
    if code == ExitCode.NOT_READY:
        note("Not all have ended in the time given; they go on. See: dropscribe ls")
        tell_missing_key(jobs)
    return code


def tell_missing_key(jobs: Iterable[Job | None]) -> None:
    """Say what to do where jobs wait for nothing but a person."""
    if any(job and job.wait_reason == "key" and not job.is_terminal for job in jobs):
        note("Jobs wait for an API key that works: dropscribe key set")


def _cells(
    key: str, job: Job | None, written: Callable[[float | None], str]
) -> tuple[Text, str, str, str]:
    if job is None:
        return Text("uploaded", style="dim"), visible(key), "", ""
    return status_text(job.status), visible(key), written(job.audio_seconds), visible(job.why)


@contextmanager
def _screen(watched: Sequence[Watched]) -> Iterator[Callable[[Sequence[Job | None]], None]]:
    console = progress_console()
    if not console.is_terminal:
        yield lambda _: None
        return
    spinner = Progress(
        SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=console
    )
    task = spinner.add_task("", total=None)
    with Live(spinner, console=console, transient=True, refresh_per_second=8) as live:

        def draw(jobs: Sequence[Job | None]) -> None:
            ended = sum(one.is_over(job) for one, job in zip(watched, jobs, strict=True))
            spinner.update(task, description=f"{ended} of {len(jobs)} ended")
            live.update(_picture(watched, jobs, spinner))

        yield draw


def _picture(watched: Sequence[Watched], jobs: Sequence[Job | None], spinner: Progress) -> Group:
    pairs = list(zip(watched, jobs, strict=True))
    # Those still under way come first: they are what somebody looks for.
    pairs.sort(key=lambda pair: pair[0].is_over(pair[1]))
    rows = Table.grid(padding=(0, 2))
    for one, job in pairs[:SHOWN]:
        status, key, spoken, why = _cells(one.key, job, clock)
        rows.add_row(status, Text(key, overflow="ellipsis", no_wrap=True), spoken, Text(why))
    hidden = len(pairs) - SHOWN
    more = [Text(f"and {hidden} more", style="dim")] if hidden > 0 else []
    return Group(rows, *more, spinner)
