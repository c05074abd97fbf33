"""What is left when a stack has come to rest: everything that the model judges by."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from tests.chaos.plan import Version
from tests.chaos.record import Death, Record
from tests.stack import Row


class Rendition(NamedTuple):
    """One file in the transcripts bucket: whose it says it is, and the words that stand in it."""

    job_id: str
    words: frozenset[str]


@dataclass(frozen=True)
class Seen:
    """One object version at the end, and the senders that died over it."""

    version: Version
    row: Row | None
    record: Record
    deaths: tuple[Death, ...] = ()
    is_dead_letter: bool = False


@dataclass(frozen=True)
class Evidence:
    """All of it. `renditions` is by key of the recording, then by suffix; `leaks` are secrets."""

    seen: tuple[Seen, ...]
    renditions: Mapping[str, Mapping[str, Rendition]]
    leaks: tuple[str, ...] = ()
    at_rest: bool = True
