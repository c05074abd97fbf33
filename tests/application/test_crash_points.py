"""Whoever is at work on a job may die at any point: each has a name, and a way on from there."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import pytest
from transcription.job import Status
from transcription.s3_events import Cancel, Upload
from transcription.sending import SUBMIT_TIMEOUT
from transcription.speech_api import SpeechApi
from transcription.workflow import StateMachine

from tests.application.gaps import FAILS, ending_machine, wait_for_ends
from tests.application.house import House, Places
from tests.crash_points import NAMES, POINTS, POSTED, Killed, Trap
from tests.scripted_api import Reply, ScriptedApi

if TYPE_CHECKING:
    import boto3

PAGE: Final = (Path(__file__).parents[2] / "docs" / "recovery.md").read_text(encoding="utf-8")
WAYS: Final = ("redelivery", "reconcile", "dispatch", "tried again")
# What brings a job on from each point, alone: any of these is enough.
REDELIVERY, RECONCILE, DISPATCH, TRIED_AGAIN = WAYS
RECOVERIES: Final[Mapping[str, tuple[str, ...]]] = {
    "received": (REDELIVERY, RECONCILE),
    "claimed": (REDELIVERY, RECONCILE),
    "rejected": (REDELIVERY, RECONCILE),
    "seated": (REDELIVERY, RECONCILE),
    "reserved": (REDELIVERY, RECONCILE),
    "lined-up": (DISPATCH,),
    "marked": (REDELIVERY, RECONCILE),
    "posted": (REDELIVERY, RECONCILE),
    "refused": (REDELIVERY, RECONCILE),
    "answered": (REDELIVERY, RECONCILE),
    "doubted": (DISPATCH,),
    "saved": (REDELIVERY, RECONCILE),
    "started": (REDELIVERY, RECONCILE),
    "fetched": (TRIED_AGAIN, RECONCILE),
    "kept": (TRIED_AGAIN, RECONCILE),
    "transcribed": (TRIED_AGAIN, RECONCILE),
    "freed": (DISPATCH,),
    "woken": (DISPATCH,),
    "half-rendered": (TRIED_AGAIN, RECONCILE),
    "rendered": (TRIED_AGAIN, RECONCILE),
    "completed": (TRIED_AGAIN, RECONCILE),
    "told": (TRIED_AGAIN, RECONCILE),
    "reopened": (RECONCILE,),
    "resumed": (RECONCILE,),
    "cancelled": (TRIED_AGAIN,),
    "swept": (RECONCILE,),
}
CASES: Final = [(point, by) for point, ways in RECOVERIES.items() for by in ways]
# Where nobody can know whether the API took the request: it is counted, and may be sent once more.
DOUBTFUL: Final = frozenset({"marked", "posted", "refused", "answered", "doubted"})
ENDS: Final = {"rejected": Status.REJECTED, "cancelled": Status.FAILED}


@pytest.fixture(scope="module")
def failing(session: "boto3.Session", places: Places) -> StateMachine:
    """A state machine whose executions fail at once: what they do, the tests do in their place."""
    return ending_machine(session, places.machine, FAILS)


@pytest.fixture
def house(house: House, failing: StateMachine) -> House:
    house.desk = dataclasses.replace(house.desk, workflow=failing)
    return house


def test_every_crash_point_is_exercised() -> None:
    """Each named point has a way on."""
    assert RECOVERIES.keys() == NAMES


def test_the_documentation_has_each_point_and_what_recovers_it() -> None:
    """The table in docs/recovery.md names what is exercised here, and nothing else."""
    rows = [line.split(" | ") for line in PAGE.splitlines() if line.endswith("-*]` |")]
    told = {row[0].strip("| `"): {way for way in WAYS if f"`{way}`" in row[3]} for row in rows}
    assert told == {point: set(ways) for point, ways in RECOVERIES.items()}
    assert [row[4] for row in rows] == [f"`[{point}-*]` |" for point in told]


@pytest.mark.parametrize(("point", "by"), CASES)
def test_a_crash_is_recovered(house: House, api: ScriptedApi, point: str, by: str) -> None:
    """The job comes to its end, created once, or once more where that is counted as ambiguous.

    And no slot is left behind.
    """
    upload = LIVES.get(point, live)(house, api, point)
    recover(house, upload, by)
    row = house.complete(upload)
    assert row.status is ENDS.get(point, Status.COMPLETED)
    assert row.announced_at
    assert row.ambiguous == (point in DOUBTFUL)
    accepted = len(api.creates) - (point == "refused")
    assert accepted <= (row.status is not Status.REJECTED) + row.ambiguous
    if row.status is Status.COMPLETED:
        assert accepted >= 1
        assert house.rendition(row).strip()
    house.later(minutes=20)
    house.reconcile()
    assert row.job_id not in house.slots.look().holders


def test_a_doubt_is_held_where_the_setting_says_so(house: House, api: ScriptedApi) -> None:
    """Wherever it comes from, nothing is sent again, however late, until a person asks."""
    house.hold_doubtful()
    doubted = [LIVES.get(point, live)(house, api, point) for point in sorted(DOUBTFUL)]
    asked = len(api.creates)
    for _ in range(2):
        house.later(days=2)
        house.dispatch()
        assert house.reconcile().held == len(doubted)
    rows = [house.known(upload) for upload in doubted]
    assert {(row.status, row.ambiguous) for row in rows} == {(Status.AMBIGUOUS, 1)}
    assert len(api.creates) == asked
    house.retry(rows[0])
    assert house.complete(doubted[0]).status is Status.COMPLETED
    assert len(api.creates) == asked + 1


def live(house: House, api: ScriptedApi, point: str) -> Upload:
    """A recording from its upload to its event, but for a death on the way."""
    upload = house.put()
    with deadly(house, point):
        job = house.submit(upload)
        house.look(job)
        house.publish(job)
    return upload


def live_rejected(house: House, api: ScriptedApi, point: str) -> Upload:
    """Something that is no recording."""
    upload = house.put(b"no sound")
    with deadly(house, point):
        house.submit(upload)
    return upload


def live_reserved(house: House, api: ScriptedApi, point: str) -> Upload:
    """A recording whose price is known."""
    house.spend(a_day=100, per_minute=6)
    return live(house, api, point)


def live_lined_up(house: House, api: ScriptedApi, point: str) -> Upload:
    """A recording that finds the house full; then there is a slot again."""
    house.limit(1)
    before, upload = house.submit(), house.put()
    with deadly(house, point):
        house.submit(upload)
    house.look(before)
    api.reset()
    return upload


def live_freed(house: House, api: ScriptedApi, point: str) -> Upload:
    """A recording that waits for the slot of another one."""
    house.limit(1)
    before, upload = house.submit(), house.put()
    assert house.submit(upload).status is Status.WAITING
    with deadly(house, point):
        house.look(before)
    api.reset()
    return upload


def live_refused(house: House, api: ScriptedApi, point: str) -> Upload:
    """A recording that the API does not take at first."""
    api.on_create(Reply.refused(429))
    return live(house, api, point)


def live_doubted(house: House, api: ScriptedApi, point: str) -> Upload:
    """A recording whose first answer is lost on the network."""
    api.on_create(Reply.dropped())
    return live(house, api, point)


def live_reopened(house: House, api: ScriptedApi, point: str) -> Upload:
    """A job that failed before it was sent, and that a person wants tried again."""
    house.ledger.pause(house.now())
    upload = house.put()
    waiting = house.submit(upload)
    house.ledger.unpause()
    assert house.intake.handle(Cancel(waiting.job_id, waiting.revision))
    with deadly(house, point):
        house.retry(waiting)
    return upload


def live_resumed(house: House, api: ScriptedApi, point: str) -> Upload:
    """A job whose execution is over, while Reconcile takes it up again."""
    upload = house.put()
    house.submit(upload)
    wait_for_ends(house.desk.workflow)
    house.later(minutes=21)
    with deadly(house, point):
        house.reconcile()
    return upload


def live_cancelled(house: House, api: ScriptedApi, point: str) -> Upload:
    """A job that a person cancels while it is transcribed."""
    upload = house.put()
    job = house.submit(upload)
    with deadly(house, point):
        house.intake.handle(Cancel(job.job_id, job.revision, job.attempt))
    return upload


def live_swept(house: House, api: ScriptedApi, point: str) -> Upload:
    """Two objects whose events are lost, while Reconcile takes them in one by one."""
    house.steps = {"page": 1}
    first, second = sorted((house.put(), house.put()), key=lambda upload: upload.key)
    house.later(minutes=21)
    with deadly(house, point):
        house.reconcile()
    assert house.complete(first).status is Status.COMPLETED
    api.reset()
    return second


LIVES: Final[Mapping[str, Callable[[House, ScriptedApi, str], Upload]]] = {
    "rejected": live_rejected,
    "reserved": live_reserved,
    "lined-up": live_lined_up,
    "freed": live_freed,
    "woken": live_freed,
    "refused": live_refused,
    "doubted": live_doubted,
    "reopened": live_reopened,
    "resumed": live_resumed,
    "cancelled": live_cancelled,
    "swept": live_swept,
}


@contextmanager
def deadly(house: House, point: str) -> Iterator[None]:
    """Whoever comes to this point dies there."""
    desk = house.desk
    if point == POSTED:
        house.desk = dataclasses.replace(desk, api=cast("SpeechApi", DeadlyApi(desk.api)))
        with pytest.raises(Killed):
            yield
    else:
        trap = Trap(POINTS[point])
        with trap.set_in(house.clients), pytest.raises(Killed):
            yield
    house.desk = desk


class DeadlyApi:
    """A speech API whose client dies while the answer is on its way."""

    def __init__(self, api: SpeechApi) -> None:
        self._api = api

    def prepared(self, *request: Any) -> Callable[[], str]:
        """The call, which arrives."""
        create = self._api.prepared(*request)

        def call() -> str:
            create()
            raise Killed

        return call


def recover(house: House, upload: Upload, by: str) -> None:
    """Let one of them alone come to the job, when its time has come."""
    wait_for_ends(house.desk.workflow)
    match by:
        case "redelivery":
            house.later(seconds=6 * SUBMIT_TIMEOUT)
            house.submit(upload)
        case "reconcile":
            house.later(minutes=21)
            house.reconcile()
        case "dispatch":
            house.later(minutes=21)
            house.dispatch()
        case "tried again":
            job = house.known(upload)
            house.publish(job) if job.answer else house.look(job)
