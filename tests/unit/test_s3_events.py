"""What the messages of the upload queue ask for; the recorded ones lie in tests/events."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcription.job import object_job_id
from transcription.s3_events import Cancel, Retry, UnknownMessage, Upload, read

EVENTS = Path(__file__).parents[1] / "events"
PUT = Upload(
    bucket="uploads",
    key="calls/2026/a.mp3",
    version_id="3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY",
    etag="d41d8cd98f00b204e9800998ecf8427e",
    size=226824,
    sequencer="0055AED6DCD90281E5",
    seen_at=datetime(2026, 11, 22, 10, 15, 0, 123_000, UTC),
)


def recorded(name: str) -> str:
    return (EVENTS / f"{name}.json").read_text(encoding="utf-8")


def uploads(name: str) -> list[Upload]:
    return [request for request in read(recorded(name)) if isinstance(request, Upload)]


def uploads_of(message: dict[str, Any]) -> list[Upload]:
    return [request for request in read(json.dumps(message)) if isinstance(request, Upload)]


def test_a_notification_is_an_upload() -> None:
    """All that S3 says of the object is kept."""
    assert read(recorded("s3-put")) == [PUT]


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("s3-put-unicode", ["calls/São Paulo/🎤 1+1.mp3"]),
        ("eventbridge-object-created", ["calls/São Paulo/🎤 1+1%2B.mp3"]),
        ("s3-put-two", ["a.mp3", "b.mp3"]),
        ("s3-folder", []),
        ("eventbridge-folder", []),
        ("s3-test", []),
    ],
)
def test_the_keys_of_a_message(name: str, keys: list[str]) -> None:
    """A notification's key is encoded as in a form, EventBridge's is not; folders are none."""
    assert [upload.key for upload in uploads(name)] == keys


def test_eventbridge_tells_the_same_as_a_notification() -> None:
    """An existing bucket is watched through EventBridge, and its jobs are the same."""
    [one], [other] = uploads("s3-put"), uploads("eventbridge-object-created")
    assert (one.bucket, one.version_id, one.etag, one.size, one.sequencer) == (
        other.bucket,
        other.version_id,
        other.etag,
        other.size,
        other.sequencer,
    )


def test_a_listed_object_is_of_the_backfills_lane() -> None:
    """A listing names no version and no sequencer; its entity tag has quotes around it."""
    body = {"bucket": "uploads", "key": "a+b%20.mp3", "etag": '"e"', "size": 5, "modified": 86400}
    [upload] = read(json.dumps({"backfill": body}))
    seen = datetime(1970, 1, 2, tzinfo=UTC)
    assert upload == Upload("uploads", "a+b%20.mp3", None, "e", 5, None, seen, "backfill")
    assert upload.job_id is None


def test_an_inventorys_object_may_lack_its_entity_tag() -> None:
    """That column is left out unless somebody asks for it."""
    body = {"bucket": "uploads", "key": "a.mp3", "size": 5, "modified": 0}
    [upload] = uploads_of({"backfill": body})
    assert upload.etag == ""


def test_a_listed_folder_is_nothing() -> None:
    """As its event is."""
    assert uploads_of({"backfill": {"bucket": "b", "key": "a/", "size": 0, "modified": 0}}) == []


def test_an_unversioned_object_has_no_version() -> None:
    """S3 leaves the version out where the bucket has none."""
    assert uploads("s3-put-unversioned")[0].version_id is None


@pytest.mark.parametrize("version", ["null", ""])
def test_the_null_version_is_no_version(version: str) -> None:
    """What was uploaded before versioning was switched on has no version of its own."""
    message = json.loads(recorded("s3-put"))
    message["Records"][0]["s3"]["object"]["versionId"] = version
    [upload] = read(json.dumps(message))
    assert isinstance(upload, Upload)
    assert upload.version_id is None


def test_an_empty_object_is_an_upload() -> None:
    """Only a name that ends in `/` and holds nothing is a folder; an empty file is visible."""
    message = json.loads(recorded("s3-folder"))
    message["Records"][0]["s3"]["object"]["key"] = "empty.mp3"
    assert len(read(json.dumps(message))) == 1


def test_something_in_a_folders_name_is_an_upload() -> None:
    """A key that ends in `/` but holds bytes is not lost."""
    message = json.loads(recorded("s3-folder"))
    message["Records"][0]["s3"]["object"]["size"] = 1
    assert len(read(json.dumps(message))) == 1


def test_a_retry_names_its_job() -> None:
    """A person's retry comes through the same queue."""
    assert read(recorded("retry")) == [Retry("0123456789abcdef0123456789abcdef", 7)]


def test_a_cancel_names_its_job() -> None:
    """In the attempt that the person saw, or by the revision alone."""
    job_id = "0123456789abcdef0123456789abcdef"
    assert read(recorded("cancel")) == [Cancel(job_id, 7, 2)]
    assert read(json.dumps({"cancel": job_id, "revision": 7})) == [Cancel(job_id, 7)]


def test_a_version_tells_its_job() -> None:
    """So that a failure is logged with it; an unversioned object must be looked at first."""
    [upload], [unversioned] = uploads("s3-put"), uploads("s3-put-unversioned")
    assert upload.job_id == object_job_id("uploads", PUT.key, PUT.version_id, "", PUT.seen_at)
    assert unversioned.job_id is None


@given(st.text(st.characters(codec="utf-8"), min_size=1))
def test_every_unicode_key_arrives(key: str) -> None:
    """However S3 encodes a key, the object is found by what its owner called it."""
    message = json.loads(recorded("s3-put"))
    message["Records"][0]["s3"]["object"]["key"] = quote_plus(key)
    [upload] = read(json.dumps(message))
    assert isinstance(upload, Upload)
    assert upload.key == key


@pytest.mark.parametrize(
    "body",
    [
        "",
        "hello",
        "null",
        "7",
        '"s3:TestEvent"',
        "[]",
        "[[]]",
        "{}",
        '{"Records": null}',
        '{"Records": [{}]}',
        '{"Records": [{"s3": {"bucket": {"name": "b"}, "object": {"key": null}}}]}',
        '{"Records": "many"}',
        '{"retry": null, "revision": 1}',
        '{"retry": "", "revision": 1}',
        '{"retry": {"job_id": "a"}, "revision": 1}',
        '{"retry": "a"}',
        '{"retry": "a", "revision": "1"}',
        '{"cancel": "a"}',
        '{"cancel": "a", "revision": 1, "attempt": "1"}',
        '{"detail-type": "Object Created"}',
        '{"detail-type": "Object Created", "detail": []}',
        '{"detail-type": "Object Deleted"}',
        "[" * 100_000,
    ],
)
def test_anything_else_is_unknown(body: str) -> None:
    """A message that nobody here sends goes to the dead letter queue with its reason."""
    with pytest.raises(UnknownMessage, match="Not an S3 event"):
        read(body)
