"""Every alarm goes off and is over again, and its topic hears of both.

The emulator looks at an alarm when a number comes in, at all numbers of its window at once and
whatever stack they name; a number at the window's very end soon leaves it. What it can't tell
stands in tests/infra/test_alarms.py: silence, stacks, and that functions emit what is looked at.
"""

import json
import time
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.scripted_api import ScriptedApi
from tests.stack import Stack
from tests.workflow.test_pipeline import SPEECH

if TYPE_CHECKING:
    from types_boto3_cloudwatch.type_defs import MetricAlarmTypeDef

# Seconds that a number stays in a window at whose end it was put.
SOON = 3
Alarms = dict[str, "MetricAlarmTypeDef"]


@pytest.fixture
def letters(stack: Stack) -> str:
    """A queue that is subscribed to the topic of the alarms, and lets it send."""
    sqs, topic = stack.session.client("sqs"), stack.outputs["AlarmTopicArn"]
    queue = sqs.create_queue(QueueName="alarms")["QueueUrl"]
    asked = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    arn = asked["Attributes"]["QueueArn"]
    sends = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [sends]})
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
    stack.session.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    return queue


def test_every_alarm_goes_off_and_is_over_again(stack: Stack, letters: str) -> None:
    """From OK to ALARM and back, each told to whoever subscribed."""
    alarms = _alarms(stack)
    silent = {name: it for name, it in alarms.items() if it["TreatMissingData"] == "breaching"}
    loud = {name: it for name, it in alarms.items() if name not in silent}
    _put(stack, loud.values(), good=True)
    _put(stack, silent.values(), good=True, leaving=True)
    assert set(_states(stack).values()) == {"OK"}
    _put(stack, loud.values(), good=False, leaving=True)
    assert {name for name, state in _states(stack).items() if state == "ALARM"} == set(loud)
    time.sleep(SOON + 1)
    _put(stack, loud.values(), good=True)
    _put(stack, silent.values(), good=False)
    assert {name for name, state in _states(stack).items() if state == "ALARM"} == set(silent)
    _put(stack, silent.values(), good=True)
    assert set(_states(stack).values()) == {"OK"}
    told = _received(stack, letters, 3 * len(alarms))
    assert Counter((it["AlarmName"], it["NewStateValue"]) for it in told) == Counter(
        (alarm["AlarmName"], state) for alarm in alarms.values() for state in ("OK", "ALARM", "OK")
    )


def test_functions_say_their_numbers_for_their_stack(stack: Stack, api: ScriptedApi) -> None:
    """What Lambda's log tells CloudWatch to count names the stack, which alarms look for."""
    stack.wait(stack.put(SPEECH))
    lines = [json.loads(line) for line in stack.logs().splitlines() if line.startswith('{"_aws"')]
    named = {metric["Name"] for line in lines for metric in _told(line)["Metrics"]}
    assert named >= {"JobsSubmitted", "JobsCompleted", "TimeToTranscriptSeconds", "Polls"}
    assert {line["service"] for line in lines} == {"Dropscribe"}
    assert {(_told(line)["Namespace"], *_told(line)["Dimensions"][0]) for line in lines} == {
        ("Dropscribe", "service")
    }


def _told(line: dict[str, Any]) -> dict[str, Any]:
    [told] = line["_aws"]["CloudWatchMetrics"]
    return dict(told)


def _alarms(stack: Stack) -> Alarms:
    """The stack's alarms, by their logical ids without the hash."""
    found = stack.session.client("cloudwatch").describe_alarms()["MetricAlarms"]
    return {alarm["AlarmName"].split("-")[1]: alarm for alarm in found}


def _states(stack: Stack) -> dict[str, str]:
    return {name: alarm["StateValue"] for name, alarm in _alarms(stack).items()}


def _put(
    stack: Stack, alarms: Iterable["MetricAlarmTypeDef"], good: bool, leaving: bool = False
) -> None:
    """Put a number that is good or bad for each alarm; one that is `leaving` is gone SOON."""
    for alarm in alarms:
        window = timedelta(seconds=alarm["Period"] * alarm["EvaluationPeriods"] - SOON)
        high = good == alarm["ComparisonOperator"].startswith("Less")
        stack.session.client("cloudwatch").put_metric_data(
            Namespace=alarm["Namespace"],
            MetricData=[
                {
                    "MetricName": alarm["MetricName"],
                    "Dimensions": alarm["Dimensions"],
                    "Timestamp": datetime.now(UTC) - (window if leaving else timedelta()),
                    "Value": alarm["Threshold"] + 1 if high else 0,
                }
            ],
        )


def _received(stack: Stack, queue: str, count: int) -> list[dict[str, Any]]:
    """What the topic said, once there is as much of it."""
    got: list[dict[str, Any]] = []

    def enough() -> bool | None:
        answer = stack.session.client("sqs").receive_message(
            QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=1
        )
        bodies = [json.loads(message["Body"]) for message in answer.get("Messages", [])]
        got.extend(json.loads(body["Message"]) for body in bodies)
        return True if len(got) >= count else None

    stack.until(enough, lambda: f"only {got} came")
    return got
