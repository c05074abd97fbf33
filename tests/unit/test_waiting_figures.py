"""What is claimed of the waiting, on the standard mix and on others like it."""

from functools import cache

import pytest
from transcription.speeds import UNKNOWN

from benchmarks.waiting import learnt, ten_minutes
from benchmarks.waiting_mix import standard_mix
from benchmarks.waiting_policies import Ours, Outcome, every, outcome


@cache
def beside(seed: int) -> tuple[Outcome, Outcome]:
    """Ours from nothing, and a look every ten seconds."""
    mix = standard_mix(seed)
    return outcome(Ours(UNKNOWN), mix), outcome(every(10, first=0), mix)


@pytest.mark.parametrize("seed", [1, 2, 6])
def test_transcripts_are_found_sooner_with_fewer_looks_than_every_ten_seconds(seed: int) -> None:
    """In half the time, with three looks for four, though nothing is known at first."""
    ours, page = beside(seed)
    assert ours.mean <= page.mean / 2
    assert ours.polls <= 0.75 * page.polls


@pytest.mark.parametrize("seed", [1, 2, 6])
def test_no_transcript_lies_there_for_more_than_a_minute(seed: int) -> None:
    """Nor while the estimate is still being learnt."""
    assert beside(seed)[0].worst <= 60


def test_a_learnt_estimate_needs_few_looks() -> None:
    """Most files are found at the first."""
    assert outcome(Ours(learnt()), standard_mix(1)).polls <= 1.6


def test_to_wait_for_a_long_job_costs_next_to_nothing() -> None:
    """In states of the workflow, for one that is processed for ten minutes."""
    assert ten_minutes() <= 0.0003
