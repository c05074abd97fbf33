"""Captions, as SubRip and as WebVTT. What holds for any speech at all is in tests/captions."""

from typing import Any

import pytest
from transcription.captions import Cue, cues, rules, srt, vtt
from transcription.captions.files import label
from transcription.reading import transcript_of
from transcription.transcript import Segment, Transcript, Voice, Word

from tests.unit.examples import a_payload, a_word, spoken

SHORTEST, GAP = rules.SHORTEST / 1000, rules.GAP / 1000


def by_channel(voice: Voice) -> str:
    return f"Channel {voice[0] + 1}"


def made(*channels: list[dict[str, Any]], named: bool = False) -> list[Cue]:
    """The cues of channels given by their words."""
    return cues(transcript_of(a_payload(*channels)), by_channel if named else lambda _: None)


def lines(*channels: list[dict[str, Any]]) -> list[list[str]]:
    return [list(cue.lines) for cue in made(*channels)]


def test_a_caption_looks_like_this() -> None:
    """Two even lines, at the words' own times."""
    [cue] = made(spoken("It was the best of times, it was the worst of times, it was the", 1))
    assert cue.lines == ["It was the best of times,", "it was the worst of times, it was the"]
    assert (cue.start, cue.end) == (1.0, 5.5)


def test_what_fits_a_line_has_one() -> None:
    """Up to 42 letters."""
    assert lines(spoken("It was the best of times, it was the worst")) == [
        ["It was the best of times, it was the worst"]
    ]


def test_srt_is_written_so() -> None:
    """A number, a comma before the milliseconds, an empty line between; a long name is cut."""
    found = [
        Cue(0.5, 1.25, ["a --> b", "<c> & {\\an8} <3"], "Speaker 1"),
        Cue(3599.9996, 360_000.5, ["d"], "Somebody with a name that has no end"),
    ]
    assert srt(found) == (
        "1\n00:00:00,500 --> 00:00:01,250\n"
        "[Speaker 1] a → b\n‹c> & ❴\\an8} <3\n\n"  # noqa: RUF001 look-alikes
        "2\n01:00:00,000 --> 100:00:00,500\n[Somebody with a name th…] d\n"
    )


def test_vtt_is_written_so() -> None:
    """A header, a point before the milliseconds, and nothing in text or name is markup."""
    found = [Cue(0.5, 1.25, ["a --> b", "<c> &amp;"], "A <b>\n&  B"), Cue(2, 3, ["d"])]
    assert vtt(found) == (
        "WEBVTT\n\n00:00:00.500 --> 00:00:01.250\n"
        "<v A &lt;b&gt; &amp; B>a --&gt; b\n&lt;c&gt; &amp;amp;\n\n"
        "00:00:02.000 --> 00:00:03.000\nd\n"
    )


def test_a_name_without_room_beside_it_has_a_line() -> None:
    """The letters of the name count."""
    cue = Cue(0, 1, ["It was the best of times, it was the"], "Speaker 1")
    assert srt([cue]).split("\n")[2:4] == ["[Speaker 1]", "It was the best of times, it was the"]


def test_a_name_takes_its_room_from_the_text() -> None:
    """No line is longer than 42 letters with it, and the rest is still even."""
    said = spoken("and it was the worst of times, it was the age of wisdom", each=0.5)
    text = srt(made(said, [], named=True)).split("\n")
    assert text[2:4] == ["[Channel 1] and it was the worst of times,", "it was the age of wisdom"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [(None, ""), ("", ""), (" \n", ""), ("A\n[B]", "[A (B)]"), ("王" * 9, f"[{'王' * 7}…]")],
)
def test_a_name_is_put_in_brackets(name: str | None, shown: str) -> None:
    """In one line, without brackets of its own; a full-width one is cut sooner."""
    assert label(name) == shown


def test_silence_has_valid_captions() -> None:
    """An empty SubRip file, and a WebVTT file with its header alone."""
    assert (srt([]), vtt([]).strip()) == ("", "WEBVTT")
    assert made([]) == []


def test_a_caption_does_not_stand_for_ever() -> None:
    """Slow speech is cut before seven seconds, and a word that never ends is shown so long."""
    found = made(spoken("a slow speaker takes his time with words", each=1.5))
    assert all(cue.end - cue.start <= 7 for cue in found)
    assert len(found) > 1
    [cue] = made([a_word("Ohm", 1, 3600)])
    assert (cue.start, cue.end) == (1, 8)


def test_a_short_word_can_be_read() -> None:
    """A cue is given at least five sixths of a second where nobody speaks after it."""
    [cue] = made([a_word("No.", 1.0, 1.1)])
    assert cue.end - cue.start == pytest.approx(SHORTEST)


