"""Never more files at the API than there are slots, whoever sends, and whoever dies meanwhile."""

import dataclasses
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from transcription.job import IN_FLIGHT, Job, Status
from transcription.s3_events import Cancel, Upload

from tests.application.house import House
from tests.crash_points import POINTS, Killed, Trap
from tests.scripted_api import Reply, ScriptedApi

SHORT = settings(
    max_examples=8,
    stateful_step_count=15,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
LIMIT = 2
DEATHS = ("seated", "lined-up", "marked", "saved", "started", "transcribed", "freed", "doubted")
REPLIES = (Reply.refused(429), Reply.refused(401), Reply.refused(400), Reply.dropped())
which = st.integers(0, 99)
dies = st.none() | st.sampled_from(DEATHS)


class Staff:
    """What AWS would run for a house, side by side: state machines, and Dispatch when woken."""

    def __init__(self, house: House, pool: ThreadPoolExecutor) -> None:
        self.house, self.pool = house, pool
        self.calls: list[Future[Any]] = []
        house.when_called = lambda: self.calls.append(pool.submit(house.freed))

    def transcribe(self, upload: Upload) -> Job:
        """Wait until the file is at the API, look for its answer, and publish it."""
        give_up = time.monotonic() + 60
        while time.monotonic() < give_up:
            row = self.house.ledger.get(upload.job_id or "")
            if row and row.status is Status.SUBMITTED and row.execution_arn:
                return self.house.transcribe(row)
            time.sleep(0.01)
        raise AssertionError(row)

    def errors(self) -> list[BaseException]:
        """What went wrong with those who were woken."""
        visits = [call.result() for call in self.calls]
        return [error for visit in visits for error in visit.errors]


@pytest.mark.parametrize("limit", [1, 4])
def test_many_senders_keep_to_the_limit(house: House, api: ScriptedApi, limit: int) -> None:
    """All go by being woken, nobody waits for the minute, and every slot comes back."""
    house.limit(limit)
    api.on_create(*[Reply.created().but(delay=0.01)] * 24)
    uploads = [house.put() for _ in range(24)]
    with ThreadPoolExecutor(4) as woken, ThreadPoolExecutor(8) as pool:
        staff = Staff(house, woken)
        submitted = list(pool.map(house.submit, uploads))
        ended = list(pool.map(staff.transcribe, uploads))
    assert {job.status for job in submitted} == {Status.SUBMITTED, Status.WAITING}
    assert {job.status for job in ended} == {Status.COMPLETED}
    assert (len(api.creates), staff.errors()) == (24, [])
    assert api.most_files_at_a_time == limit
    assert house.slots.look().holders == {}


class GovernorMachine(RuleBasedStateMachine):
    """Files come, are answered, refused and cancelled; whoever is at work on them may die."""

    def __init__(self, house: House, api: ScriptedApi) -> None:
        super().__init__()
        self.house, self.api = house, api
        self.uploads: list[Upload] = []
        api.reset()

    @property
    def rows(self) -> Sequence[Job]:
        names = [upload.job_id or "" for upload in self.uploads]
        return list(self.house.ledger.jobs(names).values())

    @rule(lane=st.sampled_from([None, "backfill"]), point=dies)
    def upload(self, lane: str | None, point: str | None) -> None:
        """A new file, or one of a backfill."""
        upload = dataclasses.replace(self.house.put(), lane=lane)
        self.uploads.append(upload)
        self._do(lambda: self.house.submit(upload), point)

    @precondition(lambda self: self.uploads)
    @rule(choice=which, point=dies)
    def look(self, choice: int, point: str | None) -> None:
        """The answer of a file is there."""
        at_the_api = [row for row in self.rows if row.status is Status.SUBMITTED]
        if at_the_api:
            job = at_the_api[choice % len(at_the_api)]
            self._do(lambda: self.house.look(job), point)

    @precondition(lambda self: self.uploads)
    @rule(choice=which)
    def cancel(self, choice: int) -> None:
        """A person does not want a file any more."""
        row = self.rows[choice % len(self.rows)] if self.rows else None
        if row:
            self.house.intake.handle(Cancel(row.job_id, row.revision, row.attempt))

    @rule(reply=st.sampled_from(REPLIES))
    def trouble(self, reply: Reply) -> None:
        """The API does not take the next one."""
        self.api.on_create(reply)

    @rule(point=dies)
    def wake(self, point: str | None) -> None:
        """Somebody has freed a slot."""
        self._do(self.house.freed, point)

    @rule(minutes=st.sampled_from([1, 12]), point=dies)
    def minute(self, minutes: int, point: str | None) -> None:
        """Dispatch's time has come."""
        self.house.later(minutes=minutes)
        self._do(self.house.dispatch, point)

    @rule()
    def reconcile(self) -> None:
        """Five minutes later."""
        self.house.later(minutes=5)
        self.house.reconcile()

    @invariant()
    def the_limit_holds(self) -> None:
        """Of all that the API has, or may have."""
        assert sum(row.status in IN_FLIGHT for row in self.rows) <= LIMIT

    @invariant()
    def who_is_in_flight_holds_a_slot(self) -> None:
        """So that nobody else takes it."""
        holders = self.house.slots.look().holders
        assert {row.job_id for row in self.rows if row.status in IN_FLIGHT} <= holders.keys()

    def teardown(self) -> None:
        """When nothing goes wrong any more, all come to an end, and nothing is left behind."""
        self.api.on_create()
        for _ in range(3 * len(self.uploads) + 3):
            if self._is_quiet():
                return
            self.house.later(minutes=21)
            self.house.reconcile()
            self.house.dispatch()
            for row in self.rows:
                if row.status is Status.SUBMITTED:
                    self.house.look(row)
                elif row.status is Status.TRANSCRIBED:
                    self.house.publish(row)
        assert self._is_quiet()

    def _is_quiet(self) -> bool:
        """Whether every file has its end, and nobody holds or wants a slot."""
        seen = self.house.slots.look()
        return not (seen.holders or seen.wanted) and all(row.is_terminal for row in self.rows)

    def _do(self, work: Callable[[], object], point: str | None) -> None:
        """Do it, and perhaps die on the way."""
        if point is None:
            work()
            return
        with Trap(POINTS[point]).set_in(self.house.clients), suppress(Killed):
            work()


def test_the_governor_keeps_its_promises(house: House, api: ScriptedApi) -> None:
    """The limit holds at every moment, and no slot is lost for long."""
    house.limit(LIMIT)

    class Machine(GovernorMachine):
        def __init__(self) -> None:
            super().__init__(house, api)

    run_state_machine_as_test(Machine, settings=SHORT)
