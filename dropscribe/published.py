"""Whose renditions stand next door: of each key, those of its newest completed version."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby

from dropscribe.days import QUERIES, newest_first
from dropscribe.exits import JobFailed
from dropscribe.jobs import Job, Wanted
from dropscribe.screen import visible
from dropscribe.stack import Stack
from dropscribe.target import find_job, target_of


@dataclass
class NewestOfEachKey:
    """Leaves out jobs whose key has a newer one, and counts them."""

    left_out: int = 0

    def __call__(self, jobs: Iterable[Job]) -> Iterator[Job]:
        """Of jobs, newest first, the first of each key, as renditions are replaced."""
        seen: set[str] = set()
        for _, at_once in groupby(jobs, key=lambda job: job.uploaded_at):
            for job in sorted(at_once, key=_sequencer, reverse=True):
                if job.key in seen:
                    self.left_out += 1
                else:
                    seen.add(job.key)
                    yield job


def _sequencer(job: Job) -> str:
    """What orders versions of the same second: text, the shorter one padded by zeros."""
    return str(job.row.get("sequencer", "")).ljust(64, "0")


def refusal(job: Job) -> str | None:
    """Why a job's renditions can't be made again, or None."""
    if job.status == "COMPLETED":
        return None
    advice = "retry" if job.answer and job.is_terminal else "show"
    return (
        f"{visible(job.key)} is {job.status}, so there is nothing to make again. "
        f"See: dropscribe {advice} {job.job_id}"
    )


def named(stack: Stack, names: Iterable[str]) -> list[Job]:
    """The jobs that are named; raises JobFailed where one of them has no renditions."""
    jobs = {job.job_id: job for job in (_published(stack, name) for name in names)}
    if refused := [sentence for job in jobs.values() if (sentence := refusal(job))]:
        raise JobFailed("\n".join(refused))
    return list(jobs.values())


def _published(stack: Stack, name: str) -> Job:
    """The job that a name means: of a key, the one whose renditions stand there."""
    target = target_of(name)
    if not target.job_id:
        bucket = target.bucket or stack.output("UploadBucketName")
        of_key = stack.jobs.of_object(bucket, target.key)
        done = (job for job in of_key if job.status == "COMPLETED")
        if newest := next(NewestOfEachKey()(done), None):
            return newest
    return find_job(stack, name)


def completed(stack: Stack, wanted: Wanted) -> Iterator[Job]:
    """Every completed job that is wanted, newest first, through the index by status and day."""
    with ThreadPoolExecutor(QUERIES) as pool:
        yield from newest_first(stack.jobs, pool, ["COMPLETED"], wanted)
