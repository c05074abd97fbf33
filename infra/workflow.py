"""The state machine: Wait and Poll until the answer is there, then Publish.

Wait -> Poll -> Look? --transcribed--> Publish, the end
  ^               | | \\--over-----------> Done
  +----pending----+ \\--failed, expired--> RecordFailure -> Failed
                          any other failure ---^

Each state that is entered is paid for: four for an answer that is there at the first look, three
for each further look.
"""

from typing import Any, Final

from aws_cdk import ArnFormat, Duration, Stack
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks
from constructs import Construct

from infra.functions import Functions
from infra.logs import log_group
from infra.settings import Settings

INPUT: Final = "$states.context.Execution.Input"
# Look 0 asks Poll when to come: whoever started the execution did not say.
FIRST_LOOK: Final = f"($exists({INPUT}.seconds) ? 1 : 0)"
# What Lambda itself may answer; waiting it out costs a transition a try.
THROTTLED: Final = (
    "Lambda.TooManyRequestsException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
)


class Workflow(Construct):
    """One execution for each attempt at a job. Its states carry pointers, never words."""

    def __init__(
        self, scope: Construct, construct_id: str, functions: Functions, settings: Settings
    ) -> None:
        super().__init__(scope, construct_id)
        self._record_failure = self._invoke(
            "RecordFailure",
            functions.record_failure,
            {**self._job(), **self._given("status", "stage", "reason", "error", "cause")},
        ).next(sfn.Fail.jsonata(self, "Failed", cause="The reason stands in the job's row"))
        self.logs = log_group(self, "Logs", settings)
        self.machine = sfn.StateMachine(
            self,
            "StateMachine",
            definition_body=sfn.DefinitionBody.from_chainable(self._chain(functions)),
            query_language=sfn.QueryLanguage.JSONATA,
            # Longer than the last look and all tries of Poll and Publish, so that they can finish.
            timeout=Duration.minutes(settings.deadline_minutes + 45),
            tracing_enabled=True,
            logs=sfn.LogOptions(
                destination=self.logs,
                level=sfn.LogLevel.ERROR,
                include_execution_data=False,
            ),
        )

    @property
    def executions(self) -> str:
        """The ARN of every execution of the machine."""
        return Stack.of(self).format_arn(
            service="states",
            resource="execution",
            resource_name=f"{self.machine.state_machine_name}:*",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )

    def _chain(self, functions: Functions) -> sfn.Chain:
        which = {
            **self._job(),
            "look": self._or("look", FIRST_LOOK),
            "course": self._or("course", "{}"),
        }
        poll = self._invoke("Poll", functions.poll, which)
        publish = self._invoke("Publish", functions.publish, self._job())
        wait = sfn.Wait.jsonata(self, "Wait", time=sfn.WaitTime.seconds(self._or("seconds", "0")))
        for task, stage in ((poll, "poll"), (publish, "publish")):
            task.add_catch(self._record_failure, outputs=self._caught(stage))
        look = (
            sfn.Choice.jsonata(self, "Look?")
            .when(self._status_is("pending"), wait)
            .when(self._status_is("transcribed"), publish)
            .when(self._status_is("over"), sfn.Succeed.jsonata(self, "Done"))
            .otherwise(self._record_failure)
        )
        return wait.next(poll).next(look)

    def _invoke(
        self, name: str, function: lambda_.IFunction, payload: dict[str, Any]
    ) -> tasks.LambdaInvoke:
        """A Lambda's turn: it may fail and be throttled a few times before that is a failure."""
        task = tasks.LambdaInvoke.jsonata(
            self,
            name,
            lambda_function=function,
            payload=sfn.TaskInput.from_object(payload),
            outputs="{% $states.result.Payload %}",
            retry_on_service_exceptions=False,
            task_timeout=sfn.Timeout.duration(Duration.seconds(Functions.TIMEOUT + 30)),
        )
        task.add_retry(
            errors=list(THROTTLED),
            interval=Duration.seconds(2),
            # Some five minutes: a new account may run ten Lambdas at once, ours and all others.
            max_attempts=14,
            max_delay=Duration.seconds(60),
            jitter_strategy=sfn.JitterType.FULL,
        )
        task.add_retry(
            errors=["States.ALL"],
            # What is polled or published is paid for: some minutes of trouble must not fail it.
            interval=Duration.seconds(5),
            max_attempts=6,
            backoff_rate=2,
            max_delay=Duration.seconds(60),
            jitter_strategy=sfn.JitterType.FULL,
        )
        return task

    @staticmethod
    def _job() -> dict[str, str]:
        return {name: f"{{% {INPUT}.{name} %}}" for name in ("job_id", "attempt")}

    @classmethod
    def _or(cls, name: str, otherwise: str) -> str:
        """What the state before said by this name, or whoever started the execution."""
        return cls._told(f"$states.input.{name}", otherwise)

    @staticmethod
    def _told(said: str, otherwise: str) -> str:
        """An expression that is never undefined, which would end the execution."""
        return f"{{% $exists({said}) ? {said} : {otherwise} %}}"

    @classmethod
    def _given(cls, *names: str) -> dict[str, str]:
        """What the state before may have said; what it didn't is an empty text."""
        return {name: cls._or(name, "''") for name in names}

    @classmethod
    def _caught(cls, stage: str) -> dict[str, str]:
        return {
            "stage": stage,
            "error": cls._told("$states.errorOutput.Error", "''"),
            "cause": cls._told("$states.errorOutput.Cause", "''"),
        }

    @staticmethod
    def _status_is(status: str) -> sfn.Condition:
        return sfn.Condition.jsonata(f"{{% $states.input.status = '{status}' %}}")
