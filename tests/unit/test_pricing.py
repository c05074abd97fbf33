"""What a recording costs at the speech API."""

from typing import Any

import pytest
from transcription.pricing import price_of

from tests.unit.examples import a_job


@pytest.mark.parametrize(
    ("facts", "dollars"),
    [
        ({"audio_seconds": 90.0, "size": 1}, 0.009),
        ({"size": 16_000 * 60}, 0.006),
        ({}, 0.0),
        ({"audio_seconds": 0.1}, 0.00001),
    ],
)
def test_the_price_goes_by_the_length(facts: dict[str, Any], dollars: float) -> None:
    """By the second; where the length is not known, it is guessed from the size."""
    assert price_of(a_job(**facts), 0.006) == dollars


def test_without_a_price_nothing_is_said() -> None:
    """Zero dollars would be a claim."""
    assert price_of(a_job(audio_seconds=60.0), 0.0) is None
