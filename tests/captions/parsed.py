"""Caption files as two parsers read them that we did not write: webvtt-py and pysubs2."""

import html
import io
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pysubs2 import SSAFile
from webvtt import Caption, WebVTT
from webvtt.errors import MalformedCaptionError, MalformedFileError

LABEL = re.compile(r"\[([^\]]+)\](?: |$)")


class Cue(NamedTuple):
    """A cue as it is shown: milliseconds, lines, and whose it is where that is told.

    `label` is how many letters of the first line tell it; 0 where nothing of it is shown.
    """

    start: int
    end: int
    lines: Sequence[str]
    voice: str | None = None
    label: int = 0

    @property
    def said(self) -> str:
        """The words alone."""
        return " ".join([self.lines[0][self.label :], *self.lines[1:]]).strip()


class Parsed(NamedTuple):
    """The cues of a file, and how often parsers stumbled over it or saw different things."""

    cues: Sequence[Cue]
    stumbles: int


def parsed(text: str, suffix: str, named: bool) -> Parsed:
    """A file's cues; `named` says whether SubRip's begin with a name in brackets."""
    if suffix == "vtt":
        captions, stumbles = _webvtt(text)
        cues = [_tagged(caption) for caption in captions]
    else:
        captions, stumbles = _subrip(text), 0
        cues = [_labelled(caption, named) for caption in captions]
    return Parsed(cues, stumbles + _differences(captions, text, suffix))


def _webvtt(text: str) -> tuple[Sequence[Caption], int]:
    try:
        return WebVTT.from_string(text, strict=True).captions, 0
    except MalformedCaptionError:
        return WebVTT.from_string(text).captions, 1


def _subrip(text: str) -> Sequence[Caption]:
    """An empty file has no cues, whatever the parser thinks of it."""
    try:
        return WebVTT.from_buffer(io.StringIO(text), format="srt").captions
    except MalformedFileError:
        assert text == ""
        return []


def _tagged(caption: Caption) -> Cue:
    lines = [html.unescape(line) for line in caption.text.split("\n")]
    voice = html.unescape(caption.voice) if caption.voice else None
    return Cue(*_times(caption), lines, voice)


def _labelled(caption: Caption, named: bool) -> Cue:
    label = LABEL.match(caption.raw_text.split("\n")[0]) if named else None
    voice, letters = (label[1], label.end()) if label else (None, 0)
    return Cue(*_times(caption), caption.lines, voice, letters)


def _times(caption: Caption) -> tuple[int, int]:
    return caption.start_time.in_milliseconds(), caption.end_time.in_milliseconds()


def _differences(captions: Iterable[Caption], text: str, suffix: str) -> int:
    """How many cues the other parser reads otherwise."""
    tags = {"keep_html_tags": True, "keep_unknown_html_tags": True}
    events = SSAFile.from_string(text, format_=suffix, **tags).events if text else []
    theirs = [(event.start, event.end, event.text.replace("\\N", "\n")) for event in events]
    ours = [(*_times(caption), caption.raw_text.replace("\\N", "\n")) for caption in captions]
    return sum(one != other for one, other in zip(theirs, ours, strict=False)) + abs(
        len(theirs) - len(ours)
    )
