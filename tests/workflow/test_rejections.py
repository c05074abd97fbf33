"""What is not worth sending ends as a row with its own reason, and no create is counted."""

import pytest

from tests.conftest import SAMPLE
from tests.scripted_api import ScriptedApi
from tests.stack import Stack

SPEECH = SAMPLE.read_bytes()


@pytest.mark.parametrize(
    ("key", "body", "reason"),
    [
        ("empty.wav", b"", "The object is empty"),
        ("picture.mp3", b"\x89PNG\r\n\x1a\n" + bytes(64), "The object is a PNG picture"),
        ("text.wav", b"Just a few words.\n", "The object is text"),
        ("cut.wav", SPEECH[:40], "The WAV file is cut off inside its header"),
    ],
)
def test_what_is_no_recording_is_rejected(
    stack: Stack, api: ScriptedApi, key: str, body: bytes, reason: str
) -> None:
    """Told by what is in it, not by its name."""
    row = stack.wait(stack.put(body, key))
    assert row["status"] == "REJECTED"
    assert row["reason"].startswith(reason)
    assert api.creates == ()


def test_what_was_deleted_before_submit_came_is_rejected(stack: Stack, api: ScriptedApi) -> None:
    """Whether a delete marker lies on top or the version itself is gone."""
    uploads = stack.outputs["UploadBucketName"]
    with stack.submit_held_back():
        marked, gone = stack.put(SPEECH, "marked.wav"), stack.put(SPEECH, "gone.wav")
        stack.s3.delete_object(Bucket=uploads, Key=marked.key)
        stack.s3.delete_object(Bucket=uploads, Key=gone.key, VersionId=gone.version_id)
    rows = stack.wait_all([marked, gone])
    assert {row["status"] for row in rows} == {"REJECTED"}
    assert all("deleted" in row["reason"] for row in rows)
    assert api.creates == ()


def test_a_folder_marker_is_no_upload(stack: Stack) -> None:
    """Consoles make them; nobody wants to read about them."""
    folder = stack.put(b"", "a-folder/")
    stack.wait(stack.put(SPEECH, "a-folder/speech.wav"))
    stack.drained()
    assert stack.row(folder) is None
