"""What there is of a recording: its versions, rows, raw answers and renditions."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from transcription.formats import CONTENT_TYPES
from transcription.job import Job, Status, object_job_id
from transcription.shelf import rendition_key

from dropscribe.stack import Stack

if TYPE_CHECKING:
    from types_boto3_s3.type_defs import ListObjectVersionsOutputTypeDef

NO_VERSION: Final = "null"  # as S3 calls the only version in a bucket without them


class Thing(NamedTuple):
    """One version of an object, or the mark that S3 leaves where one was deleted."""

    bucket: str
    key: str
    version_id: str
    # Of a version: when it came, and which job it is if it is a recording's.
    modified: datetime | None = None
    job_id: str = ""

    @property
    def is_mark(self) -> bool:
        return self.modified is None


@dataclass(frozen=True, slots=True)
class Traces:
    """All that is known of an object, and all that was made of it; rows without tombstones."""

    bucket: str
    key: str
    job_ids: frozenset[str]
    jobs: tuple[Job, ...]
    recordings: tuple[Thing, ...]
    answers: tuple[Thing, ...]
    renditions: tuple[Thing, ...]

    @property
    def things(self) -> tuple[Thing, ...]:
        """Every object to be deleted; the recording last, for its versions name the jobs."""
        return (*self.answers, *self.renditions, *self.recordings)

    @property
    def unclaimed(self) -> Iterator[Thing]:
        """Versions whose job has no row: one may come yet, while a message is on its way."""
        claimed = {job.job_id for job in self.jobs}
        return (it for it in self.recordings if not it.is_mark and it.job_id not in claimed)

    @property
    def not_withdrawn(self) -> tuple[Job, ...]:
        """Rows that somebody may still write to."""
        return tuple(job for job in self.jobs if job.status is not Status.ERASED)

    @property
    def under_way(self) -> tuple[Job, ...]:
        """Jobs that a function, or the speech API, may be at work on."""
        return tuple(job for job in self.jobs if not job.is_terminal)

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return bool(self.jobs or self.things)


def find_traces(stack: Stack, bucket: str, key: str, known: frozenset[str] = frozenset()) -> Traces:
    """Look for everything of an object; `known` are jobs of it that an earlier look found."""
    recordings = tuple(_named(stack, bucket, key))
    of_versions = {thing.job_id for thing in recordings if thing.job_id}
    of_rows = {job.job_id for job in stack.jobs.of_object(bucket, key)}
    job_ids = known | of_versions | of_rows
    rows = [stack.ledger.get(job_id) for job_id in sorted(job_ids)]
    jobs = tuple(job for job in rows if job and job.key)
    renditions = tuple(_renditions(stack, key, jobs, job_ids))
    # A rendition may tell of a job that was erased before.
    job_ids |= {thing.job_id for thing in renditions if thing.job_id}
    answers = tuple(_answers(stack, job_ids))
    return Traces(bucket, key, job_ids, jobs, recordings, answers, renditions)


def _answers(stack: Stack, job_ids: Iterable[str]) -> Iterator[Thing]:
    for job_id in sorted(job_ids):
        yield from _beginning(stack, stack.output("AnswerBucketName"), f"{job_id}/")


def _renditions(
    stack: Stack, key: str, jobs: Iterable[Job], job_ids: frozenset[str]
) -> Iterator[Thing]:
    """Renditions that bear one of these jobs' ids, under any name that they may have."""
    names = {rendition_key(key, suffix) for suffix in CONTENT_TYPES}
    names |= {name for job in jobs for name in job.outputs.values()}
    bucket = stack.output("TranscriptBucketName")
    for name in sorted(names):
        there = [_with_job(stack, thing) for thing in _named(stack, bucket, name)]
        ours = [it for it in there if not it.is_mark and _is_ours(stack, it.job_id, job_ids)]
        yield from ours
        if len(ours) == sum(not it.is_mark for it in there):
            # Without its mark, somebody else's older version would come to light.
            yield from (it for it in there if it.is_mark)


def _with_job(stack: Stack, thing: Thing) -> Thing:
    """A rendition with the job that it says it is of."""
    if thing.is_mark:
        return thing
    place: Any = {"Bucket": thing.bucket, "Key": thing.key}
    if thing.version_id != NO_VERSION:
        place["VersionId"] = thing.version_id
    return thing._replace(job_id=stack.s3.head_object(**place)["Metadata"].get("job-id", ""))


def _is_ours(stack: Stack, job_id: str, job_ids: frozenset[str]) -> bool:
    if job_id in job_ids or not job_id:
        return job_id in job_ids
    job = stack.ledger.get(job_id)
    return job is not None and job.status is Status.ERASED


def _named(stack: Stack, bucket: str, key: str) -> Iterator[Thing]:
    """Every version of exactly this key. Keys come in order, so those after it end the list."""
    for thing in _beginning(stack, bucket, key):
        if thing.key != key:
            return
        yield thing


def _beginning(stack: Stack, bucket: str, prefix: str) -> Iterator[Thing]:
    pages = stack.s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix)
    for page in pages:
        found = [*_versions(bucket, page), *_marks(bucket, page)]
        yield from sorted(found, key=lambda thing: thing.key.encode())


def _versions(bucket: str, page: "ListObjectVersionsOutputTypeDef") -> Iterator[Thing]:
    for it in page.get("Versions", []):
        version, modified = it.get("VersionId", NO_VERSION), it["LastModified"]
        job_id = object_job_id(bucket, it["Key"], version, it["ETag"], modified)
        yield Thing(bucket, it["Key"], version, modified, job_id)


def _marks(bucket: str, page: "ListObjectVersionsOutputTypeDef") -> Iterator[Thing]:
    for it in page.get("DeleteMarkers", []):
        yield Thing(bucket, it["Key"], it.get("VersionId", NO_VERSION))
