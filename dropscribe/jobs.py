"""The jobs table, read: rows as values, and the ways to find them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from boto3.dynamodb.types import TypeDeserializer
from transcription.job import object_job_id

from dropscribe.exits import TERMINAL

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_dynamodb.type_defs import QueryInputPaginateTypeDef

BATCH: Final = 100  # the most keys that one BatchGetItem takes
_READ: Final = TypeDeserializer()


@dataclass(frozen=True, slots=True)
class Job:
    """What the command line looks at in a job row; `row` has all of it. Lengths are seconds."""

    job_id: str
    bucket: str
    key: str
    status: str
    uploaded_at: str
    attempt: int = 1
    reason: str | None = None
    stage: str | None = None
    wait_reason: str | None = None
    audio_seconds: float | None = None
    etag: str | None = None
    version_id: str | None = None
    generation_id: str | None = None
    submitted_at: str | None = None
    answer: str | None = None
    outputs: Mapping[str, str] = field(default_factory=dict)
    row: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_terminal(self) -> bool:
        return self.status in TERMINAL

    @property
    def why(self) -> str:
        """The reason of a job that ended, or what a waiting one waits for."""
        return (self.reason if self.is_terminal else self.wait_reason or self.reason) or ""


def job_id_of(bucket: str, key: str, version_id: str) -> str:
    """The job of one object version: 32 hex digits, the same on every side."""
    # The version alone tells it: entity tag and time count only where there is none.
    return object_job_id(bucket, key, version_id, "", datetime.min.replace(tzinfo=UTC))


def job_of(item: Mapping[str, Any]) -> Job | None:
    """A job from a stored item; None for the helper items that share the table."""
    row = {name: _plain(_READ.deserialize(value)) for name, value in item.items()}
    if "key" not in row:
        return None
    known = {name: row[name] for name in Job.__dataclass_fields__ if name in row}
    return Job(**(known | {"row": row}))


def _plain(value: Any) -> Any:
    match value:
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case Mapping():
            return {name: _plain(inner) for name, inner in value.items()}
        case list():
            return [_plain(inner) for inner in value]
        case set():
            return sorted(_plain(inner) for inner in value)
        case _:
            return value


class JobsTable:
    """The jobs table of one stack. Its errors are boto3's own."""

    def __init__(self, dynamodb: "DynamoDBClient", name: str) -> None:
        self._dynamodb = dynamodb
        self._name = name

    def get(self, job_id: str) -> Job | None:
        """The row of a job as it is now (strongly consistent)."""
        return self.get_many([job_id]).get(job_id)

    def get_many(self, job_ids: Sequence[str]) -> dict[str, Job]:
        """The rows of those jobs that have one, as they are now, by job id."""
        found = {}
        wanted = list(dict.fromkeys(job_ids))
        for start in range(0, len(wanted), BATCH):
            keys = [{"job_id": {"S": job_id}} for job_id in wanted[start : start + BATCH]]
            asked: Any = {self._name: {"Keys": keys, "ConsistentRead": True}}
            while asked:
                answer = self._dynamodb.batch_get_item(RequestItems=asked)
                jobs = map(job_of, answer["Responses"].get(self._name, []))
                found.update({job.job_id: job for job in jobs if job})
                asked = answer.get("UnprocessedKeys")
        return found

    def of_object(self, bucket: str, key: str) -> Iterator[Job]:
        """The jobs of one object, newest first (eventually consistent)."""
        return self._newest_first("by-source", "source", f"{bucket}/{key}", "")

    def of_day(self, status: str, day: date, since: str) -> Iterator[Job]:
        """The jobs of one status uploaded on one UTC day, not before `since`, newest first."""
        status_day = f"{status}#{day.isoformat()}"
        return self._newest_first("by-status-and-day", "status_day", status_day, since)

    def _newest_first(self, index: str, name: str, value: str, since: str) -> Iterator[Job]:
        query: QueryInputPaginateTypeDef = {
            "TableName": self._name,
            "IndexName": index,
            "KeyConditionExpression": "#p = :p AND uploaded_at >= :since",
            "ExpressionAttributeNames": {"#p": name},
            # A sort key is never empty, and nothing sorts before "0" in an ISO time.
            "ExpressionAttributeValues": {":p": {"S": value}, ":since": {"S": since or "0"}},
            "ScanIndexForward": False,
        }
        for page in self._dynamodb.get_paginator("query").paginate(**query):
            for item in page["Items"]:
                if job := job_of(item):
                    yield job
