"""Captions: cues of at most two lines, cut at the words' own times, as SubRip and WebVTT."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from transcription.transcript import Segment, Transcript, Word

LINE: Final = 42  # letters
LINES: Final = 2
LONGEST: Final = 7.0  # seconds
SHORTEST: Final = 5 / 6
BLINK: Final = 0.25  # what even a cue that the next one presses upon is given


@dataclass(frozen=True, slots=True)
class Cue:
    """A caption: from `start` to `end` in seconds, one or two lines, and whose voice it is."""

    start: float
    end: float
    lines: Sequence[str]
    speaker: str | None = None


def cues(transcript: Transcript, voices: bool) -> list[Cue]:
    """The cues of a timed transcript, in order and without overlap.

    `voices` says whether speakers are named in them.
    """
    pieces = [piece for segment in transcript.segments for piece in _cut(segment)]
    found = [
        Cue(
            start=words[0].start or 0.0,
            end=max(word.end or 0.0 for word in words),
            lines=_lines(words),
            speaker=speaker_name(words[0], transcript.channels) if voices else None,
        )
        for words in pieces
    ]
    found.sort(key=lambda cue: cue.start)
    return list(_apart(found))


def speaker_name(word: Word, channels: int) -> str | None:
    """How a voice is called: the speaker where speakers are told apart, else the channel."""
    if word.speaker is not None:
        return f"Speaker {word.speaker + 1}"
    return f"Channel {word.channel + 1}" if channels > 1 else None


def srt(found: Iterable[Cue]) -> str:
    """SubRip: numbered cues, comma before the milliseconds."""
    blocks = [
        f"{number}\n{_time(cue.start, ',')} --> {_time(cue.end, ',')}\n{_srt_text(cue)}\n"
        for number, cue in enumerate(found, 1)
    ]
    return "\n".join(blocks)


def vtt(found: Iterable[Cue]) -> str:
    """WebVTT, with hours and without cue settings."""
    blocks = [
        f"{_time(cue.start, '.')} --> {_time(cue.end, '.')}\n{_vtt_text(cue)}\n" for cue in found
    ]
    return "\n".join(["WEBVTT\n", *blocks])


def _cut(segment: Segment) -> Iterator[Sequence[Word]]:
    """A segment's words in pieces that fit a cue and do not stand too long."""
    piece: list[Word] = []
    for word in segment.words:
        if piece and not _fits([*piece, word]):
            yield piece
            piece = []
        piece.append(word)
    if piece:
        yield piece


def _fits(words: Sequence[Word]) -> bool:
    too_long = (words[-1].end or 0.0) - (words[0].start or 0.0) > LONGEST
    return not too_long and len(_wrapped(_text(words), LINE)) <= LINES


def _lines(words: Sequence[Word]) -> list[str]:
    """The text in lines as even as they can be; a word longer than a line stands as it is."""
    text = _text(words)
    wrapped = _wrapped(text, LINE)
    for width in range(max(1, len(text) // LINES), LINE):
        balanced = _wrapped(text, width)
        if len(balanced) <= len(wrapped) and all(len(line) <= LINE for line in balanced):
            return balanced
    return wrapped


def _text(words: Iterable[Word]) -> str:
    return " ".join(word.text for word in words)


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)


def _apart(found: Sequence[Cue]) -> Iterator[Cue]:
    """Give each cue time to be read, but none that belongs to the next one.

    What two channels say at the very same time comes one after the other.
    """
    begin = 0.0
    for number, cue in enumerate(found):
        begin = max(begin, cue.start)
        end = max(cue.end, begin + SHORTEST)
        if number + 1 < len(found):
            end = max(min(end, found[number + 1].start), begin + BLINK)
        yield Cue(begin, end, cue.lines, cue.speaker)
        begin = end


def _srt_text(cue: Cue) -> str:
    text = "\n".join(cue.lines).replace("-->", "→")
    return f"[{cue.speaker}] {text}" if cue.speaker else text


def _vtt_text(cue: Cue) -> str:
    text = "\n".join(cue.lines).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<v {cue.speaker}>{text}" if cue.speaker else text


def _time(seconds: float, point: str) -> str:
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}{point}{rest % 1000:03}"
