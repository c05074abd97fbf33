"""Erasing a recording and all that came of it, so that whoever is at work on it adds nothing.

1. Its rows are withdrawn: from then on no function can write to them, nor begin anything new.
2. Its executions are stopped, and messages about it are taken out of both queues.
3. Its answers, renditions and recordings are deleted, every version of them.
4. What a function wrote meanwhile is deleted, too, once its time is over.
5. Its rows become tombstones, which have no name.

Until then each row is found by its key: whoever runs this again after a crash finishes it.
"""

import itertools
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from transcription.erasing import tombstone, withdrawn
from transcription.inventory import PLACE
from transcription.job import Job, Status
from transcription.ledger import Overtaken

from dropscribe.exits import CloudRefused
from dropscribe.letters import Letter, left_of
from dropscribe.mailbox import Mailbox
from dropscribe.stack import Stack
from dropscribe.traces import Thing, Traces
from dropscribe.upload_queue import in_batches, send_to

if TYPE_CHECKING:
    from types_boto3_s3.type_defs import ObjectIdentifierTypeDef

BATCH: Final = 1000  # the most objects that S3 deletes at once
QUEUES: Final = ("UploadQueueUrl", "DeadLetterQueueUrl")
CAUSE: Final = "Its recording is erased"
Erased = Callable[[Job, datetime], Job]


@dataclass(frozen=True, slots=True)
class Eraser:
    """Does each step; `on_step` is told of every object, row and message that is gone."""

    stack: Stack
    on_step: Callable[[int], object]

    def withdraw(self, traces: Traces) -> list[Job]:
        """Take the rows away from whoever is at work on them, and stop the executions.

        A version that has no row gets one that is withdrawn, before anybody claims it. Returns the
        rows as they were when they were taken away.
        """
        were = [self._replace(job, withdrawn) for job in traces.not_withdrawn]
        for job in traces.jobs:
            self.stack.machine.stop(job, CAUSE)
        for thing in traces.unclaimed:
            self.stack.ledger.add(withdrawn(_unclaimed(thing), datetime.now(UTC)))
        return [job for job in were if job]

    def bury(self, jobs: Sequence[Job]) -> None:
        """Leave tombstones in place of withdrawn rows."""
        for job in jobs:
            self._replace(job, tombstone)
            self.on_step(1)

    def forget_place(self, key: str) -> None:
        """Let Reconcile's inventory begin anew where it had stopped at this very key."""
        if self.stack.ledger.noted(PLACE).get("behind") == key:
            self.stack.ledger.note(PLACE)

    def _replace(self, job: Job, made_of: Erased) -> Job | None:
        """Write this in place of a row; returns what stood there, None where nothing did."""
        now: Job | None = job
        while now:
            try:
                self.stack.ledger.erase(now, made_of(now, datetime.now(UTC)))
                break
            except Overtaken:
                now = self.stack.ledger.get(job.job_id)
        return now

    def delete(self, things: Sequence[Thing]) -> None:
        """Delete versions for ever; raises CloudRefused where S3 keeps one."""
        for bucket, found in itertools.groupby(things, key=lambda thing: thing.bucket):
            for batch in in_batches(found, BATCH):
                self._delete(bucket, batch)

    def _delete(self, bucket: str, batch: Sequence[Thing]) -> None:
        gone: list[ObjectIdentifierTypeDef] = [
            {"Key": it.key, "VersionId": it.version_id} for it in batch
        ]
        answer = self.stack.s3.delete_objects(Bucket=bucket, Delete={"Objects": gone})
        if errors := answer.get("Errors"):
            first = errors[0]
            raise CloudRefused(
                f"S3 keeps {len(errors)} of {len(batch)} objects in {bucket}: "
                f"{first.get('Message') or first.get('Code')}. Run it again when that is mended.",
            )
        self.on_step(len(batch))

    def sweep(self, traces: Traces) -> int:
        """Take messages about the object or its jobs out of both queues; returns how many."""

        def is_gone(about: Letter) -> bool:
            return about.is_about(traces.bucket, traces.key, traces.job_ids)

        urls = [self.stack.output(queue) for queue in QUEUES]
        # Side by side, for that a queue is empty is known only after a while.
        with ThreadPoolExecutor(len(urls)) as pool:
            return sum(pool.map(lambda url: self._sweep(url, is_gone), urls))

    def _sweep(self, queue: str, is_gone: Callable[[Letter], bool]) -> int:
        box = Mailbox(self.stack.queues, queue)
        try:
            found = [(it, left_of(it.body, is_gone)) for it in box.messages()]
            changed = [(message, left) for message, left in found if left != message.body]
            # What is said of other objects in the same message is said again, before it goes.
            send_to(self.stack, queue, [left for _, left in changed if left])
            box.delete(message for message, _ in changed)
            return len(changed)
        finally:
            box.give_back()


def _unclaimed(thing: Thing) -> Job:
    """The job that a version would have become."""
    uploaded = thing.modified or datetime.now(UTC)
    return Job(thing.job_id, thing.bucket, thing.key, Status.CLAIMED, uploaded)
