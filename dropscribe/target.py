"""KEY_OR_JOB: what a person may call a job, and how it is found."""

import re
from dataclasses import dataclass
from typing import Final

from dropscribe.exits import JobFailed
from dropscribe.jobs import Job
from dropscribe.screen import visible
from dropscribe.stack import Stack

_JOB_ID: Final = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Target:
    """What KEY_OR_JOB names: a job, or an object of a bucket (None: the uploads bucket)."""

    job_id: str | None = None
    bucket: str | None = None
    key: str = ""


def target_of(text: str) -> Target:
    """Read KEY_OR_JOB: 32 hex digits are a job, s3://bucket/key and all else an object."""
    if _JOB_ID.fullmatch(text):
        return Target(job_id=text)
    if text.startswith("s3://"):
        bucket, _, key = text.removeprefix("s3://").partition("/")
        return Target(bucket=bucket, key=key)
    return Target(key=text)


def find_job(stack: Stack, text: str) -> Job:
    """The job that KEY_OR_JOB names, of an object its newest, as it is now; raises JobFailed."""
    target = target_of(text)
    job_id: str | None
    if target.job_id:
        job_id, where = target.job_id, f"job {target.job_id}"
    else:
        bucket = target.bucket or stack.output("UploadBucketName")
        newest = next(stack.jobs.of_object(bucket, target.key), None)
        job_id, where = newest.job_id if newest else None, f"s3://{bucket}/{visible(target.key)}"
    # The index may lag behind the row; what it names is read again from the table itself.
    if job_id and (job := stack.jobs.get(job_id)):
        return job
    raise JobFailed(
        f"Nothing is known of {where}. A new upload takes a moment to be seen: dropscribe ls",
    )
