"""Who holds a slot at the speech API, and which lines wait for one: `#slots`, read. All pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from transcription.job import BACKFILL, IN_FLIGHT, LINES, Job, Status
from transcription.sending import LEASE

# What the API has nothing of: a slot is needed only while somebody is about to send it.
NOT_SENT: Final = frozenset({Status.CLAIMED, Status.WAITING, Status.AMBIGUOUS})


class Holding(NamedTuple):
    """Since when a slot is held, and the revision of the row as its sender had read it."""

    since: datetime
    revision: int


@dataclass(frozen=True, slots=True)
class Occupancy:
    """The holders by job id, and the lines that want a slot, since when; a `limit` of 0 is none.

    `woken` is when Dispatch was woken, if it has not looked since.
    """

    limit: int
    holders: Mapping[str, Holding]
    wanted: Mapping[str, datetime]
    woken: datetime | None = None

    def has_room(self, line: str, more: int = 0) -> bool:
        """Whether another one of this line may go, after so many more than hold a slot now."""
        return not self.limit or len(self.holders) + more < most(line, self.limit)

    @property
    def calls(self) -> bool:
        """Whether somebody waits who could go."""
        return any(self.has_room(line) for line in self.wanted)

    @property
    def is_tight(self) -> bool:
        """Whether a slot that nobody needs would be missed."""
        return bool(self.wanted) or not self.has_room(BACKFILL)


def most(line: str, limit: int) -> int:
    """How many may be in flight once one of this line has joined: a backfill leaves one slot."""
    return max(1, limit - 1) if line == BACKFILL else limit


def stale(holders: Mapping[str, Holding], rows: Mapping[str, Job], now: datetime) -> list[str]:
    """Who holds a slot without need: the API has nothing of it, and nobody is about to send it."""
    return [
        job_id
        for job_id, holding in holders.items()
        if not _needs_it(rows.get(job_id), now - holding.since)
    ]


def _needs_it(job: Job | None, held: timedelta) -> bool:
    if job is None:
        return False
    return held <= timedelta(seconds=LEASE) if job.status in NOT_SENT else job.status in IN_FLIGHT


def read(item: Mapping[str, Any], limit: int) -> Occupancy:
    """What the item says; one that is not there says that nobody holds or wants anything."""
    holders = item.get("holders", {})
    return Occupancy(
        limit,
        {
            job_id: Holding(_time(it["since"]), int(it["revision"]))
            for job_id, it in holders.items()
        },
        {line: _time(item[wanted(line)]) for line in LINES if wanted(line) in item},
        _time(item["woken"]) if "woken" in item else None,
    )


def wanted(line: str) -> str:
    """The attribute that says since when a line wants a slot."""
    return f"wanted_{line}"


def _time(written: str) -> datetime:
    return datetime.fromisoformat(written)
