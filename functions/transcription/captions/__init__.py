"""Captions that a broadcaster would take: cues by the rules of rules.py, as SubRip and WebVTT.

`cues` reads as the work goes: each channel's words in stretches (stretches.py) of atoms
(atoms.py), whose gaps are weighed (phrasing.py) and whose widths are known (widths.py), are cut
into cues (cutting.py) and lines (lines.py); the cues of all channels get their times together
(timing.py), and are written (files.py).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import attrgetter
from typing import NamedTuple

from transcription.captions import rules
from transcription.captions.cutting import cuts
from transcription.captions.files import Cue, label, srt, vtt
from transcription.captions.lines import lines
from transcription.captions.phrasing import gaps
from transcription.captions.stretches import Stretch, milliseconds, stretches
from transcription.captions.timing import NEVER, Spoken, shown
from transcription.captions.widths import widths
from transcription.transcript import Segment, Transcript, Voice

__all__ = ["Cue", "cues", "srt", "vtt"]


class Draft(NamedTuple):
    """A cue whose time is only that of its words, in milliseconds."""

    start: int
    end: int
    letters: int
    lines: Sequence[str]
    stretch: Stretch


def cues(transcript: Transcript, name: Callable[[Voice], str | None]) -> list[Cue]:
    """The cues of a timed transcript, in order and without overlap.

    `name` says what to call a voice, or None.
    """
    drafts = [draft for stretch in _stretches(transcript, name) for draft in _drafts(stretch)]
    drafts.sort(key=attrgetter("start"))
    [length] = milliseconds([transcript.seconds])
    times = shown(list(_spoken(drafts)), length or NEVER)
    return [
        Cue(start / 1000, end / 1000, draft.lines, draft.stretch.name)
        for (start, end), draft in zip(times, drafts, strict=True)
    ]


def _spoken(drafts: Iterable[Draft]) -> Iterator[Spoken]:
    before = None
    for draft in drafts:
        late = rules.LATE if draft.stretch.voice == before else rules.LATE_AFTER_OTHERS
        yield Spoken(draft.start, draft.end, draft.letters, late)
        before = draft.stretch.voice


def _stretches(transcript: Transcript, name: Callable[[Voice], str | None]) -> Iterator[Stretch]:
    channels: dict[int, list[Segment]] = {}
    for segment in transcript.segments:
        channels.setdefault(segment.channel, []).append(segment)
    for channel, segments in sorted(channels.items()):
        others = [part for other, parts in channels.items() if other != channel for part in parts]
        turns = sorted(milliseconds(segment.start for segment in others))
        yield from stretches(segments, turns, name)


def _drafts(stretch: Stretch) -> Iterator[Draft]:
    called = label(stretch.name)
    found = gaps(stretch)
    known = widths(stretch.atoms, found.cut, called)
    taken, start = len(called) + bool(called), 0
    for end in cuts(stretch, found, known, taken):
        letters = taken + known.letters(start, end)
        text = lines(start, end, known, found.cut, called)
        yield Draft(stretch.starts[start], stretch.ends[end - 1], letters, text, stretch)
        start = end
