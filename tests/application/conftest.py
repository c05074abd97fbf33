"""The application in this process, on a real (emulated) table and real buckets, its clock ours."""

import dataclasses
import json
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from dropscribe.local.cloud import Cloud
from tests.application.house import House, Places
from tests.scripted_api import ScriptedApi

if TYPE_CHECKING:
    import boto3
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_s3 import S3Client

INDEXES = {
    "open-by-due": ("open", "due_at"),
    "by-status-and-day": ("status_day", "uploaded_at"),
    "by-source": ("source", "uploaded_at"),
}
PASS = {"StartAt": "Stay", "States": {"Stay": {"Type": "Wait", "Seconds": 36000, "End": True}}}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": "states.amazonaws.com"},
        }
    ],
}


@pytest.fixture(scope="session")
def session(emulator: Cloud) -> "boto3.Session":
    """A session of the emulated AWS's owner."""
    return emulator.connection.session()


@pytest.fixture(scope="session")
def places(session: "boto3.Session") -> Places:
    """Buckets, a bus, and a state machine whose executions only stand there."""
    s3, states = session.client("s3"), session.client("stepfunctions")
    names = [f"{name}-{uuid4().hex[:8]}" for name in ("uploads", "answers", "transcripts")]
    for name in names:
        s3.create_bucket(Bucket=name)
    s3.put_bucket_versioning(Bucket=names[0], VersioningConfiguration={"Status": "Enabled"})
    bus = f"bus-{uuid4().hex[:8]}"
    session.client("events").create_event_bus(Name=bus)
    role = session.client("iam").create_role(
        RoleName=f"stand-{uuid4().hex[:8]}", AssumeRolePolicyDocument=json.dumps(TRUST)
    )
    machine = states.create_state_machine(
        name=f"stand-{uuid4().hex[:8]}",
        definition=json.dumps(PASS),
        roleArn=role["Role"]["Arn"],
    )
    uploads, answers, transcripts = names
    return Places(uploads, answers, transcripts, bus, machine["stateMachineArn"])


@cache  # to make a client takes longer than what it is made for
def _s3(session: "boto3.Session") -> "S3Client":
    return session.client("s3")


@cache
def _dynamodb(session: "boto3.Session") -> "DynamoDBClient":
    return session.client("dynamodb")


@pytest.fixture
def table(session: "boto3.Session") -> str:
    """An empty jobs table of the test's own."""
    return new_table(session)


def new_table(session: "boto3.Session") -> str:
    """The name of an empty jobs table."""
    name = f"jobs-{uuid4().hex[:8]}"
    keys = sorted({key for pair in INDEXES.values() for key in pair} | {"job_id"})
    _dynamodb(session).create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
        KeySchema=[{"AttributeName": "job_id", "KeyType": "HASH"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": index,
                "KeySchema": [
                    {"AttributeName": partition, "KeyType": "HASH"},
                    {"AttributeName": sort, "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
            for index, (partition, sort) in INDEXES.items()
        ],
    )
    return name


@pytest.fixture(scope="session")
def scripted() -> Iterator[ScriptedApi]:
    """One server for all tests: to start and stop one takes longer than most of them."""
    with ScriptedApi() as server:
        yield server


@pytest.fixture
def api(scripted: ScriptedApi) -> ScriptedApi:
    """The speech API by script, with nothing scripted and nothing recorded yet."""
    scripted.reset()
    return scripted


@pytest.fixture
def own_places(session: "boto3.Session", places: Places) -> Places:
    """The places with an uploads bucket of the test's own: what is listed there is its own."""
    return dataclasses.replace(places, uploads=new_bucket(session))


def new_bucket(session: "boto3.Session") -> str:
    """The name of an empty, versioned bucket."""
    s3, name = _s3(session), f"uploads-{uuid4().hex[:8]}"
    s3.create_bucket(Bucket=name)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return name


@pytest.fixture
def house(session: "boto3.Session", own_places: Places, table: str, api: ScriptedApi) -> House:
    """The whole application, ready to take uploads."""
    return House(session, own_places, table, api.base_url)
