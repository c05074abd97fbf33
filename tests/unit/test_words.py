"""One word of an answer: its text, its times, its speaker; and what stands beside the words."""

from typing import Any

import pytest
from transcription.reading import transcript_of
from transcription.transcript import Transcript

from tests.unit.examples import a_channel, a_payload, a_word, spoken


def texts(transcript: Transcript) -> list[str]:
    return [segment.text for segment in transcript.segments]


def times(transcript: Transcript) -> list[tuple[float | None, float | None]]:
    return [(word.start, word.end) for word in transcript.words]


def test_a_word_without_its_time_makes_no_captions() -> None:
    """Captions with a guess in them would be wrong without saying so."""
    for other in ({"word": "two"}, {"word": "two", "start": 1.0}, {"word": "two", "end": 1.0}):
        assert not transcript_of(a_payload([*spoken("one"), other])).timed


@pytest.mark.parametrize(
    ("given_times", "mended"),
    [
        ([(1.0, 2.0), (0.5, 0.7)], [(1.0, 2.0), (1.0, 1.0)]),
        ([(-3.0, 0.5)], [(0.0, 0.5)]),
        ([(2.0, 1.0)], [(2.0, 2.0)]),
        ([(9.0, 99.0), (99.0, 100.0)], [(9.0, 10.0), (10.0, 10.0)]),
        ([(1.00049, 1.9996)], [(1.0, 2.0)]),
        ([("1", True), (10**400, float("nan"))], [(None, None), (None, None)]),
    ],
)
def test_times_are_put_in_order(given_times: list[Any], mended: list[Any]) -> None:
    """They never run backwards, never leave the recording, and end where they begin or later."""
    words = [a_word("a", start, end) for start, end in given_times]
    assert times(transcript_of(a_payload(words, duration=10.0))) == mended


@pytest.mark.parametrize("duration", [0, -1, None, "10", True, 1e300, 1e-300, float("nan")])
def test_an_impossible_duration_is_none(duration: Any) -> None:
    """A recording of nothing would press all its words into one moment."""
    transcript = transcript_of(a_payload(spoken("one two"), duration=duration))
    assert transcript.seconds is None
    assert [word.start for word in transcript.words] == [0.0, 0.3]


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ({"word": "a", "punctuated_word": "A,"}, "A,"),
        ({"word": "a", "punctuated_word": None}, "a"),
        ({"word": "a", "punctuated_word": 7}, "a"),
        ({"word": " a\n b\u2028c "}, "a b c"),
        ({"word": "a\x00b\ud83dc\x1b"}, "a b c"),
        ({"word": "👩‍👩‍👧 नमस्ते می‌خواهم"}, "👩‍👩‍👧 नमस्ते می‌خواهم"),
    ],
)
def test_a_word_is_text_on_one_line(word: dict[str, Any], text: str) -> None:
    """What no file can hold goes; joiners, which some scripts need, stay."""
    assert texts(transcript_of(a_payload([{**word, "start": 0.0, "end": 1.0}]))) == [text]


@pytest.mark.parametrize(
    ("speaker", "known"),
    [(0, 0), (1.0, 1), ("0", 0), ("A", 0), ("c", 2), ("speaker_3", 3), ("SPEAKER 07", 7)],
)
def test_a_speaker_is_a_number_or_a_letter(speaker: Any, known: int) -> None:
    """The families call them differently; ours count from 0."""
    [word] = transcript_of(a_payload(spoken("a", speaker=speaker))).words
    assert word.speaker == known


@pytest.mark.parametrize("speaker", [True, None, [0], -1, 0.5, 10**9, "", "Ann", "é", "٣"])
def test_anything_else_is_no_speaker(speaker: Any) -> None:
    """Nobody in particular."""
    assert transcript_of(a_payload(spoken("a", speaker=speaker))).speakers == 0


@pytest.mark.parametrize("language", [7, "", None, "x" * 50, "see the manual", "e\nn"])
def test_only_a_tag_is_a_language(language: Any) -> None:
    """It stands on the row, where only what fits belongs."""
    payload = {"results": {"channels": [a_channel([], detected_language=language)]}}
    assert transcript_of(payload).language is None


def test_confidence_is_the_channels_mean() -> None:
    """Over the channels that tell theirs, and in which something is said."""
    channels: list[Any] = [
        {"alternatives": [{"confidence": sure, "transcript": said}]}
        for sure, said in [(0.5, "yes"), (1.0, "no"), (None, "so"), (0.0, "")]
    ]
    assert transcript_of({"results": {"channels": channels}}).confidence == 0.75
