"""What the ledger finds through its index, however much lies before it."""

import dataclasses
from datetime import timedelta

from transcription.job import Job, Status
from transcription.ledger import EVER
from transcription.waiting_room import WAITS

from tests.application.house import House
from tests.unit.examples import NOON, a_job


def test_what_waits_does_not_hide_what_is_stuck(house: House) -> None:
    """In an outage thousands of rows wait, and are overdue, before the one that is sought."""
    rows = _rows(house, *[Status.WAITING] * 5, Status.SUBMITTED, Status.WAITING)
    assert house.ledger.due(EVER, 2, {Status.SUBMITTED}) == [rows[5]]
    assert house.ledger.due(EVER, 2, WAITS) == rows[:2]
    assert house.ledger.waiting(6) == [*rows[:5], rows[6]]


def test_open_rows_are_seen_from_both_ends(house: House) -> None:
    """A doubt that is held is due in a day, behind everybody else."""
    rows = _rows(house, *[Status.WAITING] * 4, Status.AMBIGUOUS)
    assert _ids(house.ledger.open(1)) == _ids([rows[0], rows[-1]])
    assert _ids(house.ledger.open(10)) == _ids(rows)


def test_reconcile_finds_what_is_stuck_among_many(house: House) -> None:
    """It searches where it can't see all that is open."""
    *_, stuck = _rows(house, *[Status.WAITING] * 4, Status.FAILED)
    report = dataclasses.replace(house.reconciler, seen=1).run(lambda: True)
    assert [job.job_id for job in report.rows.moved] == [stuck.job_id]


def test_known_jobs_are_told_from_others(house: House) -> None:
    """However many are asked for at once."""
    rows = _rows(house, Status.WAITING, Status.COMPLETED)
    others = [f"{n:032x}" for n in range(250)]
    assert house.ledger.known([*_ids(rows), *others]) == set(_ids(rows))


def _rows(house: House, *statuses: Status) -> list[Job]:
    """Rows of one shard, due one after the other, all of them an hour ago."""
    due = house.now().replace(microsecond=0) - timedelta(hours=1)
    rows = [
        a_job(
            job_id=f"f{n:031x}",
            status=status,
            due_at=due + timedelta(seconds=n),
            completed_at=NOON,
        )
        for n, status in enumerate(statuses)
    ]
    assert all(house.ledger.add(row) for row in rows)
    return rows


def _ids(jobs: list[Job]) -> list[str]:
    return sorted(job.job_id for job in jobs)
