"""What ends badly: read out of the state machine's input and out of events about executions."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from transcription.failure import Failure, from_error, read, stage_of, unsaid
from transcription.job import Status

from tests.unit.examples import NOON, a_job

EVENTS = Path(__file__).parents[1] / "events"
JOB_ID = "0123456789abcdef0123456789abcdef"
RAISED = {"errorType": "NotPublishable", "errorMessage": "There is\nno answer", "stackTrace": []}


def execution(recorded: str = "execution-timed-out", **detail: Any) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((EVENTS / f"{recorded}.json").read_text(encoding="utf-8"))
    event["detail"] |= detail
    return event


@pytest.mark.parametrize(
    ("event", "failure"),
    [
        (
            {"status": "expired", "stage": "poll", "reason": "No result"},
            (Status.EXPIRED, "poll", "No result"),
        ),
        (
            {"status": "failed", "stage": "transcribe", "reason": "no sound"},
            (Status.FAILED, "transcribe", "no sound"),
        ),
        (
            {"stage": "publish", "error": "NotPublishable", "cause": json.dumps(RAISED)},
            (Status.FAILED, "publish", "NotPublishable: There is no answer"),
        ),
        ({"error": "States.Timeout"}, (Status.FAILED, None, "States.Timeout")),
        ({}, (Status.FAILED, None, "It failed without giving a reason")),
        ({"reason": "", "error": "E", "cause": "c"}, (Status.FAILED, None, "E: c")),
    ],
)
def test_a_state_machines_failure_is_read(event: dict[str, Any], failure: tuple[Any, ...]) -> None:
    """What a poll decided, or what a Catch saw."""
    assert read({"job_id": JOB_ID, "attempt": 2, **event}) == Failure(JOB_ID, 2, *failure)


@pytest.mark.parametrize(
    ("event", "status", "reason"),
    [
        (execution(), Status.EXPIRED, "The execution ran out of time"),
        (
            execution("execution-aborted"),
            Status.FAILED,
            "The execution was stopped: Somebody stopped it",
        ),
        (
            execution(status="FAILED", cause="States.Runtime:\nhttps://b/a.mp3?X-Amz-Signature=0"),
            Status.FAILED,
            "The execution failed: States.Runtime: <URL>",
        ),
        (
            execution(status="PENDING_REDRIVE"),
            Status.FAILED,
            "The execution is PENDING_REDRIVE",
        ),
    ],
)
def test_an_execution_that_ended_by_itself_is_read(
    event: dict[str, Any], status: Status, reason: str
) -> None:
    """Neither a timeout nor a stop can be caught inside: an event tells, by its name."""
    ending = event["detail"]["status"]
    assert read(event) == Failure(JOB_ID, 2, status, None, reason, ending)


@pytest.mark.parametrize("name", ["by-hand", "test", f"{JOB_ID}-", "-1", "a-1.5", "9c3f-x"])
def test_an_execution_that_a_person_named_is_nobodys(name: str) -> None:
    """Started by hand it belongs to no attempt, and is no error of ours."""
    failure = read(execution(name=name))
    assert (failure.job_id, failure.attempt) == (name, 0)


@pytest.mark.parametrize(
    ("error", "cause", "said"),
    [
        ("Contended", json.dumps(RAISED), "NotPublishable: There is no answer"),
        ("Contended", '{"errorMessage": "x"}', "Contended: x"),
        ("Contended", "{}", "Contended: {}"),
        ("Contended", "null", "Contended: null"),
        ("Contended", "[1]", "Contended: [1]"),
        ("States.Timeout", "", "States.Timeout"),
        ("", "", "It failed without giving a reason"),
        ("E", "two\n lines", "E: two lines"),
    ],
)
def test_an_error_becomes_a_sentence(error: str, cause: str, said: str) -> None:
    """A Lambda's cause is JSON with the exception in it; anything else is told as it is."""
    assert from_error(error, cause) == said


@pytest.mark.parametrize("cause", ["x" * 40_000, json.dumps({"errorMessage": "y" * 40_000})])
def test_a_long_cause_is_cut(cause: str) -> None:
    """A stack trace does not belong on a row."""
    assert len(from_error("E", cause)) == 500
    assert len(read(execution(cause=cause)).reason) == 500


SUBMITTED = {"generation_id": "g", "submitted_at": NOON, "status": Status.SUBMITTED}
LATER = NOON + timedelta(hours=1)


@pytest.mark.parametrize(
    ("ending", "now", "facts", "said"),
    [
        ("GONE", LATER, {}, (Status.EXPIRED, None, "The execution is gone")),
        ("TIMED_OUT", LATER, {}, (Status.EXPIRED, None, "The execution ran out of time")),
        ("ABORTED", NOON, {}, (Status.FAILED, None, "The execution was stopped")),
        ("ODD", LATER, {}, (Status.EXPIRED, None, "The execution is ODD")),
        (
            "FAILED",
            NOON,
            {"resumes": 2},
            (Status.FAILED, None, "The execution failed, after it had been taken over 2 times"),
        ),
        (
            "FAILED",
            LATER,
            {"stage": "transcribe", "reason": "No sound"},
            (Status.FAILED, "transcribe", "No sound"),
        ),
    ],
)
def test_an_end_that_nobody_wrote_is_told(
    ending: str, now: datetime, facts: dict[str, Any], said: tuple[Any, ...]
) -> None:
    """As the event would; EXPIRED only where the result is gone, and no word of the provider's."""
    assert unsaid(a_job(**(SUBMITTED | facts)), ending, now) == Failure(JOB_ID, 1, *said)


@pytest.mark.parametrize("status", Status)
def test_a_job_stands_in_a_stage(status: Status) -> None:
    """With the raw answer safe it is publishing, before that it polls."""
    stage = "publish" if status is Status.TRANSCRIBED else "poll"
    assert stage_of(a_job(status=status)) == stage
