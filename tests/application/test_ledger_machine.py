"""The ledger against a model of it: writers with stale rows, races, retries, on a real table."""

import dataclasses
from collections import defaultdict
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from transcription.job import IN_FLIGHT, Job, NotAllowed, Status, is_allowed, move

from tests.application.rival_writers import ONWARDS, WRITERS, RivalWriters, Write, successors

if TYPE_CHECKING:
    import boto3

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SHORT = settings(
    max_examples=15,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
which = st.integers(0, 99)


class LedgerMachine(RuleBasedStateMachine):
    """`held` are rows as somebody once read them; `model` is what the table must hold now."""

    held: Bundle[Job] = Bundle("held")

    def __init__(self, writers: RivalWriters) -> None:
        super().__init__()
        self.writers = writers
        self.ledger = writers.writers[0].ledger
        self.slots = writers.writers[0].door.slots
        self.seated: set[str] = set()
        self.model: dict[str, Job] = {}
        self.past: defaultdict[str, list[Job]] = defaultdict(list)
        self.marks = 0

    @rule(target=held, rivals=st.integers(1, WRITERS))
    def claim(self, rivals: int) -> Job:
        """One object, several deliveries of its event at one moment: one of them claims it."""
        job_id = uuid4().hex
        rows = [self._first_row(job_id) for _ in range(rivals)]
        taken = self.writers.claim(rows)
        assert taken.count(True) == 1
        return self._written(rows[taken.index(True)])

    @rule(job=held)
    def claim_again(self, job: Job) -> None:
        """A late delivery, whatever the job has come to."""
        assert self.writers.claim([self._first_row(job.job_id)]) == [False]
        self._check(job.job_id)

    @rule(target=held, job=held, choices=st.lists(which, max_size=6))
    def go_on(self, job: Job, choices: list[int]) -> Any:
        """Somebody reads the newest row and takes the job further; others hold what they read."""
        rows = [self._check(job.job_id)]
        for choice in choices:
            rows.append(self._wins(self._write(rows[-1], choice)))
        return multiple(*rows)

    @rule(target=held, job=held)
    def complete(self, job: Job) -> Any:
        """Nothing goes wrong from here on; others hold what they read."""
        rows = [self._check(job.job_id)]
        while to := ONWARDS.get(rows[-1].status):
            rows.append(self._wins(Write(rows[-1], move(rows[-1], to))))
        return multiple(*rows)

    @rule(target=held, job=held, choices=st.lists(which, min_size=1, max_size=WRITERS))
    def write(self, job: Job, choices: list[int]) -> Any:
        """Writers who all read this row, long ago or just now: one wins if it is the newest."""
        writes = [self._write(job, choice) for choice in choices]
        newest = self.model[job.job_id].revision == job.revision
        taken = self.writers.save(writes)
        assert taken.count(True) == int(newest)
        won = [write.after for write, one in zip(writes, taken, strict=True) if one]
        self._check(job.job_id) if not won else self._written(won[0])
        return multiple(*won)

    @rule(target=held, rows=st.lists(held, min_size=2, max_size=WRITERS), choice=which)
    def write_any(self, rows: list[Job], choice: int) -> Any:
        """Writers of any rows, of one job at several revisions or of several jobs."""
        writes = [self._write(row, choice) for row in rows]
        newest = {row.job_id for row in rows if self.model[row.job_id].revision == row.revision}
        taken = self.writers.save(writes)
        won = [write.after for write, one in zip(writes, taken, strict=True) if one]
        assert sorted(row.job_id for row in won) == sorted(newest)
        for row in won:
            self._written(row)
        return multiple(*won)

    @rule(job=held, to=st.sampled_from(Status), again=st.booleans())
    def leave_the_diagram(self, job: Job, to: Status, again: bool) -> None:
        """What the state diagram does not have is refused before anything is written."""
        after = dataclasses.replace(
            job, status=to, attempt=job.attempt + again, revision=job.revision + 1
        )
        if not is_allowed(job, after):
            with pytest.raises(NotAllowed):
                self.ledger.save(job, after)
            self._check(job.job_id)

    @rule(job=consumes(held))
    def forget(self, job: Job) -> None:
        """Somebody dies with a row in hand."""

    @invariant()
    def revisions_rise(self) -> None:
        """Each write that was taken is the next revision: nothing was overwritten unseen."""
        for rows in self.past.values():
            assert [row.revision for row in rows] == list(range(len(rows)))

    @invariant()
    def terminal_statuses_stand(self) -> None:
        """Within an attempt what ended stays so, unless its owner erases it all.

        A new attempt has the next number.
        """
        for rows in self.past.values():
            for before, after in pairwise(rows):
                assert after.attempt - before.attempt in {0, 1}
                if before.is_terminal and after.attempt == before.attempt:
                    assert after.status in {before.status, Status.ERASED}

    @invariant()
    def slots_are_held_by_those_in_flight(self) -> None:
        """Whoever else wanted to send them: one slot from SENDING on, and none at the end."""
        assert self.slots.look().holders.keys() & self.model.keys() == self.seated

    def _first_row(self, job_id: str) -> Job:
        return Job(job_id, "uploads", "a.mp3", Status.CLAIMED, NOON, preview=self._mark())

    def _write(self, job: Job, choice: int) -> Write:
        possible = successors(job, NOON)
        after = dataclasses.replace(possible[choice % len(possible)], preview=self._mark())
        return Write(job, after)

    def _wins(self, write: Write) -> Job:
        assert self.writers.save([write]) == [True]
        return self._written(write.after)

    def _mark(self) -> str:
        """Something that tells each writer's row from every other's."""
        self.marks += 1
        return f"written by {self.marks}"

    def _written(self, row: Job) -> Job:
        self.model[row.job_id] = row
        if row.status is Status.SENDING:
            self.seated.add(row.job_id)
        elif row.status not in IN_FLIGHT:
            self.seated.discard(row.job_id)
        self.past[row.job_id].append(self._check(row.job_id))
        return row

    def _check(self, job_id: str) -> Job:
        found = self.ledger.get(job_id)
        assert found == self.model[job_id]
        return found


def test_the_ledger_keeps_its_promises(session: "boto3.Session", table: str) -> None:
    """No double claim, one winner of a revision, no terminal status that changes."""
    writers = RivalWriters(session, table)

    class Machine(LedgerMachine):
        def __init__(self) -> None:
            super().__init__(writers)

    run_state_machine_as_test(Machine, settings=SHORT)
