"""`dropscribe retry`: asks the stack to try jobs again, and says first what that costs."""

import json
import sys
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Final

import click

from dropscribe.exits import ExitCode, JobFailed
from dropscribe.jobs import Job
from dropscribe.screen import note, say_json, visible
from dropscribe.settings import CloudCommand, Settings, pass_settings
from dropscribe.stack import Stack, find_stack
from dropscribe.target import find_job
from dropscribe.watch import Watched, exit_code_of, follow, report, wait_options

# The speech API keeps a finished transcript for an hour; the stack's last look is at 55 minutes.
KEPT: Final = timedelta(minutes=55)


class Cost(Enum):
    """What a retry costs, in the words of the command."""

    FREE_ANSWER = "free: the answer is saved, and is published again"
    FREE_RESULT = "free while the speech API still has the result; paid again if it failed there"
    FIRST = "paid once: it has not been sent yet"
    AGAIN = "paid again: it is sent to the speech API once more"
    UNSURE = "may be paid twice: it is not known whether the first request arrived"


def cost_of(job: Job, now: datetime) -> Cost:
    """What the stack will have to do for this job, as its row says."""
    if job.answer:
        return Cost.FREE_ANSWER
    if job.generation_id:
        return Cost.FREE_RESULT if _is_kept(job, now) else Cost.AGAIN
    if job.status in ("AMBIGUOUS", "SENDING") or job.row.get("ambiguous"):
        return Cost.UNSURE
    return Cost.AGAIN if job.submitted_at else Cost.FIRST


def refusal(job: Job) -> str | None:
    """Why a job is not tried again, or None."""
    if job.status == "COMPLETED":
        return (
            f"{visible(job.key)} is COMPLETED, there is nothing to retry. "
            "To transcribe it anew, with other options for instance, upload it again."
        )
    if job.status == "ERASED":
        return f"{visible(job.key)} is ERASED: its recording is gone. Upload it again."
    return None


@click.command(
    cls=CloudCommand,
    examples=[
        "dropscribe retry interview.mp3 --wait",
        "dropscribe ls --status FAILED --json | jq -r '.jobs[].job_id' | xargs dropscribe retry",
    ],
)
@click.argument("keys_or_jobs", metavar="KEY_OR_JOB...", nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="Do not ask, even where it is paid again.")
@wait_options
@pass_settings
@click.pass_context
def retry(
    ctx: click.Context,
    settings: Settings,
    keys_or_jobs: tuple[str, ...],
    yes: bool,
    wait: bool,
    timeout: float,
) -> None:
    """Try jobs again, of a key the newest, after saying what it costs.

    The cheapest way is taken: publish a saved answer, fetch a result that the speech API still
    has, or send the recording again. On a terminal you are asked before something is paid twice.
    Completed jobs are refused, and then nothing at all is sent.
    """
    stack = find_stack(settings)
    jobs = list(
        {job.job_id: job for job in (find_job(stack, name) for name in keys_or_jobs)}.values()
    )
    if refused := [sentence for job in jobs if (sentence := refusal(job))]:
        raise JobFailed("\n".join(refused))
    costs = _announce(jobs, ask=not yes)
    for job in jobs:
        _send(stack, job)
    watched = [Watched(job.key, job.job_id, job.attempt + 1) for job in jobs]
    ended = follow(stack.jobs, watched, timeout) if wait else jobs
    if settings.as_json:
        _say_document(ended, jobs, costs)
    elif wait:
        report(watched, ended)
    ctx.exit(exit_code_of(watched, ended) if wait else ExitCode.FINE)


def _announce(jobs: list[Job], ask: bool) -> list[Cost]:
    now = datetime.now(UTC)
    costs = [cost_of(job, now) for job in jobs]
    for job, cost in zip(jobs, costs, strict=True):
        note(f"{visible(job.key)} ({job.status}): {cost.value}")
    if ask and sys.stdin.isatty() and {Cost.AGAIN, Cost.UNSURE} & set(costs):
        click.confirm("Go on?", abort=True, err=True)
    return costs


def _send(stack: Stack, job: Job) -> None:
    stack.queues.send_message(
        QueueUrl=stack.output("UploadQueueUrl"), MessageBody=json.dumps({"retry": job.job_id})
    )


def _say_document(ended: list[Job | None] | list[Job], jobs: list[Job], costs: list[Cost]) -> None:
    rows = [
        dict((now or job).row) | {"cost": cost.name.lower().replace("_", "-")}
        for now, job, cost in zip(ended, jobs, costs, strict=True)
    ]
    say_json({"jobs": rows})


def _is_kept(job: Job, now: datetime) -> bool:
    try:
        sent = datetime.fromisoformat(job.submitted_at or "")
    except ValueError:
        return False
    return now - sent < KEPT
