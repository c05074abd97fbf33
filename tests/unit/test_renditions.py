"""What people read: text, Markdown, captions and the canonical JSON."""

import html
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcription.reading import transcript_of
from transcription.renditions import CONTENT_TYPES, document, markdown, render, text
from transcription.transcript import Transcript

from tests.unit.examples import NOON, a_channel, a_job, a_payload, a_word, spoken
from tests.unit.schema import faults
from tests.unit.speech import payloads, spoken_words

TWO = transcript_of(
    a_payload([*spoken("Hello there. How", speaker=0), *spoken("Fine.", 5.0, speaker=1)])
)


def told(transcript: Transcript, **changes: Any) -> dict[str, Any]:
    """The canonical JSON as a reader sees it."""
    found: dict[str, Any] = json.loads(render(a_job(**changes), transcript)["json"])
    return found


def plain(said: str) -> str:
    """Markdown's text, its escapes read as Markdown reads them."""
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", said)


@given(payloads())
def test_every_word_is_in_the_text_once(payload: dict[str, Any]) -> None:
    """Prose without names has nothing else in it."""
    transcript = transcript_of(payload)
    prose = re.sub(r"(?m)^(Speaker|Channel) \d: ", "", text(transcript))
    assert sorted(prose.split()) == spoken_words(payload)


@given(payloads())
def test_every_word_is_in_the_markdown_once(payload: dict[str, Any]) -> None:
    """Below the table stand times, names and words alone."""
    body = markdown(a_job(), transcript_of(payload)).split("\n\n", 2)[2:]
    bare = re.sub(r"(?m)^\*\*[\d:]+\*\* (\*(Speaker|Channel) \d:\* )?", "", "".join(body))
    assert sorted(plain(bare).split()) == spoken_words(payload)


@given(payloads())
def test_every_word_is_in_the_json_once(payload: dict[str, Any]) -> None:
    """In the words, in the segments' texts, in the paragraphs' texts and in the whole text."""
    found = told(transcript_of(payload))
    expected = spoken_words(payload)
    words = [word["text"] for segment in found["segments"] for word in segment["words"]]
    assert sorted(" ".join(words).split()) == expected
    assert sorted(found["text"].split()) == expected
    for part in ("segments", "paragraphs"):
        assert sorted(" ".join(one["text"] for one in found[part]).split()) == expected


@given(payloads())
def test_the_json_is_what_the_schema_says(payload: dict[str, Any]) -> None:
    """The published schema holds for every transcript."""
    assert faults("transcript-1", told(transcript_of(payload))) == []


@pytest.mark.parametrize(
    "payload", [{"results": None}, {"text": "hello there"}, a_payload([{"word": "a"}], duration=1)]
)
@pytest.mark.parametrize(
    "changes", [{}, {"model": None}, {"version_id": "v"}, {"options": {"language": "pt"}}]
)
def test_an_unusual_json_is_what_the_schema_says(
    payload: dict[str, Any], changes: dict[str, Any]
) -> None:
    """Without times, without words, without a model, with a version."""
    assert faults("transcript-1", told(transcript_of(payload), **changes)) == []


@pytest.mark.parametrize(
    "change",
    [{"version": "2"}, {"job_id": "x"}, {"text": None}, {"seconds": "7"}, {"segments": [{}]}],
)
def test_the_schema_refuses_what_is_wrong(change: dict[str, Any]) -> None:
    """A schema that takes anything would prove nothing."""
    assert faults("transcript-1", document(a_job(), TWO) | change) != []


def test_times_speakers_and_channels_are_in_the_json() -> None:
    """Each word has its time; each segment its voice."""
    first = told(TWO)["segments"][0]
    assert (first["start"], first["end"], first["speaker"], first["channel"]) == (0.0, 0.6, 0, 0)
    assert first["words"][1] == {"text": "there.", "start": 0.3, "end": 0.6, "confidence": 0.9}


