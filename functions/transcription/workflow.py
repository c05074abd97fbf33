"""The state machine, as the rest of the application sees it: something to start and to stop."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from transcription.job import Job

if TYPE_CHECKING:
    from types_boto3_stepfunctions.client import SFNClient

GONE: Final = "GONE"
RUNNING: Final = frozenset({"RUNNING", "PENDING_REDRIVE"})


@dataclass(frozen=True, slots=True)
class StateMachine:
    """Starts one execution an attempt, named after it, so that a second start finds the first."""

    client: "SFNClient"
    arn: str

    def start(self, job: Job, seconds: int) -> str:
        """Start, or find started, the execution of this attempt; returns its ARN.

        It looks at the API for the first time after so many seconds.
        """
        told = {"job_id": job.job_id, "attempt": job.attempt, "seconds": seconds}
        try:
            return self.client.start_execution(
                stateMachineArn=self.arn, name=job.name, input=json.dumps(told)
            )["executionArn"]
        except self.client.exceptions.ExecutionAlreadyExists:
            return self._execution(job)

    def ending(self, job: Job) -> str | None:
        """How the execution on the job's row ended: None while it runs, GONE if nobody knows it.

        Step Functions forgets an execution after 90 days, and with its state machine.
        """
        if job.execution_arn != self._execution(job):
            return GONE
        try:
            found = self.client.describe_execution(executionArn=job.execution_arn)
        except self.client.exceptions.ExecutionDoesNotExist:
            return GONE
        return None if found["status"] in RUNNING else found["status"]

    def stop(self, job: Job, cause: str) -> None:
        """Stop the execution of this attempt; one that has ended, or never began, needs none."""
        try:
            self.client.stop_execution(executionArn=self._execution(job), cause=cause)
        except (
            self.client.exceptions.ExecutionDoesNotExist,
            self.client.exceptions.ValidationException,
        ):
            return

    def _execution(self, job: Job) -> str:
        return self.arn.replace(":stateMachine:", ":execution:") + f":{job.name}"
