"""`dropscribe cost` against real rows."""

import json
from decimal import Decimal
from typing import Any

from tests.cli.conftest import Run
from tests.cli.small_stack import SmallStack

HOUR: dict[str, Any] = {
    "sending_at": "2026-11-22T09:59:59.000Z",
    "submitted_at": "2026-11-22T10:00:00.000Z",
    "size": 1024**3,
    "audio_seconds": 3600,
    "price": Decimal("0.36"),
    "polls": 1,
    "model": "#g1_whisper-small",
}


def total(run: Run, *more: str) -> dict[str, Any]:
    """The sum of all jobs, for machines."""
    return dict(json.loads(run("cost", "--json", *more).stdout)["total"])


def test_files_are_added_up(stack: SmallStack, run: Run) -> None:
    """Of all statuses and days; what was never sent costs AWS's part alone."""
    stack.plant("a.wav", days_ago=0, **HOUR)
    stack.plant("b.wav", days_ago=20, **HOUR)
    stack.plant("c.txt", "REJECTED")
    stack.plant("old.wav", days_ago=31, **HOUR)
    found = total(run)
    assert (found["files"], found["sent"], found["audio_seconds"]) == (3, 2, 7200)
    assert (found["speech_dollars"], found["transfer_dollars"]) == (0.72, 0.18)
    assert 0 < found["aws_dollars"] < 0.001
    assert 0.45 < found["dollars_per_hour"] < 0.451


def test_a_sum_for_each_folder(stack: SmallStack, run: Run) -> None:
    """One level below --prefix; a pipe gets a line each, and the whole last."""
    for key in ("calls/a/1.wav", "calls/a/2.wav", "calls/b/1.wav", "calls/c.wav", "talks/d.wav"):
        stack.plant(key, **HOUR)
    lines = run("cost", "--prefix", "calls/", "--by", "prefix").stdout.splitlines()
    assert [line.split("\t")[:4] for line in lines] == [
        ["calls/", "1", "1.0000", "0.360000"],
        ["calls/a/", "2", "2.0000", "0.720000"],
        ["calls/b/", "1", "1.0000", "0.360000"],
        ["all of it", "4", "4.0000", "1.440000"],
    ]


def test_a_sum_for_each_day_and_model(stack: SmallStack, run: Run) -> None:
    """Machines get the groups by their names."""
    stack.plant("a.wav", days_ago=1, **HOUR)
    stack.plant("b.wav", days_ago=0, **HOUR | {"model": "#g1_nova"})
    days = json.loads(run("cost", "--by", "day", "--json").stdout)["by"]
    models = json.loads(run("cost", "--by", "model", "--json").stdout)["by"]
    assert [day["files"] for day in days.values()] == [1, 1]
    assert models.keys() == {"#g1_whisper-small", "#g1_nova"}


def test_keys_in_no_folder_are_a_group(stack: SmallStack, run: Run) -> None:
    """The groups add up; people see a name where the key has none."""
    for key in ("top.wav", "calls/a.wav"):
        stack.plant(key, **HOUR)
    groups = json.loads(run("cost", "--by", "prefix", "--json").stdout)["by"]
    assert {name: group["files"] for name, group in groups.items()} == {"": 1, "calls/": 1}
    lines = run("cost", "--by", "prefix").stdout.splitlines()
    assert [line.split("\t")[0] for line in lines] == ["(none)", "calls/", "all of it"]
    assert json.loads(run("cost", "--json").stdout)["by"] == {}


def test_what_may_be_paid_twice_is_told(stack: SmallStack, run: Run) -> None:
    """A lost answer, and an attempt before the one that succeeded; not an execution taken over."""
    stack.plant("lost.wav", "AMBIGUOUS", ambiguous=1, price=Decimal("0.36"), size=1)
    stack.plant("again.wav", attempt=2, **HOUR)
    stack.plant("taken over.wav", attempt=2, resumes=1, **HOUR)
    stack.plant("never sent.wav", "REJECTED", attempt=2)
    found = total(run)
    assert (found["speech_dollars"], found["doubtful"]) == (0.72, 2)
    assert found["doubtful_dollars"] == 0.72
    assert "up to $0.72 more may have been paid" in run("cost").stderr


def test_a_stack_without_a_price_says_so(stack: SmallStack, run: Run) -> None:
    """Unknown is not nothing: its column is empty, and the sentence says why."""
    stack.plant("a.wav", **{name: value for name, value in HOUR.items() if name != "price"})
    result = run("cost")
    assert result.stdout.split("\t")[3] == result.stdout.rstrip("\n").split("\t")[6] == ""
    assert "pricePerMinute" in result.stderr


def test_no_job_costs_nothing(stack: SmallStack, run: Run) -> None:
    """An empty stack has a sum, too."""
    result = run("cost")
    assert result.exit_code == 0
    assert result.stdout.split("\t")[:4] == ["all of it", "0", "0.0000", "0.000000"]
