"""How looks are spread over the time of a job that goes on."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcription.pace import LONGEST, LONGEST_FIRST, PACE, SHORTEST

predictions = st.floats(0, 1e7)
moments = st.floats(0, 4000)
chances = st.floats(0, 1, exclude_max=True)


def never() -> float:
    """The chance that changes nothing."""
    return 0.0


@pytest.mark.parametrize(
    ("predicted", "first"),
    [(0, 2.2), (10, 12.2), (100, 102.2), (300, 279), (600, 498), (3000, 2250), (1e7, 2700)],
)
def test_the_first_look_comes_from_the_prediction(predicted: float, first: float) -> None:
    """A short job is looked at once it should be there, a long one well before."""
    assert PACE.first(predicted, never) == pytest.approx(first)


@given(predictions, predictions, chances)
def test_more_to_do_is_never_looked_at_sooner(one: float, other: float, chance: float) -> None:
    """But for chance, the first look is monotone in what is predicted."""
    sooner, later = (PACE.first(each, lambda: chance) for each in sorted((one, other)))
    assert SHORTEST <= sooner <= later <= LONGEST_FIRST


@given(predictions, chances)
def test_an_early_transcript_lies_there_for_a_minute_at_most(
    predicted: float, chance: float
) -> None:
    """Even if it took no more of the prediction than is counted on."""
    ready = max(PACE.least * predicted, 0)
    assert PACE.first(predicted, lambda: chance) - ready <= LONGEST + 1e-6


@given(moments, chances)
def test_no_two_looks_are_more_than_a_minute_apart(elapsed: float, chance: float) -> None:
    """Nor so close that they would cost more than they find."""
    assert SHORTEST <= PACE.gap(elapsed, lambda: chance) <= LONGEST


@given(predictions, moments, chances)
def test_chance_takes_a_tenth_off_at_most(predicted: float, elapsed: float, chance: float) -> None:
    """So that jobs which were sent together aren't asked for together, and none is later."""
    for planned, played in (
        (PACE.first(predicted, never), PACE.first(predicted, lambda: chance)),
        (PACE.gap(elapsed, never), PACE.gap(elapsed, lambda: chance)),
    ):
        assert 0.9 * planned - 1e-6 <= played <= planned


def test_looks_grow_apart_with_the_time_passed() -> None:
    """By a share of it, from some seconds up to a minute."""
    gaps = [PACE.gap(elapsed, never) for elapsed in (0, 20, 50, 100, 300, 600, 3000)]
    assert gaps == pytest.approx([4, 4, 7, 14, 42, 60, 60])
    assert all(shorter <= longer for shorter, longer in pairwise(gaps))
