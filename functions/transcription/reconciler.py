"""The reconciler: closes what the happy path cannot see. Run twice, or beside it, it does no harm.

Every row is moved by the steps and the conditional writes that everybody uses, and what it sends
is only what nobody ever sent.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from transcription.failure import FailureRecorder, unsaid
from transcription.intake import Intake
from transcription.inventory import Inventory, named
from transcription.job import Job, Status, later, revised
from transcription.ledger import due_order
from transcription.next_step import Step, after_execution, is_held, next_step
from transcription.waiting import STUCK
from transcription.waiting_room import MOST, WAITS, Visit

# Dispatch looks after what waits.
STUCK_IN: Final = frozenset(Status) - WAITS
# Open rows of an index partition that are looked at from each end. With fewer in all of them, all
# have been seen; else the overdue ones are searched for.
SEEN: Final = 250


@dataclass(slots=True)
class Report:
    """What a run found and did.

    `unaccounted` counts objects that had no row, `held` doubts that a person has to settle;
    `oldest` is the age of the oldest open job, `executions` the most of any job looked at, `blind`
    whether the bucket could not be listed.
    """

    rows: Visit = field(default_factory=Visit)
    objects: Visit = field(default_factory=Visit)
    unaccounted: int = 0
    held: int = 0
    oldest: timedelta = timedelta()
    executions: int = 0
    blind: bool = False


@dataclass(frozen=True, slots=True)
class Reconciler:
    """Takes overdue rows their next step, and objects without a row in."""

    intake: Intake
    failures: FailureRecorder
    inventory: Inventory
    now: Callable[[], datetime]
    seen: int = SEEN

    def run(self, has_time: Callable[[], bool]) -> Report:
        """One run; `has_time` says whether another job can be begun."""
        report, now = Report(), self.now()
        self._heal(report.rows)
        jobs = self.intake.desk.ledger.open(self.seen)
        self._close_gaps(report.rows, self._stuck(jobs, now), has_time)
        errors = len(report.rows.errors)
        report.rows.take("the inventory", partial(self._take_in, report, has_time))
        report.blind = len(report.rows.errors) > errors
        self._measure(report, jobs)
        return report

    def _heal(self, visit: Visit) -> None:
        desk = self.intake.desk
        visit.take("the slots", partial(desk.door.slots.heal, desk.ledger.jobs))

    def _stuck(self, jobs: list[Job], now: datetime) -> list[Job]:
        """The overdue jobs that don't wait, the longest due first."""
        if len(jobs) >= self.seen:
            return self.intake.desk.ledger.due(now, MOST, STUCK_IN)
        overdue = [
            job for job in jobs if job.status in STUCK_IN and job.due_at and job.due_at <= now
        ]
        return sorted(overdue, key=due_order)[:MOST]

    def _close_gaps(self, visit: Visit, stuck: Sequence[Job], has_time: Callable[[], bool]) -> None:
        for job in stuck:
            if not has_time():
                break
            visit.take(job.job_id, partial(self._close_gap, job, self.now()))

    def _close_gap(self, job: Job, now: datetime) -> Job | None:
        desk = self.intake.desk
        step = next_step(job, now, desk.resend)
        if step is not Step.CHECK:
            return desk.take(job, step)
        ending = desk.workflow.ending(job)
        match after_execution(job, ending, now):
            case Step.RESUME:
                return desk.take(job, Step.RESUME)
            case Step.CLOSE:
                return self.failures.record(unsaid(job, ending or "", now))
        desk.ledger.save(job, revised(job, due_at=later(now, STUCK)))
        return None

    def _take_in(self, report: Report, has_time: Callable[[], bool]) -> None:
        for page in self.inventory.pages():
            report.unaccounted += len(page)
            for upload in page:
                if not has_time():
                    return
                report.objects.take(named(upload), partial(self.intake.handle, upload))
            if not has_time():
                return

    def _measure(self, report: Report, jobs: list[Job]) -> None:
        """How things stand after the run, as far as it has looked."""
        now, moved = self.now(), [*report.rows.moved, *report.objects.moved]
        seen = {job.job_id: job for job in (*jobs, *moved)}.values()
        still_open = [job for job in seen if job.is_open]
        report.executions = max((job.attempt for job in seen), default=0)
        report.held = sum(is_held(job, self.intake.desk.resend) for job in still_open)
        ages = (now - (job.claimed_at or job.uploaded_at) for job in still_open)
        report.oldest = max(ages, default=timedelta())
