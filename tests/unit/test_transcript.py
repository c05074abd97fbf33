"""The canonical transcript: segments and paragraphs."""

from typing import Any

import pytest
from transcription.reading import transcript_of
from transcription.segments import FULL_PARAGRAPH
from transcription.transcript import Transcript

from tests.unit.examples import a_channel, a_payload, a_word, spoken

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


def test_the_apis_own_paragraphs_are_followed() -> None:
    """It knows where a thought ends: neither a long pause nor a full paragraph ends one then."""
    words = [*spoken("One. Two."), *spoken("Three. Four.", 9.0), *spoken("Five.", 9.6)]
    found = {"paragraphs": [{"start": 0.0, "end": 9.6}, {"start": 9.6, "end": 9.9}]}
    payload = a_payload(words)
    payload["results"]["channels"][0]["alternatives"][0]["paragraphs"] = found
    paragraphs = [[s.text for s in p] for p in transcript_of(payload).paragraphs]
    assert paragraphs == [["One.", "Two.", "Three.", "Four."], ["Five."]]


def test_what_has_no_time_follows_what_it_came_behind() -> None:
    """A channel's words keep their order; the other channel's come where they were said."""
    one = [*spoken("One."), {"word": "Two."}, *spoken("Three.", 5.0)]
    assert texts(transcript_of(a_payload(one, spoken("Meanwhile.", 2.0)))) == [
        "One.",
        "Two.",
        "Meanwhile.",
        "Three.",
    ]


def test_a_segment_lasts_as_long_as_its_longest_word() -> None:
    """Which need not be its last."""
    [segment] = transcript_of(a_payload([a_word("a", 0.0, 9.0), a_word("b", 1.0, 2.0)])).segments
    assert (segment.start, segment.end) == (0.0, 9.0)


def test_speakers_are_told_apart_in_each_channel() -> None:
    """They are numbered from 0 in every one of them."""
    both = a_payload(spoken("a", speaker=0), spoken("b", 1.0, speaker=0), spoken("c", 2.0))
    assert transcript_of(both).speakers == 2


def test_paragraphs_of_two_channels_take_turns() -> None:
    """A paragraph is one voice's: what the other says between two parts it."""
    first = [*spoken("One."), *spoken("Three.", 1.2)]
    transcript = transcript_of(a_payload(first, spoken("Two.", 0.6)))
    assert [[s.text for s in p] for p in transcript.paragraphs] == [["One."], ["Two."], ["Three."]]
    assert [segment.paragraph for segment in transcript.segments] == [0, 1, 2]
