"""When to look, and when to try again."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcription.job import Status, WaitReason
from transcription.waiting import (
    DEADLINE,
    LONGEST_FIRST,
    ROOM,
    first_look,
    in_room,
    next_look,
    stuck_after_start,
)

from tests.unit.examples import MINUTE, NOON, a_job

moments = st.floats(0, 4000, allow_nan=False)
deadlines = st.floats(60, 3400, allow_nan=False)


@pytest.mark.parametrize(
    ("seconds", "size", "first"),
    [
        (None, None, 3),
        (None, 0, 3),
        (0.0, 16_000 * 600, 22),
        (7.1, 10**9, 3),
        (600.0, None, 22),
        (3600.0, None, 118),
        (None, 16_000 * 3600, 118),
        (10 * 3600.0, None, 1155),
        (1e9, None, LONGEST_FIRST),
    ],
)
def test_the_first_look_comes_from_the_length(
    seconds: float | None, size: int | None, first: int
) -> None:
    """Shortly before the transcript is predicted; from the size where no length is known."""
    assert first_look(seconds, size) == first


@given(st.none() | st.floats(0, 1e9), st.none() | st.integers(0, 2**50))
def test_the_first_look_is_never_later_than_three_quarters_of_an_hour(
    seconds: float | None, size: int | None
) -> None:
    """Long enough for the longest file, and well before the result is forgotten."""
    assert 2 <= first_look(seconds, size) <= LONGEST_FIRST < DEADLINE


@pytest.mark.parametrize(
    ("elapsed", "asked", "seconds"),
    [
        (0, None, 2),
        (3, None, 2),
        (50, None, 10),
        (301, None, 60),
        (50, 30, 30),
        (50, 5, 10),
        (50, 900, 60),
        (DEADLINE - 7, None, 7),
        (DEADLINE - 0.2, None, 1),
        (DEADLINE - 7, 60, 7),
        (DEADLINE, None, None),
        (DEADLINE + 600, 60, None),
        (-3, None, 2),
    ],
)
def test_later_looks_follow_the_time_passed(
    elapsed: float, asked: float | None, seconds: int | None
) -> None:
    """Every fifth of the time passed, or as asked; never past the deadline; then never again."""
    assert next_look(elapsed, asked=asked) == seconds


@given(moments, deadlines, st.none() | st.floats(0, 1e6))
def test_no_two_looks_are_more_than_a_minute_apart(
    elapsed: float, deadline: float, asked: float | None
) -> None:
    """Not even when the API asks for more: it forgets the result meanwhile."""
    seconds = next_look(elapsed, deadline, asked)
    assert seconds is None or 1 <= seconds <= 60
    assert (seconds is None) == (elapsed >= deadline)


@given(st.floats(0, 36_000), deadlines, st.floats(0, 5))
def test_the_last_look_is_at_the_deadline(length: float, deadline: float, delay: float) -> None:
    """However slow each look is, the last comes within one look of the deadline, and comes."""
    elapsed = min(float(first_look(length, None)), deadline)
    looks = [elapsed]
    while (seconds := next_look(elapsed, deadline)) is not None:
        elapsed += seconds + delay
        looks.append(elapsed)
    assert deadline <= looks[-1] < deadline + delay + 1
    assert all(later - sooner <= 60 + delay + 1e-6 for sooner, later in pairwise(looks))


@pytest.mark.parametrize(
    ("facts", "minutes"),
    [
        ({"audio_seconds": 7.0}, 10),
        ({"audio_seconds": 3600.0}, 11),
        ({"audio_seconds": 1e9}, 50),
        ({"audio_seconds": 1e9, "submitted_at": NOON - 45 * MINUTE}, 10),
        ({"status": Status.TRANSCRIBED}, 20),
    ],
)
def test_a_silent_execution_is_asked_for_in_time(facts: dict[str, Any], minutes: int) -> None:
    """After its first look was due, and always while the result can still be fetched."""
    job = a_job(**({"status": Status.SUBMITTED, "submitted_at": NOON} | facts))
    due = stuck_after_start(job, NOON)
    assert NOON + minutes * MINUTE <= due < NOON + (minutes + 1) * MINUTE


@pytest.mark.parametrize("reason", WaitReason)
def test_every_reason_has_a_time_in_the_room(reason: WaitReason) -> None:
    """It starts short, doubles, and stops growing at the longest."""
    stays = [in_room(reason, waits, chance=lambda: 0.0) for waits in range(40)]
    start, most = ROOM[reason]
    assert stays[:2] == [start, min(2 * start, most)]
    assert stays == sorted(stays)
    assert stays[-1] == most


@given(
    st.sampled_from(WaitReason),
    st.integers(0, 10**6),
    st.none() | st.floats(0, 900),
    st.floats(0, 1, exclude_max=True),
)
def test_what_the_api_asked_for_is_waited(
    reason: WaitReason, waits: int, asked: float | None, chance: float
) -> None:
    """Never less than asked, and never more than a quarter above what is due."""
    stay = in_room(reason, waits, asked, lambda: chance)
    least = asked if asked is not None else ROOM[reason][0]
    most = asked if asked is not None else ROOM[reason][1]
    assert least <= stay <= most * 1.25


def test_jobs_refused_together_do_not_return_together() -> None:
    """Chance spreads them over a quarter of their stay."""
    assert len({in_room(WaitReason.SLOW_DOWN, 0) for _ in range(20)}) > 1
