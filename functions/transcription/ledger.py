"""The ledger: the one place that writes the rows of the jobs table.

Every write names the revision it read, so of two writers that saw the same row one wins and the
other gets `Overtaken`. Nobody's work is lost or done twice because of a late writer.
"""

import dataclasses
import heapq
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from boto3.dynamodb.conditions import Attr, Key

from transcription.job import Job, Status, WaitReason, iso

if TYPE_CHECKING:
    from types_boto3_dynamodb.service_resource import Table

# Open jobs are spread over this many index partitions by the first digit of their id.
SHARDS: Final = "0123456789abcdef"
TIMES: Final = frozenset(f.name for f in dataclasses.fields(Job) if f.name.endswith("_at")) | {
    "wait_until"
}
FLOATS: Final = frozenset({"audio_seconds", "confidence"})
TUPLES: Final = ("speaker_names", "warnings")
FIELDS: Final = frozenset(f.name for f in dataclasses.fields(Job))


class Overtaken(Exception):
    """Somebody else moved this job since it was read: read it again and decide again."""


class Ledger:
    """Reads and conditional writes of job rows."""

    def __init__(self, table: "Table") -> None:
        self._table = table
        self._refused = table.meta.client.exceptions.ConditionalCheckFailedException

    def get(self, job_id: str) -> Job | None:
        """The job as it is now (strongly consistent)."""
        found = self._table.get_item(Key={"job_id": job_id}, ConsistentRead=True).get("Item")
        return to_job(found) if found else None

    def add(self, job: Job) -> bool:
        """Claim: write the first row of a job. False when somebody already had."""
        try:
            self._table.put_item(Item=to_row(job), ConditionExpression=Attr("job_id").not_exists())
        except self._refused:
            return False
        return True

    def save(self, before: Job, after: Job) -> Job:
        """Write what changed between two states of a job; raises Overtaken."""
        expression, names, values = difference(to_row(before), to_row(after))
        try:
            self._table.update_item(
                Key={"job_id": before.job_id},
                UpdateExpression=expression,
                ConditionExpression="#revision = :seen",
                ExpressionAttributeNames=names | {"#revision": "revision"},
                ExpressionAttributeValues=values | {":seen": before.revision},
            )
        except self._refused as error:
            raise Overtaken(before.job_id) from error
        return after

    def due(self, now: datetime, limit: int) -> list[Job]:
        """Open jobs whose time has come, the longest due first (index: eventually consistent)."""
        shards = [self._due_in_shard(shard, now, limit) for shard in SHARDS]
        return heapq.nsmallest(limit, (job for shard in shards for job in shard), key=_due_order)

    def waiting(self, limit: int) -> list[Job]:
        """Jobs in the waiting room, whether their time has come or not."""
        far = datetime.max.replace(tzinfo=UTC)
        return [job for job in self.due(far, limit) if job.status is Status.WAITING]

    def _due_in_shard(self, shard: str, now: datetime, limit: int) -> Iterator[Job]:
        answer = self._table.query(
            IndexName="open-by-due",
            KeyConditionExpression=Key("open").eq(f"open#{shard}") & Key("due_at").lte(iso(now)),
            Limit=limit,
        )
        return (to_job(item) for item in answer["Items"])


def _due_order(job: Job) -> tuple[datetime, datetime]:
    return (job.due_at or job.uploaded_at, job.uploaded_at)


def to_row(job: Job) -> dict[str, Any]:
    """The row of a job: its fields without the empty ones, and the keys of the indexes."""
    row = {
        name: _stored(value)
        for name in FIELDS
        if (value := getattr(job, name)) not in (None, {}, ())
    }
    row["source"] = f"{job.bucket}/{job.key}"
    row["status_day"] = f"{job.status}#{row['uploaded_at'][:10]}"
    if not job.is_terminal or job.announced_at is None:
        row["open"] = f"open#{job.job_id[0]}"
    return row


def to_job(row: Mapping[str, Any]) -> Job:
    """The job of a row; attributes that this version of Dropscribe doesn't know are left alone."""
    known = {name: _loaded(name, value) for name, value in row.items() if name in FIELDS}
    known["status"] = Status(known["status"])
    known |= {name: tuple(known[name]) for name in TUPLES if name in known}
    if "wait_reason" in known:
        known["wait_reason"] = WaitReason(known["wait_reason"])
    return Job(**known)


def difference(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[str, dict[str, str], dict[str, Any]]:
    """An update expression, with its names and values, that turns one row into the other."""
    put = sorted(name for name, value in after.items() if before.get(name) != value)
    gone = sorted(before.keys() - after.keys())
    expression = "SET " + ", ".join(f"#{name} = :{name}" for name in put)
    if gone:
        expression += " REMOVE " + ", ".join(f"#{name}" for name in gone)
    return (
        expression,
        {f"#{name}": name for name in [*put, *gone]},
        {f":{name}": after[name] for name in put},
    )


def _stored(value: Any) -> Any:
    """A value as DynamoDB takes it: no datetimes, no floats, no enums."""
    match value:
        case datetime():
            return iso(value)
        case float():
            return Decimal(str(value))
        case Status() | WaitReason():
            return str(value)
        case Mapping():
            return {name: _stored(item) for name, item in value.items()}
        case list() | tuple():
            return [_stored(item) for item in value]
        case _:
            return value


def _loaded(name: str, value: Any) -> Any:
    if name in TIMES:
        return datetime.fromisoformat(value)
    if name in FLOATS:
        return float(value)
    return _plain(value)


def _plain(value: Any) -> Any:
    match value:
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case dict():
            return {name: _plain(item) for name, item in value.items()}
        case list():
            return [_plain(item) for item in value]
        case _:
            return value
