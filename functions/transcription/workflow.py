"""The state machine, as the rest of the application sees it: something to start."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from transcription.job import Job

if TYPE_CHECKING:
    from types_boto3_stepfunctions.client import SFNClient


@dataclass(frozen=True, slots=True)
class StateMachine:
    """Starts one execution an attempt, named after it, so that a second start finds the first."""

    client: "SFNClient"
    arn: str

    def start(self, job: Job) -> str:
        """Start, or find started, the execution of this attempt; returns its ARN."""
        try:
            return self.client.start_execution(
                stateMachineArn=self.arn,
                name=job.name,
                input=json.dumps({"job_id": job.job_id, "attempt": job.attempt}),
            )["executionArn"]
        except self.client.exceptions.ExecutionAlreadyExists:
            return self.arn.replace(":stateMachine:", ":execution:") + f":{job.name}"
