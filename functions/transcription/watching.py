"""Which objects are ours to account for, and since when: what is older was never asked for.

What a stack watches may change with its settings. Each pair of prefix and suffix remembers since
when its keys have been watched without a break, so that a wider setting takes in no recording that
lay there before, and a narrower one forgets none that landed while it was watched.
"""

import itertools
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from transcription.job import iso
from transcription.ledger import Ledger

NOTE: Final = "watching"


class Watched(NamedTuple):
    """Keys that begin and end so, and since when they are watched."""

    prefix: str
    suffix: str
    since: datetime

    def covers(self, prefix: str, suffix: str) -> bool:
        """Whether all keys of another pair are among these."""
        return prefix.startswith(self.prefix) and suffix.endswith(self.suffix)

    def has(self, key: str) -> bool:
        return key.startswith(self.prefix) and key.endswith(self.suffix)


def pairs(prefixes: Sequence[str], suffixes: Sequence[str]) -> list[tuple[str, str]]:
    """Every prefix with every suffix; the empty one is all keys."""
    return list(itertools.product(prefixes or ("",), suffixes or ("",)))


def noted(
    ledger: Ledger, bucket: str, watched: Sequence[tuple[str, str]], now: datetime
) -> list[Watched]:
    """What is watched, and since when, as the ledger notes it for the next time.

    A table's first settings hold since it was made, any others since somebody first asked.
    """
    note = ledger.noted(NOTE)
    before = [_read(each) for each in note.get("keys", [])] if note.get("bucket") == bucket else []
    after = agreed(before, watched, now if note else ledger.made_at)
    if after != before:
        keys = [each._asdict() | {"since": iso(each.since)} for each in after]
        ledger.note(NOTE, bucket=bucket, keys=keys)
    return after


def agreed(
    before: Sequence[Watched], watched: Sequence[tuple[str, str]], now: datetime
) -> list[Watched]:
    """What is watched from now on, given what was until now.

    A new pair begins when an old one that covers it did, else now. An old pair that lies within a
    new one stays, because its keys have been watched for longer.
    """
    begun = [Watched(*pair, min(_covering(before, pair), default=now)) for pair in watched]
    kept = [old for old in before if any(new.covers(old.prefix, old.suffix) for new in begun)]
    return sorted({*begun, *kept})


def since(watched: Sequence[Watched], key: str) -> datetime | None:
    """Since when a key is watched; None where it isn't."""
    return min((each.since for each in watched if each.has(key)), default=None)


def _covering(before: Sequence[Watched], pair: tuple[str, str]) -> list[datetime]:
    return [old.since for old in before if old.covers(*pair)]


def _read(facts: Mapping[str, str]) -> Watched:
    return Watched(facts["prefix"], facts["suffix"], datetime.fromisoformat(facts["since"]))
