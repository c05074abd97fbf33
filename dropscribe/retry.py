"""`dropscribe retry`: asks the stack to try jobs again, and says first what that costs."""

import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import click
from transcription.cancelling import STAGE as CANCELLED

from dropscribe.costs import TWICE, Cost, cost_of, refusal, sentences, sums
from dropscribe.days import QUERIES, newest_first
from dropscribe.exits import ExitCode, JobFailed
from dropscribe.jobs import FAR, Job, JobsTable, Wanted
from dropscribe.ls import When
from dropscribe.progress import counting
from dropscribe.screen import counted, note, say_json, visible
from dropscribe.settings import CloudCommand, Settings, pass_settings
from dropscribe.stack import Stack, find_stack
from dropscribe.target import find_job
from dropscribe.upload_queue import asking, send
from dropscribe.watch import Watched, exit_code_of, follow, report, wait_options

# Those that `refusal` lets pass.
RETRYABLE: Final = ("WAITING", "AMBIGUOUS", "REJECTED", "FAILED", "EXPIRED")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is to be tried again: jobs by name, or all of these statuses."""

    names: tuple[str, ...]
    statuses: tuple[str, ...]
    begin: datetime | None
    prefix: str

    def check(self) -> None:
        """Refuse what cannot be meant."""
        if bool(self.names) == bool(self.statuses):
            raise click.UsageError("Name jobs, or say which with --status, but not both.")
        if self.statuses and self.begin is None:
            raise click.UsageError("With --status say since when: --since 24h.")
        if self.names and (self.begin or self.prefix):
            raise click.UsageError("--since and --prefix go with --status.")


@click.command(
    cls=CloudCommand,
    examples=[
        "dropscribe retry interview.mp3 --wait",
        "dropscribe retry --status FAILED --since 24h --dry-run",
        "dropscribe retry --status FAILED --status EXPIRED --since 2026-11-01 --prefix calls/",
    ],
)
@click.argument("names", metavar="[KEY_OR_JOB]...", nargs=-1)
@click.option(
    "--status",
    "statuses",
    multiple=True,
    type=click.Choice(RETRYABLE, case_sensitive=False),
    metavar="S",
    help="With --since: all jobs of this status; repeat for more. Those that a person cancelled "
    "are left out.",
)
@click.option(
    "--since",
    "begin",
    type=When(),
    metavar="WHEN",
    help="With --status: uploaded since 12h, 7d, 2w, or a date or time in UTC.",
)
@click.option("--prefix", default="", metavar="P", help="With --status: only keys that begin so.")
@click.option("--dry-run", is_flag=True, help="Only say what it would cost; send nothing.")
@click.option("--yes", is_flag=True, help="Do not ask, even where it is paid again.")
@wait_options
@pass_settings
@click.pass_context
def retry(
    ctx: click.Context,
    settings: Settings,
    /,
    dry_run: bool,
    yes: bool,
    wait: bool,
    timeout: float,
    **chosen: Any,
) -> None:
    """Try jobs again, of a key the newest, after saying what it costs.

    The cheapest way is taken: publish a saved answer, fetch a result that the speech API still
    has, or send the recording again. You are asked before anything is paid twice; where there is
    no terminal, only --yes allows it. Completed jobs and those under way are refused, and then
    nothing at all is sent.
    """
    asked = Chosen(**chosen)
    asked.check()
    stack = find_stack(settings)
    jobs = _named(stack, asked.names) if asked.names else _listed(stack.jobs, asked)
    now = datetime.now(UTC)
    costs = [cost_of(job, now) for job in jobs]
    _say_costs(jobs, costs, one_by_one=bool(asked.names))
    if not dry_run:
        _ask(costs, yes)
        _send(stack, jobs)
    # What has ended opens a new attempt, what waits goes on with its own.
    watched = [Watched(job.key, job.job_id, job.attempt + job.is_terminal) for job in jobs]
    waits = wait and not dry_run
    ended = follow(stack.jobs, watched, timeout) if waits else jobs
    if settings.as_json:
        say_json(document(ended, jobs, costs) | {"sent": not dry_run})
    elif waits:
        report(watched, ended)
    ctx.exit(exit_code_of(watched, ended) if waits else ExitCode.FINE)


def _named(stack: Stack, names: Iterable[str]) -> list[Job]:
    """The jobs of these names, each once; raises JobFailed where one must not be tried again."""
    jobs = list({job.job_id: job for job in (find_job(stack, name) for name in names)}.values())
    if refused := [sentence for job in jobs if (sentence := refusal(job))]:
        raise JobFailed("\n".join(refused))
    return jobs


def _listed(table: JobsTable, asked: Chosen) -> list[Job]:
    """All jobs of these statuses, but for those that a person cancelled."""
    wanted = Wanted(asked.begin or FAR, prefix=asked.prefix)
    with ThreadPoolExecutor(QUERIES) as pool:
        ids = [job.job_id for job in newest_first(table, pool, asked.statuses, wanted)]
    # The index may lag behind the rows, which alone say where a job stands.
    rows = table.get_many(ids)
    found = [rows[job_id] for job_id in ids if job_id in rows]
    jobs = [job for job in found if job.status in asked.statuses]
    left = [job for job in jobs if job.stage != CANCELLED]
    if left_out := len(jobs) - len(left):
        note(f"Left out: {counted(left_out, 'job')} that somebody cancelled. Name what you want.")
    return left


def _say_costs(jobs: Sequence[Job], costs: Sequence[Cost], one_by_one: bool) -> None:
    if one_by_one:
        for job, cost in zip(jobs, costs, strict=True):
            note(f"{visible(job.key)} ({job.status}): {cost.value}.")
    elif not jobs:
        note("There is no such job.")
    if len(jobs) > 1 or not one_by_one:
        for sentence in sentences(sums(zip(jobs, costs, strict=True))):
            note(sentence)


def _ask(costs: Iterable[Cost], yes: bool) -> None:
    """Let a person decide where something is paid twice; raises JobFailed, UsageError."""
    if yes or TWICE.isdisjoint(costs):
        return
    if not sys.stdin.isatty():
        raise click.UsageError(
            "Some of it may be paid twice, and there is no terminal to ask on: "
            "add --yes. Nothing was sent."
        )
    if not click.confirm("Go on?", err=True):
        raise JobFailed("Nothing was sent.")


def _send(stack: Stack, jobs: Sequence[Job]) -> None:
    with counting("asking", len(jobs)) as advance:
        send(stack, [asking("retry", job) for job in jobs], advance)


def document(
    ended: Sequence[Job | None], jobs: Sequence[Job], costs: Sequence[Cost]
) -> dict[str, Any]:
    """The jobs with their costs, and what each kind of cost comes to."""
    rows = [
        dict((now or job).row) | {"cost": cost.label}
        for now, job, cost in zip(ended, jobs, costs, strict=True)
    ]
    totals = sums(zip(jobs, costs, strict=True))
    return {
        "jobs": rows,
        "costs": {cost.label: total._asdict() for cost, total in totals.items()},
    }
