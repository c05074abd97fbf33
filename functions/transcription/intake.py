"""From an upload event to a claimed job: what it is, whether it is worth sending, on what terms."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from transcription import cancelling, layers, media
from transcription.desk import Desk
from transcription.job import Job, Status, later, object_job_id, reopen
from transcription.layers import BadOption, Layer
from transcription.ledger import Overtaken
from transcription.next_step import Step, next_step, retry_step
from transcription.options import Effective, effective
from transcription.recordings import Archived, Gone, Recording, Recordings, Unavailable
from transcription.s3_events import Cancel, Request, Retry, Upload
from transcription.sending import LEASE


class NoSuchJob(Exception):
    """A person's request about a job that the ledger doesn't have."""


@dataclass(frozen=True, slots=True)
class Intake:
    """Takes requests out of the upload queue. Does nothing twice.

    `defaults` is what the stack asks for each file; `rules` gives what they ask for a key, and
    what to warn of.
    """

    desk: Desk
    recordings: Recordings
    defaults: Layer
    rules: Callable[[str], tuple[list[Layer], list[str]]]
    now: Callable[[], datetime]

    def handle(self, request: Request) -> Job | None:
        """Take one request as far as it goes now; None where there was nothing to do."""
        try:
            match request:
                case Retry():
                    return self.retry(request)
                case Cancel():
                    return self.cancel(request)
                case Upload():
                    return self.accept(request)
        except Overtaken:
            return None  # whoever overtook us is at it

    def accept(self, upload: Upload) -> Job | None:
        """Claim the job of an uploaded object and send it, or say why not."""
        try:
            recording = self.recordings.find(upload)
        except Archived as error:
            return self._claim(_unread(error.named(upload)), error)
        except Unavailable as error:
            if upload.lane and isinstance(error, Gone):
                return None  # it was listed, never sent in: nobody waits for it
            return self._claim(_unread(upload), error)
        known = self.desk.ledger.get(recording.job_id)
        if known:
            step = next_step(known, self.now(), self.desk.resend)
            return self.desk.take(known, step)
        fresh = _claimed(recording, upload)
        try:
            return self._claim(self._inspected(fresh, recording))
        except (Unavailable, media.NotARecording, BadOption) as error:
            return self._claim(fresh, error)

    def retry(self, request: Retry) -> Job | None:
        """Try a job again because a person asked; raises NoSuchJob."""
        job = self._known(request.job_id)
        step = retry_step(job, self.now())
        if job.revision != request.revision or step is Step.NOTHING:
            return None
        return self._inspect_again(job) if step is Step.INSPECT else self.desk.take(job, step)

    def cancel(self, request: Cancel) -> Job | None:
        """End a job because a person asked; raises NoSuchJob.

        A poll may move the row between reading and writing, which is no reason to give up.
        """
        job = self._known(request.job_id)
        if not cancelling.is_meant(job, request):
            return None
        try:
            return self.desk.cancel(job)
        except Overtaken:
            return self.cancel(request)

    def _known(self, job_id: str) -> Job:
        job = self.desk.ledger.get(job_id)
        if job is None:
            raise NoSuchJob(job_id)
        return job

    def _claim(self, job: Job, refusal: Exception | None = None) -> Job | None:
        """Write the first row; whoever comes second leaves it alone."""
        decided = self._decided(job, refusal)
        return self._go_on(decided) if self.desk.ledger.add(decided) else None

    def _decided(self, job: Job, refusal: Exception | None) -> Job:
        """The job as claimed or refused: one write says both, so that no crash parts them."""
        claimed = _due(job, self.now())
        if refusal is None:
            return claimed
        return self.desk.announcer.ended(claimed, Status.REJECTED, "inspect", str(refusal))

    def _go_on(self, job: Job) -> Job:
        return self.desk.announcer.announce(job) if job.is_terminal else self.desk.send(job)

    def _inspected(self, job: Job, recording: Recording) -> Job:
        """The job with its options and length; raises if it isn't worth sending."""
        head = self.recordings.head(recording)
        media.check(recording.key, recording.size, recording.content_type, head)
        chosen, warnings = self._chosen(recording)
        return _with(
            job,
            model=chosen.model,
            options=chosen.options,
            option_sources=chosen.sources,
            speaker_names=chosen.speaker_names,
            warnings=(*warnings, *chosen.warnings),
            audio_seconds=self.recordings.seconds(recording, head),
        )

    def _chosen(self, recording: Recording) -> tuple[Effective, list[str]]:
        """The options of a recording from all four places, and what else to warn of."""
        rules, warnings = self.rules(recording.key)
        tags = layers.from_tags(self.recordings.tags(recording))
        own = layers.from_metadata(recording.metadata)
        return effective([self.defaults, *rules, tags, own]), warnings

    def _inspect_again(self, job: Job) -> Job:
        """A new attempt at what was refused: the object, or our mind, may have changed."""
        upload = Upload(
            job.bucket, job.key, job.version_id, job.etag or "", 0, job.sequencer, job.uploaded_at
        )
        refusal: Exception | None = None
        again = reopen(job, Status.CLAIMED)
        try:
            again = self._inspected(again, self.recordings.find(upload))
        except (Unavailable, media.NotARecording, BadOption) as error:
            refusal = error
        return self._go_on(self.desk.ledger.save(job, self._decided(again, refusal)))


def _claimed(recording: Recording, upload: Upload) -> Job:
    return Job(
        job_id=recording.job_id,
        bucket=recording.bucket,
        key=recording.key,
        status=Status.CLAIMED,
        uploaded_at=recording.modified,
        version_id=recording.version_id,
        etag=recording.etag.strip('"'),
        size=recording.size,
        content_type=(recording.content_type or "")[:200] or None,
        sequencer=upload.sequencer,
        lane=upload.lane,
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
        lane=upload.lane,
    )


def _due(job: Job, now: datetime) -> Job:
    return _with(job, claimed_at=now, due_at=later(now, LEASE))


def _with(job: Job, **changes: Any) -> Job:
    return dataclasses.replace(job, **changes)
