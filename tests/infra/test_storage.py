"""Where everything is kept, as CloudFormation would make it."""

import pytest
from transcription import speech_api
from transcription.rules import parse

from tests.infra.conftest import Synthesize
from tests.infra.template import Template

BUCKETS = ("Uploads", "Answers", "Transcripts")
BLOCKED = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")


def test_there_are_three_buckets(template: Template) -> None:
    """Recordings, answers and transcripts have a bucket each, so that no keys collide."""
    assert set(template.of_type("AWS::S3::Bucket")) == set(BUCKETS)


@pytest.mark.parametrize("bucket", BUCKETS)
def test_a_bucket_is_encrypted_and_closed_to_the_world(template: Template, bucket: str) -> None:
    """Every bucket encrypts, blocks all public access, and knows no ACLs."""
    made = template.properties(bucket)
    [rule] = made["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    assert made["PublicAccessBlockConfiguration"] == dict.fromkeys(BLOCKED, True)
    assert made["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]


@pytest.mark.parametrize("bucket", BUCKETS)
def test_a_bucket_refuses_plain_http(template: Template, bucket: str) -> None:
    """Every bucket denies everything to everybody who comes without TLS."""
    statements = template.properties(f"{bucket}Policy")["PolicyDocument"]["Statement"]
    [statement] = [it for it in statements if it["Effect"] == "Deny"]
    assert (statement["Effect"], statement["Action"]) == ("Deny", "s3:*")
    assert statement["Resource"] == [f"{bucket}.Arn", f"{bucket}.Arn/*"]
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


@pytest.mark.parametrize("name", [*BUCKETS, "Jobs", "ApiKey"])
def test_what_cannot_be_made_again_outlives_the_stack(template: Template, name: str) -> None:
    """A deleted or replaced stack leaves buckets, ledger and key where they are."""
    resource = template.resource(name)
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_a_stack_for_a_while_takes_everything_along(synthesize: Synthesize) -> None:
    """With removalPolicy `destroy` nothing stays behind a deleted stack."""
    resources = synthesize(removalPolicy="destroy", deletionProtection=False).body["Resources"]
    assert {it["DeletionPolicy"] for it in resources.values() if "DeletionPolicy" in it} == {
        "Delete"
    }


def test_only_uploads_are_versioned(template: Template) -> None:
    """Each upload to a key is a version of its own; what we write needs none."""
    versioned = {
        name
        for name, made in template.of_type("AWS::S3::Bucket").items()
        if "VersioningConfiguration" in made
    }
    assert versioned == {"Uploads"}


def test_nothing_expires_unless_asked(template: Template) -> None:
    """By default only the pieces of uploads that never ended are, and lists for a backfill."""
    for made in template.of_type("AWS::S3::Bucket").values():
        rule, *others = made["LifecycleConfiguration"]["Rules"]
        assert {it["Prefix"] for it in others} <= {"backfill/", "inventory/"}
        assert rule == {
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
            "Status": "Enabled",
        }


def test_each_bucket_has_a_retention_of_its_own(synthesize: Synthesize) -> None:
    """Recordings, answers and transcripts expire after the days that each was given."""
    made = synthesize(
        uploadRetentionDays=30, answerRetentionDays=60, transcriptRetentionDays=90
    ).of_type("AWS::S3::Bucket")
    rules = {name: it["LifecycleConfiguration"]["Rules"][-1] for name, it in made.items()}
    days = {name: rule["ExpirationInDays"] for name, rule in rules.items()}
    assert days == {"Uploads": 30, "Answers": 60, "Transcripts": 90}
    assert rules["Uploads"]["NoncurrentVersionExpiration"] == {"NoncurrentDays": 30}


def test_rules_beside_the_answers_never_expire(synthesize: Synthesize) -> None:
    """Answers begin with a hex digit of their job, and only what begins so is deleted."""
    made = synthesize(answerRetentionDays=60).properties("Answers")
    rules = made["LifecycleConfiguration"]["Rules"]
    expiring = [rule["Prefix"] for rule in rules if rule.get("ExpirationInDays") == 60]
    assert "".join(expiring) == "0123456789abcdef"


def test_the_rules_begin_empty(template: Template) -> None:
    """A rule set that holds no rule, in a parameter that CloudFormation names."""
    made = template.properties("Rules")
    assert (made["Type"], parse(made["Value"])) == ("String", ())
    assert "Name" not in made


def test_the_ledger_has_its_indexes_from_the_first_day(template: Template) -> None:
    """The table and its three indexes have exactly the keys that the ledger writes."""
    jobs = template.properties("Jobs")
    assert _keys(jobs) == ["job_id"]
    assert {it["IndexName"]: _keys(it) for it in jobs["GlobalSecondaryIndexes"]} == {
        "open-by-due": ["open", "due_at"],
        "by-status-and-day": ["status_day", "uploaded_at"],
        "by-source": ["source", "uploaded_at"],
    }


def test_indexes_hold_whole_rows_of_text_keys(template: Template) -> None:
    """Whoever reads an index has the row; every key is text."""
    jobs = template.properties("Jobs")
    projections = [it["Projection"] for it in jobs["GlobalSecondaryIndexes"]]
    assert projections == [{"ProjectionType": "ALL"}] * 3
    assert {it["AttributeType"] for it in jobs["AttributeDefinitions"]} == {"S"}


def test_the_ledger_can_be_brought_back_and_not_deleted(template: Template) -> None:
    """Point-in-time recovery and deletion protection are on; capacity is paid as used."""
    jobs = template.properties("Jobs")
    [replica] = jobs["Replicas"]
    assert replica["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert replica["DeletionProtectionEnabled"] is True
    assert jobs["BillingMode"] == "PAY_PER_REQUEST"


def test_the_ledgers_safety_can_be_switched_off(synthesize: Synthesize) -> None:
    """A stack for a while needs neither recovery nor protection."""
    made = synthesize(pointInTimeRecovery="false", deletionProtection="false").properties("Jobs")
    [replica] = made["Replicas"]
    assert replica["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": False}
    assert replica["DeletionProtectionEnabled"] is False


def test_the_secret_begins_with_what_functions_take_for_no_key(template: Template) -> None:
    """Until `dropscribe key set` the secret holds the placeholder that the client knows."""
    assert template.properties("ApiKey")["SecretString"] == speech_api.PLACEHOLDER


def test_no_word_of_the_secret_stands_elsewhere(template: Template) -> None:
    """The placeholder is in the secret alone: whatever replaces it is nowhere else either."""
    assert str(template.body).count(speech_api.PLACEHOLDER) == 1


def _keys(schema: dict[str, list[dict[str, str]]]) -> list[str]:
    """The names of a key schema, the partition key first."""
    kinds = [it["KeyType"] for it in schema["KeySchema"]]
    assert kinds == ["HASH", "RANGE"][: len(kinds)]
    return [it["AttributeName"] for it in schema["KeySchema"]]
