"""Identity, and the state diagram."""

import dataclasses
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcription.job import (
    NEXT,
    NEXT_ATTEMPT,
    TERMINAL,
    NotAllowed,
    Status,
    WaitReason,
    is_allowed,
    iso,
    move,
    object_job_id,
    reopen,
    resume,
    revised,
)

from tests.unit.examples import MINUTE, NOON, a_job

VERSIONED: dict[str, Any] = {
    "bucket": "b",
    "key": "k",
    "version_id": "v",
    "etag": "e",
    "modified": NOON,
}
UNVERSIONED = VERSIONED | {"version_id": None}
ALLOWED = sorted((before, after) for before, following in NEXT.items() for after in following)
FORBIDDEN = sorted({(a, b) for a in Status for b in Status} - set(ALLOWED))


def test_an_id_never_changes() -> None:
    """The ids of rows written by any release stay the ids of their objects."""
    assert object_job_id(**VERSIONED) == "7b7968060bb0320febf12b33537bf587"
    assert object_job_id(**UNVERSIONED) == "534fbbfb8fa7f9917135651ffea2c9c8"


@pytest.mark.parametrize(
    ("one", "change"),
    [
        (VERSIONED, {"etag": "other"}),
        (VERSIONED, {"modified": NOON + MINUTE}),
        (UNVERSIONED, {"version_id": "null"}),
        (UNVERSIONED, {"version_id": ""}),
        (UNVERSIONED, {"etag": '"e"'}),
        (UNVERSIONED, {"modified": NOON + timedelta(milliseconds=999)}),
        (UNVERSIONED, {"modified": NOON.astimezone(timezone(timedelta(hours=9)))}),
    ],
)
def test_one_object_version_is_one_job(one: dict[str, Any], change: dict[str, Any]) -> None:
    """An event, a HEAD and a listing tell the same object differently, and name the same job."""
    assert object_job_id(**one) == object_job_id(**(one | change))


@pytest.mark.parametrize(
    ("one", "change"),
    [
        (VERSIONED, {"bucket": "other"}),
        (VERSIONED, {"key": "other"}),
        (VERSIONED, {"key": "K"}),
        (VERSIONED, {"version_id": "w"}),
        (VERSIONED, {"version_id": None}),
        (UNVERSIONED, {"etag": "other"}),
        (UNVERSIONED, {"modified": NOON + timedelta(seconds=1)}),
        (VERSIONED, {"bucket": "bk", "key": ""}),
    ],
)
def test_another_object_version_is_another_job(one: dict[str, Any], change: dict[str, Any]) -> None:
    """What differs in what identifies an object never shares a row."""
    assert object_job_id(**one) != object_job_id(**(one | change))


@given(st.text(min_size=1), st.text(min_size=1), st.text(min_size=1))
def test_ids_are_thirty_two_hex_digits(bucket: str, key: str, version_id: str) -> None:
    """Whatever Unicode a key holds, its id fits a row, an index shard and an execution name."""
    job_id = object_job_id(bucket, key, version_id, "e", NOON)
    assert len(job_id) == 32
    assert set(job_id) <= set("0123456789abcdef")


def test_quotation_marks_in_a_key_cannot_imitate_another_identity() -> None:
    """The parts are kept apart however they are written."""
    split = object_job_id("b", 'k","v', None, "e", NOON)
    assert split != object_job_id("b", "k", "v", "e", NOON)


@pytest.mark.parametrize(("before", "after"), ALLOWED)
def test_the_diagram_allows(before: Status, after: Status) -> None:
    """Every arrow can be walked, and counts one revision."""
    moved = move(a_job(status=before, revision=7), after)
    assert (moved.status, moved.revision) == (after, 8)


@pytest.mark.parametrize(("before", "after"), FORBIDDEN)
def test_the_diagram_forbids(before: Status, after: Status) -> None:
    """Whatever has no arrow is refused; a terminal status has none."""
    with pytest.raises(NotAllowed, match=f"{before} never becomes {after}"):
        move(a_job(status=before), after)


def test_nothing_leads_out_of_a_terminal_status() -> None:
    """A terminal status never goes back."""
    assert not TERMINAL & NEXT.keys()
    assert set(Status) == TERMINAL | NEXT.keys()


