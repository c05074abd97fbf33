"""What functions say: numbers for CloudWatch, and log lines that nobody can forge."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import telemetry
from hypothesis import given
from hypothesis import strategies as st
from transcription.costs import aws_dollars
from transcription.job import Job, Status, WaitReason
from transcription.reconciler import Report

from tests.unit.examples import MINUTE, NOON, a_job

FUNCTIONS = Path(telemetry.__file__).parent
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
FORGED = 'a\n{"level": "ERROR"}\r\n\x1b[31mred\x9b2J\u2028\u202e"}, {"message": "'


@pytest.fixture
def numbers(capsys: pytest.CaptureFixture[str]) -> Iterator[Any]:
    """The metrics that have been counted since, as Lambda would write them for CloudWatch."""
    telemetry.metrics.clear_metrics()

    def counted() -> dict[str, list[float]]:
        telemetry.metrics.flush_metrics()
        line = json.loads(capsys.readouterr().out)
        [told] = line["_aws"]["CloudWatchMetrics"]
        assert (told["Namespace"], told["Dimensions"]) == ("Dropscribe", [["service"]])
        assert line["service"] == "Podcasts"
        return {metric["Name"]: line[metric["Name"]] for metric in told["Metrics"]}

    yield counted
    telemetry.metrics.clear_metrics()


@pytest.fixture(autouse=True)
def _told(monkeypatch: pytest.MonkeyPatch) -> None:
    """What infra/functions.py tells every function."""
    monkeypatch.setattr(telemetry.metrics.provider, "namespace", "Dropscribe")
    monkeypatch.setattr(telemetry.metrics.provider, "service", "Podcasts")


def lines(of: Any) -> list[str]:
    """What is logged meanwhile."""
    handler, log = telemetry.logger.registered_handler, io.StringIO()
    before = handler.setStream(log)  # type: ignore[attr-defined]
    try:
        of()
    finally:
        handler.setStream(before)  # type: ignore[attr-defined]
    return log.getvalue().split("\n")[:-1]


def test_numbers_name_the_stack_and_lines_the_function() -> None:
    """Two stacks in an account share no series; whoever reads a log sees who wrote it."""
    told = {"STACK_NAME": "Podcasts", "POWERTOOLS_SERVICE_NAME": "poll"}
    code = "import telemetry as t; print(t.metrics.provider.service, t.logger.service)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **told, "PYTHONPATH": str(FUNCTIONS)},
        capture_output=True,
        check=True,
    )
    assert done.stdout.split() == [b"Podcasts", b"poll"]


def test_a_completed_job_is_measured(numbers: Any) -> None:
    """From upload to transcript, with what was paid for on the way."""
    done = a_job(
        status=Status.COMPLETED, completed_at=NOON + 2 * MINUTE, polls=3, audio_seconds=61.5
    )
    telemetry.observe(done)
    assert numbers() == {
        "JobsCompleted": [1],
        "TimeToTranscriptSeconds": [120],
        "Polls": [3],
        "AudioSeconds": [61.5],
        "AwsDollars": [aws_dollars(done)],
    }


def test_what_the_speech_api_took_is_counted(numbers: Any) -> None:
    """Of every job that it was paid for, whatever came of it."""
    sent = {"submitted_at": NOON, "price": 0.25}
    telemetry.observe(a_job(status=Status.EXPIRED, **sent))
    telemetry.observe(a_job(status=Status.FAILED, stage="transcribe", **sent))
    telemetry.observe(a_job(status=Status.REJECTED, price=0.25))
    assert numbers()["SpeechDollars"] == [0.25]


@pytest.mark.parametrize("status", [Status.REJECTED, Status.FAILED, Status.EXPIRED])
def test_another_end_is_counted(numbers: Any, status: Status) -> None:
    """With its looks, which were made for nothing."""
    ended = a_job(status=status, completed_at=NOON, polls=2)
    telemetry.observe(ended)
    counted = {f"Jobs{status.capitalize()}": [1], "Polls": [2], "AwsDollars": [aws_dollars(ended)]}
    assert numbers() == counted


def test_a_submitted_job_is_counted(numbers: Any) -> None:
    """It is what the speech API is asked to do."""
    telemetry.observe(a_job(status=Status.SUBMITTED))
    assert numbers() == {"JobsSubmitted": [1]}


@pytest.mark.parametrize(
    ("reason", "counted"),
    [
        (WaitReason.KEY, {"ApiErrors", "OperatorMustAct"}),
        (WaitReason.CREDITS, {"ApiErrors", "OperatorMustAct"}),
        (WaitReason.OUTAGE, {"ApiErrors"}),
        (WaitReason.SLOW_DOWN, {"ApiErrors"}),
        (WaitReason.PAUSED, set()),
        (WaitReason.SLOT, {"SlotWaits"}),
        (WaitReason.BUDGET, {"BudgetReached"}),
    ],
)
def test_why_a_job_waits_is_counted(numbers: Any, reason: WaitReason, counted: set[str]) -> None:
    """What a person must mend, apart from what passes; a pause is nobody's error."""
    telemetry.observe(a_job(status=Status.WAITING, wait_reason=reason))
    assert numbers().keys() == {"JobsWaiting", *counted}


