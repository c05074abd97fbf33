"""The Markdown page, judged by a parser that is not ours."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from transcription.document import document_of
from transcription.markdown import markdown
from transcription.reading import transcript_of

from tests.unit.examples import a_job, a_payload, a_word, spoken
from tests.unit.speech import HOSTILE, names, parts, payloads, spoken_parts

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
TWO = a_payload([*spoken("Hello there. How", speaker=0), *spoken("Fine.", 5.0, speaker=1)])
# What a page is made of, and what stands in its lines: text, a bold time, an emphasized name.
BLOCKS = {"heading", "table", "thead", "tbody", "tr", "th", "td", "paragraph", "inline"}
INLINE = {"text", "strong_open", "strong_close", "em_open", "em_close"}


def page(payload: dict[str, Any], **job: Any) -> str:
    return markdown(document_of(a_job(**job), transcript_of(payload)))


def lines(text: str) -> list[Token]:
    """Every line of text in a page, which must be made of nothing but what we make it of."""
    tokens = PARSER.parse(text)
    assert {re.sub("_(open|close)$", "", token.type) for token in tokens} <= BLOCKS
    found = [token for token in tokens if token.type == "inline"]
    assert {child.type for line in found for child in line.children or ()} <= INLINE
    return found


def said(line: Token) -> str:
    """What a line says behind its time and name."""
    children, depth, text = line.children or [], 0, ""
    for child in children:
        depth += child.nesting
        text += child.content if not depth else ""
    return text.strip()


def body(text: str) -> list[Token]:
    """The lines below the table."""
    tokens = lines(text)
    model = next(place for place, line in enumerate(tokens) if line.content == "Model")
    return tokens[model + 2 :]


@given(payloads(), names)
def test_every_word_is_in_the_markdown_once(payload: dict[str, Any], speakers: list[str]) -> None:
    """As it was said, and nothing of it formats, links, or is HTML; nor is any name."""
    found = body(page(payload, speaker_names=tuple(speakers)))
    assert parts(" ".join(map(said, found))) == spoken_parts(payload)


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=80))
def test_any_key_is_a_title_and_a_cell(key: str) -> None:
    """A key is anything its owner likes, and breaks out of neither."""
    tokens = PARSER.parse(page({"results": None}, key=key))
    kinds = [token.type for token in tokens]
    assert kinds.count("heading_open") == kinds.count("table_open") == 1
    assert kinds.count("tr_open") == 5
    assert kinds.count("td_open") == 8


def test_it_looks_like_this() -> None:
    """A title, a table of facts, then what was said, when, and by whom."""
    assert page(TWO, options={"language": "en"}) == (
        "# a.mp3\n\n| | |\n|---|---|\n"
        "| Recording | uploads/calls/2026/a.mp3 |\n"
        "| Uploaded | 2026-11-22 12:00:00 UTC |\n"
        "| Language | en |\n"
        "| Speakers | Speaker 1, Speaker 2 |\n"
        "| Words | 4 |\n"
        "| Confidence | 95% |\n"
        "| Model | \\#g1\\_whisper-small |\n"
        "\n**00:00:00** *Speaker 1:* Hello there. How\n"
        "\n**00:00:05** *Speaker 2:* Fine.\n"
    )


def test_summary_and_topics_come_first() -> None:
    """Where there are any; each topic once."""
    payload = a_payload(spoken("We sold it."), duration=3)
    topics = [{"topic": "- Sale"}, {"topic": "House #2"}, {"topic": "- Sale"}]
    payload["results"] |= {"summary": {"short": "1. Sold_."}, "topics": {"segments": topics}}
    assert page(payload).split("|\n\n")[1] == (
        "## Summary\n\n1\\. Sold\\_.\n\n## Topics\n\n- \\- Sale\n- House \\#2\n\n"
        "## Transcript\n\n**00:00:00** We sold it.\n"
    )


def test_without_times_no_time_is_told() -> None:
    """And what begins a line is still no list."""
    assert page({"text": "1. + - one"}).endswith("\n\n1\\. + - one\n")
    assert page({"text": "- one"}).endswith("\n\n\\- one\n")


@pytest.mark.parametrize("timed", [True, False])
@pytest.mark.parametrize("words", HOSTILE)
def test_speech_is_not_markdown(words: str, timed: bool) -> None:
    """What formats, links, lists or breaks a table reads as it was said."""
    payload = a_payload([a_word(words, 0.0, 1.0)]) if timed else {"text": words}
    assert [said(line) for line in body(page(payload))] == [words]


@pytest.mark.parametrize("words", HOSTILE)
def test_a_summary_is_not_markdown(words: str) -> None:
    """Nor is a topic: the model's words are no more ours than the speaker's."""
    payload = a_payload(spoken("a")) | {"summary": words, "topics": [{"topic": words}]}
    tokens = PARSER.parse(page(payload))
    shown = [said(token) for token in tokens if token.type == "inline"]
    assert shown.count(words) == 2
    assert sum(token.type == "bullet_list_open" for token in tokens) == 1


@pytest.mark.parametrize("address", ["http://a.b", "https://a.b/c?d", "www.a.b", "mailto:a@b.c"])
def test_github_makes_no_link_of_an_address(address: str) -> None:
    """It would of any that stands there bare."""
    assert address not in page(a_payload([a_word(address, 0.0, 1.0)]))
