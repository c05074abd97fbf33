"""Cues as SubRip and as WebVTT."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from transcription.captions import rules
from transcription.foreign import one_line
from transcription.spelling import is_full_width

# What SubRip's players take for a time or for markup has no way to be written there: they get
# signs that look alike.
_LOOK_ALIKE: Final = {"-->": "→", "<": "‹", "{": "❴"}  # noqa: RUF001
_SRT_MARKUP: Final = re.compile(r"-->|<(?=\s*[/!?A-Za-z])|\{(?=\s*\\|[A-Za-z]:)")


@dataclass(frozen=True, slots=True)
class Cue:
    """A caption: from `start` to `end` in seconds, one or two lines, and whose voice it is."""

    start: float
    end: float
    lines: Sequence[str]
    speaker: str | None = None


def srt(cues: Iterable[Cue]) -> str:
    """SubRip: numbered cues, a comma before the milliseconds, the voice's name in brackets."""
    blocks = [
        f"{number}\n{_time(cue.start, ',')} --> {_time(cue.end, ',')}\n{_srt_text(cue)}\n"
        for number, cue in enumerate(cues, 1)
    ]
    return "\n".join(blocks)


def vtt(cues: Iterable[Cue]) -> str:
    """WebVTT, with hours, without cue settings, and with the voice's name in its own tag."""
    blocks = [
        f"{_time(cue.start, '.')} --> {_time(cue.end, '.')}\n{_vtt_text(cue)}\n" for cue in cues
    ]
    return "\n".join(["WEBVTT\n", *blocks])


@lru_cache(maxsize=100)
def label(name: str | None) -> str:
    """What stands in front of a cue where a name has no tag: a long one is cut short."""
    called = one_line(name or "").replace("[", "(").replace("]", ")")
    most = rules.WIDE_NAME if is_full_width(called) else rules.NAME
    short = called if len(called) <= most else called[: most - 1].rstrip() + "…"
    return f"[{short}]" if short else ""


def _srt_text(cue: Cue) -> str:
    lines = list(cue.lines)
    if called := label(cue.speaker):
        together = f"{called} {lines[0]}"
        if len(lines) == 1 and not fits(together):
            lines.insert(0, called)
        else:
            lines[0] = together
    text = "\n".join(lines)
    return _SRT_MARKUP.sub(lambda found: _LOOK_ALIKE[found[0]], text)


def fits(line: str) -> bool:
    """Whether this is no longer than a line."""
    return len(line) <= (rules.WIDE_LINE if is_full_width(line) else rules.LINE)


def _vtt_text(cue: Cue) -> str:
    return _tag(cue.speaker) + _escaped("\n".join(cue.lines))


@lru_cache(maxsize=100)
def _tag(name: str | None) -> str:
    called = _escaped(one_line(name or ""))
    return f"<v {called}>" if called else ""


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _time(seconds: float, point: str) -> str:
    minutes, rest = divmod(int(seconds * 1000 + 0.5), 60_000)
    return f"{_minute(minutes)}:{rest // 1000:02}{point}{rest % 1000:03}"


@lru_cache(maxsize=10)
def _minute(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
