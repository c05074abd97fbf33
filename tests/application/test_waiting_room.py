"""The waiting room: an outage, a wrong key or a long queue costs no attempt and no file."""

from transcription.job import Status

from tests.application.house import House
from tests.scripted_api import RecordedRequest, Reply, ScriptedApi


def test_a_wrong_key_is_tried_with_one_job_a_visit(house: House, api: ScriptedApi) -> None:
    """The first job sent back speaks for all: the others are not even asked for."""
    api.key = "another"
    for _ in range(4):
        house.submit()
    asked = len(api.creates)
    house.later(minutes=20)
    house.dispatch()
    assert len(api.creates) == asked + 1


def test_a_mended_key_lets_everything_go_even_after_a_day(house: House, api: ScriptedApi) -> None:
    """Each created once, no attempt spent."""
    api.key = "another"
    jobs = [house.submit() for _ in range(5)]
    for _ in range(24):
        house.later(hours=1)
        house.dispatch()
    refused, api.key = len(api.creates), "the-key"
    house.later(hours=1)
    house.dispatch()
    rows = [house.row(job) for job in jobs]
    assert {(row.status, row.attempt) for row in rows} == {(Status.SUBMITTED, 1)}
    assert len(api.creates) == refused + 5


def test_all_that_waits_can_be_sent_at_once(house: House, api: ScriptedApi) -> None:
    """What `dropscribe key set` asks for: nobody waits for the next full hour."""
    api.on_create(*[Reply.refused(401)] * 3)
    jobs = [house.submit() for _ in range(3)]
    house.dispatch(at_once=True)
    assert {house.row(job).status for job in jobs} == {Status.SUBMITTED}


def test_the_longest_due_goes_first(house: House, api: ScriptedApi) -> None:
    """Oldest first, whatever part of the index they are in."""
    api.on_create(*[Reply.refused(429).but(headers={"Retry-After": "1"})] * 6)
    keys = []
    for _ in range(6):
        keys.append(house.submit().key)
        house.later(seconds=10)
    before = len(api.creates)
    house.later(minutes=1)
    house.dispatch()
    assert all(map(RecordedRequest.names, api.creates[before:], keys))
    assert len(api.creates) == before + 6


def test_a_deleted_object_that_waited_is_told_by_the_api(house: House, api: ScriptedApi) -> None:
    """The URL of a version that is gone is refused: the row says what the API said."""
    api.on_create(Reply.refused(503), Reply.refused(400, message="The URL can't be fetched."))
    job = house.submit()
    house.later(minutes=20)
    house.dispatch()
    assert house.row(job).status is Status.REJECTED
