"""The price of each file, and a budget that stops a day's spending."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from transcription.budget import item_of
from transcription.failure import read
from transcription.job import BACKFILL, Job, Status, WaitReason

from tests.application.house import House
from tests.scripted_api import Reply, ScriptedApi

# The sample has 7.1 seconds.
A_MINUTE = 6.0
A_FILE = 0.71


@pytest.fixture
def house(house: House) -> House:
    """A house at noon, so that no day ends in the middle of a test."""
    now = datetime.now(UTC)
    noon = (now + timedelta(days=1)).replace(hour=12, minute=0, second=0, microsecond=0)
    house.skipped = noon - now
    return house


def spent(house: House, days: int = 0) -> float:
    """What is added up for a day from today."""
    day = (house.now() + timedelta(days=days)).date()
    return float(house.ledger.noted(item_of(day).removeprefix("#")).get("spent", Decimal(0)))


def failed(house: House, job: Job) -> Job:
    """What the state machine does with an answer that is a failure."""
    event = {**house.look(job), "job_id": job.job_id, "attempt": 1}
    return house.failures.record(read(event)) or job


def reasons(house: House, jobs: list[Job]) -> list[WaitReason | None]:
    return [house.row(job).wait_reason for job in jobs]


def test_what_is_spent_is_added_up_without_a_budget(house: House, api: ScriptedApi) -> None:
    """The price is on the row, too, from when it is sent."""
    house.spend(0, A_MINUTE)
    jobs = [house.submit() for _ in range(3)]
    assert [house.row(job).price for job in jobs] == [pytest.approx(A_FILE, abs=0.01)] * 3
    assert spent(house) == pytest.approx(3 * A_FILE, abs=0.03)


def test_without_a_price_nothing_is_added_up(house: House, api: ScriptedApi) -> None:
    """No write, no row."""
    job = house.submit()
    assert (house.row(job).price, spent(house)) == (None, 0)


def test_a_spent_budget_has_files_wait(house: House, api: ScriptedApi) -> None:
    """The limit is passed by one file at most; what waits holds no slot."""
    house.spend(2 * A_FILE - 0.1, A_MINUTE)
    jobs = [house.submit() for _ in range(4)]
    assert reasons(house, jobs) == [None, None, WaitReason.BUDGET, WaitReason.BUDGET]
    row = house.row(jobs[3])
    assert (row.status, row.price, row.attempt, row.waits) == (Status.WAITING, None, 1, 0)
    assert len(api.creates) == 2
    assert len(house.slots.look().holders) == 2


def test_each_minute_asks_for_one_only(house: House, api: ScriptedApi) -> None:
    """While the budget is spent, the head of the line speaks for all."""
    house.spend(A_FILE / 2, A_MINUTE)
    jobs = [house.submit() for _ in range(5)]
    visit = house.dispatch()
    assert [job.job_id for job in visit.moved] == [jobs[1].job_id]
    assert visit.held is WaitReason.BUDGET


def test_the_next_day_lets_everything_go(house: House, api: ScriptedApi) -> None:
    """In one go, as far as that day's budget goes."""
    house.spend(2 * A_FILE - 0.1, A_MINUTE)
    jobs = [house.submit() for _ in range(4)]
    house.later(hours=11)
    house.dispatch()
    assert len(api.creates) == 2
    house.later(hours=2)
    house.dispatch()
    assert {house.row(job).status for job in jobs} == {Status.SUBMITTED}
    assert spent(house, -1) == spent(house)
    assert spent(house) == pytest.approx(2 * A_FILE, abs=0.02)


def test_a_raised_budget_lets_everything_go(house: House, api: ScriptedApi) -> None:
    """At the next minute."""
    house.spend(A_FILE / 2, A_MINUTE)
    jobs = [house.submit() for _ in range(3)]
    house.spend(10 * A_FILE, A_MINUTE)
    house.dispatch()
    assert {house.row(job).status for job in jobs} == {Status.SUBMITTED}


def test_slots_and_budget_hold_together(house: House, api: ScriptedApi) -> None:
    """The next day begins with as many as there are slots, and goes on as they come free."""
    api.on_fetch(Reply.completed().but(lasting=True))
    house.limit(2)
    house.spend(A_FILE / 2, A_MINUTE)
    jobs = [house.submit() for _ in range(5)]
    house.transcribe(jobs[0])
    house.spend(100, A_MINUTE)
    house.later(days=1)
    house.dispatch()
    assert len(api.creates) == 3
    house.look(jobs[1])
    assert house.calls
    house.freed()
    assert len(api.creates) == 4


@pytest.mark.parametrize("status", [400, 401, 429, 503])
def test_what_the_api_did_not_take_is_given_back(
    house: House, api: ScriptedApi, status: int
) -> None:
    """Nothing was created, so nothing is billed."""
    house.spend(1, A_MINUTE)
    api.on_create(Reply.refused(status))
    job = house.submit()
    assert (house.row(job).price, spent(house)) == (None, 0)


def test_a_doubt_keeps_its_price(house: House, api: ScriptedApi) -> None:
    """It may be billed; once more when it is sent once more."""
    house.spend(10, A_MINUTE)
    api.on_create(Reply.dropped())
    house.submit()
    assert spent(house) == pytest.approx(A_FILE, abs=0.01)
    house.later(minutes=2)
    house.dispatch()
    assert spent(house) == pytest.approx(2 * A_FILE, abs=0.02)


def test_what_failed_there_is_given_back(house: House, api: ScriptedApi) -> None:
    """The API does not bill what failed at its provider."""
    house.spend(1, A_MINUTE)
    job = house.submit()
    api.on_fetch(Reply.failed())
    assert failed(house, job).price is None
    assert spent(house) == 0


def test_the_real_length_corrects_the_price(house: House, api: ScriptedApi) -> None:
    """Where its header told another one, or none; on the day on which it was sent."""
    house.spend(10, A_MINUTE)
    job = house.submit()
    house.later(minutes=30)
    api.on_fetch(Reply.completed(seconds=60.0))
    house.later(hours=12)
    assert house.transcribe(job).price == A_MINUTE
    assert (spent(house, -1), spent(house)) == (A_MINUTE, 0)


def test_many_who_send_at_once_pass_the_limit_by_one_file(house: House, api: ScriptedApi) -> None:
    """Whatever the order in which they come; all of it goes on the next day."""
    house.spend(3 * A_FILE - 0.1, A_MINUTE)
    uploads = [house.put() for _ in range(12)]
    with ThreadPoolExecutor(6) as pool:
        jobs = list(pool.map(house.submit, uploads))
    assert len(api.creates) == 3
    assert spent(house) < 3 * A_FILE - 0.1 + A_FILE
    for _ in range(3):
        house.later(days=1)
        house.dispatch()
    assert {house.row(job).status for job in jobs} == {Status.SUBMITTED}
    assert len(api.creates) == 12


def test_a_backfill_leaves_the_last_fifth_to_uploads(house: House, api: ScriptedApi) -> None:
    """What was there before does not make an upload of today wait for tomorrow."""
    house.spend(5 * A_FILE - 0.1, A_MINUTE)
    old = [house.submit(dataclasses.replace(house.put(), lane=BACKFILL)) for _ in range(5)]
    assert reasons(house, old) == [None] * 4 + [WaitReason.BUDGET]
    assert reasons(house, [house.submit()]) == [None]
