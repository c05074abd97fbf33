"""What a message in the upload or dead letter queue is about, and where it belongs. All pure."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from transcription import failure
from transcription.foreign import mapping, read_json
from transcription.s3_events import Cancel, Request, Retry, UnknownMessage, Upload, read

ENDED: Final = "Step Functions Execution Status Change"


class Kind(StrEnum):
    """What a message is; all but the last two go through the upload queue."""

    UPLOAD = "upload"
    RETRY = "retry"
    CANCEL = "cancel"
    BACKFILL = "backfill"  # through a queue of its own
    NOTHING = "nothing to do"  # S3's test message, a folder's marker
    EXECUTION_ENDED = "execution ended"  # what EventBridge could not tell RecordFailure
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Letter:
    """A message's kind, and the object or job that it is about, as far as it says so."""

    kind: Kind
    bucket: str | None = None
    key: str | None = None
    job_id: str | None = None

    def is_about(self, bucket: str, key: str, job_ids: frozenset[str]) -> bool:
        """Whether it is about this object, or one of these jobs."""
        return (self.bucket, self.key) == (bucket, key) or self.job_id in job_ids


def letter(body: str) -> Letter:
    """What a message is about; of several objects in one, the first."""
    if about := _ended(body):
        return about
    try:
        requests = read(body)
    except UnknownMessage:
        return Letter(Kind.UNKNOWN)
    return _asked(requests[0]) if requests else Letter(Kind.NOTHING)


def left_of(body: str, is_gone: Callable[[Letter], bool]) -> str | None:
    """A message without what is gone: the body itself, a shorter one, or None where all is."""
    parts = list(_parts(body))
    left = [part for part in parts if not is_gone(letter(part))]
    if len(left) == len(parts):
        return body
    records = [record for part in left for record in json.loads(part)["Records"]]
    return json.dumps({"Records": records}) if records else None


def _parts(body: str) -> Iterator[str]:
    """A message for each of the objects that a notification tells of."""
    try:
        records = mapping(read_json(body)).get("Records")
    except ValueError:
        records = None
    if not isinstance(records, list) or len(records) < 2:
        yield body
        return
    for record in records:
        yield json.dumps({"Records": [record]})


def _asked(request: Request) -> Letter:
    match request:
        case Upload():
            kind = Kind.BACKFILL if request.lane else Kind.UPLOAD
            return Letter(kind, request.bucket, request.key, request.job_id)
        case Retry():
            return Letter(Kind.RETRY, job_id=request.job_id)
        case Cancel():
            return Letter(Kind.CANCEL, job_id=request.job_id)


def _ended(body: str) -> Letter | None:
    event = _event(body)
    if event.get("detail-type") != ENDED:
        return None
    try:
        return Letter(Kind.EXECUTION_ENDED, job_id=failure.read(event).job_id)
    except (KeyError, TypeError, AttributeError):
        return Letter(Kind.UNKNOWN)


def _event(body: str) -> Mapping[str, Any]:
    try:
        return mapping(read_json(body))
    except ValueError:
        return {}
