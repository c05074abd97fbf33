"""The bill of materials: what a Dropscribe stack is made of, in the order in which things run."""

from typing import Any

from aws_cdk import CfnOutput, CfnParameter, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra import alarms, backfill, notifications, policies, storage, triggers, uploads
from infra.dashboard import dashboard
from infra.encryption import READ, Keys, may_use
from infra.functions import Functions
from infra.permissions import may, may_read, may_read_options, may_write
from infra.settings import Settings
from infra.workflow import Workflow


class DropscribeStack(Stack):
    """Drop a recording into a bucket; find its transcript next door."""

    def __init__(self, scope: Construct, settings: Settings, **kwargs: Any) -> None:
        super().__init__(scope, settings.stack_name, **kwargs)
        self.settings = settings
        self.keys = Keys.make(self, settings)
        self.keep(self.keys.data)
        self.bus = events.EventBus(self, "Events", kms_key=self.keys.data)
        self.dead_letters = uploads.dead_letter_queue(self, self.keys.messages)
        given_up = (self.dead_letters, self.keys.messages)
        self.upload_queue = uploads.upload_queue(self, "UploadQueue", *given_up)
        self.backfill_queue = uploads.upload_queue(self, "BackfillQueue", *given_up)

        self.functions = Functions(self, settings, self.told())
        self.workflow = Workflow(self, "Transcribe", self.functions, settings)
        self.backfill = backfill.Backfill(
            self,
            "Backfill",
            uploads=self.uploads,
            files=self.answers,
            queue=self.backfill_queue,
            settings=settings,
        )
        self.grant()
        self.connect()
        self.watch()
        self.policies = policies.managed_policies(self)
        self.outputs()

    def keep(self, key: kms.IKey | None) -> None:
        """Where everything lies: under a key of the account's own, if there is one."""
        settings = self.settings
        self.uploads = storage.upload_bucket(self, settings, key)
        self.answers = storage.answer_bucket(self, settings, key)
        self.transcripts = storage.bucket(
            self, "Transcripts", settings, key, settings.transcript_retention_days
        )
        self.jobs = storage.jobs_table(self, settings, key)
        self.api_key = storage.api_key_secret(self, settings, key)
        self.rules = storage.rules_parameter(self)

    @property
    def upload_key_arn(self) -> str | None:
        """The key of the account's own that recordings are encrypted with, if there is one."""
        if self.settings.existing_bucket:
            return self.settings.existing_bucket_key_arn
        return self.keys.data.key_arn if self.keys.data else None

    def told(self) -> dict[str, str]:
        """What the functions are told, but for the state machine, which only senders start."""
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
            "MAX_IN_FLIGHT": str(self.settings.max_in_flight),
            "PRICE_PER_MINUTE": str(self.settings.price_per_minute),
            "DAILY_BUDGET": str(self.settings.daily_budget),
        }

    def grant(self) -> None:
        """Each function may do what its part needs, and nothing else."""
        self.keys.let_functions_use(self.functions)
        self.backfill.may_use(self.keys.data, self.keys.messages)
        backfill.let_s3_write_inventories(self.answers, self.uploads, self.keys.data)
        if their_key := self.settings.existing_bucket_key_arn:
            may_use(self.functions.senders, their_key, "s3", *READ)
        made, machine, jobs = self.functions, self.workflow.machine, self.jobs.table_arn
        senders, enders = made.senders, (made.poll, made.publish, made.record_failure)
        takers = (made.submit, made.reconcile)
        may((*senders, *enders), jobs, "dynamodb:GetItem", "dynamodb:UpdateItem")
        may(takers, jobs, "dynamodb:PutItem")
        may([made.dispatch, made.reconcile], jobs, "dynamodb:BatchGetItem")
        may([made.reconcile], jobs, "dynamodb:DescribeTable")
        may([made.dispatch, made.reconcile], f"{jobs}/index/open-by-due", "dynamodb:Query")

        may_read(senders, self.uploads)
        may_read_options(takers, self.uploads, self.rules, self.answers)
        for function in takers:
            function.add_environment("RULES_PARAMETER", self.rules.parameter_name)
        made.reconcile.add_environment("UPLOADS_BUCKET", self.uploads.bucket_name)
        may_write([made.poll], self.answers)
        may_read([made.publish], self.answers)
        may_read([made.publish], self.transcripts)
        may_write([made.publish], self.transcripts)

        for function in senders:
            machine.grant_start_execution(function)
            function.add_environment("STATE_MACHINE_ARN", machine.state_machine_arn)
        may([made.submit], self.workflow.executions, "states:StopExecution")
        may([made.reconcile], self.workflow.executions, "states:DescribeExecution")
        for function in (*senders, made.poll):
            self.api_key.grant_read(function)
        for function in (*senders, *enders):
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
        triggers.on_upload(made.submit, self.backfill_queue, backfill.CONCURRENCY)
        triggers.every_minute(self, made.dispatch)
        triggers.on_slot_freed(self, made.dispatch, self.bus)
        triggers.every_five_minutes(self, made.reconcile)
        triggers.on_execution_ended(
            self, made.record_failure, self.workflow.machine, self.dead_letters
        )
        triggers.on_demand(made.publish)
        if settings.notify_email:
            notifications.by_email(self, self.bus, settings.notify_email, self.keys.messages)

    def watch(self) -> None:
        """Alarms for what somebody must look at, and a page that shows how things stand."""
        self.alarm_topic = alarms.topic(self, self.settings, self.keys.messages)
        queues = (self.upload_queue, self.dead_letters)
        for alarm in alarms.every_alarm(self.settings, *queues):
            alarms.watch(self, alarm, self.alarm_topic)
        shown = (*queues, self.backfill_queue)
        self.dashboard = dashboard(self, *shown, self.workflow.machine, self.functions)

    def outputs(self) -> None:
        for name, value in {
            "UploadBucketName": self.uploads.bucket_name,
            "TranscriptBucketName": self.transcripts.bucket_name,
            "AnswerBucketName": self.answers.bucket_name,
            "JobsTableName": self.jobs.table_name,
            "StateMachineArn": self.workflow.machine.state_machine_arn,
            "BackfillStateMachineArn": self.backfill.machine.state_machine_arn,
            "BackfillQueueUrl": self.backfill_queue.queue_url,
            "WatchedKeys": self.settings.watched,
            "UploadQueueUrl": self.upload_queue.queue_url,
            "DeadLetterQueueUrl": self.dead_letters.queue_url,
            "ApiKeySecretArn": self.api_key.secret_arn,
            "EventBusName": self.bus.event_bus_name,
            "DispatchFunctionName": self.functions.dispatch.function_name,
            "PublishFunctionName": self.functions.publish.function_name,
            "ReconcileFunctionName": self.functions.reconcile.function_name,
            "RecordFailureFunctionName": self.functions.record_failure.function_name,
            "RulesParameterName": self.rules.parameter_name,
            "DefaultOptions": self.settings.every_file,
            "MaxInFlight": str(self.settings.max_in_flight),
            "PricePerMinute": str(self.settings.price_per_minute),
            "DailyBudget": str(self.settings.daily_budget),
            "AlarmTopicArn": self.alarm_topic.topic_arn,
            "DashboardName": self.dashboard.dashboard_name,
            **{f"{name}Arn": it.managed_policy_arn for name, it in self.policies.items()},
        }.items():
            CfnOutput(self, name, value=value)
