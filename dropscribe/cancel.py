"""`dropscribe cancel`: asks the stack to end jobs, and says first what that saves."""

from collections.abc import Sequence

import click
from transcription.cancelling import NOT_SENT, SENT, STAGE

from dropscribe.exits import ExitCode, JobFailed
from dropscribe.jobs import Job
from dropscribe.screen import note, say_json, visible
from dropscribe.settings import CloudCommand, Settings, pass_settings
from dropscribe.stack import find_stack
from dropscribe.target import find_job
from dropscribe.upload_queue import asking, send
from dropscribe.watch import Watched, follow, report, wait_options


@click.command(
    cls=CloudCommand,
    examples=[
        "dropscribe cancel interview.mp3 --wait",
        "dropscribe ls --status WAITING --json | jq -r '.jobs[].job_id' | xargs dropscribe cancel",
    ],
)
@click.argument("names", metavar="KEY_OR_JOB...", nargs=-1, required=True)
@wait_options
@pass_settings
@click.pass_context
def cancel(
    ctx: click.Context, settings: Settings, names: tuple[str, ...], wait: bool, timeout: float
) -> None:
    """End jobs that are under way, of a key the newest.

    What waits to be sent ends as REJECTED, and costs nothing if it was never sent before; what was
    sent ends as FAILED, and may be billed. A job that is being sent at this very moment is refused,
    and so is one that has ended; then nothing at all is asked. `dropscribe retry` takes a cancelled
    job up again.
    With --wait it exits 0 once every job has ended so.
    """
    stack = find_stack(settings)
    found = {job.job_id: job for job in (find_job(stack, name) for name in names)}
    jobs = list(found.values())
    if refused := [sentence for job in jobs if (sentence := refusal(job))]:
        raise JobFailed("\n".join(refused))
    for job in jobs:
        note(f"{visible(job.key)} ({job.status}): {consequence(job)}.")
    send(stack, [asking("cancel", job, attempt=job.attempt) for job in jobs])
    watched = [Watched(job.key, job.job_id, job.attempt) for job in jobs]
    ended = follow(stack.jobs, watched, timeout) if wait else jobs
    if settings.as_json:
        say_json({"jobs": [dict((now or job).row) for now, job in zip(ended, jobs, strict=True)]})
    elif wait:
        report(watched, ended)
    ctx.exit(how_it_ended(ended) if wait else ExitCode.FINE)


def refusal(job: Job) -> str | None:
    """Why a job can't be cancelled now, or None."""
    name = visible(job.key) or job.job_id
    if job.is_terminal:
        return f"{name} is {job.status}: there is nothing left to cancel."
    if job.status in NOT_SENT | SENT:
        return None
    return f"{name} is {job.status}, at this very moment: ask again in a minute."


def consequence(job: Job) -> str:
    """What it means for the bill that a job ends now."""
    was_sent = job.submitted_at or job.row.get("ambiguous")
    if job.status in NOT_SENT and not was_sent:
        return "it is not sent, and costs nothing"
    if job.status in NOT_SENT:
        return "it is not sent again; an earlier request may be billed"
    return "it was sent, and may be billed; its transcript is not fetched"


def how_it_ended(jobs: Sequence[Job | None]) -> ExitCode:
    """The exit code of a wait: fine where every job ended because it was cancelled."""
    if not all(job and job.is_terminal for job in jobs):
        note("Not all have ended: what has moved on meanwhile goes on. See: dropscribe ls")
        return ExitCode.NOT_READY
    cancelled = all(job and job.stage == STAGE for job in jobs)
    return ExitCode.FINE if cancelled else ExitCode.JOB_FAILED
