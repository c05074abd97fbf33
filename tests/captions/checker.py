"""A broadcaster's rules, counted: how often each is broken by a caption file of a transcript.

It takes any file, of ours or of others, who are measured by the very same rules. It reads it with
parsers of others (parsed.py), and shares no code with what makes our captions.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from tests.captions.letters import (
    LEANING,
    ends_clause,
    ends_sentence,
    is_clause,
    is_in_name,
    is_spaced,
    is_wide,
    plain,
    tokens,
)
from tests.captions.parsed import Cue, parsed

LINE, WIDE_LINE, LINES = 42, 16, 2
LONGEST, SHORTEST, GAP = 7000, 833, 83  # milliseconds; 5/6 s and 2/24 s without their fractions
PAUSE = 500  # an empty screen for so long is a pause, of which a cut needs no other reason
SPEED = 20  # letters a second


class Voice(NamedTuple):
    """Who is heard, and the words in their order; a lone voice may have an empty name."""

    name: str
    words: Sequence[str]


class Verdict(NamedTuple):
    """How often each rule is broken in so many cues."""

    cues: int
    broken: Mapping[str, int]


def judged(text: str, suffix: str, voices: Sequence[Voice]) -> Verdict:
    """What is wrong with a file (`srt` or `vtt`) of what these voices say, by the rules' names."""
    cues, stumbles = parsed(text, suffix, named=any(voice.name for voice in voices))
    found = {name: rule(cues) for name, rule in RULES.items()}
    found["escaping"] = stumbles
    found["words"] = _lost_or_doubled(cues, voices)
    found["voices"] = _voiceless(cues, voices) if len(voices) > 1 else 0
    return Verdict(len(cues), found)


def overlaps(cues: Sequence[Cue]) -> int:
    """A cue that comes before another has gone."""
    return sum(len(together) - 1 for together in _together(cues))


def out_of_order(cues: Sequence[Cue]) -> int:
    """A cue that stands after a later one, or is never shown."""
    backward = sum(one.start > other.start for one, other in pairwise(cues))
    return backward + sum(cue.start >= cue.end for cue in cues)


def too_many_lines(cues: Sequence[Cue]) -> int:
    """Three lines, or none, or an empty one."""
    return sum(not 0 < len(cue.lines) <= LINES or not all(cue.lines) for cue in cues)


def too_long_lines(cues: Sequence[Cue]) -> int:
    """A line that is too long, and has a place at which it could have been broken."""
    return sum(
        not _fits(line) and (" " in line or any(map(is_wide, line)))
        for cue in cues
        for line in cue.lines
    )


def without_a_gap(cues: Sequence[Cue]) -> int:
    """Fewer than two frames between a cue and the next."""
    return sum(0 <= other.start - one.end < GAP for one, other in pairwise(cues))


def too_long(cues: Sequence[Cue]) -> int:
    """More than seven seconds on the screen."""
    return sum(cue.end - cue.start > LONGEST for cue in cues)


def too_short(cues: Sequence[Cue]) -> int:
    """Less than five sixths of a second on the screen."""
    return sum(cue.end - cue.start < SHORTEST for cue in cues)


def too_fast(cues: Sequence[Cue]) -> int:
    """More letters a second than people read; a new line counts as a space.

    Cues that are shown at once are read one after the other, in the time of them all.
    """
    count = 0
    for together in _together(cues):
        span = max(cue.end for cue in together) - together[0].start
        read = sum(len(" ".join(cue.lines)) for cue in together)
        count += len(together) if read * 1000 > SPEED * span else 0
    return count


def past_a_sentence(cues: Sequence[Cue]) -> int:
    """A cue in which a sentence ends, and which holds more than whole sentences."""
    count = 0
    for before, cue, after in _in_context(cues):
        words = [*tokens(before.said)[-1:], *tokens(cue.said), *tokens(after.said)[:1]]
        ends = [ends_sentence(one, other) for one, other in pairwise(words)]
        opened = ends.pop(0) if before is not NOTHING else True
        closed = ends.pop() if after is not NOTHING else True
        count += any(ends) and not (opened and closed)
    return count


def past_a_clause(cues: Sequence[Cue]) -> int:
    """A cut amid a clause, where another ended in the second half of what the cue says."""
    count = 0
    for _, cue, after in _in_context(cues):
        words = tokens(cue.said)
        lengths = list(accumulate(map(len, words)))
        ends = [end for end, word in zip(lengths, words, strict=True) if is_clause(word)]
        is_cut = after is not NOTHING and after.start - cue.end < PAUSE
        count += is_cut and not ends_clause(words[-1]) and 2 * max(ends, default=0) >= lengths[-1]
    return count


def in_a_name(cues: Sequence[Cue]) -> int:
    """A cut or a line break between the words of a name."""
    return sum(is_in_name(*words) for words, _ in _breaks(cues))


