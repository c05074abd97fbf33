"""What a dead letter is about: read from recorded messages, nothing is asked."""

import json
from pathlib import Path
from typing import Any

import pytest

from dropscribe.letters import Kind, Letter, left_of, letter

EVENTS = Path(__file__).parents[1] / "events"
JOB = "0123456789abcdef0123456789abcdef"


def recorded(name: str) -> str:
    return (EVENTS / f"{name}.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "kind", "key"),
    [
        ("s3-put", Kind.UPLOAD, "calls/2026/a.mp3"),
        ("eventbridge-object-created", Kind.UPLOAD, "calls/São Paulo/🎤 1+1%2B.mp3"),
        ("s3-put-unversioned", Kind.UPLOAD, "a.mp3"),
        ("s3-test", Kind.NOTHING, None),
        ("s3-folder", Kind.NOTHING, None),
        ("retry", Kind.RETRY, None),
        ("cancel", Kind.CANCEL, None),
        ("execution-aborted", Kind.EXECUTION_ENDED, None),
        ("execution-timed-out", Kind.EXECUTION_ENDED, None),
    ],
)
def test_every_message_of_ours_is_known(name: str, kind: Kind, key: str | None) -> None:
    """By its kind, and by the object or the job that it names."""
    about = letter(recorded(name))
    assert (about.kind, about.key) == (kind, key)
    assert (about.job_id is None) == (kind is Kind.NOTHING or name == "s3-put-unversioned")


@pytest.mark.parametrize(
    "body", ["", "hello", "[]", '{"hello": "world"}', '{"detail-type": 7}', '{"Records": [7]}']
)
def test_anything_else_is_unknown(body: str) -> None:
    """It is shown as such, and goes nowhere."""
    assert letter(body) == Letter(Kind.UNKNOWN)


def test_an_ended_execution_without_its_facts_is_unknown() -> None:
    """RecordFailure could do nothing with it."""
    told = json.dumps({"detail-type": "Step Functions Execution Status Change", "detail": []})
    assert letter(told).kind is Kind.UNKNOWN


def test_what_is_about_something_else_is_left_as_it_is() -> None:
    """To the byte."""
    assert left_of(recorded("s3-put"), lambda about: about.key == "other") == recorded("s3-put")


def test_what_is_about_one_of_two_objects_is_said_of_the_other() -> None:
    """Nobody's upload is lost with a neighbour's."""
    left = left_of(recorded("s3-put-two"), lambda about: about.key == "a.mp3")
    assert left is not None
    assert letter(left).key == "b.mp3"
    assert len(json.loads(left)["Records"]) == 1


@pytest.mark.parametrize("name", ["s3-put", "retry"])
def test_what_is_about_nothing_else_is_nothing(name: str) -> None:
    """Nothing is left of it."""
    assert left_of(recorded(name), lambda _: True) is None


@pytest.mark.parametrize(
    ("about", "ours"),
    [
        (Letter(Kind.UPLOAD, "b", "k"), True),
        (Letter(Kind.UPLOAD, "other", "k"), False),
        (Letter(Kind.RETRY, job_id=JOB), True),
        (Letter(Kind.RETRY, job_id="f" * 32), False),
        (Letter(Kind.UNKNOWN), False),
    ],
)
def test_a_message_is_about_an_object_or_its_jobs(about: Letter, ours: Any) -> None:
    """An upload names the object, a person's request a job."""
    assert about.is_about("b", "k", frozenset({JOB})) is ours
