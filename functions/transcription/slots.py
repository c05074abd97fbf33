"""The governor: how many jobs the speech API has at a time, and who waits for a slot.

One item of the jobs table, `#slots`, names who holds a slot and which lines want one; it is changed
by single conditional updates alone. A job takes its slot before it is made ready and marked
SENDING, and the slot is free once its row is neither SENDING nor SUBMITTED (ledger.py). What was
left behind by somebody who died is found by `stale` (occupancy.py) and freed.

Who finds the house full leaves word (`want`). Who frees a slot then wakes Dispatch, unless it was
woken and has not looked yet: of many slots that come free at once, one event tells.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, cast

from botocore.exceptions import ClientError

from transcription.job import LINES, Job, iso, later
from transcription.ledger import Overtaken
from transcription.occupancy import Occupancy, most, read, stale, wanted
from transcription.sending import LEASE

if TYPE_CHECKING:
    from types_boto3_dynamodb.service_resource import Table

KEY: Final = {"job_id": "#slots"}
# Seconds after which the index surely shows who left word.
SETTLED: Final = 10
# Seconds after which Dispatch is woken again if it has not looked: the event may be lost, or come
# so soon that the index does not show yet who left word.
OVERSLEPT: Final = 1


class Slots:
    """The slots of a stack; a `limit` of 0 is none. `wake` has Dispatch send what waits.

    It is None where Dispatch itself is at work, which looks again for what it gives back.
    """

    def __init__(
        self,
        table: "Table",
        limit: int,
        now: Callable[[], datetime],
        wake: Callable[[], object] | None = None,
    ) -> None:
        self.limit = limit
        self.wake = wake
        self._table = table
        self._now = now
        self._refused = table.meta.client.exceptions.ConditionalCheckFailedException

    def acquire(self, job: Job, now: datetime) -> bool:
        """Take a slot for a job, from `now` on; False where there is none.

        A newcomer finds the house full while others stand in a line before it. Raises Overtaken
        where somebody else has one for this very job, and may live.
        """
        if not self.limit:
            return True
        try:
            self._take(job, now)
        except self._refused as error:
            holders = _holders(error)
            if holders is None:
                # The very first job of a stack.
                self._update("SET holders = if_not_exists(holders, :nobody)", None, {":nobody": {}})
                return self.acquire(job, now)
            held = holders.get(job.job_id)
            if held and held != now:
                raise Overtaken(job.job_id) from error
            # The SDK tries a write again whose answer was lost, and finds it done.
            return held == now
        return True

    def _take(self, job: Job, now: datetime) -> None:
        before = () if job.waits_in_line else LINES[: LINES.index(job.line) + 1]
        nobody_before = (f"attribute_not_exists({wanted(line)})" for line in before)
        new = ("attribute_not_exists(holders.#job)", "size(holders) < :most")
        room = " AND ".join((*new, *nobody_before))
        dead = "(holders.#job.revision = :revision AND holders.#job.since < :dead)"
        self._change(
            "SET holders.#job = :holding",
            f"({room}) OR holders.#job.revision < :revision OR {dead}",
            {
                ":holding": {"since": stamp(now), "revision": job.revision},
                ":revision": job.revision,
                # Whoever has held one for longer, or has read the row before, lives no more.
                ":dead": stamp(later(now, -LEASE)),
                ":most": most(job.line, self.limit),
            },
            job.job_id,
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )

    def give_back(self, job_id: str, since: datetime) -> None:
        """Free a slot that was taken then and not used, if nobody has taken it over."""
        # Earlier versions wrote milliseconds.
        then = {":since": stamp(since), ":rounded": iso(since)}
        self._free(job_id, "holders.#job.since IN (:since, :rounded)", then)

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
            self.give_back(job_id, holders[job_id].since)

    def _free(self, job_id: str, condition: str, values: dict[str, Any]) -> None:
        if self.limit:
            self._call(self._update("REMOVE holders.#job", condition, values, job_id))

    def want(self, line: str) -> None:
        """Leave word that somebody waits in this line; the row must say so already."""
        if self.limit:
            now = {":now": iso(self._now())}
            self._call(self._update(f"SET {wanted(line)} = :now", None, now))

    def _call(self, found: Occupancy | None) -> None:
        """Wake Dispatch if somebody could go; nobody else does until it has looked."""
        now = self._now()
        overslept = later(now, -OVERSLEPT)
        if not (self.wake and found and found.calls) or (found.woken and found.woken > overslept):
            return
        alone = "attribute_not_exists(woken) OR woken <= :overslept OR woken = :now"
        times = {":now": iso(now), ":overslept": iso(overslept)}
        if self._update("SET woken = :now", alone, times):
            self.wake()

    def nobody_waits(self, line: str, seen: Occupancy) -> None:
        """Take back the word of a line that was found empty, unless somebody left it just now."""
        since = seen.wanted.get(line)
        if since and self._now() - since > timedelta(seconds=SETTLED):
            name = wanted(line)
            self._update(f"REMOVE {name}", f"{name} = :since", {":since": iso(since)})

    def awake(self) -> Occupancy:
        """How things stand when Dispatch looks: who frees a slot from now on wakes it again."""
        return self._change("REMOVE woken", None, {}, None) if self.limit else self.look()

    def look(self) -> Occupancy:
        """How things stand (strongly consistent)."""
        item = self._table.get_item(Key=KEY, ConsistentRead=True).get("Item", {})
        return read(item, self.limit)

    def _update(
        self, change: str, condition: str | None, values: dict[str, Any], job_id: str | None = None
    ) -> Occupancy | None:
        """How things stand after a change; None where its condition does not hold."""
        try:
            return self._change(change, condition, values, job_id)
        except self._refused:
            return None

    def _change(
        self,
        change: str,
        condition: str | None,
        values: dict[str, Any],
        job_id: str | None,
        **more: Any,
    ) -> Occupancy:
        if condition:
            more["ConditionExpression"] = condition
        if job_id:
            more["ExpressionAttributeNames"] = {"#job": job_id}
        if values:
            more["ExpressionAttributeValues"] = values
        answer = self._table.update_item(
            Key=KEY, UpdateExpression=change, ReturnValues="ALL_NEW", **more
        )
        return read(answer.get("Attributes", {}), self.limit)


def _holders(refusal: ClientError) -> Mapping[str, datetime] | None:
    """Since when who holds a slot, as a refused write shows it; None where there is no such map.

    boto3 leaves what an error carries in DynamoDB's own types.
    """
    item = cast("Mapping[str, Any]", refusal.response).get("Item", {})
    if "holders" not in item:
        return None
    holders = item["holders"]["M"].items()
    return {job_id: datetime.fromisoformat(it["M"]["since"]["S"]) for job_id, it in holders}


def stamp(moment: datetime) -> str:
    """A time to the microsecond, by which a holder knows its slot again."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
