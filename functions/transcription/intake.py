"""From an upload event to a claimed job: what it is, whether it is worth sending, on what terms."""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from transcription import media, options
from transcription.desk import LEASE, Desk
from transcription.job import Job, Status, later, object_job_id, reopen
from transcription.next_step import Step, next_step, retry_step
from transcription.recordings import Recording, Recordings, Unavailable
from transcription.s3_events import Retry, Upload


class NoSuchJob(Exception):
    """A retry of a job that the ledger doesn't have."""


@dataclass(frozen=True, slots=True)
class Intake:
    """Takes requests out of the upload queue. Does nothing twice."""

    desk: Desk
    recordings: Recordings
    model: str
    defaults: Mapping[str, Any]
    now: Callable[[], datetime]

    def handle(self, request: Upload | Retry) -> Job:
        """Take one request as far as it goes now."""
        return self.retry(request) if isinstance(request, Retry) else self.accept(request)

    def accept(self, upload: Upload) -> Job:
        """Claim the job of an uploaded object and send it, or say why not."""
        try:
            recording = self.recordings.find(upload)
        except Unavailable as error:
            return self._claim(_unread(upload), error)
        known = self.desk.ledger.get(recording.job_id)
        if known:
            return self.desk.take(known, next_step(known, self.now(), self.desk.resend))
        fresh = _claimed(recording, upload.sequencer)
        try:
            return self._claim(self._inspected(fresh, recording))
        except (Unavailable, media.NotARecording, options.BadOption) as error:
            return self._claim(fresh, error)

    def retry(self, request: Retry) -> Job:
        """Try a job again because a person asked; raises NoSuchJob."""
        job = self.desk.ledger.get(request.job_id)
        if job is None:
            raise NoSuchJob(request.job_id)
        step = retry_step(job, self.now())
        return self._inspect_again(job) if step is Step.INSPECT else self.desk.take(job, step)

    def _claim(self, job: Job, refusal: Exception | None = None) -> Job:
        """Write the first row; whoever comes second finds it and leaves it alone."""
        claimed = _due(job, self.now())
        if not self.desk.ledger.add(claimed):
            return self.desk.ledger.get(job.job_id) or claimed
        return self._go_on(claimed, refusal)

    def _go_on(self, job: Job, refusal: Exception | None) -> Job:
        if refusal:
            return self.desk.announcer.finish(job, Status.REJECTED, "inspect", str(refusal))
        return self.desk.send(job)

    def _inspected(self, job: Job, recording: Recording) -> Job:
        """The job with its options and length; raises if it isn't worth sending."""
        head = self.recordings.head(recording)
        media.check(recording.key, recording.size, recording.content_type, head)
        chosen = options.effective(self.defaults, recording.metadata)
        return _with(
            job,
            model=chosen.pop("model", self.model),
            options=chosen,
            audio_seconds=self.recordings.seconds(recording, head),
        )

    def _inspect_again(self, job: Job) -> Job:
        """A new attempt at what was refused: the object, or our mind, may have changed."""
        upload = Upload(
            job.bucket, job.key, job.version_id, job.etag or "", 0, job.sequencer, job.uploaded_at
        )
        refusal: Exception | None = None
        again = _due(reopen(job, Status.CLAIMED), self.now())
        try:
            again = self._inspected(again, self.recordings.find(upload))
        except (Unavailable, media.NotARecording, options.BadOption) as error:
            refusal = error
        return self._go_on(self.desk.ledger.save(job, again), refusal)


def _claimed(recording: Recording, sequencer: str | None) -> Job:
    return Job(
        job_id=recording.job_id,
        bucket=recording.bucket,
        key=recording.key,
        status=Status.CLAIMED,
        uploaded_at=recording.modified,
        version_id=recording.version_id,
        etag=recording.etag.strip('"'),
        size=recording.size,
        content_type=recording.content_type,
        sequencer=sequencer,
    )


def _unread(upload: Upload) -> Job:
    """The job of an object that nobody can look at any more: the event is all there is."""
    return Job(
        job_id=object_job_id(
            upload.bucket, upload.key, upload.version_id, upload.etag, upload.seen_at
        ),
        bucket=upload.bucket,
        key=upload.key,
        status=Status.CLAIMED,
        uploaded_at=upload.seen_at,
        version_id=upload.version_id,
        etag=upload.etag,
        size=upload.size,
        sequencer=upload.sequencer,
    )


def _due(job: Job, now: datetime) -> Job:
    return _with(job, claimed_at=now, due_at=later(now, LEASE))


def _with(job: Job, **changes: Any) -> Job:
    return dataclasses.replace(job, **changes)
