"""S3 and SQS deliver at least once and out of order; Lambdas die anywhere."""

import dataclasses
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError
from transcription import failure
from transcription.job import Job, NotAllowed, Status, later, move
from transcription.ledger import Overtaken
from transcription.s3_events import Upload
from transcription.sending import LEASE

from tests.application.house import House
from tests.scripted_api import Reply, ScriptedApi

if TYPE_CHECKING:
    import boto3

ONCE = Config(retries={"max_attempts": 0})


def test_five_deliveries_make_one_create(house: House, api: ScriptedApi) -> None:
    """One object version is one job, whatever stage it has reached."""
    upload = house.put()
    job = house.submit(upload)
    house.submit(upload)
    house.transcribe(job)
    for _ in range(3):
        assert house.submit(upload).status is Status.COMPLETED
    assert len(api.creates) == 1


def test_deliveries_at_the_same_moment_make_one_create(house: House, api: ScriptedApi) -> None:
    """The claim is a conditional write: one wins."""
    upload, start = house.put(), threading.Barrier(4)

    def deliver() -> Job:
        start.wait()
        return house.submit(upload)

    with ThreadPoolExecutor(4) as pool:
        jobs = [future.result() for future in [pool.submit(deliver) for _ in range(4)]]
    assert len({job.job_id for job in jobs}) == 1
    assert len(api.creates) == 1


def test_two_dispatchers_send_a_waiting_job_once(house: House, api: ScriptedApi) -> None:
    """Both saw the same revision of the row; the second is overtaken."""
    api.on_create(Reply.refused(429))
    waiting = house.submit()
    house.desk.send(waiting)
    with pytest.raises(Overtaken):
        house.desk.send(waiting)
    assert len(api.creates) == 2


def test_a_claim_whose_owner_died_is_taken_over(house: House, api: ScriptedApi) -> None:
    """Not before its lease is over."""
    upload = house.put()
    job = _left_behind(house, upload, Status.CLAIMED)
    assert house.submit(upload).status is Status.CLAIMED
    house.later(seconds=LEASE + 1)
    assert house.submit(upload).status is Status.SUBMITTED
    assert (len(api.creates), house.row(job).attempt) == (1, 1)


def test_a_refusal_that_was_not_announced_stays_one(
    house: House, api: ScriptedApi, session: "boto3.Session"
) -> None:
    """The first row says that it is rejected: whoever finds it later sends nothing."""
    whole, upload = house.desk, house.put(b"no sound")
    unreachable = session.client("events", endpoint_url="http://127.0.0.1:9", config=ONCE)
    silenced = dataclasses.replace(house.announcer, events=unreachable)
    house.desk = dataclasses.replace(whole, announcer=silenced)
    with pytest.raises(EndpointConnectionError):
        house.submit(upload)
    house.desk = whole
    house.later(minutes=10)
    (told,) = house.reconcile().rows.moved
    assert (told.status, api.creates) == (Status.REJECTED, ())
    assert told.announced_at


def test_a_sender_that_died_leaves_a_doubt(house: House, api: ScriptedApi) -> None:
    """SENDING was written before the POST: it may have been made, and is counted."""
    upload = house.put()
    job = _left_behind(house, upload, Status.SENDING)
    house.later(seconds=LEASE + 1)
    house.reconcile()
    assert (house.row(job).status, house.row(job).ambiguous) == (Status.AMBIGUOUS, 1)
    assert api.creates == ()
    house.later(minutes=2)
    house.dispatch()
    assert (house.row(job).status, len(api.creates)) == (Status.SUBMITTED, 1)


@pytest.mark.parametrize("status", [Status.FAILED, Status.SUBMITTED, Status.CLAIMED])
def test_a_terminal_status_stays_whoever_writes(house: House, status: Status) -> None:
    """The ledger refuses what the state diagram doesn't have, whoever asks."""
    done = house.row(house.transcribe(house.submit()))
    for attempt in (1, 2):
        wrong = dataclasses.replace(
            done, status=status, attempt=attempt, revision=done.revision + 1
        )
        with pytest.raises(NotAllowed):
            house.ledger.save(done, wrong)
    assert house.row(done) == done


def test_a_saved_id_without_an_execution_is_started(house: House, api: ScriptedApi) -> None:
    """Whoever died after saving the id: its execution is started, nothing is created."""
    job = _left_behind(house, house.put(), Status.SENDING)
    submitted = move(
        job, Status.SUBMITTED, generation_id="id-1", submitted_at=house.now(), due_at=house.now()
    )
    house.ledger.save(job, submitted)
    house.later(minutes=2)
    (moved,) = house.reconcile().rows.moved
    assert moved.execution_arn
    assert api.creates == ()


def test_starting_twice_finds_the_same_execution(house: House) -> None:
    """The execution's name is the attempt's: a used one is found, not started again."""
    job = house.submit()
    first = house.desk.workflow.start(job, 1)
    assert house.desk.workflow.start(job, 1) == first == job.execution_arn


def test_an_event_that_was_not_sent_is_sent_later(house: House) -> None:
    """A finished job stays open until its event is out."""
    job = house.submit()
    house.look(job)
    row = house.row(job)
    done = move(row, Status.COMPLETED, completed_at=house.now(), due_at=house.now())
    house.ledger.save(row, done)
    house.later(minutes=2)
    house.reconcile()
    assert house.row(job).announced_at
    assert house.reconcile().rows.moved == []


@pytest.mark.parametrize("ending", ["FAILED", "TIMED_OUT", "ABORTED"])
def test_an_event_gives_up_nothing_that_can_still_be_had(house: House, ending: str) -> None:
    """The next Reconcile takes over, and asks itself; only what a person stopped has its end."""
    job = house.submit()
    detail = {"name": job.name, "status": ending}
    event = {"detail-type": "Step Functions Execution Status Change", "detail": detail}
    house.failures.record(failure.read(event))
    row = house.row(job)
    if ending == "ABORTED":
        assert row.status is Status.FAILED
    else:
        assert row.status is Status.SUBMITTED
        assert row.due_at
        assert row.due_at <= house.now()


def test_an_execution_that_runs_is_left_alone(house: House) -> None:
    """However late it is: only its row is looked at again later."""
    job = house.submit()
    house.later(hours=3)
    assert house.reconcile().rows.moved == []
    row = house.row(job)
    assert (row.status, row.attempt) == (Status.SUBMITTED, 1)
    assert row.due_at
    assert row.due_at > house.now()


def _left_behind(house: House, upload: Upload, status: Status) -> Job:
    """A job whose Lambda died right after writing this status."""
    found = house.desk.recordings.find(upload)
    claimed = Job(
        job_id=found.job_id,
        bucket=found.bucket,
        key=found.key,
        status=Status.CLAIMED,
        uploaded_at=found.modified,
        version_id=found.version_id,
        model="#g1_whisper-small",
        claimed_at=house.now(),
        due_at=later(house.now(), LEASE),
    )
    house.ledger.add(claimed)
    if status is Status.CLAIMED:
        return claimed
    return house.ledger.save(claimed, move(claimed, status, due_at=claimed.due_at))
