"""The canonical JSON: the schema holds, every word is in it once, times lie in the recording."""

import json
from typing import Any

import pytest
from hypothesis import given
from transcription.document import document_of, written
from transcription.reading import transcript_of

from tests.unit.examples import a_channel, a_job, a_payload, a_word, spoken
from tests.unit.schema import faults
from tests.unit.speech import names, parts, payloads, spoken_parts, spoken_words

TWO = a_payload([*spoken("Hello there. How", speaker=0), *spoken("Fine.", 5.0, speaker=1)])


def told(payload: dict[str, Any], **job: Any) -> dict[str, Any]:
    """The canonical JSON as a reader sees it."""
    found: dict[str, Any] = json.loads(written(document_of(a_job(**job), transcript_of(payload))))
    return found


@given(payloads())
def test_every_word_is_in_the_json_once(payload: dict[str, Any]) -> None:
    """In the words, in the segments' texts, in the paragraphs' texts and in the whole text."""
    found = told(payload)
    words = [word["text"] for segment in found["segments"] for word in segment["words"]]
    assert sorted(" ".join(words).split()) == spoken_words(payload)
    assert parts(found["text"]) == spoken_parts(payload)
    for part in ("segments", "paragraphs"):
        assert parts(" ".join(one["text"] for one in found[part])) == spoken_parts(payload)


@given(payloads())
def test_times_lie_within_the_recording(payload: dict[str, Any]) -> None:
    """In order, from its beginning to its end, to the millisecond."""
    found = told(payload)
    items = [*found["segments"], *found["paragraphs"]]
    items += [word for segment in found["segments"] for word in segment["words"]]
    for item in items:
        assert 0 <= item["start"] <= item["end"] <= found.get("seconds", 1e9)
        assert item["start"] == round(item["start"], 3)
    starts = [segment["start"] for segment in found["segments"]]
    assert starts == sorted(starts)


@given(payloads())
def test_paragraphs_and_segments_hold_each_other(payload: dict[str, Any]) -> None:
    """Every segment lies in its paragraph, every word in its segment."""
    found = told(payload)
    assert {one["paragraph"] for one in found["segments"]} == {*range(len(found["paragraphs"]))}
    for segment in found["segments"]:
        paragraph = found["paragraphs"][segment["paragraph"]]
        assert paragraph["start"] <= segment["start"] <= segment["end"] <= paragraph["end"]
        assert segment["end"] == max(word["end"] for word in segment["words"])


@given(payloads(), names)
def test_the_json_is_what_the_schema_says(payload: dict[str, Any], speakers: list[str]) -> None:
    """The published schema holds for every transcript."""
    assert faults("transcript-1", told(payload, speaker_names=tuple(speakers))) == []


@pytest.mark.parametrize(
    "payload", [{"results": None}, {"text": "hello there"}, a_payload([{"word": "a"}], duration=1)]
)
@pytest.mark.parametrize(
    "job", [{}, {"model": None}, {"version_id": "v", "etag": "e"}, {"options": {"language": "pt"}}]
)
def test_an_unusual_json_is_what_the_schema_says(
    payload: dict[str, Any], job: dict[str, Any]
) -> None:
    """Without times, without words, without a model, with a version."""
    assert faults("transcript-1", told(payload, **job)) == []


@pytest.mark.parametrize(
    "change",
    [
        {"version": "2"},
        {"job_id": "x"},
        {"text": None},
        {"seconds": "7"},
        {"segments": [{}]},
        {"surprise": 1},
    ],
)
def test_the_schema_refuses_what_is_wrong(change: dict[str, Any]) -> None:
    """A schema that takes anything would prove nothing; here it is closed to what it omits."""
    assert faults("transcript-1", told(TWO) | change) != []


def test_times_speakers_and_channels_are_in_the_json() -> None:
    """Each word has its time; each segment its voice."""
    first = told(TWO)["segments"][0]
    assert (first["start"], first["end"], first["speaker"], first["channel"]) == (0.0, 0.6, 0, 0)
    assert first["words"][1] == {"text": "there.", "start": 0.3, "end": 0.6, "confidence": 0.9}


def test_numbers_are_as_people_write_them() -> None:
    """Computers say 0.79999995; nobody means that."""
    [word] = told(a_payload([a_word("a", 0.79999995, 1.60000005)]))["segments"][0]["words"]
    assert (word["start"], word["end"]) == (0.8, 1.6)
    noisy = {**a_word("a", 0.0, 1.0), "confidence": 0.79999995}
    assert '"confidence": 0.8}' in json.dumps(told(a_payload([noisy])))


def test_the_voices_are_listed_with_their_names() -> None:
    """In the order of their numbers."""
    speakers = told(TWO, speaker_names=("Ann",))["speakers"]
    assert [(one["name"], one["speaker"]) for one in speakers] == [("Ann", 0), ("Speaker 2", 1)]


def test_where_it_comes_from_is_told() -> None:
    """The attempt of the job, and the very version of the object."""
    found = told(TWO, attempt=2, version_id="v", etag="e")
    assert (found["job_id"], found["attempt"]) == (a_job().job_id, 2)
    assert found["source"] == {
        "bucket": "uploads",
        "key": "calls/2026/a.mp3",
        "version_id": "v",
        "etag": "e",
        "uploaded_at": "2026-11-22T12:00:00.000Z",
    }


@pytest.mark.parametrize(
    ("metadata", "row", "seconds"),
    [({"duration": 7.0}, 9.0, 7.0), ({}, 9.0, 9.0), ({}, 1.0, None), ({}, None, None)],
)
def test_the_length_is_the_answers_or_the_headers(
    metadata: dict[str, Any], row: float | None, seconds: float | None
) -> None:
    """What the file's header told counts only as long as no word lies behind it."""
    payload = a_payload(spoken("one two three four five"), **metadata)
    assert told(payload, audio_seconds=row).get("seconds") == seconds


def test_the_detected_language_wins_over_the_one_asked_for() -> None:
    """What was asked for is told where nothing was detected."""
    asked = {"options": {"language": "pt"}}
    assert told(TWO, **asked)["language"] == "pt"
    found = {"results": {"channels": a_channel([], detected_language="fr")}}
    assert told(found, **asked)["language"] == "fr"


def test_a_segment_stands_on_a_line() -> None:
    """So that a person can read the file, and compare two of them."""
    lines = written(document_of(a_job(), transcript_of(TWO))).splitlines()
    assert sum(line.startswith('{"start": ') for line in lines) == 2 + 3
    assert lines[0] == "{"
