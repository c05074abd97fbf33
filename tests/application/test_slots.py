"""The governor: so many files at the API at a time, the others wait for a slot, oldest first."""

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
from transcription.erasing import tombstone
from transcription.failure import Failure
from transcription.job import BACKFILL, Job, Status, WaitReason
from transcription.ledger import Overtaken
from transcription.s3_events import Cancel, Upload
from transcription.sending import LEASE

from tests.application.gaps import Planter
from tests.application.house import House
from tests.crash_points import Point, Trap
from tests.scripted_api import RecordedRequest, Reply, ScriptedApi


@pytest.fixture
def api(api: ScriptedApi) -> ScriptedApi:
    """A speech API that has every answer at the first look."""
    api.on_fetch(Reply.completed().but(lasting=True))
    return api


def submitted(house: House, number: int) -> list[Job]:
    """Uploads taken in one after the other, a second apart."""
    jobs = []
    for _ in range(number):
        jobs.append(house.submit())
        house.later(seconds=1)
    return jobs


def planted(house: House, status: Status) -> Job:
    """A row that somebody wrote, and then died."""
    return house.ledger.jobs([Planter(house).left(status)]).popitem()[1]


def statuses(house: House, jobs: Sequence[Job]) -> list[tuple[Status, WaitReason | None]]:
    rows = map(house.row, jobs)
    return [(row.status, row.wait_reason) for row in rows]


GOES = (Status.SUBMITTED, None)
WAITS = (Status.WAITING, WaitReason.SLOT)


def test_what_finds_the_house_full_waits_at_no_cost(house: House, api: ScriptedApi) -> None:
    """Not asked of the API, no attempt spent, nothing said to have gone wrong."""
    house.limit(2)
    jobs = submitted(house, 4)
    assert statuses(house, jobs) == [GOES, GOES, WAITS, WAITS]
    row = house.row(jobs[3])
    assert (row.attempt, row.waits, row.ambiguous, row.due_at) == (1, 0, 0, row.claimed_at)
    assert len(api.creates) == 2
    assert house.slots.look().holders.keys() == {job.job_id for job in jobs[:2]}


