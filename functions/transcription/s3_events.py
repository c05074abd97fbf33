"""What a message in the upload queue asks for. Shapes: tests/events/*.json."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote_plus

from transcription.foreign import read_json
from transcription.job import BACKFILL, object_job_id


class UnknownMessage(Exception):
    """A message that nobody here sends; it ends in the dead letter queue."""


@dataclass(frozen=True, slots=True)
class Upload:
    """An object that S3 says was created. `version_id` is None in an unversioned bucket.

    It is None for a backfill too, whose listing names no versions: the current one is meant.
    """

    bucket: str
    key: str
    version_id: str | None
    etag: str
    size: int
    sequencer: str | None
    seen_at: datetime
    lane: str | None = None

    @property
    def job_id(self) -> str | None:
        """The job that it becomes, where the version alone says so."""
        if self.version_id is None:
            return None
        return object_job_id(self.bucket, self.key, self.version_id, self.etag, self.seen_at)


@dataclass(frozen=True, slots=True)
class Retry:
    """A person asks for another attempt at a job, as it stood at a revision of its row.

    Delivered twice, or after the job has moved on, it asks for nothing.
    """

    job_id: str
    revision: int


@dataclass(frozen=True, slots=True)
class Cancel:
    """A person asks for the end of a job, in the attempt, or else the revision, that was seen."""

    job_id: str
    revision: int
    attempt: int | None = None


Request = Upload | Retry | Cancel


def read(body: str) -> list[Request]:
    """The requests in one message body; none for S3's test message and for folder markers."""
    try:
        message = read_json(body)
        return [request for request in _requests(message) if not _is_folder(request)]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnknownMessage(f"Not an S3 event: {type(error).__name__}: {error}") from error


def _requests(message: Mapping[str, Any]) -> list[Request]:
    if message.get("Event") == "s3:TestEvent":
        return []
    if "retry" in message:
        return [Retry(*_named(message, "retry"))]
    if "cancel" in message:
        return [_cancel(message)]
    if BACKFILL in message:
        return [_from_listing(message[BACKFILL])]
    if message.get("detail-type") == "Object Created":
        return [_from_eventbridge(message)]
    return [_from_notification(record) for record in message["Records"]]


def _cancel(message: Mapping[str, Any]) -> Cancel:
    attempt = message.get("attempt")
    if not isinstance(attempt, int | None):
        raise TypeError("cancel names no attempt")
    return Cancel(*_named(message, "cancel"), attempt)


def _named(message: Mapping[str, Any], verb: str) -> tuple[str, int]:
    job_id, revision = message[verb], message["revision"]
    if not isinstance(job_id, str) or not job_id or not isinstance(revision, int):
        raise TypeError(f"{verb} names no job and revision")
    return job_id, revision


def _from_notification(record: Mapping[str, Any]) -> Upload:
    thing = record["s3"]["object"]
    return Upload(
        bucket=record["s3"]["bucket"]["name"],
        key=unquote_plus(thing["key"]),
        version_id=_version(thing.get("versionId")),
        etag=thing.get("eTag", ""),
        size=int(thing.get("size", 0)),
        sequencer=thing.get("sequencer"),
        seen_at=datetime.fromisoformat(record["eventTime"]),
    )


def _from_eventbridge(event: Mapping[str, Any]) -> Upload:
    """EventBridge, unlike a notification, does not encode the key."""
    thing = event["detail"]["object"]
    return Upload(
        bucket=event["detail"]["bucket"]["name"],
        key=thing["key"],
        version_id=_version(thing.get("version-id")),
        etag=thing.get("etag", ""),
        size=int(thing.get("size", 0)),
        sequencer=thing.get("sequencer"),
        seen_at=datetime.fromisoformat(event["time"]),
    )


def _from_listing(thing: Mapping[str, Any]) -> Upload:
    """A listed object; infra/backfill.py writes the message. Times are whole seconds since 1970."""
    return Upload(
        bucket=thing["bucket"],
        key=thing["key"],
        version_id=None,
        etag=thing.get("etag", "").strip('"'),
        size=int(thing["size"]),
        sequencer=None,
        seen_at=datetime.fromtimestamp(thing["modified"], UTC),
        lane=BACKFILL,
    )


def _version(version_id: str | None) -> str | None:
    return None if version_id in {None, "", "null"} else version_id


def _is_folder(request: Request) -> bool:
    return isinstance(request, Upload) and request.key.endswith("/") and request.size == 0
