"""What finished jobs teach about the provider's speed, whatever they were like."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcription.pace import PACE
from transcription.speeds import FEW, LEAP, LEAST, MOST, RATE, UNKNOWN, Seen, Speed, taught

lengths = st.floats(0.1, 40_000)
looks = st.tuples(st.floats(0, 3300), st.floats(0.5, 3300)).map(sorted).map(lambda at: Seen(*at))
lessons = st.lists(st.tuples(lengths, looks), max_size=60)


def settled(speed: Speed, provider: Speed, jobs: int, varies: float = 0.0) -> Speed:
    """The estimate after jobs of all lengths that were looked at as the stack does."""
    chance = random.Random(7)
    for _ in range(jobs):
        length = chance.lognormvariate(5.2, 1.4)
        ready = provider.predicted(length) * chance.lognormvariate(0, varies)
        after, by = 0.0, PACE.first(speed.predicted(length))
        while by < ready:
            after, by = by, by + PACE.gap(by)
        speed = taught(speed, length, Seen(after, by))
    return speed


@given(lessons)
def test_no_sequence_of_jobs_takes_an_estimate_out_of_bounds(
    jobs: list[tuple[float, Seen]],
) -> None:
    """Not even looks that an outage had delayed by an hour, one after the other."""
    speed = UNKNOWN
    for length, seen in jobs:
        speed = taught(speed, length, seen)
        assert LEAST.overhead <= speed.overhead <= MOST.overhead
        assert LEAST.per_second <= speed.per_second <= MOST.per_second
    assert speed.jobs == len(jobs)


@given(lengths, looks, st.integers(FEW, 10_000))
def test_one_job_moves_an_estimate_little(length: float, seen: Seen, jobs: int) -> None:
    """However late it was: an outlier counts as much as any other."""
    before = Speed(3.0, 0.025, jobs)
    after = taught(before, length, seen)
    most = RATE / 2 + 1e-9
    assert abs(after.predicted(length) / before.predicted(length) - 1) <= most * 1.1
    assert abs(after.overhead / before.overhead - 1) <= most * 1.1
    assert abs(after.per_second / before.per_second - 1) <= most * 1.1


@given(lengths, looks)
def test_even_the_first_job_moves_it_fourfold_at_most(length: float, seen: Seen) -> None:
    """The first may be the outlier."""
    found = taught(UNKNOWN, length, seen)
    factor = found.predicted(length) / UNKNOWN.predicted(length)
    assert 1 / 4 - 1e-6 <= factor <= 4 + 1e-6
    assert pytest.approx(4.0) == 2.718281828459045**LEAP


@pytest.mark.parametrize("overhead", [1.0, 8.0])
@pytest.mark.parametrize("per_second", [0.005, 0.03, 0.2])
def test_an_estimate_converges(overhead: float, per_second: float) -> None:
    """From nothing to a provider's own speed, be it fast or slow, but for two seconds."""
    provider = Speed(overhead, per_second)
    found = settled(UNKNOWN, provider, 400, varies=0.1)
    for length in (300, 3600):
        assert found.predicted(length) == pytest.approx(provider.predicted(length), rel=0.3, abs=2)


def test_a_few_jobs_are_enough_to_begin_with() -> None:
    """From a fifth of the truth to the half of it, or better."""
    provider = Speed(5.0, 0.05)
    found = settled(UNKNOWN, provider, FEW)
    assert 0.5 < found.predicted(300) / provider.predicted(300) < 1.5


@pytest.mark.parametrize("factor", [0.4, 2.5])
def test_an_estimate_follows_a_provider_that_changes(factor: float) -> None:
    """A slow day is known after some dozens of jobs, and forgotten after as many more."""
    used_to = Speed(3.0, 0.025, 1000)
    now = Speed(3.0 * factor, 0.025 * factor)
    found = settled(used_to, now, 100, varies=0.1)
    assert found.predicted(300) == pytest.approx(now.predicted(300), rel=0.3)


@given(st.floats(1, 1000), st.floats(1, 1000))
def test_later_than_predicted_moves_it_up_and_sooner_down(length: float, later: float) -> None:
    """Whatever the length."""
    speed = Speed(3.0, 0.025, 100)
    predicted = speed.predicted(length)
    slow = taught(speed, length, Seen(predicted + later, predicted + 2 * later))
    fast = taught(speed, length, Seen(0.0, predicted / 2))
    assert fast.predicted(length) < predicted < slow.predicted(length)


def test_short_jobs_teach_the_overhead_and_long_ones_the_speed() -> None:
    """Each is moved by its share in what was predicted."""
    speed = Speed(3.0, 0.025, 100)
    short = taught(speed, 4.0, Seen(30.0, 40.0))
    long = taught(speed, 10_000.0, Seen(900.0, 950.0))
    assert (short.overhead / 3.0, short.per_second / 0.025) == pytest.approx((1.06, 1), abs=0.01)
    assert (long.overhead / 3.0, long.per_second / 0.025) == pytest.approx((1, 1.06), abs=0.01)
