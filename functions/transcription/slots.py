"""The governor: how many jobs the speech API has at a time, and who waits for a slot.

One item of the jobs table, `#slots`, names who holds a slot and which lines want one; it is changed
by single conditional updates alone. A job takes its slot right before it is marked SENDING, and
the slot is free once its row is neither SENDING nor SUBMITTED (ledger.py). What was left behind by
somebody who died is found by `stale` (occupancy.py) and freed.

Who finds the house full leaves word (`want`). Who frees a slot then wakes Dispatch.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from transcription.job import LINES, Job, iso
from transcription.occupancy import Occupancy, most, read, stale, wanted

if TYPE_CHECKING:
    from types_boto3_dynamodb.service_resource import Table

KEY: Final = {"job_id": "#slots"}
# Seconds after which the index surely shows who left word.
SETTLED: Final = 10


class Slots:
    """The slots of a stack; a `limit` of 0 is none. `wake` has Dispatch send what waits."""

    def __init__(
        self,
        table: "Table",
        limit: int,
        now: Callable[[], datetime],
        wake: Callable[[], object] = lambda: None,
    ) -> None:
        self.limit = limit
        self.wake = wake
        self._table = table
        self._now = now
        self._is_open = False
        self._refused = table.meta.client.exceptions.ConditionalCheckFailedException

    def acquire(self, job: Job) -> bool:
        """Take a slot for a job; False where there is none. Whoever holds one already keeps it.

        A newcomer finds the house full while others stand in a line before it.
        """
        if not self.limit or self._taken(job):
            return True
        if self._is_open:
            return False
        # The very first job of a stack finds no map of holders.
        self._open()
        return self._taken(job)

    def _taken(self, job: Job) -> bool:
        before = () if job.waits_in_line else LINES[: LINES.index(job.line) + 1]
        nobody_before = (f"attribute_not_exists({wanted(line)})" for line in before)
        new = ("attribute_not_exists(holders.#job)", "size(holders) < :most")
        room = " AND ".join((*new, *nobody_before))
        found = self._update(
            "SET holders.#job = :holding",
            f"holders.#job.revision <= :revision OR ({room})",
            {
                ":holding": {"since": iso(self._now()), "revision": job.revision},
                ":revision": job.revision,
                ":most": most(job.line, self.limit),
            },
            job.job_id,
        )
        self._is_open = self._is_open or found is not None
        return found is not None

    def _open(self) -> None:
        self._update("SET holders = if_not_exists(holders, :nobody)", None, {":nobody": {}})
        self._is_open = True

    def leave(self, job_id: str, revision: int) -> None:
        """Free the slot of a job whose row, as of this revision, needs none any more.

        Who has read that revision, and took a slot again, keeps it.
        """
        self._free(job_id, "holders.#job.revision < :revision", {":revision": revision})

    def heal(self, rows_of: Callable[[Iterable[str]], Mapping[str, Job]]) -> None:
        """Free what nobody else will free; `rows_of` reads rows, strongly consistent."""
        if not self.limit:
            return
        holders = self.look().holders
        for job_id in stale(holders, rows_of(holders), self._now()):
            since = {":since": iso(holders[job_id].since)}
            self._free(job_id, "holders.#job.since = :since", since)

    def _free(self, job_id: str, condition: str, values: dict[str, Any]) -> None:
        if self.limit:
            self._call(self._update("REMOVE holders.#job", condition, values, job_id))

    def want(self, line: str) -> None:
        """Leave word that somebody waits in this line; the row must say so already."""
        if self.limit:
            now = {":now": iso(self._now())}
            self._call(self._update(f"SET {wanted(line)} = :now", None, now))

    def _call(self, found: Occupancy | None) -> None:
        if found and found.calls:
            self.wake()

    def nobody_waits(self, line: str, seen: Occupancy) -> None:
        """Take back the word of a line that was found empty, unless somebody left it just now."""
        since = seen.wanted.get(line)
        if since and self._now() - since > timedelta(seconds=SETTLED):
            name = wanted(line)
            self._update(f"REMOVE {name}", f"{name} = :since", {":since": iso(since)})

    def look(self) -> Occupancy:
        """How things stand (strongly consistent)."""
        item = self._table.get_item(Key=KEY, ConsistentRead=True).get("Item", {})
        return read(item, self.limit)

    def _update(
        self, change: str, condition: str | None, values: dict[str, Any], job_id: str | None = None
    ) -> Occupancy | None:
        """How things stand after a change; None where its condition does not hold."""
        more: Any = {"ConditionExpression": condition} if condition else {}
        if job_id:
            more["ExpressionAttributeNames"] = {"#job": job_id}
        try:
            answer = self._table.update_item(
                Key=KEY,
                UpdateExpression=change,
                ExpressionAttributeValues=values,
                ReturnValues="ALL_NEW",
                **more,
            )
        except self._refused:
            return None
        return read(answer["Attributes"], self.limit)
