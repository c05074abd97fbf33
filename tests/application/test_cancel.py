"""A person cancels: nothing more is sent or fetched, and what it may have cost is said."""

from transcription.job import Job, Status
from transcription.s3_events import Cancel

from tests.application.house import House
from tests.scripted_api import Reply, ScriptedApi


def test_a_waiting_job_is_never_sent(house: House, api: ScriptedApi) -> None:
    """It ends as refused, in words, and Dispatch has nothing to send."""
    api.on_create(Reply.refused(429))
    job = house.submit()
    ended = _cancel(house, job)
    house.later(hours=1)
    house.dispatch()
    assert (ended.status, ended.stage) == (Status.REJECTED, "cancel")
    assert ended.reason == "Cancelled by an operator"
    assert len(api.creates) == 1


def test_a_submitted_job_is_fetched_no_more(house: House, api: ScriptedApi) -> None:
    """Its execution is stopped; a look that is under way finds nothing left to do."""
    job = house.submit()
    ended = _cancel(house, job)
    assert (ended.status, ended.stage) == (Status.FAILED, "cancel")
    assert house.desk.workflow.ending(job) == "ABORTED"
    assert house.poller.poll(job.job_id, 1, 1) == {"status": "over"}
    assert api.fetches == ()


def test_polls_meanwhile_change_nothing(house: House, api: ScriptedApi) -> None:
    """The row has moved since the person looked, but it is the same attempt."""
    api.on_fetch(Reply.pending().but(lasting=True))
    job = house.submit()
    asked = _asked(house, job)
    house.look(job)
    house.intake.handle(asked)
    assert house.row(job).status is Status.FAILED


def test_a_cancel_delivered_twice_spares_the_next_attempt(house: House, api: ScriptedApi) -> None:
    """It named an attempt, and a retry has begun another one."""
    job = house.submit()
    asked = _asked(house, job)
    house.intake.handle(asked)
    again = house.retry(house.row(job))
    assert house.intake.handle(asked) is None
    assert (house.row(job).status, house.row(job).attempt) == (Status.SUBMITTED, 2)
    assert house.transcribe(again).status is Status.COMPLETED


def test_a_cancelled_job_is_resumed_for_free(house: House, api: ScriptedApi) -> None:
    """What was paid for stays at the provider for its hour."""
    api.on_fetch(Reply.pending(), Reply.completed())
    job = house.submit()
    house.look(job)
    _cancel(house, job)
    house.transcribe(house.retry(house.row(job)))
    assert (house.row(job).status, len(api.creates)) == (Status.COMPLETED, 1)


def test_an_ended_job_stays_as_it_is(house: House) -> None:
    """There is nothing to cancel any more."""
    job = house.submit()
    done = house.transcribe(job)
    assert house.intake.handle(_asked(house, job)) is None
    assert house.row(job) == house.row(done)


def _asked(house: House, job: Job) -> Cancel:
    row = house.row(job)
    return Cancel(row.job_id, row.revision, row.attempt)


def _cancel(house: House, job: Job) -> Job:
    """What a person asks for who has seen the job's row."""
    house.intake.handle(_asked(house, job))
    return house.row(job)
