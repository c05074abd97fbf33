"""What a deployed stack published while tests ran, held against the schemas at their end."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from tests.stack import Stack
from tests.unit.schema import faults


class Published:
    """Collects every event from now on; `faults` looks at them and at every transcript."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._queues = stack.session.client("sqs")
        self._url = self._queues.create_queue(QueueName=f"published-{uuid4().hex[:8]}")["QueueUrl"]
        arn = self._queues.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])
        events, bus = stack.session.client("events"), stack.outputs["EventBusName"]
        rule = f"published-{uuid4().hex[:8]}"
        pattern = json.dumps({"source": ["dropscribe"]})
        events.put_rule(Name=rule, EventBusName=bus, EventPattern=pattern)
        queue = arn["Attributes"]["QueueArn"]
        events.put_targets(Rule=rule, EventBusName=bus, Targets=[{"Id": "queue", "Arn": queue}])

    def faults(self) -> list[str]:
        """What breaks a schema, of all that was published."""
        found = [fault for one in self._transcripts() for fault in faults("transcript-1", one)]
        return found + [fault for one in self._events() for fault in faults("event-1", one)]

    def _transcripts(self) -> Iterator[Any]:
        bucket = self._stack.outputs["TranscriptBucketName"]
        for page in self._stack.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
            keys = [item["Key"] for item in page.get("Contents", ())]
            for key in keys:
                if key.endswith(".json"):
                    yield json.loads(
                        self._stack.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
                    )

    def _events(self) -> Iterator[Any]:
        while True:
            answer = self._queues.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10)
            if not (messages := answer.get("Messages")):
                return
            yield from (json.loads(message["Body"])["detail"] for message in messages)