def test_every_status_can_be_reached_from_claimed() -> None:
    """Only erasure, which is another road, is not in the diagram."""
    reached, new = set[Status](), {Status.CLAIMED}
    while new:
        reached |= new
        new = {after for before in new for after in NEXT.get(before, ())} - reached
    assert set(Status) - reached == {Status.ERASED}


def test_a_move_leaves_behind_what_belonged_to_the_wait() -> None:
    """A job that is sent no longer says why it waited or when it was due."""
    waiting = a_job(
        status=Status.WAITING, wait_reason=WaitReason.KEY, wait_until=NOON, due_at=NOON, waits=3
    )
    sent = move(waiting, Status.SENDING)
    assert (sent.wait_reason, sent.wait_until, sent.due_at) == (None, None, None)
    assert sent.waits == 3


def test_a_move_takes_new_facts() -> None:
    """Facts given with a move are the job's, even those that a move clears otherwise."""
    moved = move(a_job(status=Status.SENDING), Status.SUBMITTED, generation_id="g", due_at=NOON)
    assert (moved.generation_id, moved.due_at) == ("g", NOON)


def test_reopening_begins_the_next_attempt() -> None:
    """A new attempt has its own number, name and end; what was paid for it keeps."""
    ended = a_job(
        status=Status.FAILED,
        reason="no",
        stage="publish",
        completed_at=NOON,
        announced_at=NOON,
        execution_arn="arn",
        answer="x/1.json",
        generation_id="g",
    )
    again = reopen(ended, Status.TRANSCRIBED)
    assert (again.attempt, again.revision, again.name) == (2, 1, f"{ended.job_id}-2")
    cleared = (again.reason, again.stage, again.completed_at, again.announced_at)
    assert (*cleared, again.execution_arn) == (None,) * 5
    assert (again.answer, again.generation_id) == ("x/1.json", "g")


def test_resuming_counts_apart_from_retries() -> None:
    """Another execution takes over: a new attempt with what was paid for, and one resume more."""
    job = a_job(status=Status.SUBMITTED, generation_id="g", execution_arn="a", submitted_at=NOON)
    again = resume(job, due_at=NOON)
    assert (again.status, again.attempt, again.resumes) == (Status.SUBMITTED, 2, 1)
    assert (again.generation_id, again.submitted_at, again.execution_arn) == ("g", NOON, None)


@pytest.mark.parametrize("before", Status)
def test_the_next_attempt_is_opened_only_where_the_diagram_does(before: Status) -> None:
    """What is completed or erased stays so for ever; nothing skips an attempt or goes back."""
    job = a_job(status=before, attempt=3, revision=5)
    for after in Status:
        opened = dataclasses.replace(job, status=after, attempt=4, revision=6)
        assert is_allowed(job, opened) is (after in NEXT_ATTEMPT.get(before, ()))
        for attempt, revision in ((5, 6), (2, 6), (4, 5)):
            wrong = dataclasses.replace(opened, attempt=attempt, revision=revision)
            assert not is_allowed(job, wrong)


@pytest.mark.parametrize("status", Status)
def test_other_facts_are_always_allowed(status: Status) -> None:
    """In the same status of the same attempt, as when renditions are made again."""
    job = a_job(status=status)
    assert is_allowed(job, revised(job, polls=1))
    assert not is_allowed(job, job)


def test_a_job_never_changes_in_place() -> None:
    """A job is a value: whoever holds it sees what was read."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        a_job().status = Status.FAILED  # type: ignore[misc]


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (datetime(2026, 11, 22, 10, 15, 0, 123_999, UTC), "2026-11-22T10:15:00.123Z"),
        (datetime(2026, 11, 22, 10, 15, tzinfo=UTC), "2026-11-22T10:15:00.000Z"),
        (
            datetime(2026, 1, 1, 1, tzinfo=timezone(timedelta(hours=2))),
            "2025-12-31T23:00:00.000Z",
        ),
    ],
)
def test_times_are_written_in_utc_to_the_millisecond(moment: datetime, written: str) -> None:
    """Times sort as text, whatever zone they were given in."""
    assert iso(moment) == written
