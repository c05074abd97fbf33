"""A rule on the deployed bus: both events arrive in somebody's queue, as the schema says."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from tests.conftest import SAMPLE
from tests.events_page import PATTERN
from tests.scripted_api import ScriptedApi
from tests.stack import Stack
from tests.unit.schema import faults

SPEECH = SAMPLE.read_bytes()


@pytest.fixture
def received(stack: Stack) -> Iterator[Any]:
    """Reads the queue of a rule with the pattern of docs/events.md: the event of a job."""
    sqs, events = stack.session.client("sqs"), stack.session.client("events")
    bus, name = stack.outputs["EventBusName"], f"ended-{uuid4().hex[:8]}"
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    asked = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    events.put_rule(Name=name, EventBusName=bus, EventPattern=json.dumps(PATTERN))
    queue: Any = {"Id": "queue", "Arn": asked["Attributes"]["QueueArn"]}
    events.put_targets(Rule=name, EventBusName=bus, Targets=[queue])

    def of(job_id: str) -> dict[str, Any] | None:
        found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
        told = [json.loads(message["Body"]) for message in found.get("Messages", [])]
        return next((event for event in told if event["detail"]["job_id"] == job_id), None)

    yield lambda row: stack.until(lambda: of(row["job_id"]), lambda: "no such event came")
    events.remove_targets(Rule=name, EventBusName=bus, Ids=["queue"])
    events.delete_rule(Name=name, EventBusName=bus)
    sqs.delete_queue(QueueUrl=url)


def test_both_ends_are_told(stack: Stack, api: ScriptedApi, received: Any) -> None:
    """A recording that is completed, and a file that is none, with where and why."""
    puts = stack.put(SPEECH), stack.put(b"no recording", "notes.txt")
    done, refused = stack.wait_all(puts)
    completed, failed = received(done), received(refused)
    kinds = [(event["source"], event["detail-type"]) for event in (completed, failed)]
    assert kinds == [
        ("dropscribe", "Transcription Completed"),
        ("dropscribe", "Transcription Failed"),
    ]
    assert completed["detail"]["transcripts"]["keys"] == done["outputs"]
    assert failed["detail"]["reason"] == refused["reason"]
    for event in (completed, failed):
        assert faults("event-1", event["detail"]) == []
