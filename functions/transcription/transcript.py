"""The canonical transcript: what was said, when, and by whom.

Times are seconds from the beginning, rounded to milliseconds, and never run backwards within a
channel. From this, and only from this, come all renditions. reading.py makes it of an answer.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

# A pause this long, in seconds, ends a segment; this long, a paragraph.
PAUSE: Final = 0.8
LONG_PAUSE: Final = 2.0
# A paragraph ends with the first sentence after this many letters.
FULL_PARAGRAPH: Final = 500
SENTENCE_ENDS: Final = (".", "?", "!", "…", "。", "？", "！")  # noqa: RUF001 full-width
# What ends with a full stop and never ends a sentence.
TITLES: Final = frozenset({"mr.", "mrs.", "ms.", "dr.", "prof.", "st."})


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it is to be read. `start` and `end` are None where the API gave no times.

    `utterance` and `paragraph` count the API's own in this channel, where it told them.
    """

    text: str
    start: float | None
    end: float | None
    confidence: float | None = None
    speaker: int | None = None
    channel: int = 0
    utterance: int | None = None
    paragraph: int | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """Words that one speaker said in one breath: up to a sentence's end or a pause."""

    words: Sequence[Word]

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def start(self) -> float | None:
        return self.words[0].start

    @property
    def end(self) -> float | None:
        return self.words[-1].end

    @property
    def speaker(self) -> int | None:
        return self.words[0].speaker

    @property
    def channel(self) -> int:
        return self.words[0].channel

    @property
    def voice(self) -> tuple[int, int | None]:
        """Who is heard: a channel, and a speaker in it."""
        return (self.channel, self.speaker)


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
    def speakers(self) -> int:
        return len({word.speaker for word in self.words if word.speaker is not None})

    @property
    def timed(self) -> bool:
        """Whether captions can be made: every word has its time."""
        return all(word.start is not None for word in self.words)

    @property
    def paragraphs(self) -> list[list[Segment]]:
        return list(_paragraphs(self.segments))


def segmented(words: Iterable[Word]) -> Iterator[Segment]:
    """The segments of one channel's words."""
    current: list[Word] = []
    for word in words:
        if current and _ends_segment(current[-1], word):
            yield Segment(tuple(current))
            current = []
        current.append(word)
    if current:
        yield Segment(tuple(current))


def _ends_segment(last: Word, following: Word) -> bool:
    if last.speaker != following.speaker or _ends_sentence(last):
        return True
    if (last.utterance, last.paragraph) != (following.utterance, following.paragraph):
        return True
    return _gap(last.end, following.start) >= PAUSE


def _ends_sentence(word: Word) -> bool:
    return word.text.endswith(SENTENCE_ENDS) and word.text.lower() not in TITLES


def _paragraphs(segments: Iterable[Segment]) -> Iterator[list[Segment]]:
    current: list[Segment] = []
    for segment in segments:
        if current and _ends_paragraph(current, segment):
            yield current
            current = []
        current.append(segment)
    if current:
        yield current


def _ends_paragraph(current: Sequence[Segment], following: Segment) -> bool:
    last = current[-1]
    if last.voice != following.voice:
        return True
    here, there = last.words[-1].paragraph, following.words[0].paragraph
    if here is not None and there is not None:
        return here != there
    if _gap(last.end, following.start) >= LONG_PAUSE:
        return True
    if not last.words[-1].text.endswith(SENTENCE_ENDS):
        return False
    return sum(len(segment.text) for segment in current) >= FULL_PARAGRAPH


def _gap(end: float | None, start: float | None) -> float:
    return 0.0 if end is None or start is None else round(start - end, 3)
