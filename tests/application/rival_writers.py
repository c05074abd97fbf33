"""Several writers of one jobs table, each with a connection of its own, let go at one moment."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from transcription import cancelling
from transcription.erasing import tombstone
from transcription.job import NEXT, NEXT_ATTEMPT, Job, Status, move, reopen, resume, revised
from transcription.ledger import Ledger, Overtaken

if TYPE_CHECKING:
    import boto3

T = TypeVar("T")
WRITERS = 4
# The way of a job with which nothing goes wrong.
ONWARDS = {
    Status.CLAIMED: Status.SENDING,
    Status.WAITING: Status.SENDING,
    Status.AMBIGUOUS: Status.SENDING,
    Status.SENDING: Status.SUBMITTED,
    Status.SUBMITTED: Status.TRANSCRIBED,
    Status.TRANSCRIBED: Status.COMPLETED,
}


class Write(NamedTuple):
    """What somebody who read `before` makes of it."""

    before: Job
    after: Job


class RivalWriters:
    """Claims and saves at the same moment; say of each whether it was the one that was taken."""

    def __init__(self, session: "boto3.Session", table: str) -> None:
        tables = [session.resource("dynamodb").Table(table) for _ in range(WRITERS)]
        self.ledgers = [Ledger(table) for table in tables]

    def claim(self, rows: Sequence[Job]) -> list[bool]:
        """Everybody adds a first row, up to WRITERS of them."""
        return self._at_once(Ledger.add, rows)

    def save(self, writes: Sequence[Write]) -> list[bool]:
        """Everybody saves what became of the row they read, up to WRITERS of them."""
        return self._at_once(_saved, writes)

    def _at_once(self, task: Callable[[Ledger, T], bool], things: Sequence[T]) -> list[bool]:
        start = threading.Barrier(len(things))

        def run(ledger: Ledger, thing: T) -> bool:
            start.wait()
            return task(ledger, thing)

        with ThreadPoolExecutor(len(things)) as pool:
            return list(pool.map(run, self.ledgers, things))


def _saved(ledger: Ledger, write: Write) -> bool:
    write_row = ledger.erase if write.after.status is Status.ERASED else ledger.save
    try:
        return write_row(write.before, write.after) == write.after
    except Overtaken:
        return False


def successors(job: Job, now: datetime) -> list[Job]:
    """Every row that some part of the application may make of this one."""
    moved = [move(job, to) for to in sorted(NEXT.get(job.status, ()))]
    again = [reopen(job, to) for to in sorted(NEXT_ATTEMPT.get(job.status, ()))]
    return [*moved, *again, *_resumed(job), *_cancelled(job), *_marked(job), tombstone(job, now)]


def _resumed(job: Job) -> list[Job]:
    return [resume(job)] if job.status in {Status.SUBMITTED, Status.TRANSCRIBED} else []


def _cancelled(job: Job) -> list[Job]:
    end = cancelling.ending(job)
    return [move(job, end.status, stage=end.stage, reason=end.reason)] if end else []


def _marked(job: Job) -> list[Job]:
    """Other facts in the same status, such as that the end was announced."""
    return [] if job.status is Status.ERASED else [revised(job, polls=job.polls + 1)]
