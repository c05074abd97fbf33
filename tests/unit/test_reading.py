"""One canonical transcript out of every documented shape of an answer."""

from typing import Any

import pytest
from hypothesis import given
from transcription.dialects import NotUnderstood
from transcription.reading import transcript_of
from transcription.transcript import Transcript

from tests.unit.examples import a_channel, a_payload, spoken
from tests.unit.speech import payloads, spoken_words

HELLO = spoken("hello there", speaker=1)


def texts(transcript: Transcript) -> list[str]:
    return [segment.text for segment in transcript.segments]


def times(transcript: Transcript) -> list[tuple[float | None, float | None]]:
    return [(word.start, word.end) for word in transcript.words]


@pytest.mark.parametrize(
    "payload",
    [
        {"results": None},
        {"results": {}},
        {"results": []},
        {"results": {"channels": None}},
        {"results": {"channels": []}},
        {"results": {"channels": [None]}},
        {"results": {"channels": [{"alternatives": None}]}},
        {"results": {"channels": [{"alternatives": []}]}},
        {"results": {"channels": [{"alternatives": [{"transcript": "", "words": []}]}]}},
        {"results": {"channels": [{"alternatives": [{"transcript": None, "words": None}]}]}},
        {"results": {"utterances": []}},
        {"text": ""},
        {"metadata": None, "results": None, "text": None},
    ],
)
def test_silence_is_an_empty_transcript(payload: dict[str, Any]) -> None:
    """Where words belong stands nothing, or `null`: a success."""
    transcript = transcript_of(payload)
    assert (texts(transcript), transcript.paragraphs, transcript.speakers) == ([], [], 0)
    assert transcript.timed


@pytest.mark.parametrize(
    "payload",
    [
        None,
        {},
        [],
        "hello",
        7,
        [{"text": "hello"}],
        {"progress": 100},
        {"metadata": {"duration": 7.1}},
        {"results": "hello"},
        {"results": [1]},
        {"results": {"lines": ["hello"]}},
        {"results": {"channels": "hello"}},
        {"results": {"channels": [["hello"]]}},
        {"results": {"channels": [{"text": "hello"}]}},
        {"results": {"channels": [{"alternatives": "hello"}]}},
        {"results": {"channels": [{"alternatives": [{"lines": "hello"}]}]}},
        a_payload(["hello", "there"]),
        a_payload([{"word": 7, "start": 0.0, "end": 0.3}]),
        {"text": ["hello"]},
        {"words": "hello"},
    ],
)
def test_what_may_hold_words_elsewhere_is_not_understood(payload: Any) -> None:
    """An empty transcript would be an invention: somebody may have spoken."""
    with pytest.raises(NotUnderstood):
        transcript_of(payload)


@pytest.mark.parametrize("alternatives", [{"words": HELLO}, [{"words": HELLO}, {"words": []}]])
@pytest.mark.parametrize("bracketed", [True, False])
def test_one_of_a_kind_may_come_without_brackets(alternatives: Any, bracketed: bool) -> None:
    """One schema writes an object where the other writes a list; the first alternative counts."""
    channel = {"alternatives": alternatives, "a new field": [1]}
    transcript = transcript_of({"results": {"channels": [channel] if bracketed else channel}})
    assert (texts(transcript), transcript.channels) == (["hello there"], 1)


@pytest.mark.parametrize(
    "payload",
    [
        {"text": "hello\nthere", "usage": {"type": "duration", "seconds": 3}},
        {"text": "hello there", "words": None, "results": None},
        {"text": "hello there", "results": {"channels": []}},
        {"results": {"channels": [{"alternatives": [{"transcript": "hello  there"}]}]}},
        {"results": {"utterances": [{"transcript": "hello there", "start": 1.0, "end": 2.0}]}},
    ],
)
def test_a_text_without_times_is_a_transcript(payload: dict[str, Any]) -> None:
    """gpt-4o gives no times, so there are no captions, but it can be read."""
    transcript = transcript_of(payload)
    assert (texts(transcript), transcript.timed) == (["hello there"], False)


def test_a_silent_channel_makes_nobody_less_sure() -> None:
    """The API is sure of nothing where nothing is said; of silence alone there is no confidence."""
    silent = {"alternatives": [{"transcript": "", "confidence": 0.0, "words": []}]}
    payload = a_payload(spoken("hello there"))
    payload["results"]["channels"].append(silent)
    assert transcript_of(payload).confidence == 0.95
    assert transcript_of({"results": {"channels": [silent]}}).confidence is None


def test_assemblyai_counts_milliseconds() -> None:
    """Told by its words, which have a `text`; its speakers are letters."""
    words = [
        {"text": "Hello.", "start": 250, "end": 500, "confidence": 0.9, "speaker": "A"},
        {"text": "Yes.", "start": 7000, "end": 7400, "confidence": 0.8, "speaker": "B"},
    ]
    found = {"text": "Hello. Yes.", "words": words, "audio_duration": 8, "language_code": "en_us"}
    transcript = transcript_of(found | {"confidence": 0.85, "status": "completed"})
    assert times(transcript) == [(0.25, 0.5), (7.0, 7.4)]
    assert [word.speaker for word in transcript.words] == [0, 1]
    assert (transcript.seconds, transcript.language, transcript.confidence) == (8, "en_us", 0.85)