def after_a_leaning_word(cues: Sequence[Cue]) -> int:
    """A cut after an article, a preposition or a conjunction, which belongs to what follows."""
    return sum(is_cut and words[1].lower() in LEANING for words, is_cut in _breaks(cues))


def unbalanced(cues: Sequence[Cue]) -> int:
    """A line less than half as long as the other, where another break would not do that."""
    return sum(
        len(cue.lines) == LINES and _is_uneven(*cue.lines) and _can_be_even(cue) for cue in cues
    )


RULES: Mapping[str, Callable[[Sequence[Cue]], int]] = {
    "overlap": overlaps,
    "order": out_of_order,
    "lines": too_many_lines,
    "line length": too_long_lines,
    "gap": without_a_gap,
    "too long": too_long,
    "too short": too_short,
    "too fast": too_fast,
    "past a sentence": past_a_sentence,
    "past a clause": past_a_clause,
    "in a name": in_a_name,
    "leaning word": after_a_leaning_word,
    "unbalanced": unbalanced,
}
# Never broken by ours, whatever is said and in whatever time.
HARD = (
    *("overlap", "order", "lines", "line length", "escaping", "words", "voices"),
    *("gap", "too long"),
)
NOTHING = Cue(0, 0, [""])


def _fits(line: str) -> bool:
    return len(line) <= (WIDE_LINE if any(map(is_wide, line)) else LINE)


def _together(cues: Sequence[Cue]) -> Iterator[Sequence[Cue]]:
    """Cues in the order of time, those that overlap in one group."""
    group: list[Cue] = []
    for cue in sorted(cues, key=lambda cue: cue.start):
        if group and cue.start >= max(one.end for one in group):
            yield group
            group = []
        group.append(cue)
    if group:
        yield group


def _in_context(cues: Sequence[Cue]) -> Iterator[tuple[Cue, Cue, Cue]]:
    """Each cue between those before and after it of the same voice."""
    voices = dict.fromkeys(cue.voice for cue in cues)
    for voice in voices:
        mine = [NOTHING, *(cue for cue in cues if cue.voice == voice and cue.said), NOTHING]
        yield from zip(mine, mine[1:], mine[2:], strict=False)


def _breaks(cues: Sequence[Cue]) -> Iterator[tuple[tuple[str, str, str], bool]]:
    """Two words before each break and the one after it; whether it is a cut, or a new line."""
    for before, cue, after in _in_context(cues):
        lines = [tokens(cue.lines[0][cue.label :]), *map(tokens, cue.lines[1:])]
        lines = [line for line in lines if line]
        known = tokens(before.said)
        for line, following in pairwise([*lines, tokens(after.said)]):
            known = [*known, *line]
            if following:
                yield (["", *known][-2], known[-1], following[0]), following is not lines[-1]


def _is_uneven(above: str, below: str) -> bool:
    return 2 * min(len(above), len(below)) < max(len(above), len(below))


def _can_be_even(cue: Cue) -> bool:
    """Whether there is a break, at a space or after a wide letter, that is even and in no name."""
    label, said = cue.lines[0][: cue.label], cue.said
    places = (n for n in range(1, len(said)) if said[n] == " " or is_wide(said[n - 1]))
    halves = ((label + said[:n], said[n:].strip()) for n in places)
    return any(
        not _is_uneven(*half) and all(map(_fits, half)) and not _is_name_broken(*half)
        for half in halves
    )


def _is_name_broken(above: str, below: str) -> bool:
    before, last = ["", "", *tokens(above)][-2:]
    return is_in_name(before, last, tokens(below)[0])


def _lost_or_doubled(cues: Sequence[Cue], voices: Sequence[Voice]) -> int:
    """Words that are not shown as often as they were said; letters, in scripts without spaces."""
    said = " ".join(word for voice in voices for word in voice.words)
    shown = " ".join(cue.said for cue in cues)
    units = str.split if is_spaced(said) else list
    one, other = (Counter(units(plain(text))) for text in (said, shown))
    del one[" "], other[" "]
    return ((one - other) + (other - one)).total() or _out_of_turn(cues, voices)


def _out_of_turn(cues: Sequence[Cue], voices: Sequence[Voice]) -> int:
    """Voices whose words don't stand in their order, where a file tells who is who."""
    shown = {voice.name: "" for voice in voices}
    if not shown.keys() >= {cue.voice or "" for cue in cues}:
        return 0
    for cue in cues:
        shown[cue.voice or ""] += letters(cue.said)
    return sum(shown[voice.name] != letters("".join(voice.words)) for voice in voices)


def _voiceless(cues: Sequence[Cue], voices: Sequence[Voice]) -> int:
    """Cues that don't tell whose they are, or hold the words of two; SubRip may tell it once."""
    spoken = [letters("".join(voice.words)) for voice in voices]
    last, count = None, 0
    for cue in cues:
        last = cue.voice or last
        count += last is None or not any(letters(cue.said) in one for one in spoken)
    return count


def letters(text: str) -> str:
    """A text without its spaces, as it can be read in both formats."""
    return plain("".join(text.split()))
