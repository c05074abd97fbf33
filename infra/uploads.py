"""How an upload becomes a message in the queue, and what becomes of one that nobody could take."""

import itertools
import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote_plus

from aws_cdk import Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_notifications as notifications
from aws_cdk import aws_sqs as sqs
from transcription.sending import SUBMIT_TIMEOUT

from infra.settings import PREFIX, SettingError, Settings

# The receives after which a message is given up.
RECEIVES: Final = 5
LONGEST: Final = Duration.days(14)
# What S3 tells EventBridge, and how many letters of a pattern that takes.
SOURCE: Final = "aws.s3"
CREATED: Final = "Object Created"
LONGEST_PATTERN: Final = 2048


def dead_letter_queue(stack: Stack, key: kms.IKey | None) -> sqs.Queue:
    return sqs.Queue(
        stack, "DeadLetters", retention_period=LONGEST, enforce_ssl=True, **_encrypted(key)
    )


def upload_queue(
    stack: Stack, name: str, dead_letters: sqs.Queue, key: kms.IKey | None
) -> sqs.Queue:
    """A queue of what Submit takes: new uploads, or what a backfill has found."""
    return sqs.Queue(
        stack,
        name,
        # Six times the function's timeout, as AWS advises.
        visibility_timeout=Duration.seconds(6 * SUBMIT_TIMEOUT),
        retention_period=LONGEST,
        dead_letter_queue=sqs.DeadLetterQueue(queue=dead_letters, max_receive_count=RECEIVES),
        enforce_ssl=True,
        **_encrypted(key),
    )


def _encrypted(key: kms.IKey | None) -> dict[str, Any]:
    if key is None:
        return {"encryption": sqs.QueueEncryption.SQS_MANAGED}
    return {"encryption": sqs.QueueEncryption.KMS, "encryption_master_key": key}


def watch(bucket: s3.IBucket, queue: sqs.Queue, settings: Settings) -> None:
    """S3 notifies the queue itself: one notification for each watched prefix and suffix."""
    prefixes, suffixes = settings.watch_prefixes or ("",), settings.watch_suffixes or ("",)
    for prefix, suffix in itertools.product(prefixes, suffixes):
        only = s3.NotificationKeyFilter(prefix=_encoded(prefix), suffix=_encoded(suffix))
        bucket.add_event_notification(
            s3.EventType.OBJECT_CREATED,
            notifications.SqsDestination(queue),
            *([only] if prefix or suffix else []),
        )
    _refuse_other_accounts(queue)


def watch_through_eventbridge(
    stack: Stack, bucket: s3.IBucket, queue: sqs.Queue, dead_letters: sqs.Queue, settings: Settings
) -> None:
    """A bucket that others own may have notifications of its own: EventBridge disturbs none.

    Its owner switches EventBridge on for the bucket; CloudFormation can't do it from here.
    """
    detail: dict[str, Any] = {"bucket": {"name": [bucket.bucket_name]}}
    if keys := _key_patterns(settings):
        detail["object"] = {"key": keys}
    _refuse_long({"source": [SOURCE], "detail-type": [CREATED], "detail": detail})
    rule = events.Rule(
        stack,
        "ObjectCreated",
        event_pattern=events.EventPattern(source=[SOURCE], detail_type=[CREATED], detail=detail),
        targets=[targets.SqsQueue(queue, dead_letter_queue=dead_letters)],
    )
    _refuse_other_rules(queue, rule)


def _encoded(part: str) -> str | None:
    """S3 matches its filters against keys as it writes them in events: encoded."""
    return quote_plus(part, safe="/") or None


def _refuse_other_accounts(queue: sqs.Queue) -> None:
    """A bucket's ARN names no account: were ours gone, somebody else could take its name."""
    queue.add_to_resource_policy(
        iam.PolicyStatement(
            effect=iam.Effect.DENY,
            principals=[iam.ServicePrincipal("s3.amazonaws.com")],
            actions=["sqs:SendMessage"],
            resources=[queue.queue_arn],
            conditions={"StringNotEquals": {"aws:SourceAccount": Stack.of(queue).account}},
        )
    )


def _refuse_other_rules(queue: sqs.Queue, rule: events.IRule) -> None:
    """EventBridge sends for every account's rules, and the CDK lets it where a key encrypts."""
    queue.add_to_resource_policy(
        iam.PolicyStatement(
            effect=iam.Effect.DENY,
            principals=[iam.ServicePrincipal("events.amazonaws.com")],
            actions=["sqs:SendMessage"],
            resources=[queue.queue_arn],
            conditions={
                "ArnNotEquals": {"aws:SourceArn": rule.rule_arn},
                # A source that is not told is none that is told apart: our own might be meant.
                "Null": {"aws:SourceArn": "false"},
            },
        )
    )


def _key_patterns(settings: Settings) -> list[dict[str, str]]:
    """What a watched key looks like; with both, a wildcard says prefix and suffix at once."""
    prefixes, suffixes = settings.watch_prefixes, settings.watch_suffixes
    if prefixes and suffixes:
        pairs = itertools.product(prefixes, suffixes)
        return [{"wildcard": f"{_literal(prefix)}*{_literal(suffix)}"} for prefix, suffix in pairs]
    return [{"prefix": prefix} for prefix in prefixes] + [{"suffix": suffix} for suffix in suffixes]


def _refuse_long(pattern: Mapping[str, Any]) -> None:
    """EventBridge would refuse the rule at deployment; raises SettingError."""
    length = len(json.dumps(pattern, ensure_ascii=False, separators=(",", ":")))
    if length > LONGEST_PATTERN:
        raise SettingError(
            f"{PREFIX}watchPrefixes and {PREFIX}watchSuffixes make a pattern of {length:,} letters "
            f"for {PREFIX}existingBucket, and EventBridge takes {LONGEST_PATTERN:,}: "
            "watch fewer prefixes, or no suffixes."
        )


def _literal(part: str) -> str:
    """A star in a key is a star, not a wildcard."""
    return part.replace("\\", "\\\\").replace("*", "\\*")
