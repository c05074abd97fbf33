"""What a backfill brings: the same jobs as events would, each once, and only when asked."""

import dataclasses
from datetime import timedelta
from uuid import uuid4

from transcription.inventory import named, uploaded
from transcription.job import Status
from transcription.s3_events import Upload

from tests.application.house import SPEECH, House
from tests.scripted_api import ScriptedApi


def listed(upload: Upload) -> Upload:
    """What a listing tells of an object: no version, no sequencer."""
    return dataclasses.replace(upload, version_id=None, sequencer=None, lane="backfill")


def test_a_listed_object_is_the_job_of_its_event(house: House, api: ScriptedApi) -> None:
    """The current version, found by a HEAD; whichever comes second does nothing."""
    upload = house.put()
    job = house.submit(listed(upload))
    assert job.job_id == upload.job_id
    assert (job.version_id, job.lane) == (upload.version_id, "backfill")
    assert house.intake.handle(upload) is None
    assert house.row(job).revision == job.revision
    assert len(api.creates) == 1


def test_what_an_event_brought_is_left_alone(house: House, api: ScriptedApi) -> None:
    """It keeps its lane, and costs a look at the object and one at its row."""
    upload = house.put()
    job = house.submit(upload)
    assert house.intake.handle(listed(upload)) is None
    assert house.row(job).lane is None
    assert len(api.creates) == 1


def test_only_the_current_version_is_taken(house: House) -> None:
    """Which may be newer than the one that was listed."""
    old = house.put(key="a.wav")
    new = house.put(key="a.wav")
    assert house.submit(listed(old)).job_id == new.job_id
    assert house.ledger.get(old.job_id or "") is None


def test_what_was_deleted_since_becomes_nothing(house: House, api: ScriptedApi) -> None:
    """Nobody sent it in, so nobody waits for a reason."""
    upload = house.put()
    house.s3.delete_object(Bucket=upload.bucket, Key=upload.key)
    assert house.intake.handle(listed(upload)) is None
    assert (house.ledger.get(upload.job_id or ""), api.creates) == (None, ())


def test_what_is_archived_says_so_under_its_own_id(house: House, api: ScriptedApi) -> None:
    """Restored and retried, it is the same job that an event would name."""
    upload = house.put(StorageClass="GLACIER")
    job = house.submit(listed(upload))
    assert (job.status, job.job_id) == (Status.REJECTED, upload.job_id)
    assert "restore it" in (job.reason or "")
    assert api.creates == ()


def test_what_is_archived_has_one_name(house: House) -> None:
    """In a bucket without versions, too, whose event and listing tell the time differently."""
    bucket = f"unversioned-{uuid4().hex}"
    house.s3.create_bucket(Bucket=bucket)
    house.s3.put_object(Bucket=bucket, Key="a.wav", Body=SPEECH, StorageClass="GLACIER")
    [version] = house.s3.list_object_versions(Bucket=bucket)["Versions"]
    as_listed = uploaded(bucket, version)
    told = dataclasses.replace(as_listed, seen_at=as_listed.seen_at + timedelta(minutes=5))
    job = house.intake.handle(told)
    assert job
    assert (job.status, job.job_id) == (Status.REJECTED, named(as_listed))
    assert house.intake.handle(as_listed) is None


def test_a_claim_that_only_waits_is_taken_back(house: House, api: ScriptedApi) -> None:
    """Stopping a backfill leaves no row of it; starting it again claims it anew."""
    house.ledger.pause(house.now())
    upload = house.put()
    waiting = house.submit(listed(upload))
    assert house.ledger.forget(waiting)
    house.ledger.unpause()
    assert house.submit(listed(upload)).status is Status.SUBMITTED
    assert len(api.creates) == 1


def test_a_claim_that_was_sent_is_not_taken_back(house: House) -> None:
    """Nor one that somebody moved since it was seen."""
    sent = house.submit(listed(house.put()))
    assert not house.ledger.forget(sent)
    stale = dataclasses.replace(sent, revision=sent.revision - 1)
    assert not house.ledger.forget(stale)
    assert house.row(sent).status is Status.SUBMITTED
