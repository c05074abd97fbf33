"""Reconcile beside the live path, and beside itself: whoever comes second changes nothing."""

import contextlib
import dataclasses
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from transcription.job import Status
from transcription.ledger import Overtaken
from transcription.reconciler import Report

from tests.application.gaps import GAPS, Planter, ending_machine, wait_for_ends
from tests.application.house import House, Places
from tests.crash_points import POINTS, Trap
from tests.scripted_api import ScriptedApi

if TYPE_CHECKING:
    import boto3


def test_two_reconcilers_at_once_are_as_good_as_one(
    session: "boto3.Session", own_places: Places, table: str, api: ScriptedApi
) -> None:
    """Each gap is closed once, each object created once, and neither of them fails."""
    machine = ending_machine(session, own_places.machine)
    places = dataclasses.replace(own_places, machine=machine.arn)
    houses = [House(session, places, table, api.base_url) for _ in range(2)]
    planted = {name: gap.plant(Planter(houses[0])) for name, gap in GAPS.items()}
    wait_for_ends(machine)
    reports = _at_once(houses)
    assert [report.rows.errors + report.objects.errors for report in reports] == [[], []]
    for name, job_id in planted.items():
        row = houses[0].ledger.get(job_id)
        assert row
        assert (name, row.status, row.attempt) == (name, GAPS[name].status, GAPS[name].attempt)
        assert row.ambiguous == (row.status is Status.AMBIGUOUS)
    assert len(api.creates) == 4


@pytest.mark.parametrize("minutes", [0, 30])
def test_a_reconciler_may_come_at_any_moment(
    session: "boto3.Session", own_places: Places, table: str, api: ScriptedApi, minutes: int
) -> None:
    """It runs at every named point of a job's life, and even takes a slow sender for dead."""
    house, other = (House(session, own_places, table, api.base_url) for _ in range(2))
    other.later(minutes=minutes)
    traps = [Trap(point, spring=lambda: _run(other)) for point in POINTS.values()]
    upload = house.put()
    with contextlib.ExitStack() as set_up:
        for trap in traps:
            set_up.enter_context(trap.set_in(house.clients))
        with contextlib.suppress(Overtaken):
            house.transcribe(house.submit(upload))
    row = other.complete(upload)
    assert (row.status, len(api.creates)) == (Status.COMPLETED, 1 + row.ambiguous)
    assert minutes or (row.attempt, row.ambiguous) == (1, 0)


def _at_once(houses: list[House]) -> list[Report]:
    start = threading.Barrier(len(houses))

    def run(house: House) -> Report:
        house.later(minutes=20)
        start.wait()
        return house.reconcile()

    with ThreadPoolExecutor(len(houses)) as pool:
        return list(pool.map(run, houses))


def _run(house: House) -> None:
    report = house.reconcile()
    assert report.rows.errors + report.objects.errors == []
