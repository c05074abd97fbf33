"""Runs of the backfill: how one is started, how far it is, and how it is stopped."""

import json
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from transcription.job import BACKFILL, Job, Status
from transcription.rows import SHARDS

from dropscribe.exits import NotReady
from dropscribe.stack import Stack

if TYPE_CHECKING:
    from types_boto3_stepfunctions.client import SFNClient

CAUSE: Final = "Stopped by a person"
# Seconds within which Step Functions ends the children of a stopped run.
PATIENCE: Final = 60
RUNNING: Final = "RUNNING"


class Progress(NamedTuple):
    """How far a run is. Files are `listed` as they are read, and those done with `looked_at`.

    What is wanted of them is `queued` until Submit takes it, then `waiting` for a slot or for the
    budget, and in the end `at_work` until it is published.
    """

    name: str
    status: str
    began: datetime
    listed: int = 0
    looked_at: int = 0
    failed: int = 0
    queued: int = 0
    waiting: int = 0
    at_work: int = 0

    @property
    def is_over(self) -> bool:
        """Whether nothing of it is left to be done, or to be waited for."""
        left = self.queued + self.waiting + self.at_work
        return self.status != RUNNING and left == 0


@dataclass(frozen=True)
class Runs:
    """The backfills of a stack, of which one runs at a time."""

    stack: Stack

    def start(self, name: str, asked: Mapping[str, Any]) -> str:
        """Start one; returns its ARN."""
        started = self._states.start_execution(
            stateMachineArn=self._machine, name=name, input=json.dumps(asked)
        )
        return started["executionArn"]

    def running(self) -> list[str]:
        """The ARNs of those that still list files."""
        found = self._states.list_executions(stateMachineArn=self._machine, statusFilter=RUNNING)
        return [it["executionArn"] for it in found["executions"]]

    def newest(self) -> str | None:
        """The ARN of the last that was started, if there ever was one."""
        found = self._states.list_executions(stateMachineArn=self._machine, maxResults=1)
        return next((it["executionArn"] for it in found["executions"]), None)

    def progress(self, arn: str) -> Progress:
        """How far a run is, by Step Functions, the queue and the rows."""
        run = self._states.describe_execution(executionArn=arn)
        counts = self._counts(arn)
        return Progress(
            name=run["name"],
            status=run["status"],
            began=run["startDate"],
            listed=counts.get("total", 0),
            looked_at=counts.get("succeeded", 0),
            failed=sum(counts.get(how, 0) for how in ("failed", "timedOut")),
            queued=self._queued(),
            waiting=self._open("backfill"),
            at_work=sum(self._open(shard) for shard in SHARDS),
        )

    def stop(self) -> int:
        """Stop what runs, and take back what was not sent yet; returns how many claims that were.

        Whatever the speech API has already goes on.
        """
        for arn in self.running():
            self._states.stop_execution(executionArn=arn, cause=CAUSE)
            self._wait_for_children(arn)
        self._empty_queue()
        with ThreadPoolExecutor(8) as pool:
            return sum(pool.map(self.stack.ledger.forget, self._unsent()))

    def _empty_queue(self) -> None:
        queues = self.stack.queues
        try:
            queues.purge_queue(QueueUrl=self.stack.output("BackfillQueueUrl"))
        except queues.exceptions.PurgeQueueInProgress as error:
            once = "SQS empties a queue once a minute at most: run this again in a minute."
            raise NotReady(once) from error

    def _unsent(self) -> Iterator[Job]:
        """Jobs of a backfill that only wait."""
        partitions = (BACKFILL, *SHARDS)
        for job in chain.from_iterable(map(self.stack.ledger.in_line, partitions)):
            if job.lane == BACKFILL and job.status is Status.WAITING and job.sending_at is None:
                yield job

    def _wait_for_children(self, arn: str) -> None:
        end = time.monotonic() + PATIENCE
        while self._map_status(arn) == RUNNING:
            if time.monotonic() > end:
                raise NotReady("Step Functions is still stopping it: run this again in a minute.")
            time.sleep(0.5)

    def _map_status(self, arn: str) -> str:
        run = self._map_run(arn)
        return str(run.get("status", ""))

    def _counts(self, arn: str) -> Mapping[str, int]:
        counts: Mapping[str, int] = self._map_run(arn).get("itemCounts", {})
        return counts

    def _map_run(self, arn: str) -> Mapping[str, Any]:
        """What Step Functions says of the map of a run; nothing before that has begun."""
        runs = self._states.list_map_runs(executionArn=arn)["mapRuns"]
        if not runs:
            return {}
        return dict(self._states.describe_map_run(mapRunArn=runs[0]["mapRunArn"]))

    def _queued(self) -> int:
        names: Any = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        url = self.stack.output("BackfillQueueUrl")
        found = self.stack.queues.get_queue_attributes(QueueUrl=url, AttributeNames=names)
        return sum(map(int, found["Attributes"].values()))

    def _open(self, partition: str) -> int:
        return self.stack.jobs.count_open(f"open#{partition}", BACKFILL)

    @property
    def _states(self) -> "SFNClient":
        return self.stack.machine.client

    @property
    def _machine(self) -> str:
        return self.stack.output("BackfillStateMachineArn")
