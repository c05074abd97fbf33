"""Every kind of gap that the happy path leaves behind, planted as somebody's death would."""

import dataclasses
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

from transcription.job import Job, Status, later, revised
from transcription.workflow import StateMachine

from tests.application.house import House
from tests.scripted_api import Reply

if TYPE_CHECKING:
    import boto3

# Seconds: until somebody must look at a planted row, and the age of an id that is of no use.
SOON = 60
FORGOTTEN = 70 * 60
# An execution ends as its input says, and otherwise runs out of time after a second.
ENDS = {
    "StartAt": "How",
    "TimeoutSeconds": 1,
    "States": {
        "How": {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$.ends", "StringEquals": "FAILED", "Next": "Fail"},
                {"Variable": "$.ends", "StringEquals": "SUCCEEDED", "Next": "Succeed"},
            ],
            "Default": "Wait",
        },
        "Fail": {"Type": "Fail"},
        "Succeed": {"Type": "Succeed"},
        "Wait": {"Type": "Wait", "Seconds": 36000, "End": True},
    },
}

# An execution fails at once.
FAILS = {"StartAt": "Fail", "States": {"Fail": {"Type": "Fail"}}}


def ending_machine(
    session: "boto3.Session", like: str, definition: Mapping[str, Any] = ENDS
) -> StateMachine:
    """A state machine whose executions end without a word, with the role of another one."""
    client = session.client("stepfunctions")
    role = client.describe_state_machine(stateMachineArn=like)["roleArn"]
    name = f"ends-{uuid4().hex[:8]}"
    made = client.create_state_machine(name=name, definition=json.dumps(definition), roleArn=role)
    return StateMachine(client, made["stateMachineArn"])


def wait_for_ends(workflow: StateMachine) -> None:
    """Wait until every execution has ended."""
    list_of = workflow.client.list_executions
    while list_of(stateMachineArn=workflow.arn, statusFilter="RUNNING")["executions"]:
        time.sleep(0.05)


@dataclass(frozen=True)
class Planter:
    """Plants gaps in a house whose state machine is an `ending_machine`."""

    house: House

    def left(self, status: Status, **facts: Any) -> str:
        """A row that somebody wrote, and then died."""
        return self._row(status, **facts).job_id

    def ended(self) -> str:
        """A job whose end is on its row, and nowhere else."""
        return self.left(Status.FAILED, reason="It broke", completed_at=self.house.now())

    def running(self, ending: str, age: float = 0, **facts: Any) -> str:
        """A job whose execution ended so; `age` is in seconds since its id was given."""
        return self._running(ending, age, **facts).job_id

    def transcribed(self, ending: str) -> str:
        """A job whose raw answer is safe, and whose execution ended so."""
        job = self._running(ending, FORGOTTEN, status=Status.TRANSCRIBED)
        key = self.house.shelf.keep_answer(job, Reply.completed().content)
        return self.house.ledger.save(job, revised(job, answer=key)).job_id

    def unseen(self, times: int = 1, deleted: bool = False) -> str:
        """An object whose events are lost; it may have been overwritten or deleted since."""
        first = self.house.put()
        for _ in range(times - 1):
            self.house.put(key=first.key)
        if deleted:
            self.house.s3.delete_object(Bucket=first.bucket, Key=first.key)
        assert first.job_id
        return first.job_id

    def _row(self, status: Status, **facts: Any) -> Job:
        found = self.house.desk.recordings.find(self.house.put())
        now = self.house.now()
        job = Job(
            job_id=found.job_id,
            bucket=found.bucket,
            key=found.key,
            status=status,
            uploaded_at=found.modified,
            version_id=found.version_id,
            model="#g1_whisper-small",
            claimed_at=now,
            due_at=later(now, SOON),
        )
        planted = dataclasses.replace(job, **facts)
        assert self.house.ledger.add(planted)
        return planted

    def _running(self, ending: str, age: float, **facts: Any) -> Job:
        given = {"generation_id": "an-id", "submitted_at": later(self.house.now(), -age)}
        status = facts.pop("status", Status.SUBMITTED)
        job = self._row(status, **(given | facts))
        arn = self._execution(job, ending)
        return self.house.ledger.save(job, revised(job, execution_arn=arn))

    def _execution(self, job: Job, ending: str) -> str:
        workflow = self.house.desk.workflow
        if ending == "GONE":
            return workflow.arn.replace(":stateMachine:", ":execution:") + f":{job.name}"
        ends = json.dumps({"ends": ending})
        arn = workflow.client.start_execution(
            stateMachineArn=workflow.arn, name=job.name, input=ends
        )["executionArn"]
        if ending == "ABORTED":
            workflow.client.stop_execution(executionArn=arn)
        return arn


class Gap(NamedTuple):
    """How a gap is planted, and where the job must stand after one run of Reconcile."""

    plant: Callable[["Planter"], str]
    status: Status
    attempt: int = 1


GAPS: Mapping[str, Gap] = {
    "a stale claim": Gap(lambda it: it.left(Status.CLAIMED), Status.SUBMITTED),
    "a sender that died": Gap(lambda it: it.left(Status.SENDING), Status.AMBIGUOUS),
    "throttled at start": Gap(
        lambda it: it.left(Status.SUBMITTED, generation_id="an-id", submitted_at=it.house.now()),
        Status.SUBMITTED,
    ),
    "an execution that failed": Gap(lambda it: it.running("FAILED"), Status.SUBMITTED, 2),
    "an execution that ran out of time": Gap(
        lambda it: it.running("TIMED_OUT"), Status.SUBMITTED, 2
    ),
    "an execution that did nothing": Gap(lambda it: it.running("SUCCEEDED"), Status.SUBMITTED, 2),
    "an execution that is gone": Gap(lambda it: it.running("GONE"), Status.SUBMITTED, 2),
    "an execution that was stopped": Gap(lambda it: it.running("ABORTED"), Status.FAILED),
    "an execution noticed too late": Gap(
        lambda it: it.running("GONE", age=FORGOTTEN), Status.EXPIRED
    ),
    "taken over twice in vain": Gap(lambda it: it.running("FAILED", resumes=2), Status.FAILED),
    "a failure that nobody recorded": Gap(
        lambda it: it.running("FAILED", stage="transcribe", reason="No sound"), Status.FAILED
    ),
    "a raw answer without renditions": Gap(
        lambda it: it.transcribed("TIMED_OUT"), Status.TRANSCRIBED, 2
    ),
    "an end that nobody was told": Gap(lambda it: it.ended(), Status.FAILED),
    "an object without a row": Gap(lambda it: it.unseen(), Status.SUBMITTED),
    "an overwritten object without a row": Gap(lambda it: it.unseen(times=2), Status.SUBMITTED),
    "a deleted object without a row": Gap(lambda it: it.unseen(deleted=True), Status.REJECTED),
}
