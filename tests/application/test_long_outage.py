"""A day on which nothing can be sent: a hundred files wait, and are each sent once at its end."""

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import pytest
from transcription.job import Job, Status, WaitReason
from transcription.s3_events import Upload

from dropscribe.local.process import free_port
from tests.application.house import House, Places
from tests.scripted_api import RecordedRequest, ScriptedApi

if TYPE_CHECKING:
    import boto3

FILES = 25  # of each kind of outage


def test_an_api_that_refuses_connections(
    session: "boto3.Session", places: Places, table: str
) -> None:
    """Nobody listens there for a day: nothing was sent, so nothing is in doubt."""
    port = free_port()
    house = House(session, places, table, f"http://127.0.0.1:{port}/v1")
    jobs = [house.submit() for _ in range(FILES)]
    _a_day_passes(house)
    assert _waiting(house, jobs) == {(Status.WAITING, WaitReason.OUTAGE): FILES}
    with ScriptedApi(port=port) as api:
        _complete_by_themselves(house, jobs)
        _assert_created_once(jobs, api.creates)


def test_a_wrong_key(house: House, api: ScriptedApi) -> None:
    """Each time one of them asks in vain for all; the right key needs no deployment."""
    api.key, house.key = "the-right-key", "a-wrong-key"
    jobs = [house.submit() for _ in range(FILES)]
    _a_day_passes(house)
    assert _waiting(house, jobs) == {(Status.WAITING, WaitReason.KEY): FILES}
    house.key = api.key
    _complete_by_themselves(house, jobs)
    _assert_created_once(jobs, [create for create in api.creates if create.key == api.key])


def test_a_pause(house: House, api: ScriptedApi) -> None:
    """An operator has stopped all sending, and lets it go on a day later."""
    house.ledger.pause(house.now())
    jobs = [house.submit() for _ in range(FILES)]
    _a_day_passes(house)
    assert _waiting(house, jobs) == {(Status.WAITING, WaitReason.PAUSED): FILES}
    assert api.creates == ()
    house.ledger.unpause()
    _complete_by_themselves(house, jobs)
    _assert_created_once(jobs, api.creates)


@pytest.mark.parametrize("found", [0, FILES])
def test_events_that_nobody_takes(house: House, api: ScriptedApi, found: int) -> None:
    """Submit is disabled: the queue keeps the events, and then delivers some of them twice.

    Reconcile may have found the objects before that, or not.
    """
    uploads = [house.put() for _ in range(FILES)]
    house.later(days=1)
    assert (house.dispatch().moved, api.creates) == ([], ())
    if found:
        assert house.reconcile().unaccounted == found
    jobs = {job.job_id: job for job in map(house.submit, _delivered(uploads))}
    assert len(jobs) == FILES
    _complete_by_themselves(house, list(jobs.values()))
    _assert_created_once(jobs.values(), api.creates)


def _a_day_passes(house: House) -> None:
    """What runs each minute in AWS runs every three hours here: what was due stays due."""
    for _ in range(8):
        house.later(hours=3)
        house.dispatch()
        house.reconcile()


def _waiting(house: House, jobs: Sequence[Job]) -> Counter[tuple[Status, WaitReason | None]]:
    rows = map(house.row, jobs)
    return Counter((row.status, row.wait_reason) for row in rows if row.attempt == 1)


def _complete_by_themselves(house: House, jobs: Sequence[Job]) -> None:
    """The longest wait is over in a quarter of an hour, and then all of them go."""
    house.later(minutes=20)
    house.dispatch()
    done = [house.transcribe(job) for job in jobs]
    assert {(job.status, job.attempt, job.ambiguous) for job in done} == {(Status.COMPLETED, 1, 0)}


def _assert_created_once(jobs: Iterable[Job], creates: Sequence[RecordedRequest]) -> None:
    times = {job.key: sum(create.names(job.key) for create in creates) for job in jobs}
    assert set(times.values()) == {1}
    assert len(creates) == len(times)


def _delivered(uploads: Sequence[Upload]) -> list[Upload]:
    """At least once, and in any order."""
    deliveries = [*uploads, *uploads[::5]]
    random.Random(5).shuffle(deliveries)
    return deliveries
