"""Asking the stack for renditions anew, a few jobs at a time, and seeing when each is done."""

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import Enum
from itertools import islice
from typing import Any, Final, NamedTuple

from botocore.exceptions import ClientError

from dropscribe.jobs import Job
from dropscribe.stack import Stack

MOST: Final = 20  # renders under way at a time
LOOK: Final = 0.5  # seconds between two looks at their rows


class Outcome(Enum):
    """What became of a render; the value is the end of a sentence that begins with its key."""

    MADE = "is made again"
    OLDER = "has a newer version, whose renditions stand there"
    GONE = "has no raw answer any more: its renditions stay as they are"
    LATE = "was not made in the time given; the log of the function Publish says why, or it follows"


class Ended(NamedTuple):
    """A job as its row is now, and what became of its render."""

    job: Job
    outcome: Outcome


def outcome_of(before: Job, now: Job) -> Outcome | None:
    """What became of a render, as the row says; None while nothing did."""
    if now.row.get("rendered_at") == before.row.get("rendered_at"):
        return None
    return Outcome.MADE if now.outputs else Outcome.OLDER


def brought_names(job: Job) -> bool:
    """Whether a file was uploaded with names for its voices."""
    return job.row.get("option_sources", {}).get("speakers") in {"metadata", "tag"}


@dataclass
class Renders:
    """Renders under way. `speakers` None leaves names as they are; `patience` is seconds a job.

    With `spares`, a file that was uploaded with names keeps its own; `spared` counts those.
    """

    stack: Stack
    speakers: Sequence[str] | None
    patience: float
    spares: bool = False
    spared: int = 0
    under_way: dict[str, tuple[Job, float]] = field(default_factory=dict)

    def of(self, jobs: Iterable[Job]) -> Iterator[Ended]:
        """Ask for each job's render, and tell of each as it ends."""
        left = iter(jobs)
        with ThreadPoolExecutor(MOST // 2) as pool:
            while (more := list(islice(left, MOST - len(self.under_way)))) or self.under_way:
                ended = [*self._begun(pool, more), *self._seen()]
                yield from ended
                if not ended:
                    time.sleep(LOOK)

    def _begun(self, pool: Executor, jobs: Sequence[Job]) -> Iterator[Ended]:
        """Ask for renders; gives those that can't be, since their answers are gone."""
        # An index lags behind: what is waited for is a change of the row as it is now.
        rows = list(self.stack.jobs.get_many([job.job_id for job in jobs]).values())
        for job, is_asked in zip(rows, pool.map(self._ask, rows), strict=True):
            if is_asked:
                self.under_way[job.job_id] = (job, time.monotonic())
                self.spared += self.spares and brought_names(job)
            else:
                yield Ended(job, Outcome.GONE)

    def _seen(self) -> Iterator[Ended]:
        """Those of the renders under way that are over."""
        rows = self.stack.jobs.get_many(list(self.under_way))
        for job_id, (before, begun) in list(self.under_way.items()):
            now = rows.get(job_id, before)
            is_late = time.monotonic() - begun >= self.patience
            if outcome := outcome_of(before, now) or (Outcome.LATE if is_late else None):
                del self.under_way[job_id]
                yield Ended(now, outcome)

    def _ask(self, job: Job) -> bool:
        if job.status != "COMPLETED" or not self._has_answer(job):
            return False
        asked: dict[str, Any] = {"job_id": job.job_id, "attempt": job.attempt, "render": True}
        if self.speakers is not None and not (self.spares and brought_names(job)):
            asked["speakers"] = list(self.speakers)
        self.stack.functions.invoke(
            FunctionName=self.stack.output("PublishFunctionName"),
            InvocationType="Event",
            Payload=json.dumps(asked).encode(),
        )
        return True

    def _has_answer(self, job: Job) -> bool:
        """Whether the raw answer is still there: asked here, since a render tells only a log."""
        try:
            self.stack.s3.head_object(
                Bucket=self.stack.output("AnswerBucketName"), Key=job.answer or ""
            )
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
                raise
            return False
        return True
