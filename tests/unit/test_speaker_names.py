"""Names for voices as an option: read everywhere, refused with a sentence, never sent."""

import json
from typing import Any

import pytest
from transcription import layers
from transcription.layers import BadOption
from transcription.options import effective, stack_layer
from transcription.rules import BrokenRules, parse

from dropscribe.metadata import metadata_of

STACK = stack_layer("#g1_whisper-small", {"diarize": True})


def named(metadata: str) -> tuple[str, ...]:
    """The names that a file gets by its metadata."""
    return effective([STACK, layers.from_metadata({"stt-speakers": metadata})]).speaker_names


def rule(**fields: Any) -> str:
    return json.dumps({"version": 1, "rules": [{"prefix": "calls/", **fields}]})


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("Agent, Customer", ("Agent", "Customer")),
        ('["Grant, Cary", "Hepburn"]', ("Grant, Cary", "Hepburn")),
        ("=?utf-8?q?J=C3=BCrgen=2C_=E6=9D=B1=E4=BA=AC?=", ("Jürgen", "東京")),
        ("  Dr.   No ,", ("Dr. No",)),
        (",".join(f"N{number}" for number in range(20)), tuple(f"N{n}" for n in range(20))),
        ("n" * 64, ("n" * 64,)),
    ],
)
def test_names_are_read(written: str, names: tuple[str, ...]) -> None:
    """As lists are, in one line each."""
    assert named(written) == names


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("", "speakers in the object's metadata is empty"),
        (",".join("x" * 21), "has 21 items"),
        ("n" * 65, "which has 65 characters"),
        ('["a\\nb"]', "with a control character in it"),
        ('["a\\u202eb"]', "a sign in it that turns the direction of a line"),
        ('["a", 7, {}]', "has an item that is {}"),
        (json.dumps(["🎤" * 64] * 8), "takes 2,048 bytes"),
    ],
)
def test_wrong_names_are_refused(written: str, said: str) -> None:
    """Like every other option: with the option, its value, the place, and what is allowed."""
    with pytest.raises(BadOption) as caught:
        named(written)
    assert said in str(caught.value)
    assert "a list of up to 20 names, of up to 64 letters each" in str(caught.value)


def test_names_are_no_option_of_the_api() -> None:
    """They have a place of their own; where they come from is told."""
    found = effective([STACK, layers.from_tags({"stt-speakers": "Agent/Customer"})])
    assert found.options == {"diarize": True}
    assert found.speaker_names == ("Agent", "Customer")
    assert found.sources["speakers"] == "tag"


@pytest.mark.parametrize("fields", [{"speakers": ["A", "B"]}, {"options": {"speakers": "A,B"}}])
def test_a_rule_may_name_them(fields: dict[str, Any]) -> None:
    """In a field of their own, beside its options, or among these."""
    (found,) = parse(rule(**fields))
    assert found.layer.options == {"speakers": ["A", "B"]}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"speakers": []}, "speakers in the rule calls/ is empty"),
        ({"speakers": {"0": "A"}}, "is {'0': 'A'}, but takes a list of up to 20 names"),
        ({"speakers": ["A"], "options": {"speakers": ["B"]}}, "given twice in the rule calls/"),
        ({"pass": {"speakers": ["A"]}}, "one that Dropscribe knows"),
    ],
)
def test_a_rule_with_wrong_names_is_broken(fields: dict[str, Any], said: str) -> None:
    """And not set in the first place."""
    with pytest.raises(BrokenRules, match=said.replace("{", r"\{")):
        parse(rule(**fields))


@pytest.mark.parametrize(
    ("options", "model", "warned"),
    [
        ({}, "whisper-small", True),
        ({"multi_channel": True}, "whisper-small", False),
        ({"diarize": False}, "whisper-small", True),
        ({}, "openai/gpt-4o-transcribe", False),
    ],
)
def test_names_that_nobody_can_get_are_warned_of(
    options: dict[str, Any], model: str, warned: bool
) -> None:
    """Several of them, where nothing tells voices apart."""
    two = layers.from_metadata({"stt-speakers": "A,B"})
    warnings = effective([stack_layer(model, options), two]).warnings
    said = "speakers=A,B (metadata) needs diarize=true or multi_channel=true"
    assert warnings == ((said,) if warned else ())


def test_put_sends_names_as_metadata() -> None:
    """Which the other side reads as it reads every other's."""
    metadata = metadata_of(["speakers=Jürgen,Ana", "diarize=true"])
    found = effective([STACK, layers.from_metadata(metadata)])
    assert found.speaker_names == ("Jürgen", "Ana")
    with pytest.raises(ValueError, match="has 21 items"):
        metadata_of(["speakers=" + ",".join("x" * 21)])
