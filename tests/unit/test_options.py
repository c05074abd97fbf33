"""Options: what a user may ask for one file."""

from contextlib import suppress
from email.header import Header
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcription.options import PARAMETERS, BadOption, decoded, effective, parsed

# Each parameter of the API's table, a value as text, and the same in the API's own type.
TABLE: list[tuple[str, str, Any]] = [
    ("model", "#g1_whisper-large", "#g1_whisper-large"),
    ("language", "pt-BR", "pt-BR"),
    ("detect_language", "true", True),
    ("diarize", "true", True),
    ("diarize_version", "2021-07-14.0", "2021-07-14.0"),
    ("punctuate", "false", False),
    ("smart_format", "yes", True),
    ("paragraphs", "no", False),
    ("utterances", "on", True),
    ("utt_split", "0.8", 0.8),
    ("multi_channel", "1", True),
    ("numerals", "TRUE", True),
    ("measurements", "off", False),
    ("dictation", "0", False),
    ("filler_words", " true ", True),
    ("profanity_filter", "True", True),
    ("intents", "true", True),
    ("custom_intent", "buy, sell ,", ["buy", "sell"]),
    ("custom_intent_mode", "strict", "strict"),
    ("topics", "true", True),
    ("detect_topics", "true", True),
    ("custom_topic", "weather", ["weather"]),
    ("custom_topic_mode", "extended", "extended"),
    ("sentiment", "true", True),
    ("summarize", "v2", "v2"),
    ("detect_entities", "true", True),
    ("keywords", "Dashwood:2,Elinor", ["Dashwood:2", "Elinor"]),
    ("search", "money", ["money"]),
    ("tag", "a,b", ["a", "b"]),
    ("extra", "CASE:12,YEAR:2026", ["CASE:12", "YEAR:2026"]),
]

REFUSED = [
    ("diarize", "maybe", "The option diarize is 'maybe', but takes true or false"),
    ("diarize", "", "but takes true or false"),
    ("utt_split", "0", "takes a number of seconds"),
    ("utt_split", "-1", "takes a number of seconds"),
    ("utt_split", "nan", "takes a number of seconds"),
    ("utt_split", "inf", "takes a number of seconds"),
    ("utt_split", "1e-200", "takes a number of seconds"),
    ("utt_split", "half", "The option utt_split is 'half', but takes a number of seconds"),
    ("language", "  ", "takes some text"),
    ("custom_topic_mode", "Strict", "takes strict or extended"),
    ("summarize", "v3", "takes v2 or true or false"),
    ("keywords", " , ,", "takes 1 to 100 words separated by commas"),
    ("search", ",".join("abcdefghij" * 6), "takes 1 to 50 words"),
    ("tag", "x" * 129, "up to 128 letters each"),
    ("extra", "x" * 2049, "up to 2048 letters each"),
    ("diarise", "true", "There is no option 'diarise'; did you mean diarize?"),
    ("url", "http://x", "There is no option 'url'"),
    ("audio", "x", "There is no option 'audio'"),
    ("", "x", "There is no option ''"),
]

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


def test_the_table_has_the_thirty_parameters() -> None:
    """Every parameter of the API but the audio itself can be asked for."""
    assert sorted(PARAMETERS) == sorted(name for name, _, _ in TABLE)
    assert len(PARAMETERS) == 30


@pytest.mark.parametrize(("name", "text", "value"), TABLE)
def test_every_parameter_is_read_in_its_type(name: str, text: str, value: Any) -> None:
    """Metadata is text; the API gets booleans, numbers, texts and lists."""
    found = effective({}, {f"stt-{name}": text})
    assert found == {name: value}
    assert type(found[name]) is type(value)


@pytest.mark.parametrize("name", sorted(PARAMETERS))
def test_every_parameter_says_what_it_means(name: str) -> None:
    """The command line's help comes from this table."""
    assert PARAMETERS[name].meaning


@pytest.mark.parametrize("written", ["stt-smart-format", "stt-smart_format", "STT-Smart-Format"])
def test_a_name_may_be_written_in_any_way(written: str) -> None:
    """S3 lower-cases names and people prefer hyphens: `-` and `_` are alike."""
    assert effective({}, {written: "true"}) == {"smart_format": True}


@pytest.mark.parametrize(("name", "text", "said"), REFUSED)
def test_a_refusal_says_how_to_mend_it(name: str, text: str, said: str) -> None:
    """A bad option rejects the file with a sentence for its owner."""
    with pytest.raises(BadOption) as caught:
        effective({}, {f"stt-{name}": text})
    assert said in str(caught.value)


def test_a_refusal_shows_no_more_than_a_line() -> None:
    """A kilobyte of metadata does not become a kilobyte of reason."""
    with pytest.raises(BadOption) as caught:
        parsed("diarize", "\n" * 2000)
    assert len(str(caught.value)) < 250
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "value"), [("true", True), ("false", False), ("en,pt", ["en", "pt"]), ("en", ["en"])]
)
def test_detect_language_takes_a_boolean_or_a_choice(text: str, value: object) -> None:
    """The newer API narrows the search to some languages."""
    assert parsed("detect_language", text) == value


def test_the_objects_own_metadata_wins() -> None:
    """Defaults fill what the object does not say, and other metadata is nobody's option."""
    defaults = {"smart_format": True, "utterances": True}
    own = {"stt-utterances": "false", "title": "A call", "sttx": "1", "x-stt-language": "pt"}
    assert effective(defaults, own) == {"smart_format": True, "utterances": False}


def test_the_defaults_stay_as_they_are() -> None:
    """One file's options never leak into the next one's."""
    defaults = {"smart_format": True}
    effective(defaults, {"stt-smart-format": "false"})
    assert defaults == {"smart_format": True}


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


@given(st.sampled_from(sorted(PARAMETERS)), st.text(max_size=80))
def test_a_value_is_read_or_refused(name: str, text: str) -> None:
    """No text at all makes anything but a value in one of the API's types, or a refusal."""
    with suppress(BadOption):
        assert isinstance(parsed(name, text), bool | float | str | list)
