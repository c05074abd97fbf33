"""Where cues end: the best of all cuts, by dynamic programming over the gaps between words.

The best way to cut what stands before a gap is a last cue, and the best way to cut what stands
before that cue. A cue holds two lines and seven seconds, so only a few gaps come into question
for its beginning: the work grows with the number of words, whatever they are.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import inf
from typing import Final, NamedTuple

from transcription.captions import rules
from transcription.captions.atoms import MOST
from transcription.captions.phrasing import Gaps
from transcription.captions.stretches import Stretch
from transcription.captions.timing import reading_time
from transcription.captions.widths import Widths

MISSING: Final = rules.MISSING_SECOND / 1000


class Prices(NamedTuple):
    """By letters: what a cue of so many costs, and the milliseconds in which it can be read."""

    cost: Sequence[float]
    time: Sequence[int]


def cuts(stretch: Stretch, gaps: Gaps, widths: Widths, taken: int) -> list[int]:
    """The numbers of atoms after which a cue ends.

    `taken` letters stand in every cue besides. No cue is longer than its lines and seven seconds
    allow, unless one atom is alone. One that holds a sentence's end holds whole sentences.
    """
    begins, starts, count = widths.begins, stretch.starts, len(stretch.atoms)
    until = [*starts[1:], stretch.until]
    prices, times = _prices(stretch.atoms[0].is_wide, taken)
    # What the best cuts before each gap cost, less all that lies inside of cues up to there.
    costs, back = [0.0] * (count + 1), [0] * (count + 1)
    for end, candidates in _candidates(gaps, _reach(stretch, widths)):
        letters, latest = widths.ends[end - 1], until[end - 1] - rules.GAP
        least, best = inf, end - 1
        worth = inf  # no cue costs less than CUE
        for start in candidates:
            cost = costs[start]
            if cost >= worth:
                continue
            length = letters - begins[start]
            cost += prices[length]
            missing = starts[start] + times[length] - latest
            if missing > 0:
                cost += rules.TOO_FAST + missing * MISSING
            if cost < least:
                least, best, worth = cost, start, cost - rules.CUE
        costs[end] = least + gaps.cut[end - 1] - gaps.inside[end - 1]
        back[end] = best
    return _followed(back)


def _reach(stretch: Stretch, widths: Widths) -> list[int]:
    """Up to which atom a cue goes at most that begins with each."""
    ends = stretch.ends
    latest = [start + rules.LONGEST for start in stretch.starts]
    return [
        cue if ends[cue - 1] <= latest[place] else max(place + 1, bisect_right(ends, latest[place]))
        for place, cue in enumerate(widths.cue)
    ]


def _candidates(gaps: Gaps, reach: Sequence[int]) -> Iterator[tuple[int, Sequence[int]]]:
    """Each gap at which a cue may end, with those at which it may begin then."""
    begins, first = [0], 0
    whole = [0]  # the beginnings of sentences, of which a cue may hold several
    for end in _usable(gaps, reach):
        while reach[begins[first]] < end:
            first += 1
        inner = begins[first:]
        if gaps.ends_sentence[end - 1]:
            whole = [start for start in whole if reach[start] >= end]
            yield end, [start for start in whole if start < inner[0]] + inner
            first = len(begins)
            whole.append(end)
        else:
            yield end, inner
        begins.append(end)


def _usable(gaps: Gaps, reach: Sequence[int]) -> list[int]:
    """The gaps at which to cut: bad ones only where a cue reaches from no good one to the next."""
    found, last = list[int](), 0
    for end, cost in enumerate(gaps.cut, 1):
        if cost <= rules.PHRASE:
            if reach[last] < end:
                found.extend(range(last + 1, end))
            found.append(end)
            last = end
    return found


def _followed(back: Sequence[int]) -> list[int]:
    """The ends of the best cues, found from the last one on."""
    found, end = [], len(back) - 1
    while end:
        found.append(end)
        end = back[end]
    return found[::-1]


def price(letters: int, is_wide: bool) -> float:
    """What a cue of so many letters costs."""
    most = rules.LINES * (rules.WIDE_LINE if is_wide else rules.LINE)
    return rules.CUE + rules.EMPTY * max(0.0, 1 - letters / most) ** 2


@lru_cache(maxsize=100)
def _prices(is_wide: bool, taken: int) -> Prices:
    lengths = range(taken, taken + MOST + 1)
    return Prices(
        [price(letters, is_wide) for letters in lengths],
        [reading_time(letters) for letters in lengths],
    )
