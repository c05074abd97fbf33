"""Objects without a row: what a listing of the bucket finds, in steps, and what it leaves alone."""

import dataclasses
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from transcription.job import Status

from tests.application.house import House
from tests.scripted_api import Reply, ScriptedApi

ODD = ("a\rb.wav", "a\x01b.wav", "a b+c%2B.wav", "ü/🎧.wav", "//a.wav", "a/../b.wav", " .wav")


def test_a_sweep_goes_on_where_it_stopped(house: House) -> None:
    """Pages of two, versions and delete markers too; after the end it begins anew."""
    house.steps = {"page": 2, "most": 2}
    uploads = [house.put(key=key) for key in ("a.wav", "b.wav", "b.wav", "b.wav", "c.wav")]
    house.s3.delete_object(Bucket=house.places.uploads, Key="a.wav")
    house.later(minutes=20)
    assert [house.reconcile().unaccounted for _ in range(3)] == [3, 2, 0]
    statuses = [row.status for upload in uploads if (row := house.ledger.get(upload.job_id or ""))]
    assert statuses == [Status.REJECTED, *[Status.SUBMITTED] * 4]


def test_a_sweep_of_a_small_bucket_notes_nothing(house: House) -> None:
    """Where one run comes to the end, the next begins at the start."""
    house.put()
    house.later(minutes=20)
    assert [house.reconcile().unaccounted for _ in range(2)] == [1, 0]
    assert house.ledger.noted("inventory") == {}


def test_an_event_may_be_on_its_way(house: House, api: ScriptedApi) -> None:
    """For a quarter of an hour nobody wonders where it is."""
    house.put()
    house.later(minutes=14)
    assert house.reconcile().unaccounted == 0
    house.later(minutes=2)
    assert house.reconcile().unaccounted == 1
    assert len(api.creates) == 1


@pytest.mark.parametrize("versioned", [True, False])
def test_a_listing_names_the_jobs_of_events(house: House, versioned: bool) -> None:
    """Whatever the key, and with versions or without: what has a row is known by it."""
    if not versioned:
        house.places = dataclasses.replace(house.places, uploads=f"plain-{uuid4().hex}")
        house.s3.create_bucket(Bucket=house.places.uploads)
    jobs = [house.submit(house.put(key=key)) for key in ODD]
    house.later(minutes=20)
    assert len({job.job_id for job in jobs}) == len(ODD)
    assert house.reconcile().unaccounted == 0


def test_what_was_overwritten_before_there_were_versions_is_gone(house: House) -> None:
    """No id names it any more, so it must not be missed by every sweep for ever."""
    name = f"plain-{uuid4().hex}"
    house.places = dataclasses.replace(house.places, uploads=name)
    house.s3.create_bucket(Bucket=name)
    house.put(key="a.wav")
    enabled: Any = {"Status": "Enabled"}
    house.s3.put_bucket_versioning(Bucket=name, VersioningConfiguration=enabled)
    latest = house.put(key="a.wav")
    listed = house.s3.list_object_versions(Bucket=name)["Versions"]
    assert {version["VersionId"] for version in listed} == {"null", latest.version_id}
    house.later(minutes=20)
    assert [house.reconcile().unaccounted for _ in range(2)] == [1, 0]
    assert house.ledger.get(latest.job_id or "")


def test_folders_are_no_recordings(house: House) -> None:
    """What a console makes as a folder has no row, and needs none."""
    house.put(b"", key="calls/")
    house.later(minutes=20)
    assert house.reconcile().unaccounted == 0


def test_only_what_is_watched_is_missed(house: House) -> None:
    """Keys that begin and end as the settings say, however many prefixes there are."""
    house.prefixes, house.suffixes = ("calls/", "talks/"), (".wav",)
    house.steps = {"page": 1, "most": 2}
    keys = ("a.wav", "calls/a.wav", "calls/b.txt", "calls/c.wav", "lost/a.wav", "talks/a.wav")
    uploads = {key: house.put(key=key) for key in keys}
    house.later(minutes=20)
    assert [house.reconcile().unaccounted for _ in range(3)] == [2, 1, 0]
    seen = [key for key, upload in uploads.items() if house.ledger.get(upload.job_id or "")]
    assert seen == ["calls/a.wav", "calls/c.wav", "talks/a.wav"]


