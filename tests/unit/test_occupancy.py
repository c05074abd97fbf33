"""Who may hold a slot, and who holds one without need."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcription.job import BACKFILL, FRESH, LINES, Job, Status
from transcription.occupancy import Holding, Occupancy, most, read, stale
from transcription.sending import LEASE

from tests.unit.examples import NOON, a_job

LONG_AGO = Holding(NOON - timedelta(seconds=LEASE + 1), 1)
JUST_NOW = Holding(NOON, 1)


def held_by(number: int, limit: int, *lines: str) -> Occupancy:
    """A house with so many in it, in which these lines wait."""
    return Occupancy(limit, {str(n): JUST_NOW for n in range(number)}, dict.fromkeys(lines, NOON))


@given(st.sampled_from(LINES), st.integers(1, 9), st.integers(0, 9), st.integers(0, 9))
def test_there_is_room_up_to_the_limit(line: str, limit: int, held: int, more: int) -> None:
    """Of those that hold a slot and those that have gone since."""
    house = held_by(held, limit)
    assert house.has_room(line, more) == (held + more < most(line, limit))


@pytest.mark.parametrize(("limit", "fresh", "backfill"), [(5, 5, 4), (2, 2, 1), (1, 1, 1)])
def test_a_backfill_leaves_a_slot(limit: int, fresh: int, backfill: int) -> None:
    """Where there is more than one."""
    assert (most(FRESH, limit), most(BACKFILL, limit)) == (fresh, backfill)


def test_no_limit_has_room_for_all() -> None:
    """However many are in flight."""
    assert held_by(1000, 0).has_room(BACKFILL, 1000)


@pytest.mark.parametrize(
    ("held", "lines", "calls"),
    [
        (5, LINES, False),
        (4, LINES, True),
        (4, (BACKFILL,), False),
        (3, (BACKFILL,), True),
        (0, (), False),
    ],
)
def test_dispatch_is_called_where_somebody_could_go(
    held: int, lines: tuple[str, ...], calls: bool
) -> None:
    """A backfill that must leave the last slot is not woken for it."""
    assert held_by(held, 5, *lines).calls is calls


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("holding", [LONG_AGO, JUST_NOW])
def test_who_needs_no_slot_loses_it(status: Status, holding: Holding) -> None:
    """What is over at once; what was never sent when whoever wanted to send it must be dead."""
    keeps = status in {Status.SENDING, Status.SUBMITTED} or (
        holding is JUST_NOW and status in {Status.CLAIMED, Status.WAITING, Status.AMBIGUOUS}
    )
    rows: dict[str, Job] = {"it": a_job(status=status)}
    assert stale({"it": holding}, rows, NOON) == ([] if keeps else ["it"])


def test_a_slot_of_nobody_is_free() -> None:
    """Its row was deleted by hand."""
    assert stale({"it": JUST_NOW}, {}, NOON) == ["it"]


@pytest.mark.parametrize("item", [{}, {"job_id": "#slots", "holders": {}}])
def test_what_is_not_there_says_nothing(item: dict[str, Any]) -> None:
    """A stack that has never sent anything has no item."""
    assert read(item, 5) == Occupancy(5, {}, {})
