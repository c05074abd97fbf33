"""A deployed stack: its outputs, and a client for each service that the command line speaks to."""

import os
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from importlib.metadata import version
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar
from urllib.parse import urlsplit

import boto3
import click
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import ClientError, NoRegionError
from transcription.ledger import Ledger
from transcription.slots import Slots
from transcription.workflow import StateMachine

from dropscribe.exits import CloudRefused
from dropscribe.jobs import JobsTable
from dropscribe.refusals import hint

if TYPE_CHECKING:
    from types_boto3_cloudwatch import CloudWatchClient
    from types_boto3_dynamodb.service_resource import Table
    from types_boto3_lambda import LambdaClient
    from types_boto3_logs import CloudWatchLogsClient
    from types_boto3_s3 import S3Client
    from types_boto3_secretsmanager import SecretsManagerClient
    from types_boto3_sqs import SQSClient
    from types_boto3_ssm import SSMClient

    from dropscribe.settings import Settings

CONNECTIONS: Final = 10
_CONFIG: Final = Config(
    connect_timeout=10,
    read_timeout=60,
    max_pool_connections=CONNECTIONS,
    retries={"mode": "standard", "total_max_attempts": 3},
    user_agent_extra=f"dropscribe/{version('dropscribe')}",
)

_Client = TypeVar("_Client", bound=BaseClient)


class Part(NamedTuple):
    """One resource of a stack; `kind` is its CloudFormation type."""

    logical_id: str
    kind: str
    name: str


@dataclass(frozen=True)
class Stack:
    """The outputs of one stack and the clients that reach what they name."""

    name: str
    session: boto3.Session
    outputs: Mapping[str, str]
    made_at: datetime = datetime(2006, 3, 14, tzinfo=UTC)  # when S3 opened: before any upload

    def output(self, name: str) -> str:
        """The value of one output; raises CloudRefused where the stack has none such."""
        if name not in self.outputs:
            raise CloudRefused(
                f"The stack {self.name} has no output {name}: it is not a Dropscribe stack, "
                "or not a finished or recent one. Deploy it again, or name another with --stack.",
            )
        return self.outputs[name]

    @cached_property
    def s3(self) -> "S3Client":
        client = self.session.client("s3", config=_CONFIG)
        if not takes_bucket_in_host(client.meta.endpoint_url):
            paths = _CONFIG.merge(Config(s3={"addressing_style": "path"}))
            client.close()
            client = self.session.client("s3", config=paths)
        return _closed_at_the_end(client)

    @cached_property
    def jobs(self) -> JobsTable:
        dynamodb = _closed_at_the_end(self.session.client("dynamodb", config=_CONFIG))
        return JobsTable(dynamodb, self.output("JobsTableName"))

    @cached_property
    def ledger(self) -> Ledger:
        """The jobs table as those have it who may write it."""
        return Ledger(self._table, self.slots)

    @cached_property
    def slots(self) -> Slots:
        """The slots at the speech API; a stack of an earlier release has no limit."""
        limit = int(self.outputs.get("MaxInFlight", "0"))
        # Nobody is woken from here: what waits for a slot goes within a minute.
        return Slots(self._table, limit, lambda: datetime.now(UTC))

    @property
    def daily_budget(self) -> float:
        """Dollars a day for the speech API; 0 is no limit."""
        return float(self.outputs.get("DailyBudget", "0"))

    @cached_property
    def _table(self) -> "Table":
        resource = self.session.resource("dynamodb", config=_CONFIG)
        _closed_at_the_end(resource.meta.client)
        return resource.Table(self.output("JobsTableName"))

    @cached_property
    def machine(self) -> StateMachine:
        client = _closed_at_the_end(self.session.client("stepfunctions", config=_CONFIG))
        return StateMachine(client, self.output("StateMachineArn"))

    @cached_property
    def queues(self) -> "SQSClient":
        return _closed_at_the_end(self.session.client("sqs", config=_CONFIG))

    @cached_property
    def secrets(self) -> "SecretsManagerClient":
        return _closed_at_the_end(self.session.client("secretsmanager", config=_CONFIG))

    @cached_property
    def parameters(self) -> "SSMClient":
        return _closed_at_the_end(self.session.client("ssm", config=_CONFIG))

    @cached_property
    def functions(self) -> "LambdaClient":
        return _closed_at_the_end(self.session.client("lambda", config=_CONFIG))

    @cached_property
    def logs(self) -> "CloudWatchLogsClient":
        return _closed_at_the_end(self.session.client("logs", config=_CONFIG))

    @cached_property
    def watch(self) -> "CloudWatchClient":
        return _closed_at_the_end(self.session.client("cloudwatch", config=_CONFIG))

    @cached_property
    def parts(self) -> Sequence[Part]:
        """All that the stack is made of, also what no output names."""
        client = _closed_at_the_end(self.session.client("cloudformation", config=_CONFIG))
        pages = client.get_paginator("list_stack_resources").paginate(StackName=self.name)
        return [
            Part(it["LogicalResourceId"], it["ResourceType"], it.get("PhysicalResourceId", ""))
            for page in pages
            for it in page["StackResourceSummaries"]
        ]

    def parts_of(self, kind: str) -> dict[str, str]:
        """The physical names of all parts of a CloudFormation type, by their logical ids."""
        return {
            part.logical_id: part.name for part in self.parts if part.kind == kind and part.name
        }


def find_stack(settings: "Settings") -> Stack:
    """Look the stack up; raises CloudRefused where it is not there, not ours or not finished."""
    session = boto3.Session(profile_name=settings.profile, region_name=settings.region)
    if not session.region_name and (region := os.environ.get("AWS_REGION")):
        # Every other AWS tool reads this variable too.
        session = boto3.Session(profile_name=settings.profile, region_name=region)
    if not session.region_name:
        raise NoRegionError
    try:
        formation = session.client("cloudformation", config=_CONFIG)
    except ValueError as error:
        raise CloudRefused(f"AWS_ENDPOINT_URL or the region is not one: {error}") from error
    try:
        with closing(formation):
            found = formation.describe_stacks(StackName=settings.stack)["Stacks"][0]
    except ClientError as error:
        if error.response["Error"].get("Code") != "ValidationError":
            raise
        raise CloudRefused(
            f"There is no stack {settings.stack} in {session.region_name}: "
            f"deploy it, or name another with --stack or --region. {hint()}",
        ) from error
    outputs = {out["OutputKey"]: out["OutputValue"] for out in found.get("Outputs", [])}
    return Stack(settings.stack, session, outputs, found["CreationTime"])


def _closed_at_the_end(client: _Client) -> _Client:
    if ctx := click.get_current_context(silent=True):
        ctx.call_on_close(client.close)
    return client


def takes_bucket_in_host(endpoint: str) -> bool:
    """Whether `bucket.<host>` resolves: at AWS it does, at an embedded cloud it need not."""
    host = urlsplit(endpoint).hostname or ""
    return host.endswith((".amazonaws.com", ".amazonaws.com.cn", ".api.aws"))
