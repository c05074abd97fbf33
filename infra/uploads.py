"""How an upload becomes a message in the queue."""

import itertools
from typing import Any

from aws_cdk import Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_notifications as notifications
from aws_cdk import aws_sqs as sqs

from infra.settings import Settings


def watch(bucket: s3.IBucket, queue: sqs.Queue, settings: Settings) -> None:
    """S3 notifies the queue itself: one notification for each watched prefix and suffix."""
    prefixes, suffixes = settings.watch_prefixes or (None,), settings.watch_suffixes or (None,)
    for prefix, suffix in itertools.product(prefixes, suffixes):
        filters = [s3.NotificationKeyFilter(prefix=prefix, suffix=suffix)]
        bucket.add_event_notification(
            s3.EventType.OBJECT_CREATED,
            notifications.SqsDestination(queue),
            *(filters if prefix or suffix else []),
        )


def watch_through_eventbridge(
    stack: Stack, bucket: s3.IBucket, queue: sqs.Queue, settings: Settings
) -> None:
    """A bucket that others own may have notifications of its own: EventBridge disturbs none.

    Its owner switches EventBridge on for the bucket; CloudFormation can't do it from here.
    """
    detail: dict[str, Any] = {"bucket": {"name": [bucket.bucket_name]}}
    if keys := _key_patterns(settings):
        detail["object"] = {"key": keys}
    events.Rule(
        stack,
        "ObjectCreated",
        event_pattern=events.EventPattern(
            source=["aws.s3"], detail_type=["Object Created"], detail=detail
        ),
        targets=[targets.SqsQueue(queue)],
    )


def _key_patterns(settings: Settings) -> list[dict[str, str]]:
    """What a watched key looks like; with both, a wildcard says prefix and suffix at once."""
    prefixes, suffixes = settings.watch_prefixes, settings.watch_suffixes
    if prefixes and suffixes:
        return [{"wildcard": f"{p}*{s}"} for p, s in itertools.product(prefixes, suffixes)]
    return [{"prefix": prefix} for prefix in prefixes] + [{"suffix": suffix} for suffix in suffixes]
