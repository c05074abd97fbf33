"""A person tries again: what is free comes first, and a new attempt is numbered."""

import pytest
from transcription.failure import Failure
from transcription.job import Job, Status, reopen, revised
from transcription.next_step import MOST_RESUMES
from transcription.publisher import NotPublishable
from transcription.s3_events import Retry

from tests.application.house import House
from tests.scripted_api import Reply, ScriptedApi


def test_a_stopped_execution_is_resumed_for_free(house: House, api: ScriptedApi) -> None:
    """The id still lives at the provider: it is polled again, not created again."""
    job = _failed(house, house.submit(), "poll")
    again = house.retry(job)
    assert (again.status, again.attempt) == (Status.SUBMITTED, 2)
    assert house.transcribe(again).status is Status.COMPLETED
    assert len(api.creates) == 1


def test_a_failed_publish_is_made_again_from_the_raw_answer(house: House, api: ScriptedApi) -> None:
    """Even a week later, because the raw answer is ours."""
    job = house.submit()
    house.look(job)
    _failed(house, job, "publish")
    house.later(days=7)
    again = house.retry(job)
    assert (again.status, again.attempt) == (Status.TRANSCRIBED, 2)
    assert house.look(again)["status"] == "transcribed"
    assert house.publish(again).status is Status.COMPLETED
    assert (len(api.creates), len(api.fetches)) == (1, 1)


def test_what_the_provider_failed_is_created_again(house: House, api: ScriptedApi) -> None:
    """Its old id would only fail again."""
    job = house.submit()
    api.on_fetch(Reply.failed())
    house.look(job)
    _failed(house, job, "transcribe")
    again = house.retry(job)
    assert (again.status, again.attempt, len(api.creates)) == (Status.SUBMITTED, 2, 2)


def test_what_the_provider_forgot_is_created_again(house: House, api: ScriptedApi) -> None:
    """After an hour the result is gone."""
    job = house.submit()
    house.later(hours=2)
    _failed(house, job, "poll")
    house.retry(job)
    assert len(api.creates) == 2


def test_a_retry_counts_takeovers_anew(house: House) -> None:
    """What is paid for again is taken over as often as the first time, not given up at once."""
    job = house.submit()
    taken_over = house.ledger.save(job, revised(job, resumes=MOST_RESUMES))
    house.later(hours=2)
    again = house.retry(_failed(house, taken_over, "poll"))
    assert (again.status, again.attempt, again.resumes) == (Status.SUBMITTED, 2, 0)


def test_a_retry_delivered_twice_is_one_retry(house: House, api: ScriptedApi) -> None:
    """It names the revision that the person saw; a later one is somebody else's."""
    job = house.submit()
    house.later(hours=2)
    failed = _failed(house, job, "poll")
    again = Retry(failed.job_id, failed.revision)
    assert house.intake.handle(again) is not None
    house.failures.record(Failure(job.job_id, 2, Status.FAILED, "poll", "It broke"))
    assert house.intake.handle(again) is None
    assert len(api.creates) == 2


def test_a_failure_answer_is_never_published(house: House, api: ScriptedApi) -> None:
    """Even where the execution ends before the failure could be recorded as the provider's."""
    job = house.submit()
    api.on_fetch(Reply.failed())
    house.look(job)
    failed = _failed(house, job, None)
    assert failed.stage == "transcribe"
    with pytest.raises(NotPublishable):
        house.publisher.publish(*_reopened(house, failed))


def test_what_the_api_no_longer_knows_is_not_called_free(house: House, api: ScriptedApi) -> None:
    """An id that was answered with 404 is of no use, however young it is."""
    job = house.submit()
    house.later(minutes=5)
    api.on_fetch(Reply.expired())
    house.look(job)
    _failed(house, job, "poll")
    house.retry(job)
    assert len(api.creates) == 2


def test_a_completed_job_is_left_alone(house: House, api: ScriptedApi) -> None:
    """There is nothing to try again."""
    job = house.submit()
    done = house.transcribe(job)
    assert house.retry(job) == house.row(done)
    assert len(api.creates) == 1


def test_a_late_execution_of_an_old_attempt_does_nothing(house: House) -> None:
    """Its failure is not the new attempt's."""
    job = house.submit()
    _failed(house, job, "poll")
    house.retry(job)
    _failed(house, job, "poll")
    assert house.row(job).status is Status.SUBMITTED
    assert house.poller.poll(job.job_id, 1, 1) == {"status": "over"}


def _failed(house: House, job: Job, stage: str | None) -> Job:
    """The job after the state machine recorded a failure of its first attempt."""
    house.failures.record(Failure(job.job_id, 1, Status.FAILED, stage, "It broke"))
    return house.row(job)


def _reopened(house: House, job: Job) -> tuple[str, int]:
    """The job as if somebody had taken its answer for a transcript."""
    again = house.ledger.save(job, reopen(job, Status.TRANSCRIBED))
    return again.job_id, again.attempt
