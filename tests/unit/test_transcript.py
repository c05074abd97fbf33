"""The canonical transcript out of any answer."""

import copy
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcription.renditions import render
from transcription.transcript import FULL_PARAGRAPH, Transcript, transcript_of

from tests.unit.examples import a_channel, a_job, a_payload, a_word, spoken

WHOLE: dict[str, Any] = {
    "metadata": {"duration": 6.0, "channels": 2},
    "results": {
        "channels": [
            a_channel(
                [
                    a_word("hello", 0.1, 0.5, punctuated_word="Hello.", speaker=0),
                    a_word("yes", 3.0, 3.4, punctuated_word="Yes!", speaker=1),
                ],
                detected_language="en",
            ),
            a_channel(spoken("how are you", 1.0)),
        ]
    },
}
NOISE: list[Any] = [
    None,
    True,
    -1,
    0,
    1e308,
    float("nan"),
    float("inf"),
    10**400,
    "",
    "x",
    "\ud800",
]
NOISE += [[], [None], {}, {"a": 1}, [[]], "\x00", {"words": None}]


def texts(transcript: Transcript) -> list[str]:
    return [segment.text for segment in transcript.segments]


def test_words_become_segments_in_the_order_of_time() -> None:
    """Channels come one after the other in an answer, and are heard together."""
    transcript = transcript_of(WHOLE)
    assert texts(transcript) == ["Hello.", "how are you", "Yes!"]
    assert [segment.channel for segment in transcript.segments] == [0, 1, 0]
    assert (transcript.channels, transcript.speakers, transcript.language) == (2, 2, "en")


@pytest.mark.parametrize(
    ("words", "segments"),
    [
        (spoken("One. Two? Three! Four… five"), ["One.", "Two?", "Three!", "Four…", "five"]),
        (spoken("一。 二\uff1f 三\uff01"), ["一。", "二\uff1f", "三\uff01"]),
        ([*spoken("one two"), *spoken("three", 1.4)], ["one two", "three"]),
        ([*spoken("one two"), *spoken("three", 1.3)], ["one two three"]),
        ([*spoken("a", speaker=0), *spoken("b", 0.3, speaker=1)], ["a", "b"]),
        (spoken("And Mr. John Dashwood had"), ["And Mr. John Dashwood had"]),
        (spoken("I paid 3.50 to u.s. firms"), ["I paid 3.50 to u.s.", "firms"]),
    ],
)
def test_a_segment_ends(words: list[dict[str, Any]], segments: list[str]) -> None:
    """With a sentence, a pause of 0.8 seconds, or the speaker."""
    assert texts(transcript_of(a_payload(words))) == segments


def test_a_paragraph_ends_with_a_long_pause_or_the_voice() -> None:
    """Two seconds of silence, or somebody else."""
    words = [*spoken("One."), *spoken("Two.", 1.5), *spoken("Three.", 4.0)]
    words += spoken("Four.", 4.4, speaker=1)
    paragraphs = transcript_of(a_payload(words)).paragraphs
    assert [[s.text for s in p] for p in paragraphs] == [["One.", "Two."], ["Three."], ["Four."]]


def test_a_long_paragraph_ends_with_its_sentence() -> None:
    """Somebody who never pauses is still readable."""
    words = spoken("All work and no play makes Jack a dull boy. " * 60)
    lengths = [sum(len(s.text) for s in p) for p in transcript_of(a_payload(words)).paragraphs]
    assert len(lengths) > 3
    assert max(lengths) < FULL_PARAGRAPH + 100


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"results": None},
        {"results": {}},
        {"results": []},
        {"results": {"channels": None}},
        {"results": {"channels": []}},
        {"results": {"channels": [None]}},
        {"results": {"channels": [{"alternatives": None}]}},
        {"results": {"channels": [{"alternatives": []}]}},
        {"results": {"channels": [{"alternatives": [{"transcript": "", "words": []}]}]}},
        {"text": ""},
        {"metadata": None, "results": None, "text": None},
    ],
)
def test_silence_is_an_empty_transcript(payload: dict[str, Any]) -> None:
    """Nothing said, nothing there and `null` are the same success."""
    transcript = transcript_of(payload)
    assert (texts(transcript), transcript.paragraphs, transcript.speakers) == ([], [], 0)
    assert transcript.timed


