"""When to look, and when to try it again."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcription.job import Status, WaitReason
from transcription.pace import LONGEST, LONGEST_FIRST
from transcription.speeds import Speed
from transcription.waiting import (
    DEADLINE,
    ROOM,
    SETBACK,
    after_setback,
    before_first_look,
    first_look,
    in_room,
    next_look,
    stuck_after_start,
)

from tests.unit.examples import MINUTE, NOON, a_job

SPEED = Speed(3.0, 0.04)
moments = st.floats(0, 4000, allow_nan=False)
deadlines = st.floats(60, 3400, allow_nan=False)
chances = st.floats(0, 1, exclude_max=True)
setbacks = st.sampled_from(sorted(SETBACK))


def never() -> float:
    """The chance that changes nothing."""
    return 0.0


@pytest.mark.parametrize(
    ("seconds", "size", "first"),
    [
        (7.1, 10**9, 5.5),
        (600.0, None, 29.2),
        (3600.0, None, 149.2),
        (10 * 3600.0, None, 1113.4),
        (1e9, None, LONGEST_FIRST),
    ],
)
def test_the_first_look_comes_from_the_length(
    seconds: float, size: int | None, first: float
) -> None:
    """Shortly before the transcript should be there, as the model's speed has it."""
    job = a_job(audio_seconds=seconds, size=size)
    assert first_look(job, SPEED, never) == pytest.approx(first, abs=0.1)


@pytest.mark.parametrize(("size", "first"), [(None, 5.2), (16_000 * 600, 29.2), (10**9, LONGEST)])
def test_where_no_length_is_known_the_first_look_is_within_a_minute(
    size: int | None, first: float
) -> None:
    """A gigabyte may be a film of an hour, which is not to lie there while we wait for a day's."""
    assert first_look(a_job(size=size), SPEED, never) == pytest.approx(first)


@given(st.none() | st.floats(0, 1e9), st.none() | st.integers(0, 2**50), chances)
def test_the_first_look_is_never_later_than_three_quarters_of_an_hour(
    seconds: float | None, size: int | None, chance: float
) -> None:
    """Long enough for the longest file, and well before the result is forgotten."""
    job = a_job(audio_seconds=seconds, size=size)
    assert 2 <= first_look(job, SPEED, lambda: chance) <= LONGEST_FIRST < DEADLINE


@pytest.mark.parametrize(
    ("elapsed", "seconds"),
    [
        (0, 4),
        (50, 7),
        (301, 42),
        (2000, 60),
        (DEADLINE - 7, 7),
        (DEADLINE - 0.2, 1),
        (DEADLINE, None),
        (DEADLINE + 600, None),
        (-3, 4),
    ],
)
def test_later_looks_follow_the_time_passed(elapsed: float, seconds: int | None) -> None:
    """By a share of it; never past the deadline; then never again."""
    assert next_look(elapsed, chance=never) == seconds


@given(moments, deadlines, chances)
def test_no_two_looks_are_more_than_a_minute_apart(
    elapsed: float, deadline: float, chance: float
) -> None:
    """The API forgets the result meanwhile."""
    seconds = next_look(elapsed, deadline, lambda: chance)
    assert seconds is None or 1 <= seconds <= LONGEST
    assert (seconds is None) == (elapsed >= deadline)


@given(st.floats(0.1, 36_000), deadlines, st.floats(0, 5), chances)
def test_the_last_look_is_at_the_deadline(
    length: float, deadline: float, delay: float, chance: float
) -> None:
    """However slow each look is, the last comes within one look of the deadline, and comes."""
    elapsed = min(first_look(a_job(audio_seconds=length), SPEED, lambda: chance), deadline)
    looks = [elapsed]
    while (seconds := next_look(elapsed, deadline, lambda: chance)) is not None:
        elapsed += seconds + delay
        looks.append(elapsed)
    assert deadline <= looks[-1] < deadline + delay + 1
    assert all(later - sooner <= LONGEST + delay + 1e-6 for sooner, later in pairwise(looks))


