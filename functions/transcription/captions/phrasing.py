"""Where a cut is good: after a sentence, then after a clause, then in a pause, never in a name."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from transcription.captions import rules
from transcription.captions.stretches import Stretch

# By how much of its cost a pause makes a cut cheaper, for each of its milliseconds.
RELIEF: Final = 0.8 / rules.PAUSE
AFTER_PAUSE: Final = 1 - RELIEF * rules.PAUSE  # or where a segment ends, which is heard as one


class Gaps(NamedTuple):
    """What lies after each atom of a stretch.

    What a cut there costs, what it costs to have it inside a cue, and whether a sentence ends.
    """

    cut: Sequence[float]
    inside: Sequence[float]
    ends_sentence: Sequence[bool]


def gaps(stretch: Stretch) -> Gaps:
    """The gaps of a stretch; after its last atom is always a cut, which costs nothing."""
    cut, inside, ends, breaths = [], [], [], stretch.breaths
    rows = zip(stretch.atoms, stretch.atoms[1:], stretch.ends, stretch.starts[1:], strict=False)
    for place, (atom, following, end, start) in enumerate(rows, 1):
        pause = start - end
        within = pause * rules.INNER_PAUSE / 1000
        if atom.ends_sentence and not following.is_small:
            cut.append(0.0)
            inside.append(within + rules.SECOND_SENTENCE)
            ends.append(True)
            continue
        if following.is_leaning:
            cost = atom.cut_before_leaning
        elif atom.begins_name and following.has_capital:
            cost = rules.IN_NAME
        else:
            cost = atom.cut
        if pause > rules.PAUSE or place in breaths:
            cost *= AFTER_PAUSE
        elif pause:
            cost *= 1 - RELIEF * pause
        cut.append(cost)
        inside.append(within)
        ends.append(False)
    return Gaps([*cut, 0.0], [*inside, 0.0], [*ends, True])
