"""What a seed has in store."""

from collections import Counter

import pytest

from tests.chaos.faults import CREATE_FAULTS, FETCH_FAULTS
from tests.chaos.plan import Death, Fate, Plan
from tests.chaos.recording import heard, words_in
from tests.chaos.seed import plan_of
from tests.chaos.test_chaos import SEEDS as ALWAYS
from tests.chaos.test_chaos import UPLOADS


@pytest.fixture(scope="module")
def large() -> Plan:
    """As large as `make chaos` makes it by itself."""
    return plan_of(1, 500)


@pytest.mark.parametrize("seed", range(20))
def test_a_seed_always_gives_the_same_plan(seed: int) -> None:
    """Which is how a storm that found something can be had again."""
    assert plan_of(seed, 40) == plan_of(seed, 40)
    assert plan_of(seed, 40) != plan_of(seed + 1, 40)


def test_the_shares_are_those_that_were_asked_for(large: Plan) -> None:
    """Every tenth event comes twice, every twentieth upload has a worker killed."""
    twice = [version for version in large.versions if len(version.deliveries) == 2]
    killed = [version for version in large.versions if version.death]
    assert (len(twice), len(killed)) == (50, 25)


def test_nothing_that_can_go_wrong_is_left_out(large: Plan) -> None:
    """Every fault of the API's table, every moment to die, everything that an owner may do."""
    versions = large.versions
    assert {name for version in versions for name in version.creates} == set(CREATE_FAULTS)
    assert {name for version in versions for name in version.fetches} >= set(FETCH_FAULTS)
    assert {version.death for version in versions} == {None, *Death}
    assert {version.fate for version in versions} == set(Fate)
    assert {denial.function for denial in large.denials} >= {"Submit", "Poll", "Publish"}


def test_the_storms_of_every_test_run_have_a_bit_of_everything() -> None:
    """Small as they are: every moment to die, every fate, lost events, stopped executions."""
    versions = [each for seed in ALWAYS for each in plan_of(seed, UPLOADS).versions]
    assert {version.death for version in versions} == {None, *Death}
    assert {version.fate for version in versions} == set(Fate)
    assert {len(version.deliveries) for version in versions} == {0, 1, 2}
    assert any(version.stopped for version in versions)
    assert any(version.belated for version in versions)


def test_versions_of_a_key_are_numbered_in_their_order(large: Plan) -> None:
    """A key is used again, which makes versions that must not replace each other's transcripts."""
    for versions in large.keys.values():
        assert [version.number for version in versions] == list(range(1, len(versions) + 1))
    assert Counter(version.number for version in large.versions)[2] > 20


def test_no_two_recordings_have_the_same_words(large: Plan) -> None:
    """So that a transcript in the wrong place is seen."""
    spoken = [tuple(heard(version.body)) for version in large.versions if version.is_speech]
    assert len(set(spoken)) == len(spoken)
    assert words_in(" ".join(spoken[0]).upper()) == set(spoken[0])
