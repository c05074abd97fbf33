"""The table of parameters: what is in it, and in which types its values leave."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcription.layers import BadOption, from_metadata
from transcription.parameters import PARAMETERS, Family, family

from tests.parameters import EXAMPLES, Example


def read(name: str, text: str) -> Any:
    return from_metadata({f"stt-{name}": text}).options[name]


def test_the_table_has_the_thirty_parameters() -> None:
    """Every parameter of the API but the audio itself can be asked for, and has an example."""
    assert list(PARAMETERS) == [example.name for example in EXAMPLES]
    assert len(PARAMETERS) == 30


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_every_parameter_is_read_in_its_type(example: Example) -> None:
    """Metadata is text; the API gets booleans, numbers, texts and lists."""
    found = read(example.name, example.text)
    assert (found, type(found)) == (example.value, type(example.value))


@pytest.mark.parametrize("name", PARAMETERS)
def test_what_a_parameter_needs_is_in_the_table(name: str) -> None:
    """Every parameter says what it means; what it names beside itself is there."""
    known = PARAMETERS[name]
    assert known.meaning
    assert {*known.needs, known.overruled_by} - {""} <= PARAMETERS.keys() - {name}


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("detect_language", "true", True),
        ("detect_language", "no", False),
        ("detect_language", "en", ["en"]),
        ("summarize", "true", True),
        ("summarize", "FALSE", False),
        ("language", "pt_BR", "pt-BR"),
        ("language", "no", "no"),
        ("language", "zh-Hant-TW", "zh-Hant-TW"),
        ("language", "multi", "multi"),
        ("utt_split", "0.8", 0.8),
        ("utt_split", "2", 2.0),
        ("utt_split", ".5 s", 0.5),
        ("utt_split", "3600", 3600.0),
        ("keywords", "a:-10, b:0.5", ["a:-10", "b:0.5"]),
        ("keywords", "[laughter], applause", ["[laughter]", "applause"]),
        ("tag", "x" * 128, ["x" * 128]),
        ("search", ",".join(map(str, range(50))), [str(n) for n in range(50)]),
        ("model", "openai/gpt-4o-transcribe", "openai/gpt-4o-transcribe"),
        ("punctuate", "0", False),
    ],
)
def test_values_are_read_as_people_write_them(name: str, text: str, value: Any) -> None:
    """The older types and the newer, decimal commas, locales, JSON, and every limit itself."""
    found = read(name, text)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("model", "known"),
    [
        ("#g1_whisper-small", Family.WHISPER),
        ("deepgram/whisper-large", Family.WHISPER),
        ("#g1_nova-2-general", Family.NOVA),
        ("openai/whisper-1", Family.OTHER),
        ("openai/gpt-4o-transcribe", Family.OTHER),
    ],
)
def test_a_model_is_known_by_its_name(model: str, known: Family) -> None:
    """In the older spellings and the newer."""
    assert family(model) is known


@given(st.sampled_from(sorted(PARAMETERS)), st.text(max_size=80))
def test_a_value_is_read_or_refused(name: str, text: str) -> None:
    """No text at all makes anything but a value in one of the API's types, or a refusal."""
    with suppress(BadOption):
        assert isinstance(read(name, text), bool | float | str | list)
