"""Rows: what a job becomes in the table, and back."""

import dataclasses
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from hypothesis import given
from hypothesis import strategies as st
from transcription.job import BACKFILL, CAPACITY, TERMINAL, Job, Status, WaitReason, move
from transcription.rows import FIELDS, PARTITIONS, difference, to_job, to_row

from tests.unit.examples import NOON, a_job

moments = st.integers(-(10**11), 10**12).map(lambda n: NOON + timedelta(milliseconds=n))
times = st.none() | moments
texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)
options = st.dictionaries(
    texts, st.booleans() | st.floats(0.001, 3600) | texts | st.lists(texts, max_size=3), max_size=3
)
jobs = st.builds(
    Job,
    job_id=st.text("0123456789abcdef", min_size=32, max_size=32),
    bucket=texts,
    key=texts,
    status=st.sampled_from(Status),
    uploaded_at=moments,
    attempt=st.integers(1, 99),
    revision=st.integers(0, 99),
    version_id=st.none() | texts,
    size=st.none() | st.integers(0, 2**53),
    reason=st.none() | texts,
    options=options,
    audio_seconds=st.none() | st.integers(1, 10**9).map(lambda n: n / 1000),
    confidence=st.none() | st.integers(0, 10**4).map(lambda n: n / 10**4),
    wait_reason=st.none() | st.sampled_from(WaitReason),
    wait_until=times,
    due_at=times,
    announced_at=times,
    lane=st.none() | st.just(BACKFILL),
    price=st.none() | st.integers(1, 10**9).map(lambda n: n / 10**6),
    outputs=st.dictionaries(st.sampled_from(["txt", "md"]), texts),
)


def stored(row: dict[str, Any]) -> dict[str, Any]:
    """A row as it comes back from DynamoDB, by boto3's own types."""
    wire = {name: TypeSerializer().serialize(value) for name, value in row.items()}
    return {name: TypeDeserializer().deserialize(value) for name, value in wire.items()}


def updated(row: dict[str, Any], before: Job, after: Job) -> dict[str, Any]:
    """A row after an update, by the rules of an update expression's SET and REMOVE."""
    expression, names, values = difference(to_row(before), to_row(after))
    sets, _, removes = expression.removeprefix("SET ").partition(" REMOVE ")
    assignments = dict(pair.split(" = ") for pair in sets.split(", "))
    gone = {names[name] for name in removes.split(", ") if name}
    assert assignments.keys() | {f"#{name}" for name in gone} == names.keys()
    assert set(assignments.values()) == values.keys()
    kept = {name: value for name, value in row.items() if name not in gone}
    return kept | {names[name]: values[value] for name, value in assignments.items()}


@given(jobs)
def test_a_job_comes_back_as_it_was_written(job: Job) -> None:
    """Through DynamoDB's types, in which there are no floats, times or enums."""
    assert to_job(stored(to_row(job))) == job


@given(jobs, jobs)
def test_a_save_turns_one_row_into_the_other(before: Job, after: Job) -> None:
    """What changed is set, what is gone is removed, and nothing else is touched."""
    after = dataclasses.replace(after, job_id=before.job_id, revision=before.revision + 1)
    assert updated(to_row(before), before, after) == to_row(after)


def test_what_we_do_not_know_survives_a_save() -> None:
    """A newer release's attributes stay when an older one writes the row."""
    before = a_job()
    row = to_row(before) | {"note": "from the future"}
    assert to_job(row) == before
    assert updated(row, before, move(before, Status.SENDING))["note"] == "from the future"


@given(jobs)
def test_a_row_holds_no_floats(job: Job) -> None:
    """DynamoDB refuses them, however deep they lie."""

    def floats(value: Any) -> bool:
        if isinstance(value, dict):
            return any(map(floats, value.values()))
        return any(map(floats, value)) if isinstance(value, list) else isinstance(value, float)

    assert not floats(to_row(job))


def test_what_is_missing_is_absent() -> None:
    """No nulls and no empty maps in the table."""
    assert to_row(a_job()) == {
        "job_id": "0123456789abcdef0123456789abcdef",
        "bucket": "uploads",
        "key": "calls/2026/a.mp3",
        "status": "CLAIMED",
        "uploaded_at": "2026-11-22T12:00:00.000Z",
        "attempt": 1,
        "revision": 0,
        "model": "#g1_whisper-small",
        "ambiguous": 0,
        "waits": 0,
        "polls": 0,
        "resumes": 0,
        "source": "uploads/calls/2026/a.mp3",
        "status_day": "CLAIMED#2026-11-22",
        "open": "open#0",
    }


def test_the_contracts_attributes_have_their_types() -> None:
    """Numbers are decimal, times text, options and outputs maps."""
    row = to_row(
        a_job(audio_seconds=7.1, options={"utt_split": 0.8, "tag": ["a"]}, outputs={"txt": "a.txt"})
    )
    assert row["audio_seconds"] == Decimal("7.1")
    assert row["options"] == {"utt_split": Decimal("0.8"), "tag": ["a"]}
    assert row["outputs"] == {"txt": "a.txt"}


@pytest.mark.parametrize("status", Status)
def test_an_open_row_is_in_the_index_of_open_ones(status: Status) -> None:
    """Until its end has been told: an event is not lost with whoever should have sent it."""
    assert "open" in to_row(a_job(status=status))
    told = to_row(a_job(status=status, announced_at=NOON))
    assert ("open" in told) is (status not in TERMINAL)


@given(jobs)
def test_an_open_row_is_in_one_of_the_partitions(job: Job) -> None:
    """Reading all of them finds every open job."""
    row = to_row(dataclasses.replace(job, announced_at=None))
    assert row["open"] in {f"open#{partition}" for partition in PARTITIONS}


@pytest.mark.parametrize("reason", WaitReason)
@pytest.mark.parametrize(("lane", "line"), [(None, "open#fresh"), (BACKFILL, "open#backfill")])
def test_who_waits_for_room_stands_in_a_line(
    reason: WaitReason, lane: str | None, line: str
) -> None:
    """So that one small query finds whose turn it is; what waits for the API is elsewhere."""
    waiting = a_job(status=Status.WAITING, wait_reason=reason, lane=lane)
    assert to_row(waiting)["open"] == (line if reason in CAPACITY else "open#0")
    assert to_row(dataclasses.replace(waiting, status=Status.SENDING))["open"] == "open#0"


def test_the_day_is_the_uploads() -> None:
    """In UTC, whatever zone a time was given in; it never changes with the status."""
    job = a_job(status=Status.FAILED, uploaded_at=NOON, completed_at=NOON + timedelta(days=3))
    assert to_row(job)["status_day"] == "FAILED#2026-11-22"


def test_index_keys_are_not_fields_of_a_job() -> None:
    """They are made from it, so they never contradict it."""
    assert not FIELDS & {"open", "source", "status_day"}
