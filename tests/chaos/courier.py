"""Brings S3's events to the upload queue, as badly as at-least-once delivery allows.

The bucket's notifications go to a queue of the courier's own, and it passes each on: late, twice,
behind others that came after it, or not at all. What it passes on are S3's own words.
"""

import heapq
import itertools
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, Self
from urllib.parse import unquote_plus

from tests.chaos.plan import Version
from tests.chaos.puts import Puts
from tests.stack import Put, Stack

Delivered = Callable[[Version], None]


class Courier:
    """A thread between the bucket and the queue."""

    def __init__(self, stack: Stack, puts: Puts, delivered: Delivered) -> None:
        self._stack, self._puts, self._delivered = stack, puts, delivered
        self._sqs: Any = stack.session.client("sqs")
        self._due: list[tuple[float, int, Version, str]] = []
        self._order = itertools.count()
        self._stopping = threading.Event()
        self._carrying = threading.Thread(target=self._carry)
        self._bodies: dict[str, str] = {}
        self.count: Counter[str] = Counter()

    def __enter__(self) -> Self:
        self._tap = self._divert()
        self._carrying.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._carrying.join()
        self._sqs.delete_queue(QueueUrl=self._tap)

    def has_delivered(self, versions: Iterable[Version]) -> bool:
        """Whether S3 has told of all of these, and everything was passed on that will be."""
        return not self._due and all(version.name in self._bodies for version in versions)

    def deliver_again(self, version: Version) -> None:
        """Bring an event once more, however long ago it came first."""
        self.count["belated"] += 1
        self._send(version, self._bodies[version.name])

    def _carry(self) -> None:
        while not self._stopping.is_set():
            for message in self._received():
                self._take(message["Body"])
                self._sqs.delete_message(QueueUrl=self._tap, ReceiptHandle=message["ReceiptHandle"])
            while self._due and self._due[0][0] <= time.monotonic():
                _, _, version, body = self._due[0]
                self._send(version, body)
                heapq.heappop(self._due)

    def _received(self) -> list[Any]:
        """What S3 has told; asks for a second, unless something is to be delivered meanwhile."""
        answer = self._sqs.receive_message(
            QueueUrl=self._tap, MaxNumberOfMessages=10, WaitTimeSeconds=0 if self._due else 1
        )
        if self._due:
            self._stopping.wait(0.1)
        return list(answer.get("Messages", []))

    def _take(self, body: str) -> None:
        message = json.loads(body)
        for record in message.get("Records", []):
            there = record["s3"]["object"]
            version = self._puts.version(Put(unquote_plus(there["key"]), there["versionId"]))
            self.count["lost"] += not version.deliveries
            self.count["duplicated"] += len(version.deliveries) > 1
            for delay in version.deliveries:
                due = time.monotonic() + delay
                heapq.heappush(self._due, (due, next(self._order), version, body))
            self._bodies[version.name] = body

    def _send(self, version: Version, body: str) -> None:
        self._sqs.send_message(QueueUrl=self._stack.outputs["UploadQueueUrl"], MessageBody=body)
        self._delivered(version)

    def _divert(self) -> str:
        """Turn the bucket's notifications to a queue of our own."""
        tap: str = self._sqs.create_queue(QueueName=f"tap-{time.time_ns()}")["QueueUrl"]
        arn = self._attribute(tap, "QueueArn")
        policy = {
            "Effect": "Allow",
            "Principal": {"Service": "s3.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": arn,
        }
        document = json.dumps({"Version": "2012-10-17", "Statement": [policy]})
        self._sqs.set_queue_attributes(QueueUrl=tap, Attributes={"Policy": document})
        self._stack.s3.put_bucket_notification_configuration(
            Bucket=self._stack.outputs["UploadBucketName"],
            NotificationConfiguration={
                "QueueConfigurations": [{"QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}]
            },
        )
        return tap

    def _attribute(self, queue: str, name: str) -> str:
        answer = self._sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=[name])
        return str(answer["Attributes"][name])
