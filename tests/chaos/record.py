"""What the provider remembers of each object version."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from tests.chaos.faults import FETCH_FAULTS, Fault, Meaning

# Seconds after which the client may take an unknown id for one that is gone.
YOUNG: Final = 115


class Create(NamedTuple):
    """A create: accepted with an id, or failed as planned; when, in seconds since 1970."""

    fault: Fault | None
    generation_id: str | None = None
    at: float = 0.0


class Fetch(NamedTuple):
    """A fetch: the transcript went out, or it failed as planned, `age` seconds after `create`."""

    fault: Fault | None
    age: float = 0.0

    @property
    def failed(self) -> bool:
        """Whether it was no answer at all, or a bad one."""
        return self.fault is not None and self.fault.name in FETCH_FAULTS

    @property
    def is_gone(self) -> bool:
        """Whether the client may give the id up for lost."""
        return self.fault is FETCH_FAULTS["404"] and self.age > YOUNG


class Death(NamedTuple):
    """A sender that never wrote what came of its request, which it made after `sent`, if at all.

    Times are seconds since 1970; it was `found` when nobody was at work any more.
    """

    sent: float
    found: float


@dataclass
class Record:
    """All calls about one object version."""

    creates: list[Create] = field(default_factory=list)
    fetches: list[Fetch] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        return [create.generation_id for create in self.creates if create.generation_id]

    @property
    def was_given_up(self) -> bool:
        """Whether the provider said that it will never have a transcript."""
        faults = [fetch.fault for fetch in self.fetches if fetch.fault]
        return any(fault.meaning is Meaning.FAILED for fault in faults)

    def doubts(self, deaths: Sequence[Death]) -> int:
        """How many requests nobody can know the fate of: of one that was lost twice, once."""
        lost = [create.at for create in self.creates if _is_lost(create)]
        alone = [each for each in deaths if not any(each.sent <= at <= each.found for at in lost)]
        return len(lost) + len(alone)

    def created(self, meaning: Meaning) -> int:
        """How many creates failed so."""
        faults = [create.fault for create in self.creates if create.fault]
        return sum(fault.meaning is meaning for fault in faults)


def _is_lost(create: Create) -> bool:
    return create.fault is not None and create.fault.meaning is Meaning.LOST
