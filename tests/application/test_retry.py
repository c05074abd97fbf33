"""A person tries again: what is free comes first, and a new attempt is numbered."""

from transcription.failure import Failure
from transcription.job import Job, Status

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


def _failed(house: House, job: Job, stage: str) -> Job:
    """The job after the state machine recorded a failure of its first attempt."""
    failure = Failure(job.job_id, 1, Status.FAILED, stage, "It broke")
    recorded = house.failures.record(failure)
    assert recorded is not None
    return recorded