def test_a_freed_slot_calls_the_oldest_that_waits(house: House, api: ScriptedApi) -> None:
    """As soon as an answer is there, though nothing has been published yet."""
    house.limit(2)
    jobs = submitted(house, 4)
    house.look(jobs[1])
    assert house.calls == 1
    house.freed()
    assert statuses(house, jobs[2:]) == [GOES, WAITS]
    assert RecordedRequest.names(api.creates[-1], jobs[2].key)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long it takes here, Dispatch is still on its way."""
    monkeypatch.setattr("transcription.slots.OVERSLEPT", 60)


@pytest.mark.usefixtures("patient")
def test_of_many_slots_that_come_free_one_call_tells(house: House, api: ScriptedApi) -> None:
    """Dispatch sees them all when it looks; who frees one after that calls it again."""
    house.limit(3)
    jobs = submitted(house, 7)
    for job in jobs[:2]:
        house.look(job)
    assert house.calls == 1
    house.freed()
    assert statuses(house, jobs[3:]) == [GOES, GOES, WAITS, WAITS]
    house.look(jobs[2])
    assert house.calls == 2


def test_who_oversleeps_is_called_again(house: House, api: ScriptedApi) -> None:
    """The event was lost, or the function that it starts."""
    house.limit(2)
    jobs = submitted(house, 4)
    house.look(jobs[0])
    house.later(seconds=2)
    house.look(jobs[1])
    assert house.calls == 2


def test_all_go_in_the_end_and_leave_nothing_behind(house: House, api: ScriptedApi) -> None:
    """One after the other, each created once, and then no slot is held or wanted."""
    house.limit(1)
    jobs = submitted(house, 4)
    for job in jobs:
        assert statuses(house, [job]) == [GOES]
        house.transcribe(job)
        house.later(seconds=20)
        house.freed()
    sent = api.creates
    assert all(map(RecordedRequest.names, sent, [job.key for job in jobs]))
    assert len(sent) == 4
    assert (house.slots.look().holders, house.slots.look().wanted) == ({}, {})


@pytest.mark.usefixtures("patient")
def test_a_newcomer_goes_behind_those_who_wait(house: House, api: ScriptedApi) -> None:
    """Also in the moment in which a slot is free, and Dispatch on its way to whose turn it is."""
    house.limit(1)
    first, second = submitted(house, 2)
    house.look(first)
    newcomer = house.submit()
    assert statuses(house, [newcomer]) == [WAITS]
    assert house.calls == 1
    house.freed()
    assert statuses(house, [second, newcomer]) == [GOES, WAITS]


def test_the_minute_finds_what_nobody_was_told(house: House, api: ScriptedApi) -> None:
    """Who freed the slot died before Dispatch was called: its next minute comes."""
    house.limit(1)
    first, second = submitted(house, 2)
    house.look(first)
    house.dispatch()
    assert statuses(house, [second]) == [GOES]


def test_a_backfill_leaves_the_last_slot_to_fresh_uploads(house: House, api: ScriptedApi) -> None:
    """And stands behind them, whoever came first."""
    house.limit(2)
    old = [house.submit(backfilled(house)) for _ in range(3)]
    fresh = [house.submit() for _ in range(2)]
    assert statuses(house, old + fresh) == [GOES, WAITS, WAITS, GOES, WAITS]
    house.look(old[0])
    house.freed()
    assert statuses(house, [old[1], fresh[1]]) == [WAITS, GOES]
    house.look(fresh[0])
    house.look(fresh[1])
    house.freed()
    assert statuses(house, old[1:]) == [GOES, WAITS]


def backfilled(house: House) -> Upload:
    """What a backfill says of an object."""
    return dataclasses.replace(house.put(), lane=BACKFILL)


@pytest.mark.parametrize("reply", [Reply.refused(429), Reply.refused(400), Reply.dropped()])
def test_what_the_api_did_not_take_frees_its_slot(
    house: House, api: ScriptedApi, reply: Reply
) -> None:
    """To wait, to be rejected or to be in doubt takes no room."""
    house.limit(1)
    api.on_create(reply)
    first, second = submitted(house, 2)
    assert statuses(house, [first])[0][0] is not Status.SUBMITTED
    assert statuses(house, [second]) == [GOES]


def test_an_end_of_any_kind_frees_its_slot(house: House, api: ScriptedApi) -> None:
    """Expired, cancelled, or erased."""
    house.limit(3)
    failed, cancelled, erased = submitted(house, 3)
    assert house.failures.record(Failure(failed.job_id, 1, Status.EXPIRED, "poll", "Too late"))
    row = house.row(cancelled)
    house.intake.handle(Cancel(row.job_id, row.revision, row.attempt))
    row = house.row(erased)
    house.ledger.erase(row, tombstone(row, house.now()))
    assert house.slots.look().holders == {}


def test_who_waits_can_be_cancelled(house: House, api: ScriptedApi) -> None:
    """It leaves the line, costs nothing, and nobody waits for it."""
    house.limit(1)
    first, waiting, last = submitted(house, 3)
    row = house.row(waiting)
    house.intake.handle(Cancel(row.job_id, row.revision, row.attempt))
    house.look(first)
    house.freed()
    assert [house.row(job).status for job in (waiting, last)] == [
        Status.REJECTED,
        Status.SUBMITTED,
    ]


def test_a_retry_keeps_to_the_limit(house: House, api: ScriptedApi) -> None:
    """And so does everything that is sent at once; a slot that is free may be had before others."""
    house.limit(1)
    first, second, third = submitted(house, 3)
    house.retry(third)
    house.dispatch(at_once=True)
    assert statuses(house, [second, third]) == [WAITS, WAITS]
    house.look(first)
    house.retry(third)
    assert statuses(house, [second, third]) == [WAITS, GOES]


def test_a_long_line_is_no_gap(house: House, api: ScriptedApi) -> None:
    """Reconcile leaves it alone, and counts how old it is."""
    house.limit(1)
    jobs = submitted(house, 3)
    house.later(minutes=30)
    report = house.reconcile()
    assert statuses(house, jobs[1:]) == [WAITS, WAITS]
    assert report.rows.errors == []
    assert report.oldest > timedelta(minutes=30)


def test_a_full_house_sends_whoever_is_due_into_the_line(house: House, api: ScriptedApi) -> None:
    """After an outage the slots are used one after the other, not once a minute."""
    api.on_create(*[Reply.refused(503)] * 4)
    jobs = submitted(house, 4)
    house.limit(1)
    house.later(minutes=20)
    house.dispatch()
    assert sorted(statuses(house, jobs)) == [GOES, WAITS, WAITS, WAITS]
    assert len(api.creates) == 5
    house.look(next(job for job in jobs if house.row(job).status is Status.SUBMITTED))
    house.freed()
    assert len(api.creates) == 6


@pytest.mark.parametrize("minutes", [0, 20])
def test_slots_of_the_dead_come_back(house: House, api: ScriptedApi, minutes: int) -> None:
    """One who died with a slot before sending has it for as long as a sender may live."""
    house.limit(2)
    claimed = planted(house, Status.CLAIMED)
    done = planted(house, Status.COMPLETED)
    assert house.slots.acquire(claimed, house.now())
    assert house.slots.acquire(done, house.now())
    waiting = house.submit()
    assert statuses(house, [waiting]) == [WAITS]
    house.later(minutes=minutes)
    house.dispatch()
    assert statuses(house, [waiting]) == [GOES]
    assert (claimed.job_id in house.slots.look().holders) is (minutes == 0)


def test_reconcile_heals_too(house: House, api: ScriptedApi) -> None:
    """Also while nobody wants a slot."""
    house.slots.acquire(planted(house, Status.FAILED), house.now())
    house.reconcile()
    assert house.slots.look().holders == {}


def test_who_comes_second_leaves_the_slot_of_the_first(house: House, api: ScriptedApi) -> None:
    """Two send the same job: one wins, and the other frees nothing."""
    house.limit(1)
    first, second = submitted(house, 2)
    seen = house.row(second)
    house.look(first)
    assert house.desk.send(seen).status is Status.SUBMITTED
    with pytest.raises(Overtaken):
        house.desk.send(seen)
    assert house.slots.look().holders.keys() == {second.job_id}
    assert len(api.creates) == 2


def test_who_comes_second_has_nothing_to_get_ready(house: House, api: ScriptedApi) -> None:
    """While the first one gets ready: a file is looked at, and its row written, by one only."""
    house.limit(2)
    job = planted(house, Status.CLAIMED)
    assert house.slots.acquire(job, house.now())
    looked: list[Job] = []
    head = Point(after=False, operation="HeadObject")
    trap = Trap(head, lambda: looked.append(job)).set_in(house.clients)
    with trap, pytest.raises(Overtaken):
        house.desk.send(job)
    assert house.row(job) == job
    assert (looked, api.creates) == ([], ())


def test_who_was_taken_for_dead_frees_nobodys_slot(house: House, api: ScriptedApi) -> None:
    """When nobody can live any more who took it, another one takes the slot over and sends."""
    house.limit(1)
    job = planted(house, Status.CLAIMED)
    house.slots.acquire(job, since := house.now())
    house.later(seconds=LEASE + 1)
    assert house.desk.send(job).status is Status.SUBMITTED
    house.slots.give_back(job.job_id, since)
    assert list(house.slots.look().holders) == [job.job_id]


def test_an_old_copy_of_the_row_frees_nobodys_slot(house: House, api: ScriptedApi) -> None:
    """Somebody who read it minutes ago, and whose turn it is to send it only now."""
    house.limit(1)
    copy = planted(house, Status.CLAIMED)
    assert house.desk.send(copy).status is Status.SUBMITTED
    house.later(minutes=7)
    with pytest.raises(Overtaken):
        house.desk.send(copy)
    assert list(house.slots.look().holders) == [copy.job_id]


def test_a_write_whose_answer_was_lost_is_known_again(house: House, api: ScriptedApi) -> None:
    """The SDK repeats it: whoever took the slot already has it."""
    house.limit(1)
    job, now = planted(house, Status.CLAIMED), house.now()
    assert house.slots.acquire(job, now)
    assert house.slots.acquire(job, now)


def test_a_slot_that_dispatch_gives_back_is_used_at_once(house: House, api: ScriptedApi) -> None:
    """It was taken for a recording that is gone; who came meanwhile was told that there is none."""
    house.limit(1)
    first, gone = submitted(house, 2)
    house.look(first)
    row = house.row(gone)
    house.s3.delete_object(Bucket=row.bucket, Key=row.key)
    came: list[Job] = []
    house.slots.wake = None
    head = Point(after=False, operation="HeadObject")
    with Trap(head, lambda: came.append(house.submit())).set_in(house.clients):
        house.freed()
    assert statuses(house, [gone, *came]) == [(Status.REJECTED, None), GOES]


def test_what_was_taken_back_meanwhile_frees_its_slot(house: House, api: ScriptedApi) -> None:
    """It is rejected when its turn comes."""
    house.limit(1)
    job = planted(house, Status.CLAIMED)
    house.s3.delete_object(Bucket=job.bucket, Key=job.key, VersionId=job.version_id or "")
    assert house.desk.send(job).status is Status.REJECTED
    assert house.slots.look().holders == {}


def test_trouble_on_the_way_frees_the_slot(house: House, api: ScriptedApi) -> None:
    """S3 doesn't answer: somebody tries again, and may have to wait for it."""
    house.limit(1)
    job = planted(house, Status.CLAIMED)

    def break_off() -> None:
        raise ConnectionError

    head = Point(after=False, operation="HeadObject")
    with Trap(head, break_off).set_in(house.clients), pytest.raises(ConnectionError):
        house.desk.send(job)
    assert house.slots.look().holders == {}
    assert house.row(job) == job


