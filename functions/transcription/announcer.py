"""Ending a job: its terminal status first, then the event that tells others.

The row stays open in the index until the event is out, so an event is never lost with a Lambda
that died between the two; it may be sent twice. Schema: docs/schemas/event-1.json.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from transcription.job import Job, Status, iso, later, move, revised
from transcription.ledger import Ledger

if TYPE_CHECKING:
    from types_boto3_events.client import EventBridgeClient

# Seconds after which somebody else announces what is finished.
ANNOUNCE_LEASE: Final = 60


class NotAnnounced(Exception):
    """The event bus did not take the event."""


@dataclass(frozen=True, slots=True)
class Announcer:
    """Writes terminal statuses and sends their events to the bus."""

    ledger: Ledger
    events: "EventBridgeClient"
    bus: str
    transcripts_bucket: str
    answers_bucket: str
    now: Callable[[], datetime]

    def finish(
        self, job: Job, status: Status, stage: str | None, reason: str | None, **facts: Any
    ) -> Job:
        """Give a job its terminal status and say so; raises Overtaken, NotAnnounced."""
        return self.announce(self.ledger.save(job, self.ended(job, status, stage, reason, **facts)))

    def ended(
        self, job: Job, status: Status, stage: str | None, reason: str | None, **facts: Any
    ) -> Job:
        """The job with its terminal status, not yet written or announced."""
        now = self.now()
        return move(
            job,
            status,
            stage=stage,
            reason=reason,
            completed_at=now,
            due_at=later(now, ANNOUNCE_LEASE),
            **facts,
        )

    def announce(self, job: Job) -> Job:
        """Send the event of a finished job, and close its row."""
        answer = self.events.put_events(
            Entries=[
                {
                    "Source": "dropscribe",
                    "DetailType": detail_type(job),
                    "Detail": json.dumps(self.detail(job)),
                    "EventBusName": self.bus,
                }
            ]
        )
        if answer["FailedEntryCount"]:
            raise NotAnnounced(answer["Entries"][0].get("ErrorMessage", "the bus gave no reason"))
        return self.ledger.save(job, revised(job, announced_at=self.now(), due_at=None))

    def detail(self, job: Job) -> dict[str, Any]:
        """The event's detail: what others need to find the transcript, and no word of it."""
        facts = {
            "version": "1",
            "job_id": job.job_id,
            "bucket": job.bucket,
            "key": job.key,
            "version_id": job.version_id,
            "status": str(job.status),
            "reason": job.reason,
            "stage": job.stage,
            "attempt": job.attempt,
            "model": job.model,
            "language": job.language,
            "audio_seconds": job.audio_seconds,
            "uploaded_at": iso(job.uploaded_at),
            "completed_at": iso(job.completed_at) if job.completed_at else None,
            "transcripts": self._pointers(job),
            "answer": {"bucket": self.answers_bucket, "key": job.answer} if job.answer else None,
        }
        return {name: value for name, value in facts.items() if value is not None}

    def _pointers(self, job: Job) -> dict[str, Any] | None:
        if not job.outputs:
            return None
        return {"bucket": self.transcripts_bucket, "keys": dict(job.outputs)}


def detail_type(job: Job) -> str:
    done = job.status is Status.COMPLETED
    return "Transcription Completed" if done else "Transcription Failed"
