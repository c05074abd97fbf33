"""`dropscribe doctor`: the decisions by facts alone, the facts from a real (emulated) stack."""

import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from transcription.job import iso
from transcription.rules import EMPTY

from dropscribe.diagnosis import CHECKS, Facts, findings
from dropscribe.jobs import Job
from tests.cli.conftest import Run
from tests.cli.small_stack import SmallStack

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
WELL = Facts(now=NOW, reconciled_at=NOW)
ROOT = Path(__file__).parents[2]


def job(status: str, due: timedelta, **more: Any) -> Job:
    """An open job that is due so long from now."""
    return Job("0" * 32, "b", "k", status, iso(NOW), row={"due_at": iso(NOW + due)}, **more)


def wrong(**facts: Any) -> list[str]:
    """The checks that find something, given facts that differ from a stack that is well."""
    given = {"now": NOW, "reconciled_at": NOW} | facts
    return [finding.check for finding in findings(Facts(**given))]


SOON, LONG_AGO, TOMORROW = timedelta(minutes=1), -timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("facts", "checks"),
    [
        ({}, []),
        ({"key_is_set": False}, ["key"]),
        ({"open_jobs": (job("WAITING", SOON, wait_reason="key"),)}, ["key"]),
        ({"open_jobs": (job("WAITING", SOON, wait_reason="credits"),)}, ["credits"]),
        ({"open_jobs": (job("WAITING", SOON, wait_reason="outage"),)}, []),
        ({"broken_rules": "not JSON"}, ["rules"]),
        ({"paused_since": iso(NOW)}, ["paused"]),
        ({"takes_uploads": False}, ["uploads"]),
        ({"queued": 3, "queue_age": 7200}, ["uploads"]),
        ({"queued": 3, "queue_age": 20}, []),
        ({"in_hand": 1, "queue_age": 7200}, ["uploads"]),
        ({"in_hand": 1}, []),
        ({"in_hand": 1, "failing": {"m": "ValueError"}}, ["uploads"]),
        ({"dead_letters": 1}, ["dead-letters"]),
        ({"open_jobs": (job("SUBMITTED", LONG_AGO),)}, ["stuck"]),
        ({"open_jobs": (job("SUBMITTED", SOON),)}, []),
        ({"open_jobs": (job("AMBIGUOUS", TOMORROW),)}, ["ambiguous"]),
        ({"open_jobs": (job("AMBIGUOUS", SOON),)}, []),
        ({"reconciled_at": NOW - timedelta(hours=1)}, ["reconciler"]),
        ({"reconciled_at": None}, ["reconciler"]),
        ({"reconciled_at": None, "made_at": NOW - timedelta(minutes=4)}, []),
        ({"reconciled_at": None, "has_reconciler": False}, []),
        ({"alarms": {"DeadLettersAlarm": ""}}, ["alarms"]),
        ({"open_jobs": (job("WAITING", LONG_AGO, wait_reason="slot"),)}, []),
        ({"open_jobs": (job("WAITING", LONG_AGO, wait_reason="budget"),)}, ["budget"]),
    ],
)
def test_each_fact_has_its_finding(facts: dict[str, Any], checks: list[str]) -> None:
    """And a stack that is well has none."""
    assert wrong(**facts) == checks


EVERYTHING = Facts(
    now=NOW,
    key_is_set=False,
    broken_rules="not JSON",
    paused_since=iso(NOW),
    open_jobs=(
        job("WAITING", SOON, wait_reason="credits"),
        job("SUBMITTED", LONG_AGO),
        job("AMBIGUOUS", TOMORROW),
        job("WAITING", LONG_AGO, wait_reason="budget"),
    ),
    takes_uploads=False,
    dead_letters=2,
    alarms={"DeadLettersAlarm": "Messages. docs/runbook.md#deadlettersalarm"},
)


def test_each_finding_is_a_sentence_with_something_to_do() -> None:
    """Every check can find something."""
    found = findings(EVERYTHING)
    assert [finding.check for finding in found] == list(CHECKS)
    assert all(not it.wrong[0].islower() and it.wrong[-1] == "." for it in found)
    assert all(it.do for it in found)


def test_more_is_said_in_the_runbook() -> None:
    """Each finding names a heading that is there."""
    lines = (ROOT / "docs/runbook.md").read_text(encoding="utf-8").splitlines()
    headings = {
        re.sub(r"[^a-z0-9 -]", "", line.lstrip("# ").lower()).replace(" ", "-")
        for line in lines
        if line.startswith("#")
    }
    for finding in findings(EVERYTHING):
        page, _, anchor = finding.see.partition("#")
        assert (page, anchor in headings) == ("docs/runbook.md", True), finding.see


