"""The waiting room: what waits is sent when its time has come, the longest due first.

Who waits for room stands in one of two lines, in which fresh uploads go before a backfill.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from transcription.desk import Desk
from transcription.job import IN_FLIGHT, LINES, Job, Status, WaitReason
from transcription.ledger import Overtaken
from transcription.next_step import Step, next_step
from transcription.occupancy import Occupancy

# What stands in the room: not to be sent now. After a try it means that the API took nothing, nor
# would it take the next one.
WAITS = frozenset({Status.WAITING, Status.AMBIGUOUS})
SENDS = frozenset({Step.SEND, Step.SEND_AGAIN})
# Rows looked at in one run, but for those in a line.
MOST = 200


@dataclass(slots=True)
class Visit:
    """What one run did: the jobs it moved, and what went wrong with others.

    `held` is why nothing more is sent: what sent the first job back speaks for all the others.
    """

    moved: list[Job] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)
    held: WaitReason | None = None

    def take(self, name: str, step: Callable[[], Job | None]) -> Job | None:
        """Take one job further, which errors name: one that can't be must not hold up the rest."""
        try:
            moved = step()
        except Overtaken:
            return None
        except Exception as error:  # noqa: BLE001 told by whoever runs this
            error.add_note(f"This was about {name}")
            self.errors.append(error)
            return None
        if moved:
            self.moved.append(moved)
        return moved

    def send(self, job: Job, step: Callable[[], Job | None]) -> bool:
        """Take a job further by sending it; whether it is on its way."""
        moved = self.take(job.job_id, step)
        if moved and moved.status in WAITS:
            # An answer that was lost says as little of the next one as none at all.
            self.held = moved.wait_reason or WaitReason.OUTAGE
        return moved is not None and moved.status in IN_FLIGHT


@dataclass(frozen=True, slots=True)
class WaitingRoom:
    """Lets go what may go. `has_time` says whether another job can be begun."""

    desk: Desk
    now: Callable[[], datetime]

    def visit(self, at_once: bool, has_time: Callable[[], bool]) -> Visit:
        """Take every due job its next step; `at_once` sends all that waits without its time."""
        visit = Visit()
        visit.take("the slots", self.heal)
        for job, step in self._steps(at_once):
            if not has_time():
                break
            if step not in SENDS:
                visit.take(job.job_id, partial(self.desk.take, job, step))
            elif visit.held is None:
                visit.send(job, partial(self.desk.take, job, step))
            elif visit.held is WaitReason.SLOT:
                visit.take(job.job_id, partial(self.desk.line_up, job, step))
        return self.fill(has_time, visit)

    def heal(self) -> None:
        """Free slots that somebody left behind, if others want one."""
        slots = self.desk.door.slots
        if slots.limit and slots.look().is_tight:
            slots.heal(self.desk.ledger.jobs)

    def fill(self, has_time: Callable[[], bool], before: Visit | None = None) -> Visit:
        """Send those who wait for room, the oldest first, as long as there is any.

        Whoever was woken (by nobody who has looked `before`) looks only where somebody left word.
        """
        visit, slots = before or Visit(), self.desk.door.slots
        if visit.held is WaitReason.SLOT:
            visit.held = None  # that was a newcomer, who has to stand behind these
        seen = slots.look() if before else slots.awake()
        while self._gave_back(LINES if before else [*seen.wanted], seen, visit, has_time):
            seen = slots.look()
        return visit

    def _gave_back(
        self, lines: Sequence[str], seen: Occupancy, visit: Visit, has_time: Callable[[], bool]
    ) -> bool:
        """Send from these lines; whether a slot was taken in vain, which nobody was told of."""
        sent, moved = 0, len(visit.moved)
        for line in lines:
            # Whether anybody stands there is no question where nobody could go.
            if line not in seen.wanted or seen.has_room(line, sent):
                sent += self._advance(line, seen, sent, visit, has_time)
        return visit.held is None and has_time() and len(visit.moved) > moved + sent

    def _advance(
        self, line: str, seen: Occupancy, sent: int, visit: Visit, has_time: Callable[[], bool]
    ) -> int:
        """Send from the head of a line; returns how many went."""
        slots, before = self.desk.door.slots, sent
        for job in self.desk.ledger.in_line(line):
            if visit.held or not has_time():
                return sent - before
            if not seen.has_room(line, sent):
                if line not in seen.wanted:
                    slots.want(line)
                return sent - before
            sent += visit.send(job, partial(self.desk.send, job))
        slots.nobody_waits(line, seen)
        return sent - before

    def _steps(self, at_once: bool) -> Iterator[tuple[Job, Step]]:
        now = self.now()
        if at_once:
            yield from ((job, Step.SEND) for job in self.desk.ledger.waiting(MOST))
        for job in self.desk.ledger.due(now, MOST, WAITS):
            step = next_step(job, now, self.desk.resend)
            if step is not Step.NOTHING and not (at_once and step is Step.SEND):
                yield job, step