@pytest.mark.parametrize(
    ("reason", "stays"),
    [
        (WaitReason.SLOW_DOWN, [10, 20, 40, 80, 160, 240, 240]),
        (WaitReason.OUTAGE, [5, 10, 20, 40, 48, 48, 48]),
        (WaitReason.KEY, [48, 96, 192, 384, 480, 480, 480]),
        (WaitReason.CREDITS, [48, 96, 192, 384, 480, 480, 480]),
    ],
)
def test_each_reason_for_a_setback_is_waited_out_by_itself(
    reason: WaitReason, stays: list[int]
) -> None:
    """A line that broke is soon tried again, a key that a person must mend more rarely."""
    assert [after_setback(reason, before, 60, chance=never) for before in range(7)] == stays


@pytest.mark.parametrize(
    ("asked", "seconds"), [(0.0, 2), (7.0, 7), (30.0, 30), (200.0, 200), (900.0, 240)]
)
def test_a_slow_down_is_waited_as_asked_up_to_its_limit(asked: float, seconds: int) -> None:
    """However often it was asked before."""
    for before in (0, 3, 50):
        found = after_setback(WaitReason.SLOW_DOWN, before, 60, asked=asked, chance=never)
        assert found == seconds


@given(setbacks, st.integers(0, 10**6), moments, deadlines, st.none() | st.floats(0, 900), chances)
def test_no_setback_is_waited_out_past_the_deadline(
    reason: WaitReason,
    before: int,
    elapsed: float,
    deadline: float,
    asked: float | None,
    chance: float,
) -> None:
    """Whatever the API says meanwhile, it is asked once more before it forgets the result."""
    seconds = after_setback(reason, before, elapsed, deadline, asked, lambda: chance)
    assert (seconds is None) == (elapsed >= deadline)
    assert seconds is None or 1 <= seconds <= min(1.25 * SETBACK[reason][1], deadline - elapsed + 1)


def test_what_only_a_person_can_mend_is_seen_some_times_before_it_is_forgotten() -> None:
    """A key that is set while the result is still there saves it."""
    elapsed, looks = 30.0, 0
    while (seconds := after_setback(WaitReason.KEY, looks, elapsed)) is not None:
        elapsed, looks = elapsed + seconds, looks + 1
    assert 8 <= looks <= 12
    assert DEADLINE <= elapsed < DEADLINE + 1


@pytest.mark.parametrize(
    ("facts", "minutes"),
    [
        ({"audio_seconds": 7.0}, 10),
        ({"audio_seconds": 3600.0}, 12),
        ({"audio_seconds": 1e9}, 50),
        ({"audio_seconds": 1e9, "submitted_at": NOON - 45 * MINUTE}, 10),
        ({"status": Status.TRANSCRIBED}, 20),
    ],
)
def test_a_silent_execution_is_asked_for_in_time(facts: dict[str, Any], minutes: int) -> None:
    """After its first look was due, and always while the result can still be fetched."""
    job = a_job(**({"status": Status.SUBMITTED, "submitted_at": NOON} | facts))
    due = stuck_after_start(job, NOON, before_first_look(job, NOON, SPEED))
    assert NOON + minutes * MINUTE <= due < NOON + (minutes + 1) * MINUTE


@pytest.mark.parametrize(
    ("facts", "seconds"),
    [
        ({"audio_seconds": 36_000.0}, 1113),
        ({"audio_seconds": 36_000.0, "submitted_at": NOON - MINUTE}, 1053),
        ({"audio_seconds": 600.0, "submitted_at": NOON - MINUTE}, 1),
        ({"audio_seconds": 600.0, "submitted_at": None}, 29),
        ({"audio_seconds": 600.0, "status": Status.TRANSCRIBED}, 0),
    ],
)
def test_the_first_wait_counts_from_create(facts: dict[str, Any], seconds: int) -> None:
    """An execution that takes over waits only for what is left; for a safe answer not at all."""
    job = a_job(**({"status": Status.SUBMITTED, "submitted_at": NOON} | facts))
    assert before_first_look(job, NOON, SPEED, chance=never) == seconds


def test_the_first_look_is_no_later_than_the_last() -> None:
    """Where the last look was set to come after a minute, a long file is looked at then."""
    job = a_job(status=Status.SUBMITTED, submitted_at=NOON, audio_seconds=36_000.0)
    assert before_first_look(job, NOON, SPEED, deadline=60) == 60


@pytest.mark.parametrize("reason", sorted(ROOM))
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
