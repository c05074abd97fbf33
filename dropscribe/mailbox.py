"""A queue looked through from end to end, without anything in it being lost."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from dropscribe.upload_queue import in_batches

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient
    from types_boto3_sqs.type_defs import MessageTypeDef

# Seconds for which a message that was looked at is nobody else's. Then it comes back by itself.
HELD: Final = 300


class Message(NamedTuple):
    """A message, how often it was received before now, when it was sent (ms), and its remarks."""

    message_id: str
    receipt: str
    body: str
    received: int
    sent_at: int
    remarks: dict[str, str]


@dataclass(frozen=True)
class Mailbox:
    """One queue. What was looked at is held until it is deleted, or all of it given back."""

    queues: "SQSClient"
    url: str
    held: dict[str, Message] = field(default_factory=dict)

    def messages(self) -> Iterator[Message]:
        """Every message that nobody else has in hand, each once."""
        while found := self._receive():
            fresh = [message for message in found if message.message_id not in self.held]
            if not fresh:
                return
            self.held.update({message.message_id: message for message in found})
            yield from fresh

    def delete(self, messages: Iterable[Message]) -> None:
        """Take messages out of the queue."""
        for batch in in_batches(messages):
            self.queues.delete_message_batch(
                QueueUrl=self.url,
                Entries=[
                    {"Id": str(number), "ReceiptHandle": message.receipt}
                    for number, message in enumerate(batch)
                ],
            )
            for message in batch:
                self.held.pop(message.message_id, None)

    def give_back(self) -> None:
        """Let others have what is left."""
        for batch in in_batches(list(self.held.values())):
            self.queues.change_message_visibility_batch(
                QueueUrl=self.url,
                Entries=[
                    {"Id": str(number), "ReceiptHandle": it.receipt, "VisibilityTimeout": 0}
                    for number, it in enumerate(batch)
                ],
            )
        self.held.clear()

    def _receive(self) -> list[Message]:
        answer = self.queues.receive_message(
            QueueUrl=self.url,
            MaxNumberOfMessages=10,
            VisibilityTimeout=HELD,
            # A second's wait asks every server of the queue; none asks only some of them.
            WaitTimeSeconds=1,
            MessageSystemAttributeNames=["ApproximateReceiveCount", "SentTimestamp"],
            MessageAttributeNames=["All"],
        )
        return [_message(it) for it in answer.get("Messages", [])]


def _message(found: "MessageTypeDef") -> Message:
    system = found.get("Attributes", {})
    return Message(
        message_id=found["MessageId"],
        receipt=found["ReceiptHandle"],
        body=found["Body"],
        received=int(system.get("ApproximateReceiveCount", "1")) - 1,
        sent_at=int(system.get("SentTimestamp", "0")),
        remarks={
            name: value["StringValue"]
            for name, value in found.get("MessageAttributes", {}).items()
            if "StringValue" in value
        },
    )
