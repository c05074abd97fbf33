"""`dropscribe retry`: asks the stack to try jobs again, and says first what that costs."""

import json
import sys
from datetime import UTC, datetime
from enum import Enum

import click
from transcription.job import Job as StackJob
from transcription.job import Status
from transcription.next_step import Step, failed_there, retry_step

from dropscribe.exits import ExitCode, JobFailed
from dropscribe.jobs import Job
from dropscribe.screen import note, say_json, visible
from dropscribe.settings import CloudCommand, Settings, pass_settings
from dropscribe.stack import Stack, find_stack
from dropscribe.target import find_job
from dropscribe.watch import Watched, exit_code_of, follow, report, wait_options


class Cost(Enum):
    """What a retry costs, in the words of the command."""

    FREE_ANSWER = "free, the answer is saved and is published again"
    FREE_RESULT = "free, the speech API still has the result"
    FIRST = "paid once, it was not transcribed yet"
    AFTER_FAILURE = "paid once, the speech API says that it does not bill what failed there"
    AGAIN = "paid again, it is sent to the speech API once more"
    UNSURE = "perhaps paid twice, nobody knows whether the first request arrived"


def cost_of(job: Job, now: datetime) -> Cost:
    """What the stack will have to do for this job, as its row says."""
    theirs = _as_the_stack_has_it(job)
    match retry_step(theirs, now):
        case Step.PUBLISH:
            return Cost.FREE_ANSWER
        case Step.START:
            return Cost.FREE_RESULT
        case Step.SEND_AGAIN if theirs.status is Status.AMBIGUOUS:
            return Cost.UNSURE
        case Step.SEND_AGAIN if failed_there(theirs):
            return Cost.AFTER_FAILURE
        case Step.SEND_AGAIN if theirs.generation_id:
            return Cost.AGAIN
    return Cost.UNSURE if job.row.get("ambiguous") else Cost.FIRST


def refusal(job: Job) -> str | None:
    """Why a job is not tried again, or None."""
    name = visible(job.key)
    match job.status:
        case "COMPLETED":
            return (
                f"{name} is COMPLETED, there is nothing to retry. "
                "To transcribe it anew, with other options for instance, upload it again."
            )
        case "ERASED":
            return f"{name} is ERASED, its recording is gone: upload it again."
        case "CLAIMED" | "SENDING" | "SUBMITTED" | "TRANSCRIBED":
            return f"{name} is {job.status}, so it is under way and the stack looks after it."
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
    Completed jobs and those under way are refused, and then nothing at all is sent.
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
    # What has ended opens a new attempt, what waits goes on with its own.
    watched = [Watched(job.key, job.job_id, job.attempt + job.is_terminal) for job in jobs]
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
        note(f"{visible(job.key)} ({job.status}): {cost.value}.")
    twice = not {Cost.AGAIN, Cost.UNSURE}.isdisjoint(costs)
    if ask and twice and sys.stdin.isatty() and not click.confirm("Go on?", err=True):
        raise JobFailed("Nothing was sent.")
    return costs


def _send(stack: Stack, job: Job) -> None:
    """Ask for it as it stands: delivered twice, or once it has moved on, it asks for nothing."""
    asked = {"retry": job.job_id, "revision": int(job.row.get("revision", 0))}
    stack.queues.send_message(
        QueueUrl=stack.output("UploadQueueUrl"), MessageBody=json.dumps(asked)
    )


def _say_document(ended: list[Job | None] | list[Job], jobs: list[Job], costs: list[Cost]) -> None:
    rows = [
        dict((now or job).row) | {"cost": cost.name.lower().replace("_", "-")}
        for now, job, cost in zip(ended, jobs, costs, strict=True)
    ]
    say_json({"jobs": rows})


def _as_the_stack_has_it(job: Job) -> StackJob:
    """What the stack's own decision looks at."""
    return StackJob(
        job_id=job.job_id,
        bucket=job.bucket,
        key=job.key,
        status=Status(job.status),
        uploaded_at=datetime.fromisoformat(job.uploaded_at),
        stage=job.stage,
        answer=job.answer,
        generation_id=job.generation_id,
        submitted_at=datetime.fromisoformat(job.submitted_at) if job.submitted_at else None,
    )
