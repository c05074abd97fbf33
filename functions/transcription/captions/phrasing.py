"""Where a cut is good: after a sentence, then after a clause, then in a pause, never in a name."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from transcription.captions import rules
from transcription.captions.stretches import Stretch

# By how much of its cost a pause makes a cut cheaper, for each of its milliseconds.
RELIEF: Final = 0.8 / rules.PAUSE


class Gaps(NamedTuple):
    """What lies after each atom of a stretch.

    What a cut there costs, what it costs to have it inside a cue, and whether a sentence ends.
    """

    cut: Sequence[float]
    inside: Sequence[float]
    ends_sentence: Sequence[bool]


def gaps(stretch: Stretch) -> Gaps:
    """The gaps of a stretch; after its last atom is always a cut, which costs nothing."""
    cut, inside, ends = [], [], []
    rows = zip(stretch.atoms, stretch.atoms[1:], stretch.ends, stretch.starts[1:], strict=False)
    for place, (atom, following, end, start) in enumerate(rows, 1):
        ends_sentence = atom.ends_sentence and not following.is_small
        cost = 0.0 if ends_sentence else atom.cut
        if cost == rules.PHRASE:
            if following.is_leaning:
                cost -= rules.BEFORE_LEANING
            elif atom.has_capital and following.has_capital:
                cost = rules.IN_NAME
        heard = pause = start - end
        if pause > rules.PAUSE or place in stretch.breaths:
            heard = rules.PAUSE
        cost *= 1 - RELIEF * heard
        cut.append(cost)
        inside.append(
            pause * rules.INNER_PAUSE / 1000 + (rules.SECOND_SENTENCE if ends_sentence else 0.0)
        )
        ends.append(ends_sentence)
    return Gaps([*cut, 0.0], [*inside, 0.0], [*ends, True])
