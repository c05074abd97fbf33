"""The Submit function's batch: each message stands for itself."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
import submit
import telemetry
import wiring
from transcription.s3_events import Request

# As in Lambda, where telemetry.py says so; pytest sets the filters anew.
pytestmark = pytest.mark.filterwarnings("ignore:No application metrics to publish")

CONTEXT: Any = SimpleNamespace(
    function_name="submit",
    memory_limit_in_mb=512,
    invoked_function_arn="arn:aws:lambda:eu-west-1:123456789012:function:submit",
    aws_request_id="1",
)
GOOD, BAD, LAST = "a" * 32, "b" * 32, "c" * 32


class Intake:
    """Takes every job but a bad one, and moves none."""

    def __init__(self) -> None:
        self.seen: list[str | None] = []

    def handle(self, request: Request) -> None:
        self.seen.append(request.job_id)
        if request.job_id == BAD:
            raise RuntimeError("The table is on fire")


@pytest.fixture
def intake(monkeypatch: pytest.MonkeyPatch) -> Intake:
    made = Intake()
    monkeypatch.setattr(wiring, "intake", lambda: made)
    monkeypatch.setattr(telemetry.metrics.provider, "namespace", "Dropscribe")
    return made


def handed_back(*bodies: str) -> list[str]:
    """Which messages of a batch go back to the queue, by their number."""
    records = [{"messageId": str(number), "body": body} for number, body in enumerate(bodies)]
    answer = submit.handler({"Records": records}, CONTEXT)
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def retry(job_id: str) -> str:
    return json.dumps({"retry": job_id, "revision": 1})


def test_a_bad_message_fails_no_neighbour(intake: Intake) -> None:
    """It goes back to the queue alone; those before and after it are taken."""
    assert handed_back(retry(GOOD), retry(BAD), retry(LAST)) == ["1"]
    assert intake.seen == [GOOD, BAD, LAST]


def test_bad_messages_alone_go_back_one_by_one(intake: Intake) -> None:
    """The function does not fail as a whole: that would be an error of ours, and no message's."""
    assert handed_back(retry(BAD), "no JSON", retry(BAD)) == ["0", "1", "2"]


def test_what_was_taken_stays_taken(intake: Intake) -> None:
    """A batch without failures gives none back."""
    assert handed_back(retry(GOOD)) == []
