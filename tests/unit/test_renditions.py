"""What people read: which renditions there are, the prose, and that all come from the JSON."""

import re
from typing import Any

import pytest
from hypothesis import given
from transcription.document import Document, document_of
from transcription.formats import CAPTIONS, CONTENT_TYPES, no_captions
from transcription.reading import transcript_of
from transcription.renditions import render, text

from tests.unit.examples import a_job, a_payload, spoken
from tests.unit.parsed import parsed
from tests.unit.speech import names, parts, payloads, spoken_parts

TWO = a_payload([*spoken("Hello there. How", speaker=0), *spoken("Fine.", 5.0, speaker=1)])


def document(payload: dict[str, Any], **job: Any) -> Document:
    return document_of(a_job(**job), transcript_of(payload))


def prose(payload: dict[str, Any], *speakers: str) -> str:
    return text(document(payload, speaker_names=speakers))


@given(payloads())
def test_every_word_is_in_the_text_once(payload: dict[str, Any]) -> None:
    """Prose without names has nothing else in it."""
    bare = re.sub(r"(?m)^((Speaker|Channel) \d: )", "", prose(payload))
    assert parts(bare) == spoken_parts(payload)


@given(payloads(), names)
def test_every_rendition_can_be_made_of_the_json_alone(
    payload: dict[str, Any], speakers: list[str]
) -> None:
    """The very same files come out of it, itself among them."""
    made = render(document(payload, speaker_names=tuple(speakers), version_id="v"))
    assert render(parsed(made["json"])) == made


@given(payloads())
def test_the_same_answer_gives_the_same_files(payload: dict[str, Any]) -> None:
    """Publishing again changes nothing."""
    assert render(document(payload)) == render(document(payload))


def test_a_conversation_names_its_voices() -> None:
    """A paragraph a line; the speaker stands where a turn begins."""
    payload = a_payload(
        [*spoken("One.", speaker=0), *spoken("Two.", 5.0, speaker=0), *spoken("No!", 9, speaker=1)]
    )
    assert prose(payload) == "Speaker 1: One.\nTwo.\nSpeaker 2: No!\n"


def test_one_voice_is_not_named() -> None:
    """Diarization that found one speaker adds no noise."""
    assert prose(a_payload(spoken("Hello there.", speaker=0))) == "Hello there.\n"


def test_given_names_are_used() -> None:
    """And for a lone voice, too, if somebody gave it one."""
    assert prose(TWO, "Ann", "Bob") == "Ann: Hello there. How\nBob: Fine.\n"
    assert prose(a_payload(spoken("Hello there.")), "Ann") == "Ann: Hello there.\n"


def test_every_rendition_uses_the_names() -> None:
    """Text, page, captions and JSON agree on who speaks."""
    made = render(document(TWO, speaker_names=("Agent", "Customer")))
    for suffix in CONTENT_TYPES:
        assert "Agent" in made[suffix]
        assert "Customer" in made[suffix]
        assert "Speaker 1" not in made[suffix]


def test_chinese_has_no_spaces_between_its_words() -> None:
    """And English among it keeps its own."""
    assert prose(a_payload(spoken("我 想 买 New York 地图 。"))) == "我想买 New York 地图。\n"


@pytest.mark.parametrize(
    "payload",
    [
        {"text": "hello there"},
        a_payload([*spoken("hello"), {"word": "there"}]),
        a_payload([*spoken("hello"), {"word": "there", "start": 1.0}]),
    ],
)
def test_without_times_there_are_no_captions(payload: dict[str, Any]) -> None:
    """Captions with a guess in them would be wrong without saying so. Everything else is there."""
    made = render(document(payload))
    assert made.keys() == CONTENT_TYPES.keys() - CAPTIONS
    assert made["txt"] == "hello there\n"


def test_silence_has_every_rendition() -> None:
    """An empty transcript is a success with files to show for it."""
    made = render(document({"results": None}))
    assert made.keys() == CONTENT_TYPES.keys()
    assert (made["txt"], made["srt"], made["vtt"].strip()) == ("", "", "WEBVTT")


def test_withdrawn_captions_are_valid_and_say_why() -> None:
    """A WebVTT file with a note in it; SubRip knows no notes."""
    assert no_captions("Why.") == {"srt": "", "vtt": "WEBVTT\n\nNOTE\nWhy.\n"}
