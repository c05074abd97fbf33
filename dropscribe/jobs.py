"""The jobs table, read: rows as values, and the ways to find them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from boto3.dynamodb.conditions import (
    Attr,
    ConditionBase,
    ConditionExpressionBuilder,
    Key,
)
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from transcription.job import iso, object_job_id

from dropscribe.exits import TERMINAL

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

PAGES: Final = 20  # megabytes that are read to count
BATCH: Final = 100  # the most keys that one BatchGetItem takes
PAUSED: Final = "#paused"  # the item that is there while the stack is paused
FAR: Final = datetime.max.replace(tzinfo=UTC)  # where a list ends that has no end
_READ: Final = TypeDeserializer()
_WRITE: Final = TypeSerializer()


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


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which jobs a list asks for: when uploaded, how the key begins, in which language.

    The table leaves out the others. `language` is a tag as rows have it: pt is pt-BR, too.
    """

    begin: datetime
    end: datetime = FAR
    prefix: str = ""
    language: str = ""

    def filter(self) -> ConditionBase | None:
        """What the table looks at in each row; None where it need not."""
        begins = Attr("key").begins_with(self.prefix) if self.prefix else None
        if not self.language:
            return begins
        language = Attr("language")
        speaks = language.eq(self.language) | language.begins_with(f"{self.language}-")
        return begins & speaks if begins else speaks


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

    def paused_since(self) -> str | None:
        """When somebody paused the stack; None while it runs."""
        key = {"job_id": {"S": PAUSED}}
        answer = self._dynamodb.get_item(TableName=self._name, Key=key, ConsistentRead=True)
        item = answer.get("Item")
        return str(_READ.deserialize(item["since"])) if item else None

    def open_in(self, shard: str, most: int) -> list[Job]:
        """Jobs of one partition of the open ones, the longest due first."""
        query: Any = {"TableName": self._name, "IndexName": "open-by-due", "Limit": most}
        query |= _expressions(Key("open").eq(shard), None)
        items = self._dynamodb.query(**query)["Items"]
        return [job for item in items if (job := job_of(item))]

    def count_open(self, shard: str, lane: str) -> int:
        """How many open jobs of a lane one partition has; of very many, those of some pages."""
        query: Any = {"TableName": self._name, "IndexName": "open-by-due", "Select": "COUNT"}
        query |= _expressions(Key("open").eq(shard), Attr("lane").eq(lane))
        pages = self._dynamodb.get_paginator("query").paginate(**query)
        return sum(page["Count"] for page in islice(pages, PAGES))

    def of_object(self, bucket: str, key: str) -> Iterator[Job]:
        """The jobs of one object, newest first (eventually consistent)."""
        return self._newest_first("by-source", Key("source").eq(f"{bucket}/{key}"), None)

    def of_day(self, status: str, day: date, wanted: Wanted) -> Iterator[Job]:
        """The wanted jobs of one status and of one UTC day, newest first."""
        of_day = Key("status_day").eq(f"{status}#{day.isoformat()}")
        between = Key("uploaded_at").between(iso(wanted.begin), iso(wanted.end))
        return self._newest_first("by-status-and-day", of_day & between, wanted.filter())

    def _newest_first(
        self, index: str, keys: ConditionBase, rows: ConditionBase | None
    ) -> Iterator[Job]:
        query: Any = {"TableName": self._name, "IndexName": index, "ScanIndexForward": False}
        query |= _expressions(keys, rows)
        for page in self._dynamodb.get_paginator("query").paginate(**query):
            for item in page["Items"]:
                if job := job_of(item):
                    yield job


def _expressions(keys: ConditionBase, rows: ConditionBase | None) -> dict[str, Any]:
    """Conditions as the low-level client takes them."""
    builder = ConditionExpressionBuilder()
    built = {"KeyConditionExpression": builder.build_expression(keys, is_key_condition=True)}
    if rows:
        built["FilterExpression"] = builder.build_expression(rows)
    told = built.values()
    values = {name: value for it in told for name, value in it.attribute_value_placeholders.items()}
    return {
        **{name: it.condition_expression for name, it in built.items()},
        "ExpressionAttributeNames": {
            name: value for it in told for name, value in it.attribute_name_placeholders.items()
        },
        "ExpressionAttributeValues": {
            name: _WRITE.serialize(value) for name, value in values.items()
        },
    }
