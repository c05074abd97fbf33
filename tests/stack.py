"""A deployed stack, found by its outputs, as its users have it: buckets to put in and read from."""

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from uuid import uuid4

from boto3.dynamodb.conditions import Key

if TYPE_CHECKING:
    import boto3

ENDED = frozenset({"COMPLETED", "REJECTED", "FAILED", "EXPIRED", "ERASED"})
Row = dict[str, Any]
T = TypeVar("T")


class Put(NamedTuple):
    """An object that was uploaded."""

    key: str
    version_id: str


@dataclass(frozen=True)
class Stack:
    """A stack and whoever may look into it. `patience` is in seconds."""

    session: "boto3.Session"
    outputs: Mapping[str, str]
    patience: float = 60

    @cached_property
    def s3(self) -> Any:
        return self.session.client("s3")

    @cached_property
    def table(self) -> Any:
        return self.session.resource("dynamodb").Table(self.outputs["JobsTableName"])

    def put(self, body: bytes, key: str | None = None, **properties: Any) -> Put:
        """Upload as any program would, with plain boto3."""
        name = key or f"{uuid4().hex}.wav"
        answer = self.s3.put_object(
            Bucket=self.outputs["UploadBucketName"], Key=name, Body=body, **properties
        )
        return Put(name, answer["VersionId"])

    def notify(self, put: Put, etag: str = "e", size: int = 1) -> None:
        """Deliver S3's event for an object, as S3 may do more than once."""
        record = {
            "eventTime": "2026-11-22T10:00:00.000Z",
            "s3": {
                "bucket": {"name": self.outputs["UploadBucketName"]},
                "object": {
                    "key": put.key,
                    "versionId": put.version_id,
                    "eTag": etag,
                    "size": size,
                    "sequencer": "0",
                },
            },
        }
        self.send({"Records": [record]})

    def send(self, message: Mapping[str, Any]) -> None:
        """Put a message into the upload queue."""
        self.session.client("sqs").send_message(
            QueueUrl=self.outputs["UploadQueueUrl"], MessageBody=json.dumps(message)
        )

    def dispatch(self, **event: Any) -> None:
        """Run Dispatch now, instead of waiting for its minute."""
        answer = self.session.client("lambda").invoke(
            FunctionName=self.outputs["DispatchFunctionName"], Payload=json.dumps(event).encode()
        )
        assert "FunctionError" not in answer, answer["Payload"].read()

    def reconcile(self) -> None:
        """Run Reconcile now, instead of waiting for its five minutes."""
        answer = self.session.client("lambda").invoke(
            FunctionName=self.outputs["ReconcileFunctionName"], Payload=b"{}"
        )
        assert "FunctionError" not in answer, answer["Payload"].read()

    def switch_schedules_off(self) -> None:
        """From now on Dispatch and Reconcile run only when somebody runs them."""
        events = self.session.client("events")
        for rule in events.list_rules()["Rules"]:
            if "ScheduleExpression" in rule:
                events.disable_rule(Name=rule["Name"])

    def row(self, put: Put) -> Row | None:
        """The job of an object version, through the index by source."""
        source = f"{self.outputs['UploadBucketName']}/{put.key}"
        found = self.table.query(
            IndexName="by-source", KeyConditionExpression=Key("source").eq(source)
        )["Items"]
        return next((row for row in found if row.get("version_id") == put.version_id), None)

    def open_jobs(self) -> dict[str, str]:
        """Where each job stands that has anything left to do."""
        rows = self.table.scan(ConsistentRead=True)["Items"]
        return {row["key"]: row["status"] for row in rows if "open" in row}

    def wait(self, put: Put, *statuses: str) -> Row:
        """The job once it is in one of these statuses, by default any terminal one.

        By default others have been told, too: after that nobody changes the row by himself.
        """
        wanted = frozenset(statuses) or ENDED

        def arrived() -> Row | None:
            row = self.row(put)
            over = row and row["status"] in wanted and (statuses or "announced_at" in row)
            return row if over else None

        return self.until(arrived, lambda: f"the job stands so: {self.row(put)}")

    def wait_all(self, puts: Iterable[Put]) -> list[Row]:
        return [self.wait(put) for put in puts]

    def ended(self, arn: str) -> str:
        """How an execution ended; a row says so a moment before its execution does."""
        states = self.session.client("stepfunctions")

        def over() -> str | None:
            status: str = states.describe_execution(executionArn=arn)["status"]
            return None if status == "RUNNING" else status

        return self.until(over, lambda: "the execution still runs")

    def until(self, found: Callable[[], T | None], otherwise: Callable[[], str]) -> T:
        """What `found` returns once it is not None; AssertionError when patience ends."""
        end = time.monotonic() + self.patience
        while (result := found()) is None:
            assert time.monotonic() < end, f"After {self.patience} s {otherwise()}"
            time.sleep(0.2)
        return result

    def rendition(self, row: Row, suffix: str) -> str:
        body = self.s3.get_object(
            Bucket=self.outputs["TranscriptBucketName"], Key=row["outputs"][suffix]
        )["Body"]
        return str(body.read().decode())

    def logs(self, part: str = "") -> str:
        """Everything that any part of the stack has logged, or the parts named so."""
        logs = self.session.client("logs")
        listed = logs.describe_log_groups()["logGroups"]
        groups = [group for group in listed if f"/{part}" in group["logGroupName"]]
        pages = [
            page
            for group in groups
            for page in logs.get_paginator("filter_log_events").paginate(
                logGroupName=group["logGroupName"]
            )
        ]
        return "\n".join(event["message"] for page in pages for event in page["events"])

    def dead_letters(self) -> int:
        """How many messages were given up."""
        return self._messages("DeadLetterQueueUrl")

    def drained(self) -> None:
        """Wait until no message is left, or on its way, in the upload queue."""
        self.until(
            lambda: None if self._messages("UploadQueueUrl") else True,
            lambda: "messages are left in the upload queue",
        )

    @contextmanager
    def redelivering_soon(self) -> Iterator[None]:
        """For a while, a message that fails comes back after seconds, not after minutes."""
        sqs, url = self.session.client("sqs"), self.outputs["UploadQueueUrl"]
        asked = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "4"})
        try:
            yield
            self.drained()  # else a message in flight would be held for all the minutes
        finally:
            sqs.set_queue_attributes(QueueUrl=url, Attributes=asked["Attributes"])

    def put_before(self, body: bytes, keys: Iterable[str]) -> list[Put]:
        """Upload without the stack being told, as what lay there before it was made."""
        with self.submit_held_back():
            puts = [self.put(body, key) for key in keys]
            self.session.client("sqs").purge_queue(QueueUrl=self.outputs["UploadQueueUrl"])
        return puts

    @contextmanager
    def submit_held_back(self, queue: str = "UploadQueueUrl") -> Iterator[None]:
        """For a while nothing takes messages out of the upload queue, or out of another one."""
        functions = self.session.client("lambda")
        mappings = functions.list_event_source_mappings()["EventSourceMappings"]
        name = self.outputs[queue].rpartition("/")[2]
        (mapping,) = [it for it in mappings if it["EventSourceArn"].endswith(f":{name}")]
        functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
        try:
            yield
        finally:
            functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)

    @contextmanager
    def denied(self, function: str, action: str) -> Iterator[None]:
        """For a while, a function may not do something that its role allows."""
        iam, name = self.session.client("iam"), f"denied-{uuid4().hex}"
        listed = self.session.client("lambda").list_functions()["Functions"]
        roles = (one["Role"] for one in listed if f"-{function}" in one["FunctionName"])
        role = next(roles).rpartition("/")[2]
        denial = {"Effect": "Deny", "Action": action, "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [denial]})
        iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=document)
        try:
            yield
        finally:
            iam.delete_role_policy(RoleName=role, PolicyName=name)

    @contextmanager
    def api_key(self, key: str) -> Iterator[None]:
        """For a while, another key of the speech API in the secret."""
        secrets, arn = self.session.client("secretsmanager"), self.outputs["ApiKeySecretArn"]
        before = secrets.get_secret_value(SecretId=arn)["SecretString"]
        secrets.put_secret_value(SecretId=arn, SecretString=key)
        try:
            yield
        finally:
            secrets.put_secret_value(SecretId=arn, SecretString=before)

    def _messages(self, queue: str) -> int:
        counts = self.session.client("sqs").get_queue_attributes(
            QueueUrl=self.outputs[queue],
            AttributeNames=[
                "ApproximateNumberOfMessages",
                "ApproximateNumberOfMessagesNotVisible",
            ],
        )["Attributes"]
        return sum(map(int, counts.values()))
