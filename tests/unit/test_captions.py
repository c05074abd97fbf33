"""Captions, as SubRip and as WebVTT."""

import re
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from transcription import captions
from transcription.captions import LINE, LINES, LONGEST, Cue, cues, srt, vtt
from transcription.reading import transcript_of

from tests.unit.examples import a_payload, a_word, spoken
from tests.unit.speech import payloads, spoken_words

STAMP = r"(\d{2,}):([0-5]\d):([0-5]\d)[,.](\d{3})"
TIMES = re.compile(f"{STAMP} --> {STAMP}")


def made(payload: dict[str, Any], voices: bool = False) -> list[Cue]:
    return cues(transcript_of(payload), voices)


def times_of(line: str) -> tuple[int, int]:
    """Start and end of a cue's timing line, in milliseconds."""
    found = TIMES.fullmatch(line)
    assert found, line
    numbers = [int(part) for part in found.groups()]
    start, end = (((h * 60 + m) * 60 + s) * 1000 + ms for h, m, s, ms in (numbers[:4], numbers[4:]))
    return start, end


def checked(blocks: list[list[str]]) -> list[str]:
    """Hold cues (timing line and lines) against the rules of both formats; the lines of all."""
    times = [times_of(block[0]) for block in blocks]
    assert all(start < end for start, end in times)
    assert all(one[1] <= other[0] for one, other in pairwise(times))
    for block in blocks:
        assert 1 <= len(block) - 1 <= LINES or any(len(line) > LINE for line in block[1:])
        assert all(line.strip() and "-->" not in line for line in block[1:])
    return [line for block in blocks for line in block[1:]]


def srt_lines(text: str) -> list[str]:
    blocks = [block.split("\n") for block in text.removesuffix("\n").split("\n\n") if block]
    assert [block[0] for block in blocks] == [str(n) for n in range(1, len(blocks) + 1)]
    return checked([block[1:] for block in blocks])


def vtt_lines(text: str) -> list[str]:
    first, *rest = text.removesuffix("\n").split("\n\n")
    assert first.strip() == "WEBVTT"
    lines = checked([block.split("\n") for block in rest if block])
    assert not any(re.search("<(?!v )|&(?!(amp|lt|gt);)", line) for line in lines)
    return lines


@given(payloads())
def test_captions_are_valid_and_say_everything(payload: dict[str, Any]) -> None:
    """In order, without overlap, each with a time to be read, and every word exactly once."""
    found = made(payload)
    in_srt = " ".join(srt_lines(srt(found))).replace("→", "-->")
    in_vtt = " ".join(vtt_lines(vtt(found)))
    for name, sign in (("lt", "<"), ("gt", ">"), ("amp", "&")):
        in_vtt = in_vtt.replace(f"&{name};", sign)
    assert sorted(in_srt.split()) == spoken_words(payload)
    assert sorted(in_vtt.split()) == spoken_words(payload)


@given(payloads())
def test_lines_are_short_where_words_allow(payload: dict[str, Any]) -> None:
    """42 letters, unless a single word is longer."""
    lines = [line for cue in made(payload, voices=True) for line in cue.lines]
    assert all(len(line) <= LINE or " " not in line for line in lines)


@given(payloads())
def test_named_captions_are_valid_too(payload: dict[str, Any]) -> None:
    """A voice's name is the format's own markup, and the only one."""
    found = made(payload, voices=True)
    vtt_lines(vtt(found))
    srt_lines(srt(found))


def test_a_caption_looks_like_this() -> None:
    """Two even lines, at the words' own times."""
    payload = a_payload(
        spoken("It was the best of times, it was the worst of times, it was the", 1)
    )
    [cue] = made(payload)
    assert cue.lines == ["It was the best of times, it was", "the worst of times, it was the"]
    assert (cue.start, cue.end) == (1.0, 5.5)


def test_srt_is_written_so() -> None:
    """A number, a comma before the milliseconds, an empty line between."""
    found = [Cue(0.5, 1.25, ["a --> b", "<c>"], "Speaker 1"), Cue(3599.9996, 360_000.5, ["d"])]
    assert srt(found) == (
        "1\n00:00:00,500 --> 00:00:01,250\n[Speaker 1] a → b\n<c>\n\n"
        "2\n01:00:00,000 --> 100:00:00,500\nd\n"
    )


def test_vtt_is_written_so() -> None:
    """A header, a point before the milliseconds, and nothing in the text is markup."""
    found = [Cue(0.5, 1.25, ["a --> b", "<c> &amp;"], "Speaker 1"), Cue(2, 3, ["d"])]
    assert vtt(found) == (
        "WEBVTT\n\n00:00:00.500 --> 00:00:01.250\n<v Speaker 1>a --&gt; b\n&lt;c&gt; &amp;amp;\n\n"
        "00:00:02.000 --> 00:00:03.000\nd\n"
    )


def test_silence_has_valid_captions() -> None:
    """An empty SubRip file, and a WebVTT file with its header alone."""
    assert (srt([]), vtt([]).strip()) == ("", "WEBVTT")


def test_a_caption_does_not_stand_for_ever() -> None:
    """Slow speech is cut before seven seconds."""
    found = made(a_payload(spoken("a slow speaker takes his time with words", each=1.5)))
    assert all(cue.end - cue.start <= LONGEST for cue in found)
    assert len(found) > 1


def test_a_short_word_can_be_read() -> None:
    """A cue is given at least five sixths of a second where nobody speaks after it."""
    [cue] = made(a_payload([a_word("No.", 1.0, 1.1)]))
    assert cue.end - cue.start == pytest.approx(captions.SHORTEST)


def test_a_caption_gives_way_to_the_next() -> None:
    """Time to be read never comes out of the next one's."""
    found = made(a_payload([a_word("No.", 1.0, 1.1), a_word("Yes.", 1.4, 3.0)]))
    assert [(cue.start, cue.end) for cue in found] == [(1.0, 1.4), (1.4, 3.0)]


def test_two_channels_at_once_come_one_after_the_other() -> None:
    """What was said together can't be shown together: each gets at least a blink."""
    found = made(a_payload(spoken("yes"), spoken("no")), voices=True)
    assert [(cue.speaker, cue.start) for cue in found] == [("Channel 1", 0.0), ("Channel 2", 0.25)]
    assert found[0].end == found[1].start


@pytest.mark.parametrize(
    ("speaker", "channels", "name"),
    [(0, 1, "Speaker 1"), (1, 2, "Speaker 2"), (None, 2, "Channel 1"), (None, 1, None)],
)
def test_a_voice_has_a_name(speaker: int | None, channels: int, name: str | None) -> None:
    """The speaker's where speakers are told apart, else the channel's where there are several."""
    [word] = transcript_of(a_payload(spoken("a", speaker=speaker))).words
    assert captions.speaker_name(word, channels) == name


def test_a_very_long_word_stands_as_it_is() -> None:
    """It is not cut, and its neighbours get lines of their own."""
    found = made(a_payload(spoken(f"a {'x' * 100} b")))
    assert sorted(line for cue in found for line in cue.lines) == ["a", "b", "x" * 100]