def test_a_single_channel_may_come_without_brackets() -> None:
    """One schema writes an object where the other writes a list; so with alternatives."""
    alternative = {"words": spoken("hello there")}
    transcript = transcript_of({"results": {"channels": {"alternatives": alternative}}})
    assert (texts(transcript), transcript.channels) == (["hello there"], 1)


@pytest.mark.parametrize(
    "payload",
    [
        {"text": "hello\nthere"},
        {"results": {"channels": [{"alternatives": [{"transcript": "hello  there"}]}]}},
    ],
)
def test_a_text_without_times_is_a_transcript(payload: dict[str, Any]) -> None:
    """There is no way to make captions of it, but it can be read."""
    transcript = transcript_of(payload)
    assert (texts(transcript), transcript.timed) == (["hello there"], False)


def test_a_word_without_its_time_makes_no_captions() -> None:
    """Captions with a guess in them would be wrong without saying so."""
    words = [*spoken("one"), {"word": "two"}]
    assert not transcript_of(a_payload(words)).timed


@pytest.mark.parametrize(
    ("times", "mended"),
    [
        ([(1.0, 2.0), (0.5, 0.7)], [(1.0, 2.0), (1.0, 1.0)]),
        ([(-3.0, 0.5)], [(0.0, 0.5)]),
        ([(2.0, 1.0)], [(2.0, 2.0)]),
        ([(9.0, 99.0), (99.0, 100.0)], [(9.0, 10.0), (10.0, 10.0)]),
        ([(1.00049, 1.9996)], [(1.0, 2.0)]),
    ],
)
def test_times_are_put_in_order(times: list[Any], mended: list[Any]) -> None:
    """They never run backwards, never leave the recording, and end where they begin or later."""
    words = [a_word("a", start, end) for start, end in times]
    found = transcript_of(a_payload(words, duration=10.0)).words
    assert [(word.start, word.end) for word in found] == mended


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
        ({"word": " a\n b\u2028c "}, "a b c"),
        ({"word": "a\x00b\ud83dc\x1b"}, "a b c"),
        ({"word": "👩‍👩‍👧 नमस्ते می‌خواهم"}, "👩‍👩‍👧 नमस्ते می‌خواهم"),
    ],
)
def test_a_word_is_text_on_one_line(word: dict[str, Any], text: str) -> None:
    """What no file can hold goes; joiners, which some scripts need, stay."""
    assert texts(transcript_of(a_payload([{**word, "start": 0.0, "end": 1.0}]))) == [text]


@pytest.mark.parametrize("speaker", [True, "0", 1.0, None, [0]])
def test_only_a_number_is_a_speaker(speaker: Any) -> None:
    """Anything else is nobody in particular."""
    assert transcript_of(a_payload(spoken("a", speaker=speaker))).speakers == 0


def test_confidence_is_the_channels_mean() -> None:
    """Over the channels that tell theirs."""
    channels = [{"alternatives": [{"confidence": c}]} for c in (0.5, 1.0, None)]
    assert transcript_of({"results": {"channels": channels}}).confidence == 0.75


@given(st.data())
def test_no_answer_makes_it_fail(data: st.DataObject) -> None:
    """Whatever stands in any place of an answer, a transcript and its renditions come out."""
    payload = copy.deepcopy(WHOLE)
    for _ in range(data.draw(st.integers(1, 5))):
        _spoil(payload, data)
    transcript = transcript_of(payload)
    for text in render(a_job(), transcript).values():
        text.encode()
    for segment in transcript.segments:
        starts = [word.start for word in segment.words if word.start is not None]
        assert all(0 <= one <= other for one, other in pairwise([0.0, *starts]))


def _spoil(value: Any, data: st.DataObject) -> None:
    """Put noise somewhere into a document, at any depth."""
    while isinstance(value, dict | list) and value:
        places = sorted(value) if isinstance(value, dict) else list(range(len(value)))
        place = data.draw(st.sampled_from(places))
        inner = value[place]
        if not isinstance(inner, dict | list) or not inner or data.draw(st.integers(0, 3)) == 0:
            value[place] = copy.deepcopy(data.draw(st.sampled_from(NOISE)))
            return
        value = inner
