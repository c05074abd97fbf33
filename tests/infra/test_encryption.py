"""Keys of the account's own (the setting `encryption`), as CloudFormation and KMS would see them.

The emulator checks no use of a key by a service, so each right stands here.
"""

from typing import Any

import pytest

from infra.verdict import SHAPES
from tests.infra.conftest import Synthesize
from tests.infra.template import Template, listed

ARN = SHAPES["an existing bucket"]["existingBucketKeyArn"]
ACCOUNT = {"StringEquals": {"aws:SourceAccount": "AWS::AccountId"}}
# Which of AWS's services each function may use the data key through.
THROUGH = {
    "Submit": {"dynamodb", "s3", "secretsmanager"},
    "Dispatch": {"dynamodb", "s3", "secretsmanager"},
    "Reconcile": {"dynamodb", "s3", "secretsmanager"},
    "Poll": {"dynamodb", "s3", "secretsmanager"},
    "Publish": {"dynamodb", "s3"},
    "RecordFailure": {"dynamodb"},
}


@pytest.fixture(scope="module")
def locked(synthesize: Synthesize) -> Template:
    """The template whose data are under keys of the account's own."""
    return synthesize(**SHAPES["customer-managed keys"])


@pytest.fixture(scope="module")
def foreign(synthesize: Synthesize) -> Template:
    """The template that watches an existing bucket under somebody's key."""
    return synthesize(**SHAPES["an existing bucket"])


def key_statements(template: Template, key: str, service: str) -> list[dict[str, Any]]:
    """What a key's policy lets a service of AWS do in its own name."""
    principal = {"Service": f"{service}.amazonaws.com"}
    statements = template.properties(key)["KeyPolicy"]["Statement"]
    return [it for it in statements if it["Principal"] == principal]


def grants(template: Template, role: str, key: str) -> dict[str, set[str]]:
    """What a role may do with a key, by the service that it must go through."""
    policies = template.of_type("AWS::IAM::Policy").values()
    documents = [it["PolicyDocument"] for it in policies if role in it["Roles"]]
    statements = [it for doc in documents for it in doc["Statement"] if it["Resource"] == key]
    return {service(it): set(listed(it["Action"])) for it in statements}


def service(statement: dict[str, Any]) -> str:
    """`s3` of the condition that a key is used through S3; empty where there is none."""
    through = statement.get("Condition", {}).get("StringEquals", {}).get("kms:ViaService", [])
    return str(*listed(through)).removesuffix(".AWS::Region.AWS::URLSuffix")


def test_by_default_aws_keeps_the_keys(template: Template) -> None:
    """No key is made, which would cost a dollar a month each."""
    assert template.of_type("AWS::KMS::Key") == {}


@pytest.mark.parametrize("key", ["DataKey", "MessageKey"])
def test_a_key_is_changed_each_year_and_outlives_the_stack(locked: Template, key: str) -> None:
    """As what it encrypts does: without the key, retained buckets could not be read."""
    made = locked.resource(key)
    assert made["Properties"]["EnableKeyRotation"] is True
    assert (made["DeletionPolicy"], made["UpdateReplacePolicy"]) == ("Retain", "Retain")


@pytest.mark.parametrize("bucket", ["Uploads", "Answers", "Transcripts"])
def test_buckets_are_under_the_data_key(locked: Template, bucket: str) -> None:
    """With a bucket key, so that KMS is not paid for each object."""
    [rule] = locked.properties(bucket)["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule == {
        "BucketKeyEnabled": True,
        "ServerSideEncryptionByDefault": {
            "KMSMasterKeyID": "DataKey.Arn",
            "SSEAlgorithm": "aws:kms",
        },
    }


def test_table_secret_and_bus_are_under_the_data_key(locked: Template) -> None:
    """The ledger, the API's key, and the events on their way."""
    jobs = locked.properties("Jobs")
    [replica] = jobs["Replicas"]
    assert jobs["SSESpecification"] == {"SSEEnabled": True, "SSEType": "KMS"}
    assert replica["SSESpecification"] == {"KMSMasterKeyId": "DataKey.Arn"}
    assert locked.properties("ApiKey")["KmsKeyId"] == "DataKey.Arn"
    assert locked.properties("Events")["KmsKeyIdentifier"] == "DataKey.Arn"


