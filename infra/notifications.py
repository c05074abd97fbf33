"""Who is written to when a transcript is there, or never will be: the setting `notifyEmail`."""

from typing import Final

from aws_cdk import Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions

# functions/transcription/announcer.py sends them.
SOURCE: Final = "dropscribe"
DETAIL_TYPES: Final = ("Transcription Completed", "Transcription Failed")


def by_email(stack: Stack, bus: events.IEventBus, address: str, key: kms.IKey | None) -> None:
    """Write to an address at the end of every job, after it has confirmed that it wants that."""
    topic = sns.Topic(stack, "Notifications", enforce_ssl=True, master_key=key)
    topic.add_subscription(subscriptions.EmailSubscription(address))
    events.Rule(
        stack,
        "TranscriptionEnded",
        description="Writes to the address of the setting notifyEmail",
        event_bus=bus,
        event_pattern=events.EventPattern(source=[SOURCE], detail_type=list(DETAIL_TYPES)),
        targets=[targets.SnsTopic(topic, message=_letter())],
    )


def _letter() -> events.RuleTargetInput:
    """What the e-mail says; of what an event lacks, such as a reason, nothing is written."""
    told = {
        name: events.EventField.from_path(f"$.detail.{name}")
        for name in ("status", "key", "bucket", "reason", "job_id")
    }
    return events.RuleTargetInput.from_multiline_text(
        f"{told['status']}: {told['key']}\n"
        f"in the bucket {told['bucket']}\n"
        f"Reason: {told['reason']}\n"
        f"More: dropscribe show {told['job_id']}"
    )
