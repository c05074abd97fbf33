"""When cues come and go, so that none overlaps another and each can be read. Milliseconds."""

from collections.abc import Sequence
from functools import lru_cache
from math import ceil
from typing import Final, NamedTuple

from transcription.captions import rules

NEVER: Final = 1 << 60


class Spoken(NamedTuple):
    """When a cue's words are heard, how many letters are to be read, and how late it may come."""

    start: int
    end: int
    letters: int
    late: int


class Shown(NamedTuple):
    """From when to when a cue is on the screen."""

    start: int
    end: int


@lru_cache(maxsize=1_000)
def reading_time(letters: int) -> int:
    """How long so many letters are shown to be read; never shorter or longer than a cue may be."""
    return min(max(ceil(letters * 1000 / rules.SPEED), rules.SHORTEST), rules.LONGEST)


def shown(spoken: Sequence[Spoken], length: int) -> list[Shown]:
    """The times of cues that are in the order of their `start`, of a recording of that length.

    A cue comes with its first word, and stays until it has been heard and can have been read. It
    makes the next one wait for that, if that one and all after it can be read nevertheless, half
    of their time before the recording's end. Of many at once each is seen for a moment at least,
    the last ones behind the end.
    """
    starts = [*(cue.start for cue in spoken[1:]), NEVER]
    times = [reading_time(cue.letters) for cue in spoken]
    read = _latest(spoken, times, length)
    seen = _latest(spoken, [rules.SHORTEST] * len(spoken), length)
    rows = zip(spoken, times, starts, read[1:], seen[1:], strict=False)
    found, free = [], 0
    for cue, time, following, readable, visible in rows:
        start = max(cue.start, free)
        end = max(
            _on_time(max(cue.end, start + time), following),
            min(start + time, readable),
            min(start + rules.SHORTEST, visible),
            start + rules.BLINK,
        )
        end = min(end, start + rules.LONGEST)
        found.append(Shown(start, end))
        free = end + rules.GAP
    return found


def _on_time(wanted: int, following: int) -> int:
    """When a cue ends for the next one to begin on time; no moment is left empty between them."""
    room = following - rules.GAP
    return room if room < wanted + rules.LINGER else wanted


def _latest(spoken: Sequence[Spoken], times: Sequence[int], length: int) -> list[int]:
    """For each cue, when the one before it must have ended: from the last on, all get their times.

    None is made to come later than it may, nor late at all where that would not be enough.
    """
    latest = [NEVER]
    for cue, time in zip(reversed(spoken), reversed(times), strict=True):
        start = min(cue.start + cue.late, latest[-1] - time, length - time // 2)
        latest.append(max(start, cue.start) - rules.GAP)
    return latest[::-1]