def test_a_look_that_was_not_answered_well_is_counted(numbers: Any) -> None:
    """The key, refused while a paid job waits for its result, calls the operator."""
    telemetry.observe_look({"status": "pending", "wait_reason": "key"})
    assert numbers() == {"ApiErrors": [1], "OperatorMustAct": [1]}


def test_a_lost_answer_is_counted(numbers: Any) -> None:
    """It may have been paid for."""
    telemetry.observe(a_job(status=Status.AMBIGUOUS))
    assert numbers() == {"JobsAmbiguous": [1], "AmbiguousSubmits": [1], "ApiErrors": [1]}


def test_broken_rules_call_the_operator(numbers: Any) -> None:
    """Files go on without them, so nobody would notice."""
    telemetry.report_broken_rules("They are no JSON")
    assert numbers() == {"BrokenRules": [1], "OperatorMustAct": [1]}


def test_a_run_of_reconcile_says_that_it_lives(numbers: Any) -> None:
    """And what it found, zeros too: an alarm needs them to end."""
    telemetry.observe_run(Report(unaccounted=2, oldest=timedelta(hours=7), executions=3))
    assert numbers() == {
        "Reconciled": [1],
        "UnaccountedObjects": [2],
        "OldestOpenJobSeconds": [7 * 3600],
        "ExecutionsPerObject": [3],
    }


@given(TEXT)
def test_whatever_is_said_stays_in_its_line(text: str) -> None:
    """One line of printable ASCII, which is JSON, and says just that."""
    job = a_job(status=Status.FAILED, reason=text, stage=text)
    [line] = lines(lambda: telemetry.observe(job))
    telemetry.metrics.clear_metrics()
    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line)["reason"] == text


def test_an_exception_stays_in_its_line() -> None:
    """Also with a message that looks like a line of its own, and whoever raised it."""

    def fail() -> None:
        with pytest.raises(ValueError, match="red"), telemetry.failures_logged(FORGED):
            raise ValueError(FORGED)

    [line] = lines(fail)
    assert line.isprintable()
    said = json.loads(line)
    assert (said["level"], said["message"], said["message_id"]) == ("ERROR", "Failed", FORGED)


def test_a_log_line_holds_no_name_of_a_file() -> None:
    """Keys name people, patients, cases: a log line names the job by its id."""
    job: Job = a_job(key="patients/Jane Doe.mp3", status=Status.SUBMITTED)
    [line] = lines(lambda: telemetry.observe(job))
    telemetry.metrics.clear_metrics()
    assert "Jane" not in line
    assert json.loads(line)["job_id"] == job.job_id