def test_who_stands_in_line_is_not_written_anew(house: House, api: ScriptedApi) -> None:
    """However often somebody finds the house full in its name."""
    house.limit(1)
    _, waiting = submitted(house, 2)
    house.retry(waiting)
    house.freed()
    assert house.row(waiting).revision == waiting.revision


def test_who_comes_too_late_leaves_no_slot_behind(house: House, api: ScriptedApi) -> None:
    """The job was cancelled while somebody was about to send it."""
    job = planted(house, Status.CLAIMED)
    house.intake.handle(Cancel(job.job_id, job.revision))
    with pytest.raises(Overtaken):
        house.desk.send(job)
    assert house.slots.look().holders == {}
    assert api.creates == ()


def test_a_file_costs_three_small_writes_and_no_read(house: House, api: ScriptedApi) -> None:
    """One when its slot is taken, one for its price, one when the slot is free again."""
    house.spend(a_day=100, per_minute=6)
    submitted(house, 1)  # the first of all makes the item, too
    api.on_fetch(Reply.completed(seconds=7.1))
    calls = []

    def heard(params: Mapping[str, Any], model: Any, **_: Any) -> None:
        if any(item in bytes(params["body"]) for item in (b'"#slots"', b'"#spent ')):
            calls.append(model.name)

    events = house.table.meta.client.meta.events
    events.register("before-call.dynamodb", heard)
    house.transcribe(house.submit())
    events.unregister("before-call.dynamodb", heard)
    assert calls == ["UpdateItem"] * 3


def test_without_a_limit_nothing_is_counted(house: House, api: ScriptedApi) -> None:
    """No slot is taken, and no item is written."""
    house.limit(0)
    jobs = submitted(house, 8)
    house.transcribe(jobs[0])
    assert statuses(house, jobs[1:]) == [GOES] * 7
    assert house.ledger.noted("slots") == {}


def test_a_lifted_limit_lets_everybody_go(house: House, api: ScriptedApi) -> None:
    """What waited when the setting was changed goes within a minute."""
    house.limit(1)
    jobs = submitted(house, 4)
    house.limit(0)
    house.dispatch()
    assert statuses(house, jobs) == [GOES] * 4


def test_what_was_in_flight_before_there_were_slots_goes_on(house: House, api: ScriptedApi) -> None:
    """An upgrade: it holds no slot, and frees none."""
    house.limit(0)
    (before,) = submitted(house, 1)
    house.limit(1)
    (after,) = submitted(house, 1)
    assert house.transcribe(before).status is Status.COMPLETED
    assert house.slots.look().holders.keys() == {after.job_id}
