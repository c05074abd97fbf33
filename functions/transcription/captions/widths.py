"""How many letters stand where, and how far a line reaches."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from operator import add, attrgetter, sub
from typing import NamedTuple

from transcription.captions import rules
from transcription.captions.atoms import Atom
from transcription.spelling import apart, is_full_width


class Widths(NamedTuple):
    """A stretch as running text: from which letter to which each atom goes.

    `words` are the atoms with the space that stands before them, if any. From an atom, a line
    reaches to before the atom `line`; the first line of a cue, with a name in it, to before
    `first`; and a whole cue to before `cue`.
    """

    words: Sequence[str]
    begins: Sequence[int]
    ends: Sequence[int]
    line: Sequence[int]
    first: Sequence[int]
    cue: Sequence[int]

    def letters(self, start: int, end: int) -> int:
        """The length of what stands from one atom to before another."""
        return self.ends[end - 1] - self.begins[start] if end > start else 0

    def text(self, start: int, end: int) -> str:
        """What stands there."""
        return "".join(self.words[start:end]).lstrip(" ")


def widths(atoms: Sequence[Atom], cut: Sequence[float], label: str) -> Widths:
    """The widths of a stretch whose cues begin with a label, which may be empty.

    `cut` tells what a cut after each atom costs: no cue needs one in a name for its second line.
    """
    words, begins, ends = _written(atoms)
    line = _reach(atoms, begins, ends, "")
    first = _reach(atoms, begins, ends, label) if label else line
    second = _second_lines(line, cut)
    cue = list(map(max, line, [second[end] for end in first]))
    if barriers := list(_barriers(atoms, line)):
        _stop(cue, barriers)
    return Widths(words, begins, ends, line, first, cue)


def _second_lines(line: Sequence[int], cut: Sequence[float]) -> list[int]:
    """How far a cue reaches whose first line ends at most in each gap, and in no name."""
    worst = rules.PHRASE + rules.LEANING
    reached, last = [line[0]], line[0]
    for cost, following in zip(cut, [*line[1:], len(line)], strict=True):
        if cost <= worst:
            last = following
        reached.append(last)
    return reached


def _barriers(atoms: Sequence[Atom], line: Sequence[int]) -> Iterator[int]:
    """Where a cue always begins: before and after a word that takes both lines by itself, and
    before a number for which the line is full. Parsers take a line of it for the next cue's.
    """
    for place, reached in enumerate(line[:-1], 1):
        if reached == place and (
            atoms[place].is_overlong or atoms[place - 1].is_overlong or atoms[place].text.isdigit()
        ):
            yield place


def _stop(cue: list[int], barriers: Sequence[int]) -> None:
    begin = 0
    for barrier in barriers:
        for place in range(begin, barrier):
            cue[place] = min(cue[place], barrier)
        begin = barrier


def _written(atoms: Sequence[Atom]) -> tuple[list[str], list[int], list[int]]:
    """The words with the space before each, and from which letter to which each goes."""
    spaces = [False]
    spaces += [
        (left.is_plain and right.is_plain) or _is_apart(left, right)
        for left, right in pairwise(atoms)
    ]
    told = zip(atoms, spaces, strict=True)
    words = [atom.spaced if space else atom.text for atom, space in told]
    letters = [atom.letters for atom in atoms]
    ends = list(accumulate(map(add, letters, spaces)))
    return words, list(map(sub, ends, letters)), ends


def _is_apart(left: Atom, right: Atom) -> bool:
    return not right.is_glued and apart(left.text, right.text)


def _reach(
    atoms: Sequence[Atom], begins: Sequence[int], ends: Sequence[int], label: str
) -> list[int]:
    """How far each line reaches; where a label stands in front already, maybe nowhere."""
    taken = len(label) + bool(label)
    wide = rules.WIDE_LINE - taken
    narrow = wide if is_full_width(label) else rules.LINE - taken
    if any(map(attrgetter("is_broad"), atoms)):
        return _reach_of_any(atoms, begins, ends, narrow, wide, not taken)
    return [bisect_right(ends, begin + narrow) for begin in begins]


def _reach_of_any(
    atoms: Sequence[Atom],
    begins: Sequence[int],
    ends: Sequence[int],
    narrow: int,
    wide: int,
    is_whole: bool,
) -> list[int]:
    """The same where an atom makes its line a wide one, or is longer than a line.

    A line that is whole, without a label in it, takes an overlong one nevertheless.
    """
    reach, end, last_wide, count = [], 0, -1, len(atoms)
    for start, begin in enumerate(begins):
        while end < count:
            is_wide = atoms[end].is_wide
            room = wide if is_wide or last_wide >= start else narrow
            if ends[end] - begin > room and (end > start or not is_whole):
                break
            if is_wide:
                last_wide = end
            end += 1
        reach.append(end)
        if end == start:
            end += 1
    return reach
