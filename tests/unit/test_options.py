"""The options of one file out of all places: who wins, what is left out, what is warned of."""

from email.header import Header
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcription import layers
from transcription.layers import Layer, decoded
from transcription.options import Effective, effective, stack_layer

STACK = {"smart_format": True, "utterances": True}
RULES = [
    Layer(layers.of_rule("calls/"), {"language": "es", "diarize": True}),
    Layer(layers.of_rule("calls/pt/"), {"language": "pt"}),
]
# What the stack, the rules, the tags and the metadata ask for; what holds, and from where.
PRECEDENCE: list[tuple[dict[str, str], dict[str, str], str, Any, str]] = [
    ({}, {}, "smart_format", True, "stack"),
    ({}, {}, "diarize", True, "rule calls/"),
    ({}, {}, "language", "pt", "rule calls/pt/"),
    ({"stt-language": "fr"}, {}, "language", "fr", "tag"),
    ({"stt-language": "fr"}, {"stt-language": "de"}, "language", "de", "metadata"),
    ({}, {"stt-language": "de"}, "language", "de", "metadata"),
    ({"stt-smart-format": "false"}, {}, "smart_format", False, "tag"),
    ({}, {"stt-diarize": "no"}, "diarize", False, "metadata"),
    ({"stt-model": "whisper-tiny"}, {}, "model", "whisper-tiny", "tag"),
    ({}, {}, "model", "#g1_whisper-small", "stack"),
    ({"stt-keywords": "a/b:2"}, {}, "keywords", ["a", "b:2"], "tag"),
    ({"stt-keywords": "a/b"}, {"stt-keywords": "c/d,e"}, "keywords", ["c/d", "e"], "metadata"),
    ({"stt-pass-keyterm": "x"}, {"stt-pass-keyterm": '["y"]'}, "keyterm", ["y"], "metadata"),
]


def chosen(tags: dict[str, str], metadata: dict[str, str], **stack: Any) -> Effective:
    """The options of a file under calls/pt/."""
    return effective(
        [
            stack_layer("#g1_whisper-small", STACK | stack),
            *RULES,
            layers.from_tags(tags),
            layers.from_metadata(metadata),
        ]
    )


@pytest.mark.parametrize(("tags", "metadata", "name", "value", "source"), PRECEDENCE)
def test_the_stronger_place_wins(
    tags: dict[str, str], metadata: dict[str, str], name: str, value: Any, source: str
) -> None:
    """Stack, shorter prefix, longer prefix, tags, metadata; and each option says whose it is."""
    found = chosen(tags, metadata)
    assert {"model": found.model, **found.options}[name] == value
    assert found.sources[name] == source


@pytest.mark.parametrize("written", ["stt-smart-format", "stt-smart_format", "STT-Smart-Format"])
def test_a_name_may_be_written_in_any_way(written: str) -> None:
    """S3 lower-cases names and people prefer hyphens: `-` and `_` are alike."""
    assert layers.from_metadata({written: "true"}).options == {"smart_format": True}
    assert layers.from_tags({written: "true"}).options == {"smart_format": True}


def test_other_metadata_is_nobodys_option() -> None:
    """Only what begins with stt- is for us."""
    own = {"title": "A call", "sttx": "1", "x-stt-language": "pt"}
    assert layers.from_metadata(own).options == {}


def test_the_defaults_stay_as_they_are() -> None:
    """One file's options never leak into the next one's."""
    stack = stack_layer("m", {"smart_format": True})
    effective([stack, layers.from_metadata({"stt-smart-format": "false"})])
    assert effective([stack]).options == {"smart_format": True}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("false", False),
        ("0.7", 0.7),
        ("null", None),
        ('{"a": [1, "b"]}', {"a": [1, "b"]}),
        ("[1,", "[1,"),
        (" some text, as it is ", "some text, as it is"),
        ("", ""),
        ("007", "007"),
    ],
)
def test_what_the_table_lacks_is_passed_on(text: str, value: Any) -> None:
    """JSON where it is JSON, else text."""
    found = layers.from_metadata({"stt-pass-key-term": text}).options
    assert found == {"key_term": value}
    assert type(found["key_term"]) is type(value)


def test_in_json_text_is_passed_on_as_text() -> None:
    """A rule says 12 or "12", and means it."""
    found = layers.read(layers.of_rule("a"), [("pass-x", "12"), ("pass-y", 12)]).options
    assert found == {"x": "12", "y": 12}


