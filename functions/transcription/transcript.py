"""The canonical transcript: what was said, when, and by whom, out of any answer of the API.

Times are seconds from the beginning, rounded to milliseconds, and never run backwards within a
channel. From this, and only from this, come all renditions.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from transcription.foreign import one_line

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
    """A word as it is to be read. `start` and `end` are None where the API gave no times."""

    text: str
    start: float | None
    end: float | None
    confidence: float | None = None
    speaker: int | None = None
    channel: int = 0


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
    """A whole recording's transcript, segments in the order in which they were said."""

    segments: Sequence[Segment]
    seconds: float | None
    language: str | None
    confidence: float | None
    channels: int

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


def transcript_of(payload: Mapping[str, Any]) -> Transcript:
    """The transcript in an answer's payload. Missing parts and `null` give an empty one."""
    results, metadata = _dict(payload.get("results")), _dict(payload.get("metadata"))
    channels = _list(results.get("channels"))
    seconds = _length(metadata.get("duration"))
    segments = [
        segment
        for number, channel in enumerate(channels)
        for segment in _segments(_words(channel, number, seconds))
    ]
    segments.sort(key=lambda segment: segment.start if segment.start is not None else 0.0)
    return Transcript(
        segments=segments or _untimed(payload),
        seconds=seconds,
        language=_language(channels),
        confidence=_confidence(channels),
        channels=max(1, len(channels)),
    )


def _words(channel: Any, number: int, seconds: float | None) -> list[Word]:
    """A channel's words, their times put in order and within the recording."""
    best = _best(channel)
    found, before = [], 0.0
    for item in map(_dict, _list(best.get("words"))):
        text = one_line(str(item.get("punctuated_word") or item.get("word") or ""))
        if not text:
            continue
        start = _clipped(_number(item.get("start")), before, seconds)
        end = _clipped(_number(item.get("end")), start or before, seconds)
        before = start if start is not None else before
        found.append(
            Word(text, start, end, _number(item.get("confidence")), _speaker(item), number)
        )
    return found or _bare_words(best.get("transcript"), number)


def _untimed(payload: Mapping[str, Any]) -> list[Segment]:
    """Other families answer with a `text` and no times."""
    return list(_segments(_bare_words(payload.get("text"), 0)))


def _bare_words(text: Any, channel: int) -> list[Word]:
    return [Word(word, None, None, channel=channel) for word in one_line(str(text or "")).split()]


def _segments(words: Iterable[Word]) -> Iterator[Segment]:
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
    if _gap(last.end, following.start) >= LONG_PAUSE:
        return True
    full = sum(len(segment.text) for segment in current) >= FULL_PARAGRAPH
    return full and last.text.endswith(SENTENCE_ENDS)


def _gap(end: float | None, start: float | None) -> float:
    return 0.0 if end is None or start is None else round(start - end, 3)


def _clipped(time: float | None, earliest: float, latest: float | None) -> float | None:
    if time is None:
        return None
    inside = max(earliest, time if latest is None else min(time, latest))
    return round(inside, 3)


def _best(channel: Any) -> dict[str, Any]:
    alternatives = _list(_dict(channel).get("alternatives"))
    return _dict(alternatives[0]) if alternatives else {}


def _language(channels: Sequence[Any]) -> str | None:
    for channel in channels:
        language = _dict(channel).get("detected_language")
        if isinstance(language, str) and (said := one_line(language)):
            return said
    return None


def _confidence(channels: Sequence[Any]) -> float | None:
    known = [n for c in channels if (n := _number(_best(c).get("confidence"))) is not None]
    return round(sum(known) / len(known), 4) if known else None


def _speaker(item: Mapping[str, Any]) -> int | None:
    speaker = item.get("speaker")
    return speaker if isinstance(speaker, int) and not isinstance(speaker, bool) else None


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    """A list; one schema writes the only item without its brackets."""
    if isinstance(value, dict):
        return [value]
    return value if isinstance(value, list) else []


def _length(value: Any) -> float | None:
    """A duration; one of nothing would press all words into its first moment."""
    seconds = round(_number(value) or 0.0, 3)
    return seconds if seconds > 0 else None


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 1e9 else None
