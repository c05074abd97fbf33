"""One channel's words, as an answer writes them, made ours: times in order, speakers numbered."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final, NamedTuple

from transcription.foreign import mapping, number, objects, one_line, share
from transcription.segments import Heard
from transcription.transcript import Word

# A word's text, as it is to be read if possible.
NAMES: Final = ("punctuated_word", "word", "text")
# Speakers have numbers or letters: 0, "1", "speaker_2", "A".
NUMBERED: Final = re.compile(r"(?:speaker[ _-]?)?([0-9]{1,4})", re.IGNORECASE)
MOST_SPEAKERS: Final = 10_000


class Span(NamedTuple):
    """An utterance or a paragraph of the API's: seconds, and who speaks."""

    start: float
    end: float
    speaker: int | None


@dataclass(frozen=True, slots=True)
class Scale:
    """Seconds in a unit of the answer's time, and the recording's length where it is known."""

    unit: float = 1.0
    latest: float | None = None

    def time(self, value: Any) -> float | None:
        known = number(value)
        return None if known is None else round(known * self.unit, 3)

    def within(self, time: float | None, earliest: float = 0.0) -> float | None:
        """A time put not before `earliest` and within the recording."""
        if time is None:
            return None
        if self.latest is not None and time > self.latest:
            time = self.latest
        return max(earliest, time)


class Spans:
    """Spans in the order of time."""

    def __init__(self, found: Iterable[Span] = ()) -> None:
        self._spans = sorted(found, key=attrgetter("start"))
        self._starts = [span.start for span in self._spans]

    def at(self, start: float | None) -> int | None:
        """Which of the spans began last when a word starts."""
        if start is None or not self._spans:
            return None
        place = bisect_right(self._starts, start) - 1
        return place if place >= 0 else None

    def speaker(self, place: int | None, start: float | None) -> int | None:
        """Who speaks in a span, as long as it lasts."""
        if place is None or start is None or start > self._spans[place].end:
            return None
        return self._spans[place].speaker


@dataclass(frozen=True, slots=True)
class Marks:
    """Where utterances and paragraphs begin in a channel."""

    utterances: Spans
    paragraphs: Spans


def read(found: Iterable[Any], channel: int, scale: Scale, marks: Marks) -> Iterator[Heard]:
    """The words that can be read, none of them before the one ahead of it."""
    before = 0.0
    for item in objects(list(found)):
        text = one_line(first_text(item, NAMES))
        if not text:
            continue
        told = scale.time(item.get("start"))
        start = scale.within(told, before)
        before = before if start is None else start
        end = scale.within(scale.time(item.get("end")), before)
        utterance, paragraph = marks.utterances.at(told), marks.paragraphs.at(told)
        speaker = speaker_of(item.get("speaker"))
        if speaker is None:
            speaker = marks.utterances.speaker(utterance, start)
        if speaker is None:
            speaker = marks.paragraphs.speaker(paragraph, start)
        sure = share(item.get("confidence"))
        yield Heard(Word(text, start, end, sure, speaker, channel), utterance, paragraph)


def readable(found: Iterable[Any]) -> bool:
    """Whether there is a word that we can read."""
    return any(one_line(first_text(item, NAMES)) for item in objects(list(found)))


def unread(found: Iterable[Any]) -> int:
    """How many items hold something, but not as text where a word's text belongs."""
    return sum(1 for item in found if item and not _has_text(item))


def first_text(item: Mapping[str, Any], names: Sequence[str]) -> str:
    """The first of these fields that is a text with something in it."""
    for name in names:
        text = item.get(name)
        if isinstance(text, str) and text.strip():
            return text
    return ""


def _has_text(item: Any) -> bool:
    fields = mapping(item)
    return any(isinstance(fields.get(name), str) for name in NAMES)


def spans(found: Iterable[Mapping[str, Any]], scale: Scale) -> Spans:
    """The spans of objects with `start` and `end`."""
    return Spans(
        Span(start, end, speaker_of(item.get("speaker")))
        for item in found
        if (start := scale.time(item.get("start"))) is not None
        and (end := scale.time(item.get("end"))) is not None
    )


def speaker_of(value: Any) -> int | None:
    """A speaker's number, from 0, out of what the families call speakers."""
    if isinstance(value, str):
        if len(value) == 1 and value.isascii() and value.isalpha():
            return ord(value.upper()) - ord("A")
        written = NUMBERED.fullmatch(value)
        return int(written[1]) if written else None
    known = number(value)
    whole = known is not None and known.is_integer() and 0 <= known < MOST_SPEAKERS
    return int(known) if known is not None and whole else None