def test_what_a_stronger_place_makes_pointless_is_left_out() -> None:
    """The stack splits utterances; a file that wants none is not refused for that."""
    found = chosen({}, {"stt-utterances": "false"}, utt_split=2)
    assert "utt_split" not in found.options
    assert "utt_split" not in found.sources
    assert found.warnings == (
        "utt_split=2 (stack) is left out, for it needs utterances, and utterances=false (metadata)",
    )


WARNINGS: list[tuple[dict[str, str], list[str]]] = [
    ({"stt-keywords": "a,b"}, ["keywords=a,b (metadata) does nothing on the model #g1_whisper-sm"]),
    ({"stt-search": "a"}, ["search=a (metadata) does nothing on the model #g1_whisper-small"]),
    ({"stt-filler-words": "1"}, ["filler_words=true (metadata) does nothing on the model"]),
    ({"stt-profanity-filter": "1"}, ["profanity_filter=true (metadata) does nothing on the"]),
    ({"stt-detect-entities": "1"}, ["detect_entities=true (metadata) does nothing on the model"]),
    ({"stt-detect-entities": "0"}, []),
    ({"stt-keywords": "a", "stt-model": "#g1_nova-2-general"}, []),
    ({"stt-filler-words": "1", "stt-model": "openai/gpt-4o"}, ["does nothing on the model openai"]),
    (
        {"stt-topics": "1", "stt-sentiment": "1"},
        [
            "topics=true (metadata) is for English only, but language=pt (rule calls/pt/)",
            "sentiment=true (metadata) is for English only, but language=pt (rule calls/pt/)",
        ],
    ),
    ({"stt-topics": "1", "stt-language": "en-GB"}, []),
    (
        {"stt-language": "de", "stt-detect-language": "true"},
        ["language=de (metadata) does nothing beside detect_language=true (metadata)"],
    ),
    ({"stt-detect-language": "true"}, []),
    (
        {"stt-punctuate": "false"},
        ["punctuate=false (metadata) does nothing beside smart_format=true (stack)"],
    ),
    ({"stt-punctuate": "true"}, []),
]


@pytest.mark.parametrize(("metadata", "warnings"), WARNINGS)
def test_what_does_nothing_is_said(metadata: dict[str, str], warnings: list[str]) -> None:
    """It is sent all the same; but the row says so, instead of silence."""
    found = chosen({}, metadata)
    assert len(found.warnings) == len(warnings)
    for warning, start in zip(found.warnings, warnings, strict=True):
        assert start in warning


WIRE = [
    ("Dashwood", "Dashwood"),
    ("two  spaces, and a = sign?", "two  spaces, and a = sign?"),
    ("=?UTF-8?Q?S=C3=A3o_Paulo?=", "São Paulo"),
    ("=?UTF-8?B?5p2x5Lqs?=", "東京"),
    ("=?utf-8?q?Z=C3=BCrich?= =?utf-8?q?see?=", "Zürichsee"),
    ("=?iso-8859-1?q?Z=FCrich?=", "Zürich"),
    ("=?utf-8?b?broken", "=?utf-8?b?broken"),
    ("=?klingon?q?a?=", "=?klingon?q?a?="),
    ("=?utf-8?q?=FF=FE?=", "=?utf-8?q?=FF=FE?="),
    ("São Paulo".encode().decode("latin-1"), "São Paulo"),
    ("東京".encode().decode("latin-1"), "東京"),
    ("São Paulo", "São Paulo"),
]


@pytest.mark.parametrize(("wire", "text"), WIRE)
def test_metadata_is_decoded(wire: str, text: str) -> None:
    """RFC 2047 and UTF-8 taken for Latin-1 are read; what is neither stays as it is."""
    assert decoded(wire) == text


@given(st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=60))
def test_any_text_survives_the_wire(text: str) -> None:
    """What a client encodes by RFC 2047 arrives as it was meant."""
    wire = Header(text, "utf-8", maxlinelen=2000).encode()
    assert decoded(wire) == decoded(text)


@given(st.text(st.characters(max_codepoint=255)))
def test_decoding_never_fails(wire: str) -> None:
    """Whatever bytes stand in a header, the text can be written to a row."""
    decoded(wire).encode()


@pytest.mark.parametrize(
    "wire", ["=?unicode_escape?q?=5Cud800?=", "=?utf-7?q?+2AA-?=", "=?rot13?q?a?="]
)
def test_no_charset_smuggles_half_a_character(wire: str) -> None:
    """Python knows charsets that can make text which can't be written."""
    decoded(wire).encode()
