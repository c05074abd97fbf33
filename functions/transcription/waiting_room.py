"""The waiting room: what waits is sent when its time has come, the longest due first."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from transcription.desk import Desk
from transcription.job import Job, Status
from transcription.ledger import Overtaken
from transcription.next_step import Step, next_step

# What stands in the room: not to be sent now. After a try it means that the API took nothing, nor
# would it take the next one.
WAITS = frozenset({Status.WAITING, Status.AMBIGUOUS})
# Rows looked at in one run.
MOST = 200


@dataclass(slots=True)
class Visit:
    """What one run did: the jobs it moved, and what went wrong with others."""

    moved: list[Job] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)

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


@dataclass(frozen=True, slots=True)
class WaitingRoom:
    """Lets go what may go. `has_time` says whether another job can be begun."""

    desk: Desk
    now: Callable[[], datetime]

    def visit(self, at_once: bool, has_time: Callable[[], bool]) -> Visit:
        """Take every due job its next step; `at_once` sends all that waits without its time.

        The first one that the API sends back to wait speaks for all the others: they stay.
        """
        visit, shut = Visit(), False
        for job, step in self._steps(at_once):
            if not has_time():
                break
            sends = step in {Step.SEND, Step.SEND_AGAIN}
            if shut and sends:
                continue
            moved = visit.take(job.job_id, partial(self.desk.take, job, step))
            shut = shut or (sends and moved is not None and moved.status in WAITS)
        return visit

    def _steps(self, at_once: bool) -> Iterator[tuple[Job, Step]]:
        now = self.now()
        if at_once:
            yield from ((job, Step.SEND) for job in self.desk.ledger.waiting(MOST))
        for job in self.desk.ledger.due(now, MOST, WAITS):
            step = next_step(job, now, self.desk.resend)
            if step is not Step.NOTHING and not (at_once and step is Step.SEND):
                yield job, step
