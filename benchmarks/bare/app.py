"""The bare stack: `python -m benchmarks.bare.app` writes it to the folder in CDK_OUTDIR.

An upload's message starts Submit, which starts Wait -> Poll -> Look? -> Publish. Nothing is
written down: a message that comes twice is paid for twice, what fails is forgotten.
"""

import os
from pathlib import Path

from aws_cdk import App, CfnOutput, CfnParameter, Duration, RemovalPolicy, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_notifications as notifications
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks

FUNCTIONS = str(Path(__file__).parent / "functions")
CONCURRENCY = 10  # as many as our own Submit


class BareStack(Stack):
    """Two buckets, a queue, three functions, a state machine."""

    def __init__(self, app: App) -> None:
        super().__init__(app, "Bare")
        self.api = CfnParameter(self, "ApiBaseUrl").value_as_string
        self.uploads = s3.Bucket(self, "Uploads", removal_policy=RemovalPolicy.DESTROY)
        self.transcripts = s3.Bucket(self, "Transcripts", removal_policy=RemovalPolicy.DESTROY)
        self.bus = events.EventBus(self, "Events")
        machine = self._machine()
        self._take_uploads(machine)
        CfnOutput(self, "UploadBucketName", value=self.uploads.bucket_name)
        CfnOutput(self, "StateMachineArn", value=machine.state_machine_arn)

    def _machine(self) -> sfn.StateMachine:
        poll, publish = self._function("Poll"), self._function("Publish")
        for function in (poll, publish):
            self.transcripts.grant_read_write(function)
        self.bus.grant_put_events_to(publish)
        wait = sfn.Wait.jsonata(
            self, "Wait", time=sfn.WaitTime.seconds("{% $states.input.seconds %}")
        )
        look = sfn.Choice.jsonata(self, "Look?")
        pending = sfn.Condition.jsonata("{% $states.input.status = 'pending' %}")
        loop = wait.next(self._invoke("Look", poll)).next(look)
        look.when(pending, wait).otherwise(self._invoke("Write", publish))
        return sfn.StateMachine(
            self,
            "Transcribe",
            definition_body=sfn.DefinitionBody.from_chainable(loop),
            query_language=sfn.QueryLanguage.JSONATA,
        )

    def _take_uploads(self, machine: sfn.StateMachine) -> None:
        queue = sqs.Queue(self, "Queue", visibility_timeout=Duration.minutes(6))
        destination = notifications.SqsDestination(queue)
        self.uploads.add_event_notification(s3.EventType.OBJECT_CREATED, destination)
        submit = self._function("Submit")
        submit.add_environment("STATE_MACHINE_ARN", machine.state_machine_arn)
        self.uploads.grant_read(submit)
        machine.grant_start_execution(submit)
        submit.add_event_source(
            sources.SqsEventSource(queue, batch_size=1, max_concurrency=CONCURRENCY)
        )

    def _invoke(self, name: str, function: lambda_.IFunction) -> tasks.LambdaInvoke:
        return tasks.LambdaInvoke.jsonata(
            self, name, lambda_function=function, outputs="{% $states.result.Payload %}"
        )

    def _function(self, name: str) -> lambda_.Function:
        return lambda_.Function(
            self,
            name,
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.ARM_64,
            code=lambda_.Code.from_asset(FUNCTIONS, exclude=["__pycache__"]),
            handler=f"{name.lower()}.handler",
            timeout=Duration.seconds(60),
            memory_size=512,
            environment={
                "API_BASE_URL": self.api,
                "TRANSCRIPTS": self.transcripts.bucket_name,
                "EVENT_BUS_NAME": self.bus.event_bus_name,
            },
        )


if __name__ == "__main__":
    app = App(outdir=os.environ["CDK_OUTDIR"], analytics_reporting=False)
    BareStack(app)
    app.synth()
