"""The canonical transcript: what was said, when, and by whom.

Times are seconds from the beginning, rounded to milliseconds, and never run backwards within a
channel. reading.py makes it of an answer; document.py adds where it comes from. From these, and
only from these, come all renditions.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from typing import Any

from transcription.spelling import joined

Voice = tuple[int, int | None]  # a channel, and a speaker in it where speakers are told apart


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it is to be read. `start` and `end` are None where the API gave no times."""

    text: str
    start: float | None
    end: float | None
    confidence: float | None = None
    speaker: int | None = None
    channel: int = 0

    @property
    def timed(self) -> bool:
        return self.start is not None and self.end is not None


@dataclass(frozen=True)
class Segment:
    """Words that one voice said in one breath: up to a sentence's end or a pause.

    `paragraph` counts the paragraphs of the whole transcript; segments of one stand together.
    """

    words: Sequence[Word]
    paragraph: int = 0

    @cached_property
    def text(self) -> str:
        return joined([word.text for word in self.words])

    @property
    def start(self) -> float | None:
        return self.words[0].start

    @cached_property
    def end(self) -> float | None:
        """When the last sound of it ends, which is not always the last word's."""
        return max([word.end for word in self.words if word.end is not None], default=None)

    @property
    def speaker(self) -> int | None:
        return self.words[0].speaker

    @property
    def channel(self) -> int:
        return self.words[0].channel

    @property
    def voice(self) -> Voice:
        """Who is heard."""
        first = self.words[0]
        return (first.channel, first.speaker)


@dataclass(frozen=True, slots=True)
class Transcript:
    """A whole recording's transcript, segments in the order in which they were said.

    `unread` counts words that stand in the answer in a form nobody knows; `understood` is what
    the API made of the words (understood.py).
    """

    segments: Sequence[Segment]
    seconds: float | None
    language: str | None
    confidence: float | None
    channels: int
    unread: int = 0
    understood: Mapping[str, Any] = field(default_factory=dict)

    @property
    def words(self) -> Iterator[Word]:
        return itertools.chain.from_iterable(segment.words for segment in self.segments)

    @property
    def voices(self) -> frozenset[Voice]:
        """Everybody who is heard."""
        return frozenset(segment.voice for segment in self.segments)

    @property
    def speakers(self) -> int:
        """How many speakers were told apart; they are numbered in each channel anew."""
        return sum(1 for _, speaker in self.voices if speaker is not None)

    @property
    def timed(self) -> bool:
        """Whether captions can be made: every word has its time."""
        return all(word.timed for word in self.words)

    @property
    def paragraphs(self) -> list[list[Segment]]:
        grouped = itertools.groupby(self.segments, key=attrgetter("paragraph"))
        return [list(segments) for _, segments in grouped]


def text_of(segments: Iterable[Segment]) -> str:
    """What is said in segments, as running text."""
    return joined(segment.text for segment in segments)
