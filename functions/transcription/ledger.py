"""The ledger: the one place that writes the jobs table.

Every write of a row names the revision it read, so of two writers that saw the same row one wins
and the other gets `Overtaken`. Nobody's work is lost or done twice because of a late writer. What
the state diagram (job.py) does not have is refused before anything is written. A write that takes a
job out of flight frees its slot, too (slots.py).

Beside the rows stand a few notes, such as `#paused`: they have no `key`, and are in no index.
"""

import heapq
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from boto3.dynamodb.conditions import Attr, Key

from transcription.job import IN_FLIGHT, Job, NotAllowed, Status, is_allowed, iso
from transcription.rows import PARTITIONS, SHARDS, difference, to_job, to_row

if TYPE_CHECKING:
    from types_boto3_dynamodb.service_resource import Table

    from transcription.slots import Slots

PAUSED: Final = "paused"
EVER: Final = datetime.max.replace(tzinfo=UTC)
# Keys that DynamoDB takes in one batch, and how often what it left out is asked for.
BATCH: Final = 100
TRIES: Final = 10
# Pages of one index partition that a search reads at most.
PAGES: Final = 20
# Jobs of a line that are read at once: in most runs one or two have room.
AT_ONCE: Final = 10


class Overtaken(Exception):
    """Somebody else moved this job since it was read: read it again and decide again."""


class Busy(Exception):
    """The table left out again and again what it was asked for."""


class Ledger:
    """Reads and conditional writes of job rows, and a few notes beside them.

    `slots` are those of the stack, if it has any: they are freed here.
    """

    def __init__(self, table: "Table", slots: "Slots | None" = None) -> None:
        self._table = table
        self._slots = slots
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
        self._free_slot(before, after)
        return after

    def erase(self, before: Job, after: Job) -> Job:
        """Write what stays of an erased job in place of its whole row; raises Overtaken."""
        try:
            self._table.put_item(
                Item=to_row(after), ConditionExpression=Attr("revision").eq(before.revision)
            )
        except self._refused as error:
            raise Overtaken(before.job_id) from error
        self._free_slot(before, after)
        return after

    def forget(self, job: Job) -> bool:
        """Take back the claim of a job that was never sent; False where somebody moved it."""
        unsent = Attr("revision").eq(job.revision) & Attr("sending_at").not_exists()
        try:
            self._table.delete_item(Key={"job_id": job.job_id}, ConditionExpression=unsent)
        except self._refused:
            return False
        return True

    def _free_slot(self, before: Job, after: Job) -> None:
        if self._slots and before.status in IN_FLIGHT and after.status not in IN_FLIGHT:
            self._slots.leave(after.job_id, after.revision)

    def due(self, now: datetime, limit: int, statuses: Collection[Status]) -> list[Job]:
        """Open jobs of these statuses whose time has come, the longest due first.

        Those that stand in a line are not among them. An index is read: eventually consistent.
        """
        one_of = Attr("status").is_in([str(status) for status in statuses])
        shards = [self._search(shard, now, limit, FilterExpression=one_of) for shard in SHARDS]
        return heapq.nsmallest(limit, (job for shard in shards for job in shard), key=due_order)

    def waiting(self, limit: int) -> list[Job]:
        """Jobs in the waiting room, whether their time has come or not, but for the lines."""
        return self.due(EVER, limit, {Status.WAITING})

    def in_line(self, line: str) -> Iterator[Job]:
        """Jobs that wait for room, the oldest first (eventually consistent).

        Or all open ones of another partition of the index, the longest due first.
        """
        start: dict[str, Any] = {}
        while True:
            answer = self._query(line, EVER, AT_ONCE, **start)
            yield from map(to_job, answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def open(self, limit: int) -> list[Job]:
        """Open jobs, due or not: of each partition so many of the first and of the last due."""
        found: dict[str, Job] = {}
        for shard in PARTITIONS:
            for forward in (True, False):
                answer = self._query(shard, EVER, limit, ScanIndexForward=forward)
                found |= {item["job_id"]: to_job(item) for item in answer["Items"]}
                if "LastEvaluatedKey" not in answer:
                    break
        return list(found.values())

    def known(self, job_ids: Iterable[str]) -> set[str]:
        """Which of these jobs have a row (eventually consistent); raises Busy."""
        rows = self._rows(job_ids, ProjectionExpression="job_id")
        return {str(row["job_id"]) for row in rows}

    def jobs(self, job_ids: Iterable[str]) -> dict[str, Job]:
        """The rows of those that have one, as they are now (strongly consistent); raises Busy."""
        rows = self._rows(job_ids, ConsistentRead=True)
        return {str(row["job_id"]): to_job(row) for row in rows}

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

    def renote(self, name: str, before: Mapping[str, Any], **facts: Any) -> bool:
        """Keep other facts in place of those that were read; False where somebody was faster."""
        there = Attr("job_id").not_exists()
        unchanged = Attr("revision").eq(before["revision"]) if before else there
        told = {"revision": before.get("revision", 0) + 1, **facts}
        try:
            # An update: whoever looks for answers may not put whole items.
            self._table.update_item(
                Key={"job_id": f"#{name}"},
                UpdateExpression="SET " + ", ".join(f"#{fact} = :{fact}" for fact in told),
                ConditionExpression=unchanged,
                ExpressionAttributeNames={f"#{fact}": fact for fact in told},
                ExpressionAttributeValues={f":{fact}": value for fact, value in told.items()},
            )
        except self._refused:
            return False
        return True

    def noted(self, name: str) -> Mapping[str, Any]:
        """The facts of a note, empty where there is none (strongly consistent)."""
        item = self._item(f"#{name}")
        return {fact: value for fact, value in item.items() if fact != "job_id"}

    def _item(self, job_id: str) -> Mapping[str, Any]:
        answer = self._table.get_item(Key={"job_id": job_id}, ConsistentRead=True)
        return answer.get("Item", {})

    def _rows(self, job_ids: Iterable[str], **how: Any) -> Iterator[Mapping[str, Any]]:
        wanted = sorted(set(job_ids))
        for at in range(0, len(wanted), BATCH):
            yield from self._batch(wanted[at : at + BATCH], how)

    def _batch(self, batch: list[str], how: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        table = self._table.name
        asked: Any = {table: {"Keys": [{"job_id": one} for one in batch], **how}}
        for _ in range(TRIES):
            answer = self._table.meta.client.batch_get_item(RequestItems=asked)
            yield from answer["Responses"].get(table, [])
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
