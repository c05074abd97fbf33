"""What the provider remembers of each object version."""

from dataclasses import dataclass, field
from typing import Final, NamedTuple

from tests.chaos.faults import FETCH_FAULTS, Fault, Meaning

# Seconds after which the client may take an unknown id for one that is gone.
YOUNG: Final = 115


class Create(NamedTuple):
    """A create: accepted with an id, or failed as planned."""

    fault: Fault | None
    generation_id: str | None = None


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

    def created(self, meaning: Meaning) -> int:
        """How many creates failed so."""
        faults = [create.fault for create in self.creates if create.fault]
        return sum(fault.meaning is meaning for fault in faults)
