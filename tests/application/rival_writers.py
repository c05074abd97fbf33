"""Several writers of one jobs table, each with a connection of its own, let go at one moment."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from transcription import cancelling
from transcription.api_errors import NotNow
from transcription.budget import Budget
from transcription.door import Door
from transcription.erasing import tombstone
from transcription.job import NEXT, NEXT_ATTEMPT, Job, Status, move, reopen, resume, revised
from transcription.ledger import Ledger, Overtaken
from transcription.slots import Slots
from transcription.speeds import Seen, Speeds

if TYPE_CHECKING:
    import boto3
    from types_boto3_dynamodb.service_resource import Table

T = TypeVar("T")
WRITERS = 4
# More slots than there are jobs.
MANY = 10_000
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


class Lesson(NamedTuple):
    """What a finished job shows of its model's speed."""

    model: str
    length: float
    seen: Seen


class Writer(NamedTuple):
    """Somebody at work; what is to be sent goes through the door."""

    ledger: Ledger
    door: Door

    @classmethod
    def at(cls, table: "Table") -> "Writer":
        slots = Slots(table, MANY, now)
        return cls(Ledger(table, slots), Door(slots, Budget(table)))


class RivalWriters:
    """Claims and saves at the same moment; say of each whether it was the one that was taken."""

    def __init__(self, session: "boto3.Session", table: str) -> None:
        resources = [session.resource("dynamodb") for _ in range(WRITERS)]
        self.writers = [Writer.at(resource.Table(table)) for resource in resources]

    def claim(self, rows: Sequence[Job]) -> list[bool]:
        """Everybody adds a first row, up to WRITERS of them."""
        return self._at_once(_added, rows)

    def save(self, writes: Sequence[Write]) -> list[bool]:
        """Everybody saves what became of the row they read, up to WRITERS of them."""
        return self._at_once(_saved, writes)

    def learn(self, lessons: Sequence[Lesson]) -> list[bool]:
        """Everybody lets a job teach its model's speed, up to WRITERS of them."""
        return self._at_once(_learned, lessons)

    def _at_once(self, task: Callable[[Writer, T], bool], things: Sequence[T]) -> list[bool]:
        start = threading.Barrier(len(things))

        def run(writer: Writer, thing: T) -> bool:
            start.wait()
            return task(writer, thing)

        with ThreadPoolExecutor(len(things)) as pool:
            return list(pool.map(run, self.writers, things))


def now() -> datetime:
    return datetime.now(UTC)


def _learned(writer: Writer, lesson: Lesson) -> bool:
    Speeds(writer.ledger, now).learn(*lesson)
    return True


def _added(writer: Writer, row: Job) -> bool:
    return writer.ledger.add(row)


def _saved(writer: Writer, write: Write) -> bool:
    ledger, (before, after) = writer.ledger, write
    if after.status is Status.SENDING is not before.status:
        return _sent(writer, before, after)
    write_row = ledger.erase if after.status is Status.ERASED else ledger.save
    try:
        return write_row(before, after) == after
    except Overtaken:
        return False


def _sent(writer: Writer, before: Job, after: Job) -> bool:
    """As the desk does it: nobody is SENDING who has no slot."""
    since = now()
    try:
        writer.door.enter(before, since)
    except (NotNow, Overtaken):
        return False
    try:
        return writer.ledger.save(before, after) == after
    except Overtaken:
        writer.door.slots.give_back(before.job_id, since)
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
