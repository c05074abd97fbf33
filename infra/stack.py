"""The bill of materials: what a Dropscribe stack is made of, in the order in which things run."""

from typing import Any, Final, cast

from aws_cdk import CfnOutput, CfnParameter, Duration, RemovalPolicy, SecretValue, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra import uploads
from infra.functions import Functions
from infra.settings import Settings
from infra.workflow import Workflow

# What the secret holds until `dropscribe key set`; functions/transcription/speech_api.py knows it.
PLACEHOLDER: Final = "PUT-YOUR-API-KEY-HERE"
# Messages that one Submit takes at once, and the receives after which one is given up.
BATCH: Final = 4
RECEIVES: Final = 5


class DropscribeStack(Stack):
    """Drop a recording into a bucket; find its transcript next door."""

    def __init__(self, scope: Construct, settings: Settings, **kwargs: Any) -> None:
        super().__init__(scope, settings.stack_name, **kwargs)
        self.settings = settings
        self.removal = RemovalPolicy(settings.removal_policy.upper())
        self.api_base_url = CfnParameter(
            self,
            "ApiBaseUrl",
            default="https://api.aimlapi.com/v1",
            description="The speech-to-text API, up to and with its version",
        )

        self.uploads = self.upload_bucket()
        self.answers = self.bucket("Answers", settings.answer_retention_days)
        self.transcripts = self.bucket("Transcripts", settings.transcript_retention_days)
        self.dead_letters = self.queue("DeadLetters", retention_period=Duration.days(14))
        self.upload_queue = self.queue(
            "UploadQueue",
            # Six times the function's timeout, as AWS advises.
            visibility_timeout=Duration.seconds(6 * Functions.SUBMIT_TIMEOUT),
            retention_period=Duration.days(14),
            dead_letter_queue=sqs.DeadLetterQueue(
                queue=self.dead_letters, max_receive_count=RECEIVES
            ),
        )
        self.jobs = self.jobs_table()
        self.api_key = self.api_key_secret()
        self.bus = events.EventBus(self, "Events")

        self.functions = Functions(self, settings, self.told())
        self.workflow = Workflow(self, "Transcribe", self.functions, settings)
        self.grant()
        self.connect()
        self.watch()
        self.outputs()

    def upload_bucket(self) -> s3.IBucket:
        if self.settings.existing_bucket:
            return s3.Bucket.from_bucket_name(self, "Uploads", self.settings.existing_bucket)
        return self.bucket("Uploads", self.settings.upload_retention_days, versioned=True)

    def bucket(self, name: str, days: int, versioned: bool = False) -> s3.Bucket:
        """A bucket that nobody can open to the world or read without TLS."""
        return s3.Bucket(
            self,
            name,
            versioned=versioned,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            removal_policy=self.removal,
            lifecycle_rules=[
                s3.LifecycleRule(
                    abort_incomplete_multipart_upload_after=Duration.days(7),
                    expiration=Duration.days(days) if days else None,
                    noncurrent_version_expiration=(
                        Duration.days(days) if days and versioned else None
                    ),
                )
            ],
        )

    def queue(self, name: str, **properties: Any) -> sqs.Queue:
        encryption = sqs.QueueEncryption.SQS_MANAGED
        return sqs.Queue(self, name, enforce_ssl=True, encryption=encryption, **properties)

    def jobs_table(self) -> dynamodb.TableV2:
        """The ledger. All indexes from the first day: CloudFormation adds one at a time later."""
        table = dynamodb.TableV2(
            self,
            "Jobs",
            partition_key=_text("job_id"),
            billing=dynamodb.Billing.on_demand(),
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=self.settings.point_in_time_recovery
            ),
            deletion_protection=self.settings.deletion_protection,
            removal_policy=self.removal,
        )
        for name, partition, sort in (
            ("open-by-due", "open", "due_at"),
            ("by-status-and-day", "status_day", "uploaded_at"),
            ("by-source", "source", "uploaded_at"),
        ):
            table.add_global_secondary_index(
                index_name=name, partition_key=_text(partition), sort_key=_text(sort)
            )
        return table

    def api_key_secret(self) -> secretsmanager.ISecret:
        """The API key's place. Granted by its ARN, which only Id names everywhere."""
        secret = secretsmanager.Secret(
            self,
            "ApiKey",
            description="The key of the speech-to-text API: dropscribe key set",
            secret_string_value=SecretValue.unsafe_plain_text(PLACEHOLDER),
            removal_policy=self.removal,
        )
        resource = cast("secretsmanager.CfnSecret", secret.node.default_child)
        return secretsmanager.Secret.from_secret_complete_arn(self, "ApiKeyArn", resource.attr_id)

    def told(self) -> dict[str, str]:
        """What the functions are told, but for the state machine, which only two of them start."""
        return {
            "TABLE_NAME": self.jobs.table_name,
            "ANSWERS_BUCKET": self.answers.bucket_name,
            "TRANSCRIPTS_BUCKET": self.transcripts.bucket_name,
            "EVENT_BUS_NAME": self.bus.event_bus_name,
            "API_KEY_SECRET": self.api_key.secret_arn,
            "API_BASE_URL": self.api_base_url.value_as_string,
        }

    def grant(self) -> None:
        """Each function may do what its part needs, and nothing else."""
        made = self.functions
        for function in made.all:
            self.jobs.grant_read_write_data(function)
        for function in (made.submit, made.dispatch):
            self.uploads.grant_read(function)
            self.workflow.machine.grant_start_execution(function)
            function.add_environment("STATE_MACHINE_ARN", self.workflow.machine.state_machine_arn)
        for function in (made.submit, made.dispatch, made.poll):
            self.api_key.grant_read(function)
        for function in (made.submit, made.dispatch, made.publish, made.record_failure):
            self.bus.grant_put_events_to(function)
        self.answers.grant_put(made.poll)
        self.answers.grant_read(made.publish)
        self.transcripts.grant_read_write(made.publish)

    def connect(self) -> None:
        """What calls the functions from outside the state machine."""
        made = self.functions
        made.submit.add_event_source(
            sources.SqsEventSource(
                self.upload_queue,
                batch_size=BATCH,
                max_concurrency=self.settings.submit_concurrency,
                report_batch_item_failures=True,
            )
        )
        events.Rule(
            self,
            "EveryMinute",
            schedule=events.Schedule.rate(Duration.minutes(1)),
            targets=[targets.LambdaFunction(made.dispatch, retry_attempts=0)],
        )
        events.Rule(
            self,
            "ExecutionEnded",
            description="Closes the rows of executions that could not do it themselves",
            event_pattern=events.EventPattern(
                source=["aws.states"],
                detail_type=["Step Functions Execution Status Change"],
                detail={
                    "stateMachineArn": [self.workflow.machine.state_machine_arn],
                    "status": ["FAILED", "TIMED_OUT", "ABORTED"],
                },
            ),
            targets=[
                targets.LambdaFunction(made.record_failure, dead_letter_queue=self.dead_letters)
            ],
        )
        self.dead_letters.metric_approximate_number_of_messages_visible(
            period=Duration.minutes(1), statistic="Maximum"
        ).create_alarm(
            self,
            "DeadLettersAlarm",
            alarm_description="Uploads that could not be taken: dropscribe's runbook in README.md",
            threshold=0,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=1,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )

    def watch(self) -> None:
        """Uploads reach the queue; an existing bucket's own notifications are left alone."""
        if self.settings.existing_bucket:
            uploads.watch_through_eventbridge(self, self.uploads, self.upload_queue, self.settings)
        else:
            uploads.watch(self.uploads, self.upload_queue, self.settings)

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
        }.items():
            CfnOutput(self, name, value=value)


def _text(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
