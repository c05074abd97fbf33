"""Bringing a stack to rest: time passes, the scheduled functions run, a person does their part.

Leases and waits are minutes long, and the emulator's clock is not ours. So time passes in the
table: `due_at`, from which on somebody must look at a row again, is moved into the past. What
decides stays as it is deployed. A lease protects a sender that may still be at work, so a row is
hurried only where in truth nobody is: when the queue is empty, no execution is running, and the
scheduled functions, whose schedules are off, were run to their end. What merely waits may always
be hurried. S3 dates its objects itself: see late_inventory.py.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from boto3.dynamodb.conditions import Attr
from botocore.config import Config
from botocore.exceptions import ClientError
from transcription.job import iso
from transcription.sending import LEASE
from transcription.slots import stamp

from tests.chaos.person import Person, waits_by_itself
from tests.chaos.record import Death
from tests.stack import Row, Stack

ROUNDS: Final = 60
# Nothing on its way, no messages, no executions.
AT_REST: Final = (False, 0, 0)
# Seconds without a change after which nothing will come any more.
STUCK: Final = 180
# Seconds in which a sender that lives marks what became of its request, also where all are busy.
ALIVE: Final = 5
PATIENT: Final = Config(read_timeout=300, retries={"max_attempts": 0})


class Rest:
    """Takes the jobs whose keys begin with `prefix` to their end, and remembers what it took.

    `deaths` has the senders that were found dead, by job id; `runs` counts the runs of each
    scheduled function; `person` does what a person is asked to.
    """

    def __init__(
        self, stack: Stack, prefix: str, progress: Callable[[str], None] = lambda _: None
    ) -> None:
        self._stack, self._prefix, self._progress = stack, prefix, progress
        self._lambda = stack.session.client("lambda", config=PATIENT)
        self._states = stack.session.client("stepfunctions")
        self._sqs: Any = stack.session.client("sqs")
        self.deaths: defaultdict[str, list[Death]] = defaultdict(list)
        self.person = Person(stack)
        self.runs: Counter[str] = Counter()

    def reached(self, all_delivered: Callable[[], bool]) -> bool:
        """Whether nothing is left to do in the end; `all_delivered` is true of events."""
        for _ in range(ROUNDS):
            self._let_go()
            self._stand_still(all_delivered)
            rows = self._when_nobody_sends()
            open_rows = [row for row in rows if "open" in row]
            self._progress(f"of {len(rows)} jobs {len(open_rows)} are open")
            if not self.person.looks_at(rows) and not open_rows:
                return True
            for row in open_rows:
                self._mourn(row)
                self._pass_time(row)
                self._age_slot(row["job_id"])
            self.run("Reconcile")
        return False

    def run(self, function: str) -> None:
        """Run a scheduled function to its end; it may be killed, or denied something."""
        name = self._stack.outputs[f"{function}FunctionName"]
        answer = self._lambda.invoke(FunctionName=name, Payload=b"{}")
        answer["Payload"].read()
        self.runs[f"{function} failed" if "FunctionError" in answer else function] += 1

    def rows(self) -> list[Row]:
        """Every job of ours as it is now."""
        ours: dict[str, Any] = {"FilterExpression": Attr("key").begins_with(self._prefix)}
        rows: list[Row] = []
        while True:
            answer = self._stack.table.scan(ConsistentRead=True, **ours)
            rows += answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return rows
            ours["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def _when_nobody_sends(self) -> list[Row]:
        """The rows once who is SENDING stays so: Dispatch, whom a free slot woke, may live."""
        before: set[tuple[str, Any]] = set()
        while True:
            rows = self.rows()
            sending = {
                (row["job_id"], row["revision"]) for row in rows if row["status"] == "SENDING"
            }
            if sending <= before:
                return rows
            before = sending
            time.sleep(ALIVE)

    def _let_go(self) -> None:
        """Dispatch until nothing waits but for a person."""
        for _ in range(ROUNDS):
            waiting = [row for row in self.rows() if waits_by_itself(row)]
            if not waiting:
                return
            for row in waiting:
                self._pass_time(row)
            self.run("Dispatch")

    def _stand_still(self, all_delivered: Callable[[], bool]) -> None:
        """Wait until nobody is at work; raises AssertionError when nothing moves any more."""
        before, since = None, time.monotonic()
        while (now := (not all_delivered(), self._messages(), self._executions())) != AT_REST:
            since = since if now == before else time.monotonic()
            still = time.monotonic() - since
            assert still < STUCK, f"For {STUCK} s: (on their way, messages, executions) is {now}"
            before = now
            time.sleep(0.2)

    def _messages(self) -> int:
        """What waits in the upload queue, or is in somebody's hands."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        url = self._stack.outputs["UploadQueueUrl"]
        counted = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        return sum(map(int, counted.values()))

    def _executions(self) -> int:
        machine = self._stack.outputs["StateMachineArn"]
        running = self._states.list_executions(stateMachineArn=machine, statusFilter="RUNNING")
        return len(running["executions"])

    def _pass_time(self, row: Row) -> None:
        """The moment has come from which on somebody must look at the row again."""
        if not iso(datetime.now(UTC)) < row.get("due_at", ""):
            return
        try:
            self._stack.table.update_item(
                Key={"job_id": row["job_id"]},
                UpdateExpression="SET due_at = :past",
                ConditionExpression="revision = :seen",
                ExpressionAttributeValues={
                    ":past": iso(datetime.now(UTC) - timedelta(seconds=1)),
                    ":seen": row["revision"],
                },
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise

    def _age_slot(self, job_id: str) -> None:
        """Whoever took a slot for it, if anybody did, took it longer ago than a sender lives."""
        long_ago = datetime.now(UTC) - timedelta(seconds=LEASE + 1)
        with suppress(self._stack.table.meta.client.exceptions.ConditionalCheckFailedException):
            self._stack.table.update_item(
                Key={"job_id": "#slots"},
                UpdateExpression="SET holders.#job.since = :long_ago",
                ConditionExpression="attribute_exists(holders.#job)",
                ExpressionAttributeNames={"#job": job_id},
                ExpressionAttributeValues={":long_ago": stamp(long_ago)},
            )

    def _mourn(self, row: Row) -> None:
        """Whoever was sending it is dead: nobody is at work."""
        if row["status"] == "SENDING":
            sent = datetime.fromisoformat(row["sending_at"]).timestamp()
            known = self.deaths[row["job_id"]]
            if sent not in {death.sent for death in known}:
                known.append(Death(sent, time.time()))