def test_the_detected_language_wins_over_the_one_asked_for() -> None:
    """What was asked for is told where nothing was detected."""
    asked = {"options": {"language": "pt"}}
    assert told(TWO, **asked)["language"] == "pt"
    found = transcript_of({"results": {"channels": a_channel([], detected_language="fr")}})
    assert told(found, **asked)["language"] == "fr"


def test_a_conversation_names_its_voices() -> None:
    """A turn a line, headed by who speaks."""
    assert text(TWO) == "Speaker 1: Hello there. How\nSpeaker 2: Fine.\n"


def test_one_voice_is_not_named() -> None:
    """Diarization that found one speaker adds no noise."""
    assert text(transcript_of(a_payload(spoken("Hello there.", speaker=0)))) == "Hello there.\n"


def test_markdown_looks_like_this() -> None:
    """A title, a table of facts, then what was said and when."""
    assert markdown(a_job(options={"language": "en"}), TWO) == (
        "# a.mp3\n\n| | |\n|---|---|\n"
        "| Recorded in | uploads/calls/2026/a.mp3 |\n"
        "| Uploaded | 2026-11-22T12:00:00.000Z |\n"
        "| Language | en |\n"
        "| Model | \\#g1\\_whisper-small |\n"
        "\n**00:00:00** *Speaker 1:* Hello there. How\n"
        "\n**00:00:05** *Speaker 2:* Fine.\n"
    )


HOSTILE = [
    "# title",
    "**bold** _it_ ~~no~~",
    "[link](http://evil.example)",
    "![image](x)",
    "<script>alert(1)</script>",
    "`code` ```fence```",
    "| a | b |",
    "&lt;b&gt; &copy;",
    "\\",
    "\\*",
    "$x$ costs $5",
    "<http://evil.example>",
]


@pytest.mark.parametrize("said", HOSTILE)
def test_speech_is_not_markdown(said: str) -> None:
    """Each sign that could format, link or break a table is escaped, and reads as it was said."""
    page = markdown(a_job(), transcript_of(a_payload([a_word(said, 0.0, 1.0)])))
    line = page.rstrip("\n").rsplit("\n", 1)[1].removeprefix("**00:00:00** ")
    assert plain(line) == said
    assert not re.search(r"(?<!\\)(?:\\\\)*[`*_\[\]<>#|~&$]", line)


@pytest.mark.parametrize("said", HOSTILE)
def test_a_file_name_is_not_markdown(said: str) -> None:
    """A key is anything its owner likes, and still one title and one cell of a table."""
    page = markdown(a_job(key=f"{said}\n\n# {said}", bucket="b"), TWO).split("\n")
    rows = [line for line in page if re.search(r"(?<!\\)\|", line)]
    assert [line for line in page if line.startswith("#")] == page[:1]
    assert all(len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) == 3 for row in rows)


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=80))
def test_any_name_is_one_line(key: str) -> None:
    """No key breaks out of the title or the table."""
    page = markdown(a_job(key=key), transcript_of({"results": None}))
    assert len(page.splitlines()) == 7
    assert html.unescape(page) == page


def test_without_times_there_are_no_captions() -> None:
    """Everything else is there."""
    made = render(a_job(), transcript_of({"text": "hello there"}))
    assert sorted(made) == ["json", "md", "txt"]
    assert made["txt"] == "hello there\n"


def test_silence_has_every_rendition() -> None:
    """An empty transcript is a success with files to show for it."""
    made = render(a_job(uploaded_at=NOON), transcript_of({"results": None}))
    assert made.keys() == CONTENT_TYPES.keys()
    assert (made["txt"], made["srt"]) == ("", "")


@given(payloads())
def test_the_same_answer_gives_the_same_files(payload: dict[str, Any]) -> None:
    """Publishing again changes nothing."""
    assert render(a_job(), transcript_of(payload)) == render(a_job(), transcript_of(payload))
