"""What a listing says of an object, and whether it should have a row."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from transcription.inventory import GRACE, MOST, NEWEST, PAGE, PAGES, is_ours, named, uploaded
from transcription.job import object_job_id
from transcription.shelf import is_newer, order
from transcription.watching import Watched

from tests.unit.examples import NOON, a_job

WATCHED = [Watched("calls/", ".mp3", NOON)]
LISTED: dict[str, Any] = {
    "Key": "calls/a.mp3",
    "VersionId": "v1",
    "ETag": '"e"',
    "Size": 7,
    "IsLatest": True,
    "LastModified": NOON,
}


@pytest.mark.parametrize("version", ["v1", "null"])
def test_a_listed_version_is_the_job_of_its_event(version: str) -> None:
    """Versions have their ids; without them the tag and the second tell objects apart."""
    upload = uploaded("b", LISTED | {"VersionId": version})  # type: ignore[arg-type]
    assert named(upload) == object_job_id("b", "calls/a.mp3", version, "e", NOON)
    assert (upload.etag, upload.size, upload.seen_at) == ("e", 7, NOON)


@pytest.mark.parametrize(
    ("change", "ours"),
    [
        ({}, True),
        ({"Key": "calls/a.wav"}, False),
        ({"Key": "other/a.mp3"}, False),
        ({"LastModified": NOON - timedelta(seconds=1)}, False),
        ({"LastModified": NOON + timedelta(hours=1)}, False),
        ({"LastModified": NOON + timedelta(minutes=40)}, True),
        ({"IsLatest": False}, True),
        ({"Key": "calls/.mp3/", "Size": 0}, False),
    ],
)
def test_what_should_have_a_row(change: dict[str, Any], ours: bool) -> None:
    """Watched keys, newer than the watch and older than the grace, whether overwritten or not."""
    now = NOON + timedelta(hours=1)
    upload = uploaded("b", LISTED | change)  # type: ignore[arg-type]
    assert is_ours(upload, WATCHED, now - GRACE) is ours


def test_a_second_counts_whole() -> None:
    """S3 tells no fractions: what landed in the second when watching began is ours."""
    begun = [Watched("", "", NOON + timedelta(milliseconds=400))]
    assert is_ours(uploaded("b", LISTED), begun, ripe(NOON))  # type: ignore[arg-type]


@pytest.mark.parametrize("sequencer", ["0062E99A88DC407460", "F" * 18, "f" * 32])
def test_the_newest_version_is_newer_than_any_event_of_its_second(sequencer: str) -> None:
    """Where only the listing says which one is the newest."""
    found = a_job(job_id="0" * 32, sequencer=NEWEST)
    other = a_job(job_id="1" * 32, sequencer=sequencer)
    assert not is_newer(order(other), found)
    assert is_newer(order(found), other)


def test_the_page_states_the_figures() -> None:
    """docs/recovery.md says what a run does at most, and how long a sweep takes."""
    page = (Path(__file__).parents[2] / "docs" / "recovery.md").read_text(encoding="utf-8")
    assert f"A run lists up to {PAGES * PAGE:,} entries" in page
    assert f"looks up about {MOST:,} jobs" in page
    hours = [n / per / 12 for n in (200_000, 10**6) for per in (MOST, PAGES * PAGE)]
    assert [round(it, 1) for it in hours] == [8.3, 0.8, 41.7, 4.2]
    assert "| 200,000 | 8 hours | 50 minutes |" in page
    assert "| 1,000,000 | 42 hours | 4 hours |" in page


def ripe(now: datetime) -> datetime:
    """Everything of that day is old enough."""
    return now + timedelta(days=1)
