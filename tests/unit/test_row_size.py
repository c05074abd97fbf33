"""A row stays under 20 KB, whatever a file asks for and whatever comes back: indexes copy it."""

from decimal import Decimal
from typing import Any

import pytest
from transcription import layers
from transcription.formats import CONTENT_TYPES
from transcription.job import Job, Status
from transcription.layers import BadOption, Layer
from transcription.options import LARGEST, Effective, effective, stack_layer
from transcription.parameters import NAMES, PARAMETERS
from transcription.rows import to_row
from transcription.shelf import rendition_key

from tests.unit.examples import NOON, a_job

MOST = 20_000  # bytes
KEY = "東" * 341 + "x"
WIDE = "🎤"
TIMES = [name for name in Job.__dataclass_fields__ if name.endswith(("_at", "_until"))]


def size(value: Any) -> int:
    """What DynamoDB counts: names and texts in UTF-8, a byte for two digits, three for a list."""
    match value:
        case dict():
            return 3 + sum(len(name.encode()) + size(item) + 1 for name, item in value.items())
        case list():
            return 3 + sum(size(item) + 1 for item in value)
        case str():
            return len(value.encode())
        case Decimal() | int():
            return len(str(value)) // 2 + 2
    return 1


def greedy(letters: int) -> Layer:
    """A rule that asks for as much as it can, each option in as many letters."""
    rule = layers.of_rule(WIDE * 500)
    asked: dict[str, Any] = {
        name: [WIDE * letters] if known.kind.is_list else known.kind.choices[0]
        for name, known in PARAMETERS.items()
        if known.kind.is_list or known.kind.choices
    }
    asked |= {"keywords": [f"{'k' * letters}:2"], "extra": [f"k:{'v' * letters}"]}
    return layers.read(rule, (asked | {"detect_language": "true", "language": "pt"}).items())


def largest() -> Effective:
    """As many options as together are just not refused, with a name for every voice."""
    names = Layer(layers.METADATA, {"speakers": NAMES.read([WIDE * 64] * 7, ",")})
    stack = stack_layer("whisper-" + "w" * 120, {"utterances": True})
    found = None
    for letters in range(1, 400):
        try:
            found = effective([stack, greedy(letters), names])
        except BadOption:
            break
    assert found is not None
    return found


def test_the_row_of_the_greediest_file_stays_small() -> None:
    """The longest key, every option, twenty names, all warnings, and all that a transcript adds."""
    asked = largest()
    row = to_row(
        a_job(
            bucket="b" * 63,
            key=KEY,
            version_id="v" * 100,
            etag="e" * 40,
            content_type="c" * 200,
            sequencer="F" * 32,
            status=Status.COMPLETED,
            model=asked.model,
            options=asked.options,
            option_sources=asked.sources,
            speaker_names=tuple(NAMES.read(["東" * 33] * 20, ",")),
            warnings=asked.warnings,
            generation_id="g" * 500,
            execution_arn="arn:" + "x" * 250,
            answer=f"{'0' * 32}/1.json",
            reason="No captions: the model gave no times; 100000 of the answer's words were bad",
            preview=WIDE * 200,
            language="x" * 44,
            outputs={suffix: rendition_key(KEY, suffix) for suffix in CONTENT_TYPES},
            **dict.fromkeys(TIMES, NOON),
        )
    )
    assert len(asked.warnings) > 3
    assert len(KEY.encode()) == 1024
    assert 15_000 < size(row) < MOST


def test_many_options_are_too_many() -> None:
    """What a rule passes on counts with its names and its place, however short its values are."""
    asked = {f"passed_{number}": 1 for number in range(300)}
    with pytest.raises(BadOption, match=rf"may take {LARGEST:,}"):
        effective([stack_layer("m", {}), Layer(layers.of_rule("a"), asked)])


def test_warnings_that_are_left_out_are_counted() -> None:
    """The first ones stand there, and how many more there were."""
    warnings = largest().warnings
    assert sum(len(warning.encode()) for warning in warnings) < 1600
    assert warnings[-1].endswith("more of the kind: fewer options would make fewer warnings")