@pytest.mark.parametrize(
    ("word", "start"),
    [
        ({"text": "a", "start": 1, "end": 2}, 0.001),
        ({"text": "a", "start": 90_000, "end": 90_001}, 90.0),
        ({"text": "a", "start": 2.0, "end": 3.0}, 0.002),
        ({"text": "a", "start": 1.5, "end": 2}, 1.5),
        ({"word": "a", "start": 90_000, "end": 90_001}, 90_000.0),
    ],
)
def test_the_shape_decides_on_the_unit(word: dict[str, Any], start: float) -> None:
    """Never the size: the first millisecond and the second day are both times."""
    assert times(transcript_of({"text": "a", "words": [word]}))[0][0] == start


def test_deepgrams_times_are_seconds_whatever_a_words_name() -> None:
    """Under `results` nobody counts milliseconds."""
    transcript = transcript_of(a_payload([{"text": "a", "start": 3, "end": 4}]))
    assert times(transcript) == [(3.0, 4.0)]


@pytest.mark.parametrize(
    "paragraphs",
    [
        {"transcript": "Hello. There.", "paragraphs": [{"start": 0.0, "end": 0.3, "speaker": 0}]},
        [{"transcript": "x", "paragraphs": [{"start": 0.0, "end": 0.3, "speaker": 0}]}],
        [{"start": 0.0, "end": 0.3, "speaker": 0}],
    ],
)
def test_paragraphs_come_both_ways(paragraphs: Any) -> None:
    """As an object or as a list; they tell who speaks where the words don't."""
    best = {"words": spoken("Hello. There."), "paragraphs": paragraphs}
    transcript = transcript_of({"results": {"channels": [{"alternatives": [best]}]}})
    assert texts(transcript) == ["Hello.", "There."]
    assert [segment.speaker for segment in transcript.segments] == [0, 0]


def test_paragraphs_are_read_where_nothing_else_is() -> None:
    """Better than no transcript."""
    sentences = [{"text": "Hello there.", "start": 0.0, "end": 1.0}]
    best = {"paragraphs": {"paragraphs": [{"sentences": sentences}]}}
    transcript = transcript_of({"results": {"channels": {"alternatives": best}}})
    assert texts(transcript) == ["Hello there."]


def test_utterances_cut_and_name_what_the_words_leave_open() -> None:
    """A boundary of the API's own, which `utt_split` sets, and a speaker that words lack."""
    payload = a_payload(spoken("one two three four"))
    payload["results"]["utterances"] = [
        {"start": 0.6, "end": 1.2, "channel": 0, "speaker": 1},
        {"start": 0.0, "end": 0.6, "channel": 0, "speaker": 0},
        {"start": 0.0, "end": 9.9, "channel": 1, "speaker": 7},
    ]
    transcript = transcript_of(payload)
    assert texts(transcript) == ["one two", "three four"]
    assert [segment.speaker for segment in transcript.segments] == [0, 1]


def test_utterances_alone_are_a_transcript_in_the_order_of_time() -> None:
    """They come grouped by channel, and are heard together."""
    utterances = [
        {"start": 2.0, "end": 2.3, "channel": 0, "words": spoken("third", 2.0)},
        {"start": 0.0, "end": 0.3, "channel": 0, "words": spoken("first", 0.0), "speaker": 4},
        {"start": 1.0, "end": 1.3, "channel": 1, "words": spoken("second", 1.0)},
    ]
    transcript = transcript_of({"results": {"channels": [], "utterances": utterances}})
    assert texts(transcript) == ["first", "second", "third"]
    assert (transcript.channels, transcript.segments[0].speaker, transcript.timed) == (2, 4, True)


@given(payloads())
def test_every_word_is_there_once(payload: dict[str, Any]) -> None:
    """Though utterances, transcripts and paragraphs say them all again."""
    results = payload["results"]
    results["utterances"] = [
        {**word, "channel": channel, "words": [word], "transcript": word["word"]}
        for channel, found in enumerate(results["channels"])
        for word in found["alternatives"][0]["words"]
    ]
    for channel in results["channels"]:
        said = " ".join(word["word"] for word in channel["alternatives"][0]["words"])
        channel["alternatives"][0] |= {"transcript": said, "paragraphs": {"transcript": said}}
    found = " ".join(word.text for word in transcript_of(payload).words)
    assert sorted(found.split()) == spoken_words(payload)


def test_words_that_cannot_be_read_are_counted() -> None:
    """The others stay, with their times; the row says that some are missing."""
    broken = ["x", {"word": None, "start": 1.0}, {"text": [1]}, 7]
    transcript = transcript_of(a_payload([*spoken("one two"), *broken, None, {}, {"word": ""}]))
    assert (texts(transcript), transcript.unread) == (["one two"], 4)


def test_a_channels_text_stands_in_for_its_unreadable_words() -> None:
    """Nothing is missing then but their times."""
    channel = {"alternatives": [{"words": ["one", "two"], "transcript": "one two"}]}
    transcript = transcript_of({"results": {"channels": [a_channel(spoken("hi")), channel]}})
    assert sorted(texts(transcript)) == ["hi", "one two"]
    assert (transcript.unread, transcript.timed) == (0, False)
