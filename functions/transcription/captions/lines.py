"""Where a cue's text is broken into two lines: in a good gap that makes them about even."""

from collections.abc import Sequence
from math import inf

from transcription.captions import rules
from transcription.captions.widths import Widths


def lines(start: int, end: int, widths: Widths, cut: Sequence[float], label: str) -> list[str]:
    """What stands from one atom to before another, in one line or two.

    Where the label shares its line with no word of it, the text is the other line.
    """
    place = start if widths.first[start] >= end else _break(start, end, widths, cut, label)
    texts = (widths.text(start, place), widths.text(place, end))
    return [text for text in texts if text]


def _break(start: int, end: int, widths: Widths, cut: Sequence[float], label: str) -> int:
    """Before which atom the second line begins; `start` where the label has the first."""
    taken, begins, ends = len(label) + bool(label), widths.begins, widths.ends
    least, best = inf, start
    for place in range(widths.first[start], start - 1, -1):
        if widths.line[place] < end:
            break
        if place > start and cut[place - 1] >= least:  # no balance makes up for it
            continue
        above, below = ends[place - 1] - begins[start], ends[end - 1] - begins[place]
        if place == start:
            cost = rules.CLAUSE + _unevenness(taken, below)
        elif place == end - 1 and widths.words[place].strip().isdigit():
            cost = rules.LONE_NUMBER
        else:
            cost = cut[place - 1] + _unevenness(above + taken, below)
            cost += _unevenness(above, below) if taken else 0.0
        if cost < least:
            least, best = cost, place
    return best


def _unevenness(above: int, below: int) -> float:
    """Lines that differ by ten letters are as bad as a break in a somewhat worse place."""
    shorter, longer = (above, below) if above < below else (below, above)
    return (longer - shorter) ** 2 / 100 + (rules.UNEVEN if 2 * shorter < longer else 0.0)
