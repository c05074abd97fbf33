"""The ledger: the one place that writes the jobs table.

Every write of a row names the revision it read, so of two writers that saw the same row one wins
and the other gets `Overtaken`. Nobody's work is lost or done twice because of a late writer. What
the state diagram (job.py) does not have is refused before anything is written.

Beside the rows stand a few notes, such as `#paused`: they have no `key`, and are in no index.
"""

import heapq
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from boto3.dynamodb.conditions import Attr, Key

from transcription.job import Job, NotAllowed, Status, is_allowed, iso
from transcription.rows import SHARDS, difference, to_job, to_row

if TYPE_CHECKING:
    from types_boto3_dynamodb.service_resource import Table

PAUSED: Final = "paused"
EVER: Final = datetime.max.replace(tzinfo=UTC)
# Keys that DynamoDB takes in one batch, and how often what it left out is asked for.
BATCH: Final = 100
TRIES: Final = 10
# Pages of one index partition that a search reads at most.
PAGES: Final = 20


class Overtaken(Exception):
    """Somebody else moved this job since it was read: read it again and decide again."""


class Busy(Exception):
    """The table left out again and again what it was asked for."""


class Ledger:
    """Reads and conditional writes of job rows, and a few notes beside them."""

    def __init__(self, table: "Table") -> None:
        self._table = table
        self._refused = table.meta.client.exceptions.ConditionalCheckFailedException

    def get(self, job_id: str) -> Job | None:
        """The job as it is now (strongly consistent); None where a note has that id."""
        found = self._item(job_id)
        return to_job(found) if "key" in found else None

    def add(self, job: Job) -> bool:
        """Claim: write the first row of a job. False when somebody already had."""
        try:
            self._table.put_item(Item=to_row(job), ConditionExpression=Attr("job_id").not_exists())
        except self._refused:
            return False
        return True

    def save(self, before: Job, after: Job) -> Job:
        """Write what changed between two states of a job; raises Overtaken, NotAllowed."""
        if not is_allowed(before, after):
            raise NotAllowed(
                f"{before.status} never becomes {after.status} (attempt {after.attempt})"
            )
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

    def erase(self, before: Job, after: Job) -> Job:
        """Write what stays of an erased job in place of its whole row; raises Overtaken."""
        try:
            self._table.put_item(
                Item=to_row(after), ConditionExpression=Attr("revision").eq(before.revision)
            )
        except self._refused as error:
            raise Overtaken(before.job_id) from error
        return after

    def due(self, now: datetime, limit: int, statuses: Collection[Status]) -> list[Job]:
        """Open jobs of these statuses whose time has come, the longest due first.

        An index is read: eventually consistent.
        """
        one_of = Attr("status").is_in([str(status) for status in statuses])
        shards = [self._search(shard, now, limit, FilterExpression=one_of) for shard in SHARDS]
        return heapq.nsmallest(limit, (job for shard in shards for job in shard), key=due_order)

    def waiting(self, limit: int) -> list[Job]:
        """Jobs in the waiting room, whether their time has come or not."""
        return self.due(EVER, limit, {Status.WAITING})

    def open(self, limit: int) -> list[Job]:
        """Open jobs, due or not: of each shard so many of the first and of the last due."""
        found: dict[str, Job] = {}
        for shard in SHARDS:
            for forward in (True, False):
                answer = self._query(shard, EVER, limit, ScanIndexForward=forward)
                found |= {item["job_id"]: to_job(item) for item in answer["Items"]}
                if "LastEvaluatedKey" not in answer:
                    break
        return list(found.values())

    def known(self, job_ids: Iterable[str]) -> set[str]:
        """Which of these jobs have a row (eventually consistent); raises Busy."""
        wanted = sorted(set(job_ids))
        batches = (wanted[at : at + BATCH] for at in range(0, len(wanted), BATCH))
        return {found for batch in batches for found in self._known(batch)}

    @property
    def made_at(self) -> datetime:
        """When the table was made."""
        return self._table.creation_date_time.astimezone(UTC)

    def paused(self) -> bool:
        """Whether an operator wants nothing to be sent now (strongly consistent)."""
        return bool(self.noted(PAUSED))

    def pause(self, now: datetime) -> None:
        self.note(PAUSED, since=iso(now))

    def unpause(self) -> None:
        self._table.delete_item(Key={"job_id": f"#{PAUSED}"})

    def note(self, name: str, **facts: Any) -> None:
        """Keep a few facts beside the rows, in place of those that were noted before."""
        self._table.put_item(Item={"job_id": f"#{name}", **facts})

    def noted(self, name: str) -> Mapping[str, Any]:
        """The facts of a note, empty where there is none (strongly consistent)."""
        item = self._item(f"#{name}")
        return {fact: value for fact, value in item.items() if fact != "job_id"}

    def _item(self, job_id: str) -> Mapping[str, Any]:
        answer = self._table.get_item(Key={"job_id": job_id}, ConsistentRead=True)
        return answer.get("Item", {})

    def _known(self, batch: list[str]) -> Iterator[str]:
        table = self._table.name
        asked: Any = {
            table: {"Keys": [{"job_id": one} for one in batch], "ProjectionExpression": "job_id"}
        }
        for _ in range(TRIES):
            answer = self._table.meta.client.batch_get_item(RequestItems=asked)
            yield from (str(item["job_id"]) for item in answer["Responses"].get(table, []))
            asked = answer["UnprocessedKeys"]
            if not asked:
                return
        raise Busy(f"{TRIES} times the table left out some of {len(batch)} rows")

    def _search(self, shard: str, now: datetime, limit: int, **only: Any) -> list[Job]:
        """So many due jobs of one index partition, past those that the filter leaves out."""
        found: list[Job] = []
        for _ in range(PAGES):
            answer = self._query(shard, now, limit, **only)
            found += map(to_job, answer["Items"])
            if len(found) >= limit or "LastEvaluatedKey" not in answer:
                break
            only["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
        return found

    def _query(self, shard: str, now: datetime, limit: int, **more: Any) -> Any:
        due = Key("open").eq(f"open#{shard}") & Key("due_at").lte(iso(now))
        return self._table.query(
            IndexName="open-by-due", KeyConditionExpression=due, Limit=limit, **more
        )


def due_order(job: Job) -> tuple[datetime, datetime]:
    return (job.due_at or job.uploaded_at, job.uploaded_at)
