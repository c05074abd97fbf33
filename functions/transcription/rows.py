"""Rows of the jobs table: what a job becomes there, and back."""

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from transcription.job import LINES, Job, Status, WaitReason, iso

# Open jobs are spread over this many index partitions by the first digit of their id. Those that
# wait for room stand in a line of their own, by lane.
SHARDS: Final = "0123456789abcdef"
PARTITIONS: Final = (*SHARDS, *LINES)
TIMES: Final = frozenset(f.name for f in dataclasses.fields(Job) if f.name.endswith("_at")) | {
    "wait_until",
    "rendering_until",
}
FLOATS: Final = frozenset({"audio_seconds", "confidence", "price"})
TUPLES: Final = ("speaker_names", "warnings")
FIELDS: Final = frozenset(f.name for f in dataclasses.fields(Job))


def to_row(job: Job) -> dict[str, Any]:
    """The row of a job: its fields without the empty ones, and the keys of the indexes.

    What stays of an erased job has no name, and is found by its id alone.
    """
    row = {
        name: _stored(value)
        for name in FIELDS
        if (value := getattr(job, name)) not in (None, {}, ())
    }
    if not job.key:
        return row
    row["source"] = f"{job.bucket}/{job.key}"
    row["status_day"] = f"{job.status}#{row['uploaded_at'][:10]}"
    if job.is_open:
        row["open"] = f"open#{partition_of(job)}"
    return row


def partition_of(job: Job) -> str:
    """Where an open job is found."""
    return job.line if job.waits_in_line else job.job_id[0]


def to_job(row: Mapping[str, Any]) -> Job:
    """The job of a row; attributes that this version of Dropscribe doesn't know are left alone."""
    known = {name: _loaded(name, value) for name, value in row.items() if name in FIELDS}
    known["status"] = Status(known["status"])
    known |= {name: tuple(known[name]) for name in TUPLES if name in known}
    if "wait_reason" in known:
        known["wait_reason"] = WaitReason(known["wait_reason"])
    return Job(**known)


def difference(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[str, dict[str, str], dict[str, Any]]:
    """An update expression, with its names and values, that turns one row into the other."""
    put = sorted(name for name, value in after.items() if before.get(name) != value)
    gone = sorted(before.keys() - after.keys())
    expression = "SET " + ", ".join(f"#{name} = :{name}" for name in put)
    if gone:
        expression += " REMOVE " + ", ".join(f"#{name}" for name in gone)
    return (
        expression,
        {f"#{name}": name for name in [*put, *gone]},
        {f":{name}": after[name] for name in put},
    )


def _stored(value: Any) -> Any:
    """A value as DynamoDB takes it: no datetimes, no floats, no enums."""
    match value:
        case datetime():
            return iso(value)
        case float():
            return Decimal(str(value))
        case Status() | WaitReason():
            return str(value)
        case Mapping():
            return {name: _stored(item) for name, item in value.items()}
        case list() | tuple():
            return [_stored(item) for item in value]
        case _:
            return value


def _loaded(name: str, value: Any) -> Any:
    if name in TIMES:
        return datetime.fromisoformat(value)
    if name in FLOATS:
        return float(value)
    return _plain(value)


def _plain(value: Any) -> Any:
    match value:
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case dict():
            return {name: _plain(item) for name, item in value.items()}
        case list():
            return [_plain(item) for item in value]
        case _:
            return value
