"""What is going to happen to each upload, and what will be denied meanwhile."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from tests.chaos.recording import SPEECH, recording


class Death(Enum):
    """When a Lambda worker is killed, seen from outside."""

    CLAIMING = "Submit, soon after the event was delivered"
    SENDING = "the sender, before it has the API's answer"
    ANSWERED = "the sender, as soon as it has the answer"
    POLLING = "the poller, before it has the API's answer"
    PUBLISHING = "Publish, soon after the answer was there"


class Fate(Enum):
    """What its owner does with an object version."""

    KEPT = "nothing"
    MARKED = "puts a delete marker on top"
    GONE = "deletes the version itself"


class Denial(NamedTuple):
    """An AWS call that fails for `seconds` from the upload `at` on."""

    at: int
    function: str
    action: str
    seconds: float


@dataclass(frozen=True)
class Version:
    """One upload: `at` is its place among all of them, `number` its place among those to its key.

    `deliveries` are seconds from S3's event to each of its deliveries, `belated` is one more when
    all is quiet. `creates` and `fetches` name the replies that come before the good one. Its owner
    waits for `pause` seconds before the next act.
    """

    at: int
    key: str
    number: int
    kind: str
    deliveries: tuple[float, ...]
    belated: bool
    creates: tuple[str, ...]
    fetches: tuple[str, ...]
    death: Death | None
    stopped: bool
    fate: Fate
    pause: float

    @property
    def name(self) -> str:
        return f"{self.key}#{self.number}"

    @property
    def body(self) -> bytes:
        """Its bytes; those of speech are no other version's."""
        return recording(self.kind, self.name)

    @property
    def is_speech(self) -> bool:
        return self.kind == SPEECH


@dataclass(frozen=True)
class Plan:
    """Everything that will go wrong."""

    seed: int
    versions: tuple[Version, ...]
    denials: tuple[Denial, ...]

    @property
    def keys(self) -> dict[str, list[Version]]:
        """The versions of each key, in the order in which they are uploaded."""
        keys: dict[str, list[Version]] = {}
        for version in self.versions:
            keys.setdefault(version.key, []).append(version)
        return keys

    def lines(self) -> Iterator[str]:
        """The plan for people; its first line tells it from every other."""
        digest = hashlib.sha256(repr(self).encode()).hexdigest()[:12]
        size = f"{len(self.versions)} uploads to {len(self.keys)} keys"
        yield f"seed {self.seed}: {size}, plan {digest}"
        yield from (f"  {version}" for version in self.versions)
        yield from (f"  {denial}" for denial in self.denials)
