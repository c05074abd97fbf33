"""`dropscribe rm`: a recording, and all that came of it, is erased."""

import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import click
from transcription.job import Job, Status

from dropscribe.erasure import Eraser
from dropscribe.exits import JobFailed, NotReady
from dropscribe.progress import counting
from dropscribe.screen import counted, note, say_json, visible
from dropscribe.settings import CloudCommand, Settings, pass_settings
from dropscribe.stack import Stack, find_stack
from dropscribe.target import find_job, target_of
from dropscribe.traces import Traces, find_traces

# Looks after which something still writes faster than it is deleted.
LOOKS: Final = 5
# Jobs that ended so may have done it while a function was at work on them.
CUT_OFF: Final = frozenset({Status.FAILED, Status.EXPIRED, Status.ERASED})


@dataclass(slots=True)
class Erased:
    """How much is gone."""

    jobs: int = 0
    recordings: int = 0
    answers: int = 0
    renditions: int = 0
    messages: int = 0

    def add(self, traces: Traces) -> None:
        """Count what was deleted of what a look found."""
        self.recordings += len(traces.recordings)
        self.answers += len(traces.answers)
        self.renditions += len(traces.renditions)


@click.command(
    cls=CloudCommand,
    examples=[
        "dropscribe rm calls/2026/a.mp3",
        "dropscribe rm s3://their-recordings/a.mp3 --yes --json",
    ],
)
@click.argument("key")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--grace",
    type=click.FloatRange(min=0),
    default=90,
    show_default=True,
    metavar="SECONDS",
    help="How long a function that is at work on it now may still write; then that goes, too.",
)
@pass_settings
def rm(settings: Settings, key: str, yes: bool, grace: float) -> None:
    """Erase a recording, every version of it, and all that came of it, for ever.

    KEY is a key in the uploads bucket, an s3://bucket/key, or the id of one of its jobs. Its
    transcripts, raw answers, rows and messages go as well; of each row a tombstone stays that
    says when, but not what. Jobs under way are ended first. Run it again where it was interrupted.
    docs/erasure.md says what remains elsewhere, and for how long.
    """
    stack = find_stack(settings)
    traces = find_traces(stack, *_place(stack, key))
    name = f"s3://{traces.bucket}/{visible(traces.key)}"
    if traces:
        _ask(name, traces, yes)
    erased = erase(stack, traces, grace)
    if settings.as_json:
        facts = {name: getattr(erased, name) for name in Erased.__slots__}
        say_json({"bucket": traces.bucket, "key": traces.key, "erased": facts})
    if not traces and not erased.messages:
        raise JobFailed(f"There is nothing of {name}: it was erased before, or was never there.")
    note(f"Erased {name}: {contents(traces)}, {counted(erased.messages, 'message')}.")


def erase(stack: Stack, traces: Traces, grace: float) -> Erased:
    """Erase until a look finds nothing more; raises NotReady where somebody goes on writing."""
    erased = Erased(jobs=len(traces.job_ids))
    # What somebody who was interrupted has withdrawn before may have been at work until then.
    others = [job for job in traces.jobs if job.status is Status.ERASED]
    with counting("erasing", len(traces.things) + len(traces.jobs)) as advance:
        eraser = Eraser(stack, advance)
        for _ in range(LOOKS):
            left = still_at_work([*eraser.withdraw(traces), *others], grace)
            others = []
            erased.messages += eraser.sweep(traces)
            eraser.delete(traces.things)
            erased.add(traces)
            _wait(left)
            traces = find_traces(stack, traces.bucket, traces.key, traces.job_ids)
            if not traces.things and not traces.not_withdrawn:
                eraser.bury(traces.jobs)
                eraser.forget_place(traces.key)
                return erased
    raise NotReady("Somebody goes on writing to this key: stop that, then run it again.")


def still_at_work(jobs: Iterable[Job], grace: float) -> float:
    """Seconds until no function can be at work any more on jobs that stood so when cut off."""
    now = datetime.now(UTC)
    until = [_at_work_until(job, now, timedelta(seconds=grace)) for job in jobs]
    return max(((it - now).total_seconds() for it in until), default=0)


def _at_work_until(job: Job, now: datetime, grace: timedelta) -> datetime:
    if not job.is_terminal:
        return now + grace
    if job.status in CUT_OFF:
        return (job.completed_at or now) + grace
    return job.rendering_until or now


def _wait(seconds: float) -> None:
    if seconds > 0:
        note(f"Waiting {seconds:.0f} s for what is at work on it now ...")
        time.sleep(seconds)


def _place(stack: Stack, text: str) -> tuple[str, str]:
    """Bucket and key of what is to be erased; raises JobFailed."""
    target = target_of(text)
    if target.job_id:
        job = find_job(stack, text)
        if not job.key:
            raise JobFailed(f"Job {job.job_id} was erased before.")
        return job.bucket, job.key
    return target.bucket or stack.output("UploadBucketName"), target.key


def contents(traces: Traces) -> str:
    """What there is, in words."""
    marks = sum(thing.is_mark for thing in traces.recordings)
    versions = counted(len(traces.recordings) - marks, "version")
    deleted = f" ({counted(marks, 'mark')} of deletion)" if marks else ""
    return ", ".join(
        [
            versions + deleted,
            counted(len(traces.jobs), "job"),
            counted(len(traces.answers), "raw answer"),
            counted(len(traces.renditions), "rendition"),
        ]
    )


def _ask(name: str, traces: Traces, yes: bool) -> None:
    note(f"This erases {name} for ever: {contents(traces)}, and what the queues have of it.")
    if under_way := [job for job in traces.under_way if job.status is not Status.WAITING]:
        note(f"{counted(len(under_way), 'job')} under way: it may be billed all the same.")
    if yes:
        return
    if not sys.stdin.isatty():
        raise click.UsageError("There is no terminal to ask on: add --yes. Nothing was erased.")
    if not click.confirm("Erase it?", err=True):
        raise JobFailed("Nothing was erased.")
