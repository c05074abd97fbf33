"""The door to the speech API: a job goes through when there is a slot and money for it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from transcription.api_errors import NotNow
from transcription.budget import Budget
from transcription.job import BACKFILL, IN_FLIGHT, Job, WaitReason
from transcription.pricing import price_of
from transcription.slots import Slots

# Of a day's budget, what a backfill may have spent: uploads of the day shall not wait for tomorrow.
BACKFILL_SHARE: Final = 0.8


def full() -> NotNow:
    """Why a job waits for a slot."""
    return NotNow("The API has as many files as it may have at a time", WaitReason.SLOT)


@dataclass(frozen=True, slots=True)
class Door:
    """Lets jobs through, and takes back what one that did not get to the API had been given.

    Who is refused for money keeps the slot until its row says that it waits: somebody else who read
    the same row may be in flight with that very slot.
    """

    slots: Slots
    budget: Budget

    def enter(self, job: Job, now: datetime) -> float | None:
        """Take a slot and the price, which is returned if one is known; raises NotNow."""
        if not self.slots.acquire(job):
            raise full()
        price = price_of(job, self.budget.per_minute)
        share = BACKFILL_SHARE if job.line == BACKFILL else 1.0
        if not self.budget.reserve(price, now, share):
            raise NotNow("The day's budget is spent", WaitReason.BUDGET)
        return price

    def back_out(self, job: Job, price: float | None, since: datetime, row: Job | None) -> None:
        """Give back what was taken `since`, for somebody else wrote the row first.

        As the row is now, that one may be sending it: then the slot is theirs.
        """
        self.budget.give_back(price, since)
        if row and row.status not in IN_FLIGHT:
            self.slots.leave(job.job_id, row.revision)
