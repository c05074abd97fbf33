"""The door to the speech API: a job goes through when there is a slot and money for it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from transcription.api_errors import NotNow
from transcription.budget import Budget
from transcription.job import BACKFILL, Job, WaitReason
from transcription.pricing import price_of
from transcription.slots import Slots

# Of a day's budget, what a backfill may have spent: uploads of the day shall not wait for tomorrow.
BACKFILL_SHARE: Final = 0.8


def full() -> NotNow:
    """Why a job waits for a slot."""
    return NotNow("The API has as many files as it may have at a time", WaitReason.SLOT)


@dataclass(frozen=True, slots=True)
class Door:
    """Lets jobs through, and takes back what one that did not get to the API had been given."""

    slots: Slots
    budget: Budget

    def enter(self, job: Job, now: datetime) -> None:
        """Take a slot; raises NotNow, or Overtaken where somebody else is about to send it."""
        if not self.slots.acquire(job, now):
            raise full()

    def pay(self, job: Job, now: datetime) -> float | None:
        """Take the price from the day's budget; returns it if one is known. Raises NotNow."""
        price = price_of(job, self.budget.per_minute)
        share = BACKFILL_SHARE if job.line == BACKFILL else 1.0
        if not self.budget.reserve(price, now, share):
            raise NotNow("The day's budget is spent", WaitReason.BUDGET)
        return price
