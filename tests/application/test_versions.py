"""Several versions of one key: the newest one's transcript stands."""

from transcription.job import Status

from tests.application.house import House
from tests.scripted_api import Reply, ScriptedApi


def test_an_older_version_that_finishes_late_changes_nothing(
    house: House, api: ScriptedApi
) -> None:
    """It completes, and its row says whose transcript stands."""
    old = house.submit(house.put(key="a/b.wav"))
    new = house.submit(house.put(key="a/b.wav"))
    api.on_fetch(Reply.completed("New."))
    house.transcribe(new)
    api.on_fetch(Reply.completed("Old."))
    late = house.transcribe(old)
    assert house.rendition(new) == "New.\n"
    assert (late.status, late.outputs) == (Status.COMPLETED, {})
    assert "newer version" in (late.reason or "")


def test_a_newer_version_replaces_an_older_ones(house: House, api: ScriptedApi) -> None:
    """In the order of their uploads everything is as one would think."""
    first = house.submit(house.put(key="c/d.wav"))
    api.on_fetch(Reply.completed("First."))
    house.transcribe(first)
    second = house.submit(house.put(key="c/d.wav"))
    api.on_fetch(Reply.completed("Second."))
    house.transcribe(second)
    assert house.rendition(second) == "Second.\n"
    assert first.job_id != second.job_id


def test_a_rejected_newer_version_leaves_the_transcript(house: House) -> None:
    """What is no recording has no transcript to replace another by."""
    first = house.submit(house.put(key="e/f.wav"))
    rejected = house.submit(house.put(b"<html>no</html>", key="e/f.wav"))
    done = house.transcribe(first)
    assert rejected.status is Status.REJECTED
    assert done.outputs["txt"] == "e/f.wav.txt"


def test_keys_that_leave_no_room_for_a_suffix_are_published(house: House) -> None:
    """Two keys of 1,024 bytes that begin alike don't share their renditions."""
    keys = ["x" * 1019 + name + ".wav" for name in "ab"]
    done = [house.transcribe(house.submit(house.put(key=key))) for key in keys]
    names = {job.outputs["json"] for job in done}
    assert len(names) == 2
    assert all(len(name.encode()) <= 1024 for name in names)
