"""What stays of a job that its owner wants erased."""

import dataclasses
from datetime import datetime

from transcription.job import Job, Status


def withdrawn(job: Job, now: datetime) -> Job:
    """The job as it stands while its objects are deleted: over, told, and still found by its key.

    Whoever is at work on it finds its row changed, and writes nothing more.
    """
    return Job(
        job_id=job.job_id,
        bucket=job.bucket,
        key=job.key,
        status=Status.ERASED,
        uploaded_at=job.uploaded_at,
        attempt=job.attempt,
        revision=job.revision + 1,
        completed_at=now,
        announced_at=now,
    )


def tombstone(job: Job, now: datetime) -> Job:
    """The job when nothing is left of it: that it was, but not what, nor under which name.

    It stays, so that an event that comes late does not begin the job anew.
    """
    return dataclasses.replace(withdrawn(job, now), key="")
