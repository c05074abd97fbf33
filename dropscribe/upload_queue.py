"""The upload queue: what a person asks of the stack goes the way that uploads go."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, TypeVar

from dropscribe.exits import CloudRefused
from dropscribe.jobs import Job
from dropscribe.stack import Stack

if TYPE_CHECKING:
    from types_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

_Thing = TypeVar("_Thing")

BATCH: Final = 10  # the most messages that SQS takes at once


def asking(verb: str, job: Job, **more: Any) -> str:
    """The message that asks something for a job as it stands.

    Delivered twice, or once the job has moved on, it asks for nothing.
    """
    return json.dumps({verb: job.job_id, "revision": int(job.row.get("revision", 0)), **more})


def send(
    stack: Stack, bodies: Sequence[str], on_sent: Callable[[int], object] = lambda _: None
) -> None:
    """Send messages to the upload queue, and tell of each batch that is there."""
    send_to(stack, stack.output("UploadQueueUrl"), bodies, on_sent)


def send_to(
    stack: Stack,
    url: str,
    bodies: Sequence[str],
    on_sent: Callable[[int], object] = lambda _: None,
) -> None:
    """Send messages to a queue; raises CloudRefused."""
    for batch in in_batches(bodies):
        entries: list[SendMessageBatchRequestEntryTypeDef] = [
            {"Id": str(number), "MessageBody": body} for number, body in enumerate(batch)
        ]
        answer = stack.queues.send_message_batch(QueueUrl=url, Entries=entries)
        if failed := answer.get("Failed"):
            raise CloudRefused(f"The queue refused a message: {failed[0].get('Message')}")
        on_sent(len(batch))


def in_batches(things: Iterable[_Thing], most: int = BATCH) -> Iterator[list[_Thing]]:
    """As many at a time as a service takes."""
    left = iter(things)
    while batch := list(islice(left, most)):
        yield batch
