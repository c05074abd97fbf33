"""The bill of materials: what a Dropscribe stack is made of, in the order in which things run."""

from typing import Any

from aws_cdk import CfnOutput, CfnParameter, Stack
from aws_cdk import aws_events as events
from constructs import Construct

from infra import alarms, storage, triggers, uploads
from infra.functions import Functions
from infra.permissions import may, may_read, may_read_options, may_write
from infra.settings import Settings
from infra.workflow import Workflow


class DropscribeStack(Stack):
    """Drop a recording into a bucket; find its transcript next door."""

    def __init__(self, scope: Construct, settings: Settings, **kwargs: Any) -> None:
        super().__init__(scope, settings.stack_name, **kwargs)
        self.settings = settings
        self.uploads = storage.upload_bucket(self, settings)
        self.answers = storage.answer_bucket(self, settings)
        self.transcripts = storage.bucket(
            self, "Transcripts", settings, settings.transcript_retention_days
        )
        self.jobs = storage.jobs_table(self, settings)
        self.api_key = storage.api_key_secret(self, settings)
        self.rules = storage.rules_parameter(self)
        self.bus = events.EventBus(self, "Events")
        self.dead_letters = uploads.dead_letter_queue(self)
        self.upload_queue = uploads.upload_queue(self, self.dead_letters)

        self.functions = Functions(self, settings, self.told())
        self.workflow = Workflow(self, "Transcribe", self.functions, settings)
        self.grant()
        self.connect()
        alarms.dead_letters_alarm(self, self.dead_letters)
        self.outputs()

    def told(self) -> dict[str, str]:
        """What the functions are told, but for the state machine, which only two of them start."""
        api_base_url = CfnParameter(
            self,
            "ApiBaseUrl",
            default="https://api.aimlapi.com/v1",
            allowed_pattern=r"https://.+|http://(127\.0\.0\.1|localhost)(:\d+)?(/.*)?",
            description="The speech-to-text API, up to and with its version",
        )
        return {
            "TABLE_NAME": self.jobs.table_name,
            "ANSWERS_BUCKET": self.answers.bucket_name,
            "TRANSCRIPTS_BUCKET": self.transcripts.bucket_name,
            "EVENT_BUS_NAME": self.bus.event_bus_name,
            "API_KEY_SECRET": self.api_key.secret_arn,
            "API_BASE_URL": api_base_url.value_as_string,
        }

    def grant(self) -> None:
        """Each function may do what its part needs, and nothing else."""
        made, machine, jobs = self.functions, self.workflow.machine, self.jobs.table_arn
        senders, enders = made.senders, (made.poll, made.publish, made.record_failure)
        may([made.submit], jobs, "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem")
        may([made.dispatch], jobs, "dynamodb:UpdateItem")
        may([made.dispatch], f"{jobs}/index/open-by-due", "dynamodb:Query")
        may(enders, jobs, "dynamodb:GetItem", "dynamodb:UpdateItem")

        may_read(senders, self.uploads)
        may_read_options([made.submit], self.uploads, self.rules, self.answers)
        made.submit.add_environment("RULES_PARAMETER", self.rules.parameter_name)
        may_write([made.poll], self.answers)
        may_read([made.publish], self.answers)
        may_read([made.publish], self.transcripts)
        may_write([made.publish], self.transcripts)

        for function in senders:
            machine.grant_start_execution(function)
            function.add_environment("STATE_MACHINE_ARN", machine.state_machine_arn)
        for function in (*senders, made.poll):
            self.api_key.grant_read(function)
        for function in (*senders, made.publish, made.record_failure):
            self.bus.grant_put_events_to(function)

    def connect(self) -> None:
        """Uploads reach the queue, and each function what calls it."""
        made, settings = self.functions, self.settings
        if settings.existing_bucket:
            uploads.watch_through_eventbridge(
                self, self.uploads, self.upload_queue, self.dead_letters, settings
            )
        else:
            uploads.watch(self.uploads, self.upload_queue, settings)
        triggers.on_upload(made.submit, self.upload_queue, settings.submit_concurrency)
        triggers.every_minute(self, made.dispatch)
        triggers.on_execution_ended(
            self, made.record_failure, self.workflow.machine, self.dead_letters
        )

    def outputs(self) -> None:
        for name, value in {
            "UploadBucketName": self.uploads.bucket_name,
            "TranscriptBucketName": self.transcripts.bucket_name,
            "AnswerBucketName": self.answers.bucket_name,
            "JobsTableName": self.jobs.table_name,
            "StateMachineArn": self.workflow.machine.state_machine_arn,
            "UploadQueueUrl": self.upload_queue.queue_url,
            "DeadLetterQueueUrl": self.dead_letters.queue_url,
            "ApiKeySecretArn": self.api_key.secret_arn,
            "EventBusName": self.bus.event_bus_name,
            "DispatchFunctionName": self.functions.dispatch.function_name,
            "RulesParameterName": self.rules.parameter_name,
            "DefaultOptions": self.settings.every_file,
        }.items():
            CfnOutput(self, name, value=value)