def test_the_screen_is_not_empty_for_a_moment() -> None:
    """A cue stays until two frames before the next, if that comes soon."""
    said = [("Well.", 1.0, 2.0), ("Yes.", 2.3, 4.0), ("No.", 4.9, 6.0)]
    words = [a_word(*word, speaker=number) for number, word in enumerate(said)]
    assert [cue.end for cue in made(words)] == pytest.approx([2.3 - GAP, 4.0, 6.0])


def test_a_caption_waits_until_the_last_can_be_read() -> None:
    """As long as there is time enough to read it, too."""
    found = made([a_word("No.", 1.0, 1.1, speaker=0), a_word("Yes.", 1.4, 3.0, speaker=1)])
    assert found[0].end == pytest.approx(1.0 + SHORTEST)
    assert found[1].start == pytest.approx(1.0 + SHORTEST + GAP)


def test_two_channels_at_once_come_one_after_the_other() -> None:
    """What was said together can't be shown together."""
    found = made(spoken("yes"), spoken("no"), named=True)
    assert [(cue.speaker, cue.start) for cue in found] == [
        ("Channel 1", 0.0),
        ("Channel 2", pytest.approx(SHORTEST + GAP)),
    ]


@pytest.mark.parametrize("behind", [1.0, 2.0, 2.8])
def test_none_waits_beyond_the_end_of_the_recording(behind: float) -> None:
    """Two who say the same, one a moment later: nobody would see what came after the end."""
    text = "and mister john dashwood had then leisure to consider how much there might be " * 2
    first, second = spoken(text, 0.0), spoken(text, behind)
    length = second[-1]["end"]
    found = cues(transcript_of(a_payload(first, second, duration=length)), by_channel)
    for cue in found:
        needed = max(sum(map(len, cue.lines)) / rules.SPEED, SHORTEST)
        assert cue.start <= length - needed / 2
    without = cues(transcript_of(a_payload(first, second)), by_channel)
    assert without[-1].start > found[-1].start


def test_more_at_once_than_can_be_seen_is_shown_all_the_same() -> None:
    """A farewell of two in the last moment: neither is lost, the second is a moment late."""
    payload = a_payload(spoken("bye.", 8.7), spoken("bye.", 8.7), duration=9.0)
    first, second = cues(transcript_of(payload), by_channel)
    assert first.start == 8.7
    assert first.end == pytest.approx(8.7 + rules.BLINK / 1000)
    assert second.start == pytest.approx(first.end + GAP)


def test_a_new_speaker_has_a_new_caption() -> None:
    """However soon, and though there were room for both."""
    words = [*spoken("I do", speaker=0), *spoken("so do I", 0.6, speaker=1)]
    assert lines(words) == [["I do"], ["so do I"]]


def test_somebody_who_answers_in_a_pause_ends_the_caption() -> None:
    """What comes after the pause is not shown before the answer."""
    asks = [*spoken("Are you", 0.0), *spoken("there", 2.0)]
    assert lines(asks, spoken("Yes", 1.0)) == [["Are you"], ["Yes"], ["there"]]


def test_a_very_long_word_stands_as_it_is() -> None:
    """It is not cut, and has a cue for itself."""
    assert lines(spoken(f"a {'x' * 100} b")) == [["a"], ["x" * 100], ["b"]]


def test_a_word_with_spaces_can_be_broken() -> None:
    """A whole sentence that came as one word, as any other, at times that its letters tell."""
    said = "It was the best of times, it was the worst of times, it was the age of wisdom."
    found = made([a_word(said, 0.0, 8.0)])
    assert " ".join(" ".join(cue.lines) for cue in found) == said
    assert [cue.start for cue in found] == [0.0, pytest.approx(2.6, abs=0.1)]


def test_missing_times_are_the_last_known() -> None:
    """Nobody is asked to caption words without times; if so, none is lost."""
    words = (Word("a", 1.0, 2.0), Word("b", None, None), Word("c", 0.5, None))
    found = cues(Transcript([Segment(words)], None, None, None, 1), lambda _: None)
    assert [(cue.start, list(cue.lines)) for cue in found] == [(1.0, ["a b c"])]


def test_a_broken_word_does_not_outlast_the_next() -> None:
    """Its pieces stay in front of what was said after it, whenever it is said to end."""
    said = [
        a_word("去公园散步然后回家吃饭再看一会儿电视最后早点睡觉", 0.0, 9.0),
        a_word("so", 0.5, 1.0),
    ]
    assert made(said)[-1].lines[-1].endswith("so")
