"""What is not worth sending is rejected with its own reason, and never costs a create."""

import pytest
from transcription.job import Status

from tests.application.house import SPEECH, House
from tests.scripted_api import ScriptedApi


@pytest.mark.parametrize(
    ("body", "key", "reason"),
    [
        (b"", "empty.wav", "is empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "song.mp3", "a PNG picture"),
        (b"Dear diary, today I went out.", "diary.wav", "is text"),
        (SPEECH[:30], "cut.wav", "cut off inside its header"),
        (SPEECH[:44], "header.wav", "no sound"),
        (bytes(300), "noise.ogg", "does not begin like Ogg"),
        (bytes(300), "thing", "Neither"),
    ],
)
def test_what_is_no_recording(
    house: House, api: ScriptedApi, body: bytes, key: str, reason: str
) -> None:
    """The row is there, terminal, announced, and says why."""
    job = house.submit(house.put(body, key=key))
    assert (job.status, job.stage) == (Status.REJECTED, "inspect")
    assert reason in (job.reason or "")
    assert job.announced_at
    assert api.creates == ()


def test_a_delete_marker_on_top_takes_the_upload_back(house: House, api: ScriptedApi) -> None:
    """Though the version below could still be read."""
    upload = house.put()
    house.s3.delete_object(Bucket=upload.bucket, Key=upload.key)
    job = house.submit(upload)
    assert (job.status, api.creates) == (Status.REJECTED, ())
    assert "deleted" in (job.reason or "")


def test_a_version_that_is_gone(house: House, api: ScriptedApi) -> None:
    """Also when another version of the key is still there."""
    upload = house.put()
    house.put(key=upload.key)
    house.s3.delete_object(Bucket=upload.bucket, Key=upload.key, VersionId=upload.version_id or "")
    job = house.submit(upload)
    assert (job.status, api.creates) == (Status.REJECTED, ())
    assert "deleted" in (job.reason or "")


def test_a_bad_option(house: House, api: ScriptedApi) -> None:
    """The sentence names the option, the place, what was given and what it takes."""
    job = house.submit(house.put(Metadata={"stt-diarize": "maybe"}))
    assert (job.status, api.creates) == (Status.REJECTED, ())
    assert job.reason == (
        "The option diarize in the object's metadata is 'maybe', but takes true or false"
    )


def test_a_retry_looks_at_the_object_again(house: House, api: ScriptedApi) -> None:
    """What was refused may be right by now; a second attempt says so."""
    job = house.submit(house.put(b""))
    again = house.retry(job)
    assert (again.status, again.attempt) == (Status.REJECTED, 2)
    assert api.creates == ()