@pytest.mark.parametrize(
    "name", ["UploadQueue", "BackfillQueue", "DeadLetters", "Alarms", "Notifications"]
)
def test_queues_and_topics_are_under_the_message_key(locked: Template, name: str) -> None:
    """A key of their own: S3's right to it names the bucket, whose key must then be another."""
    assert locked.properties(name)["KmsMasterKeyId"] == "MessageKey.Arn"


@pytest.mark.parametrize("service_name", ["cloudwatch", "sns"])
def test_a_service_may_encrypt_its_messages(locked: Template, service_name: str) -> None:
    """CloudWatch its alarms; SNS what a topic passes on to a queue; both for this account only."""
    [statement] = key_statements(locked, "MessageKey", service_name)
    assert set(statement["Action"]) == {"kms:Decrypt", "kms:GenerateDataKey"}
    assert statement["Condition"] == ACCOUNT


def test_s3_may_encrypt_its_notifications(locked: Template) -> None:
    """Those of the uploads bucket."""
    statements = key_statements(locked, "MessageKey", "s3")
    assert {"kms:Decrypt", "kms:GenerateDataKey*"} <= set(statements[0]["Action"])
    sources = [it["Condition"]["ArnLike"] for it in statements if "Condition" in it]
    assert sources == [{"aws:SourceArn": "Uploads.Arn"}]


def test_eventbridge_may_encrypt_events_and_is_asked_for_no_source(locked: Template) -> None:
    """AWS sends none along with EventBridge's use of a key: a condition would drop each event."""
    statements = key_statements(locked, "MessageKey", "events")
    assert set(statements[0]["Action"]) == {"kms:Decrypt", "kms:GenerateDataKey"}
    assert [it for it in statements if "Condition" in it] == []


def test_eventbridge_may_read_what_is_on_the_bus(locked: Template) -> None:
    """To match rules against events, of this bus alone."""
    [statement] = key_statements(locked, "DataKey", "events")
    assert set(statement["Action"]) == {"kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"}
    assert statement["Condition"]["StringEquals"]["aws:SourceAccount"] == "AWS::AccountId"


@pytest.mark.parametrize("name", THROUGH)
def test_a_function_may_use_the_data_key_through_its_services(locked: Template, name: str) -> None:
    """And never directly: whoever can't reach S3 can't decrypt a recording that it came by."""
    granted = grants(locked, f"{name}Role", "DataKey.Arn")
    assert set(granted) == THROUGH[name]
    assert all("kms:Decrypt" in actions for actions in granted.values())
    may_write = {who for who in ("Poll", "Publish") if who == name}
    assert ("kms:GenerateDataKey" in granted.get("s3", ())) == bool(may_write)


def test_only_submit_may_use_the_message_key(locked: Template) -> None:
    """It alone receives messages; whoever else sends some is a service of AWS."""
    users = {name for name in THROUGH if grants(locked, f"{name}Role", "MessageKey.Arn")}
    assert users == {"Submit"}


def test_a_backfill_reads_lists_and_sends_messages(locked: Template) -> None:
    """It looks into no recording, whose names alone a listing tells."""
    role = "BackfillStateMachineRole"
    assert grants(locked, role, "DataKey.Arn") == {"s3": {"kms:Decrypt"}}
    assert grants(locked, role, "MessageKey.Arn") == {"sqs": {"kms:Decrypt", "kms:GenerateDataKey"}}


def test_s3_may_encrypt_the_inventories_that_it_writes(locked: Template) -> None:
    """For this account; the key can't name the bucket that it encrypts."""
    [statement] = key_statements(locked, "DataKey", "s3")
    assert (statement["Action"], statement["Condition"]) == ("kms:GenerateDataKey", ACCOUNT)


def test_an_existing_buckets_key_is_only_for_reading(foreign: Template) -> None:
    """By those who sign its URLs or send its bytes: a presigned URL is as good as its signer."""
    granted = {name: grants(foreign, f"{name}Role", ARN) for name in THROUGH}
    readers = {name: it for name, it in granted.items() if it}
    assert set(readers) == {"Submit", "Dispatch", "Reconcile"}
    assert list(readers.values()) == [{"s3": {"kms:Decrypt"}}] * 3


def test_keys_go_with_a_stack_for_a_while(synthesize: Synthesize) -> None:
    """With removalPolicy `destroy` no key is left to be paid for."""
    made = synthesize(
        encryption="customer-managed", removalPolicy="destroy", deletionProtection=False
    )
    assert {made.resource(key)["DeletionPolicy"] for key in ("DataKey", "MessageKey")} == {"Delete"}
