"""Where everything is kept: recordings, answers and transcripts, the ledger, the API key."""

from typing import Final, cast

from aws_cdk import Duration, RemovalPolicy, SecretValue, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_ssm as ssm
from transcription.rules import EMPTY

from infra.settings import Settings

# What the secret holds until `dropscribe key set`; functions/transcription/speech_api.py knows it.
PLACEHOLDER: Final = "PUT-YOUR-API-KEY-HERE"
# Where, in the answers bucket, the command line writes what a backfill is to take, and S3 its
# inventories; and the days for which both are kept, since they name recordings.
CHOICES: Final = "backfill/"
INVENTORIES: Final = "inventory/"
NAMED_DAYS: Final = {CHOICES: 7, INVENTORIES: 30}
# Index, its partition key, its sort key; functions/transcription/ledger.py writes them.
INDEXES: Final = (
    ("open-by-due", "open", "due_at"),
    ("by-status-and-day", "status_day", "uploaded_at"),
    ("by-source", "source", "uploaded_at"),
)


def upload_bucket(stack: Stack, settings: Settings, key: kms.IKey | None) -> s3.IBucket:
    """Where recordings land. Versions tell an upload from the next one to the same key."""
    if settings.existing_bucket:
        return s3.Bucket.from_bucket_name(stack, "Uploads", settings.existing_bucket)
    return bucket(stack, "Uploads", settings, key, settings.upload_retention_days, versioned=True)


def answer_bucket(stack: Stack, settings: Settings, key: kms.IKey | None) -> s3.Bucket:
    """Raw answers, `<job_id>/<attempt>.json`, and large rule sets, `rules/`, which never expire.

    Beside them, for a while, lie lists of recordings for a backfill.
    """
    made = bucket(stack, "Answers", settings, key, days=0)
    for prefix, days in NAMED_DAYS.items():
        made.add_lifecycle_rule(prefix=prefix, expiration=Duration.days(days))
    if days := settings.answer_retention_days:
        for digit in "0123456789abcdef":
            made.add_lifecycle_rule(prefix=digit, expiration=Duration.days(days))
    return made


def bucket(
    stack: Stack,
    name: str,
    settings: Settings,
    key: kms.IKey | None,
    days: int,
    versioned: bool = False,
) -> s3.Bucket:
    """A bucket that nobody can open to the world or read without TLS; `days` 0 keeps for ever."""
    expiration = Duration.days(days) if days else None
    return s3.Bucket(
        stack,
        name,
        versioned=versioned,
        encryption=s3.BucketEncryption.KMS if key else s3.BucketEncryption.S3_MANAGED,
        encryption_key=key,
        bucket_key_enabled=True if key else None,
        enforce_ssl=True,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        removal_policy=removal(settings),
        lifecycle_rules=[
            s3.LifecycleRule(
                abort_incomplete_multipart_upload_after=Duration.days(7),
                expiration=expiration,
                noncurrent_version_expiration=expiration if versioned else None,
            )
        ],
    )


def jobs_table(stack: Stack, settings: Settings, key: kms.IKey | None) -> dynamodb.TableV2:
    """The ledger. All indexes from the first day: CloudFormation adds one at a time later."""
    table = dynamodb.TableV2(
        stack,
        "Jobs",
        partition_key=_text("job_id"),
        billing=dynamodb.Billing.on_demand(),
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=settings.point_in_time_recovery
        ),
        deletion_protection=settings.deletion_protection,
        removal_policy=removal(settings),
    )
    for name, partition, sort in INDEXES:
        table.add_global_secondary_index(
            index_name=name, partition_key=_text(partition), sort_key=_text(sort)
        )
    if key:
        _encrypt(table, key)
    return table


def _encrypt(table: dynamodb.TableV2, key: kms.IKey) -> None:
    """What `encryption=` would say, which the CDK refuses to write for any account and region."""
    resource = cast("dynamodb.CfnGlobalTable", table.node.default_child)
    resource.add_property_override("SSESpecification", {"SSEEnabled": True, "SSEType": "KMS"})
    resource.add_property_override("Replicas.0.SSESpecification", {"KMSMasterKeyId": key.key_arn})


def api_key_secret(
    stack: Stack, settings: Settings, key: kms.IKey | None
) -> secretsmanager.ISecret:
    """The API key's place. Granted by its ARN, which only Id names everywhere."""
    secret = secretsmanager.Secret(
        stack,
        "ApiKey",
        description="The key of the speech-to-text API: dropscribe key set",
        secret_string_value=SecretValue.unsafe_plain_text(PLACEHOLDER),
        encryption_key=key,
        removal_policy=removal(settings),
    )
    resource = cast("secretsmanager.CfnSecret", secret.node.default_child)
    return secretsmanager.Secret.from_secret_complete_arn(stack, "ApiKeyArn", resource.attr_id)


def rules_parameter(stack: Stack) -> ssm.StringParameter:
    """The prefix rules; deployments leave alone what `dropscribe rules set` puts there."""
    return ssm.StringParameter(
        stack,
        "Rules",
        description="Options for keys that begin so: dropscribe rules set",
        string_value=EMPTY,
    )


def removal(settings: Settings) -> RemovalPolicy:
    return RemovalPolicy(settings.removal_policy.upper())


def _text(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