def test_a_stack_that_is_well_exits_0(stack: SmallStack, run: Run) -> None:
    """Nothing is to be done."""
    run("key", "set", "--from-stdin", text="sk-0123456789")
    stack.log("Reconcile", {"message": "Reconciled"})
    stack.plant_open("a.wav", "SUBMITTED", SOON)
    result = run("doctor")
    assert (result.exit_code, result.stdout[:12]) == (0, "All is well:")


def test_what_is_wrong_with_a_stack_is_found(stack: SmallStack, run: Run) -> None:
    """A table for people, one document for machines, exit code 1."""
    stack.break_rules("no rules")
    stack.send("DeadLetterQueueUrl", {"hello": "world"})
    stack.plant_open("a.wav", "SUBMITTED", LONG_AGO)
    stack.plant_open("b.wav", "AMBIGUOUS", TOMORROW)
    stack.plant_open("c.wav", "WAITING", SOON, wait_reason="credits")
    stack.plant_open("d.wav", "WAITING", LONG_AGO, open="open#fresh", wait_reason="budget")
    stack.ring()
    run("pause")
    result = run("doctor", "--json")
    document = json.loads(result.stdout)
    found = [it["check"] for it in document["findings"]]
    # A stack this young has had no time to be reconciled.
    fine = {"uploads", "reconciler"}
    assert (result.exit_code, found) == (1, [name for name in CHECKS if name not in fine])
    assert document["findings"][-1]["see"] == "docs/runbook.md#deadlettersalarm"
    assert (document["open_jobs"], document["dead_letters"]) == (4, 1)
    stack.break_rules(EMPTY)
    assert "rules" not in run("doctor").stdout


def test_what_is_used_of_what_is_limited_is_said(stack: SmallStack, run: Run) -> None:
    """Beside the findings: slots at the speech API, and the day's budget."""
    holding = {"since": iso(datetime.now(UTC)), "revision": 1}
    stack.plant_item({"job_id": "#slots", "holders": {"a": holding, "b": holding}})
    stack.plant_item({"job_id": f"#spent {datetime.now(UTC).date()}", "spent": Decimal("1.5")})
    stack.plant_open("a.wav", "WAITING", LONG_AGO, open="open#fresh", wait_reason="slot")
    said = run("doctor").stderr
    assert "The speech API has 2 files, of 5 at a time; 1 job waiting for a slot." in said
    assert "Spent today (UTC): $1.50 of $20.00." in said
    document = json.loads(run("doctor", "--json").stdout)
    assert (document["slots_taken"], document["slots"]) == (2, 5)
    assert (document["spent_today"], document["daily_budget"]) == (1.5, 20.0)


def test_a_queue_that_nobody_empties_is_found(stack: SmallStack, run: Run) -> None:
    """By the age of its oldest message, which CloudWatch knows."""
    stack.send("UploadQueueUrl", {"hello": "world"})
    stack.age_of_oldest(7200)
    [finding] = [
        it
        for it in json.loads(run("doctor", "--json").stdout)["findings"]
        if it["check"] == "uploads"
    ]
    assert finding["wrong"] == "1 upload in the queue, the oldest for 2.0 hours."


def failed(message_id: str, why: str) -> dict[str, str]:
    """What Submit writes when it fails on a message."""
    trace = f"Traceback (most recent call last):\n  File ...\n{why}"
    return {"level": "ERROR", "message": "Failed", "message_id": message_id, "exception": trace}


def test_a_message_that_is_tried_over_and_over_is_found(stack: SmallStack, run: Run) -> None:
    """Between two tries nobody sees it in the queue; once is not over and over."""
    stack.send("UploadQueueUrl", {"hello": "world"})
    assert stack.messages() == [{"hello": "world"}]
    stack.log("Submit", failed("m1", "KeyError: 1"), failed("m2", "OSError: 2"))
    assert "uploads" not in run("doctor").stdout
    stack.log("Submit", failed("m1", "KeyError: 3"))
    document = json.loads(run("doctor", "--json").stdout)
    [finding] = [it for it in document["findings"] if it["check"] == "uploads"]
    assert "at least twice on 1 message, of late with KeyError: 3." in finding["wrong"]
    assert finding["do"].endswith("dropscribe logs m1")
    assert (document["queued"], document["in_hand"]) == (0, 1)
    assert document["failing"] == {"m1": "KeyError: 3"}


def test_what_is_in_the_queue_is_said_and_for_how_long(stack: SmallStack, run: Run) -> None:
    """Though it is in Submit's hands; without CloudWatch's word nobody knows the time."""
    assert "upload queue" not in run("doctor").stderr
    stack.send("UploadQueueUrl", {"hello": "world"})
    assert stack.messages()
    said = "The upload queue has 0 messages, and 1 being taken or to be tried again"
    assert f"{said}.\n" in run("doctor").stderr
    stack.age_of_oldest(754)
    assert f"{said}; the oldest for 12:34.\n" in run("doctor").stderr
