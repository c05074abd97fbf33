"""What is to be cut: stretches, in which one voice goes on without a long silence."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, pairwise
from operator import attrgetter
from typing import Final, NamedTuple

from transcription.captions import rules
from transcription.captions.atoms import Atom, atoms
from transcription.transcript import Segment, Voice, Word

NEVER: Final = 1 << 60


class Columns(NamedTuple):
    """What is said in a channel, in columns, for loops over a hundred thousand words.

    Times are milliseconds and don't run backwards; no sound lasts longer than until the next.
    """

    atoms: Sequence[Atom]
    starts: Sequence[int]
    ends: Sequence[int]


@dataclass(frozen=True, slots=True)
class Stretch:
    """What a voice says, in columns as above.

    `breaths` are the numbers of atoms after which a segment ends; at `until` somebody speaks
    again, here or elsewhere.
    """

    voice: Voice
    name: str | None
    atoms: Sequence[Atom]
    starts: Sequence[int]
    ends: Sequence[int]
    breaths: frozenset[int]
    until: int


def stretches(
    segments: Sequence[Segment], turns: Sequence[int], name: Callable[[Voice], str | None]
) -> Iterator[Stretch]:
    """The stretches of one channel's segments.

    `turns` are the times, in order, at which somebody begins to speak in another channel; `name`
    says what to call a voice.
    """
    columns, bounds = _columns(segments)
    voices = [segment.voice for segment in segments]
    begin, breaths = 0, set[int]()
    for voice, following, end in zip(voices, [*voices[1:], None], bounds, strict=True):
        breaths.add(end - begin)
        if voice == following and not _is_over(columns, end, turns):
            continue
        if begin < end:
            here = slice(begin, end)
            said = (columns.atoms[here], columns.starts[here], columns.ends[here])
            until = _until(columns, end, turns)
            yield Stretch(voice, name(voice), *said, frozenset(breaths), until)
        begin, breaths = end, set()


def _columns(segments: Iterable[Segment]) -> tuple[Columns, Sequence[int]]:
    """What all segments say, and after how many atoms each of them ends."""
    words = [word for segment in segments for word in segment.words]
    starts, ends = _times(words)
    found = [atoms(word.text) for word in words]
    sizes = list(map(len, found))
    if sizes.count(1) < len(sizes):
        starts, ends = _shared(found, starts, ends)
    counts = list(accumulate(sizes, initial=0))
    lengths = accumulate(len(segment.words) for segment in segments)
    return Columns(list(chain.from_iterable(found)), starts, ends), [counts[n] for n in lengths]


def _times(words: Sequence[Word]) -> tuple[list[int], list[int]]:
    """From when to when each word is heard, none before the one ahead of it is over."""
    starts = list(accumulate(milliseconds(map(attrgetter("start"), words)), max))
    told = milliseconds(map(attrgetter("end"), words))
    ends = [
        end if start <= end <= following else max(start, min(end, following))
        for start, end, following in zip(starts, told, [*starts[1:], NEVER], strict=False)
    ]
    return starts, ends


def milliseconds(times: Iterable[float | None]) -> list[int]:
    """Times as files write them; 0 where there is none."""
    return [int((seconds or 0.0) * 1000 + 0.5) for seconds in times]


def _until(columns: Columns, end: int, turns: Sequence[int]) -> int:
    """When somebody speaks again, here or in another channel, after so many atoms."""
    here = columns.starts[end] if end < len(columns.starts) else NEVER
    place = bisect_left(turns, columns.ends[end - 1]) if end else 0
    return min(here, turns[place]) if place < len(turns) else here


def _is_over(columns: Columns, end: int, turns: Sequence[int]) -> bool:
    """Whether a silence follows, or a pause in which somebody else begins to speak."""
    last, following = columns.ends[end - 1], columns.starts[end]
    return following - last >= rules.SILENCE or _until(columns, end, turns) < following


def _shared(
    found: Iterable[Sequence[Atom]], starts: Iterable[int], ends: Iterable[int]
) -> tuple[list[int], list[int]]:
    """A word's time goes to its pieces by their letters."""
    spans: list[tuple[int, int]] = []
    for parts, start, end in zip(found, starts, ends, strict=True):
        told = list(accumulate((atom.letters for atom in parts), initial=0))
        times = [start + (end - start) * letters // told[-1] for letters in told if told[-1]]
        spans += pairwise(times)
    return [start for start, _ in spans], [end for _, end in spans]