def test_what_was_there_before_is_not_billed(house: House, api: ScriptedApi) -> None:
    """Settings that watch more, from some moment on, take in nothing older than that."""
    house.prefixes = ("calls/",)
    house.reconcile()
    old, ours = house.put(key="old.wav"), house.put(key="calls/ours.wav")
    time.sleep(1.1)  # S3 tells whole seconds
    house.prefixes = ()
    house.reconcile()
    new = house.put(key="new.wav")
    house.later(minutes=20)
    assert house.reconcile().unaccounted == 2
    rows = [house.ledger.get(upload.job_id or "") for upload in (old, ours, new)]
    assert [row is not None for row in rows] == [False, True, True]
    assert len(api.creates) == 2


def test_what_can_not_be_taken_in_is_counted_and_tried_again(house: House) -> None:
    """An object that fails each time is told of each time; the others are not held up."""
    broken, other = house.put(key="a.wav"), house.put(key="b.wav")
    house.later(minutes=20)
    with failing(house, "GetObjectTagging", Key=broken.key):
        first, second = house.reconcile(), house.reconcile()
    assert (first.unaccounted, len(first.objects.errors), first.rows.errors) == (2, 1, [])
    assert (second.unaccounted, len(second.objects.errors)) == (1, 1)
    assert house.ledger.get(other.job_id or "")
    assert house.reconcile().objects.moved[0].job_id == broken.job_id


def test_a_bucket_that_can_not_be_listed_holds_nothing_else_up(house: House) -> None:
    """Rows are taken further; but a run that sees no objects gives no sign of life."""
    job = house.submit()
    house.look(job)
    done = house.announcer.ended(house.row(job), Status.FAILED, "publish", "It broke")
    house.ledger.save(house.row(job), done)
    house.later(minutes=20)
    with failing(house, "ListObjectVersions"):
        report = house.reconcile()
    assert (report.blind, len(report.rows.errors)) == (True, 1)
    assert house.row(job).announced_at
    assert not house.reconcile().blind


def test_the_newest_version_stands_though_its_event_was_lost(
    house: House, api: ScriptedApi
) -> None:
    """Within a second only events tell the order of versions; a listing knows the newest one."""
    before = house.put(key="a.wav")
    house.put(key="a.wav")
    api.on_create(Reply.created("one"), Reply.created("two"))
    api.on_fetch(Reply.completed("The first one."), generation_id="one")
    api.on_fetch(Reply.completed("The second one."), generation_id="two")
    first = house.submit(before)
    house.later(minutes=20)
    (second,) = house.reconcile().objects.moved
    house.transcribe(second)
    assert house.transcribe(first).status is Status.COMPLETED
    assert "The second one." in house.rendition(second)


@pytest.mark.parametrize("lost", [(1,), (1, 2), (0, 1, 2)])
def test_lost_versions_keep_their_order_within_a_second(
    house: House, api: ScriptedApi, lost: tuple[int, ...]
) -> None:
    """Of three that one second made, the last is refused: the one before it is the newest."""
    uploads = [house.put(key="a.wav") for _ in range(3)]
    told = [house.submit(upload) for n, upload in enumerate(uploads) if n not in lost]
    house.later(minutes=20)
    found = house.reconcile().objects.moved
    jobs = {job.job_id: job for job in (*told, *found)}
    first, middle = (jobs[upload.job_id or ""] for upload in uploads[:2])
    assert house.transcribe(middle).outputs
    assert not house.transcribe(first).outputs


def test_what_runs_out_of_time_is_found_by_the_next_run(house: House) -> None:
    """A page that could not be finished is listed again."""
    uploads = [house.put() for _ in range(3)]
    house.later(minutes=20)
    turns = iter([True, False])
    assert house.reconciler.run(lambda: next(turns)).unaccounted == 3
    assert house.reconcile().unaccounted == 2
    assert all(house.ledger.get(upload.job_id or "") for upload in uploads)


@contextmanager
def failing(house: House, operation: str, **parameters: str) -> Iterator[None]:
    """For a while S3 fails at this operation with these parameters."""

    def fail(params: dict[str, Any], **_: Any) -> None:
        if params.items() >= parameters.items():
            raise ConnectionError("S3 is not there")

    name = f"provide-client-params.s3.{operation}"
    house.s3.meta.events.register(name, fail)
    yield
    house.s3.meta.events.unregister(name, fail)
