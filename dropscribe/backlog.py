"""What is in the upload queue, for how long, and what Submit fails on over and over."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from dropscribe.diagnosis import SILENT
from dropscribe.log_lines import failures
from dropscribe.stack import Stack

if TYPE_CHECKING:
    from types_boto3_sqs.literals import QueueAttributeNameType

NAMES: Final[tuple["QueueAttributeNameType", ...]] = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "VisibilityTimeout",
)


class Depth(NamedTuple):
    """How many messages a queue has for anybody, and for nobody for so many seconds at most."""

    visible: int
    hidden: int
    timeout: int


class Backlog(NamedTuple):
    """What Submit has yet to take: what is `queued`, and what it has in hand.

    It has in hand what it takes at this moment, and what it failed on until that is tried again.
    `age` is in seconds, of the oldest; `failing` what was raised last, by the messages' ids.
    """

    queued: int
    in_hand: int = 0
    age: float | None = None
    failing: Mapping[str, str] = {}


def backlog(stack: Stack, now: datetime) -> Backlog:
    """What the queue, CloudWatch and Submit's log tell; an empty queue needs only the first."""
    queue = depth(stack, "UploadQueueUrl")
    if not queue.visible + queue.hidden:
        return Backlog(0)
    return Backlog(queue.visible, queue.hidden, _age(stack, now), _failing(stack, queue, now))


def depth(stack: Stack, queue: str) -> Depth:
    """How many messages are in the queue of this output."""
    found = stack.queues.get_queue_attributes(
        QueueUrl=stack.output(queue), AttributeNames=list(NAMES)
    )["Attributes"]
    return Depth(*(int(found[name]) for name in NAMES))


def _failing(stack: Stack, queue: Depth, now: datetime) -> Mapping[str, str]:
    """What was raised last over messages that Submit failed on more than once.

    The log says it where CloudWatch's age of such a message can't be relied on. A message is tried
    again once it is visible again: two failures within twice that time are its last two tries.
    Some of them may have succeeded since, or be given up: those are not hidden in the queue.
    """
    raised = failures(stack, now - timedelta(seconds=2 * queue.timeout)) if queue.hidden else {}
    failing = {message_id: whys[-1] for message_id, whys in raised.items() if len(whys) > 1}
    return failing if len(failing) <= queue.hidden else {}


def _age(stack: Stack, now: datetime) -> float | None:
    """How long the oldest message has waited, in seconds, as far as CloudWatch knows."""
    name = stack.output("UploadQueueUrl").rpartition("/")[2]
    points = stack.watch.get_metric_statistics(
        Namespace="AWS/SQS",
        MetricName="ApproximateAgeOfOldestMessage",
        Dimensions=[{"Name": "QueueName", "Value": name}],
        StartTime=now - SILENT,
        EndTime=now,
        Period=300,
        Statistics=["Maximum"],
    )["Datapoints"]
    newest = max(points, key=lambda point: point["Timestamp"], default=None)
    return newest["Maximum"] if newest else None
