"""The waiting room: an outage, a wrong key or a long queue costs no attempt and no file."""

from transcription.job import Status, WaitReason, later

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


def test_a_recording_that_was_taken_back_while_it_waited_is_not_sent(
    house: House, api: ScriptedApi
) -> None:
    """Though the version under the delete marker could still be read."""
    api.on_create(Reply.refused(503))
    upload = house.put()
    job = house.submit(upload)
    house.s3.delete_object(Bucket=upload.bucket, Key=upload.key)
    house.later(minutes=20)
    house.dispatch()
    assert (house.row(job).status, len(api.creates)) == (Status.REJECTED, 1)
    assert "deleted" in (house.row(job).reason or "")


def test_lost_answers_shut_the_room_too(house: House, api: ScriptedApi) -> None:
    """Minutes of gateway errors must not make every waiting file ambiguous."""
    api.on_create(*[Reply.refused(429)] * 3)
    for _ in range(3):
        house.submit()
    api.on_create(Reply.html(502).but(lasting=True))
    house.later(minutes=20)
    house.dispatch()
    assert len(api.creates) == 4


def test_a_key_that_can_not_be_read_is_no_doubt(house: House, api: ScriptedApi) -> None:
    """What fails before anything is sent waits, however often: nothing can have been billed."""
    house.key = "two\nlines"
    job = house.submit()
    house.later(hours=1)
    house.dispatch()
    row = house.row(job)
    assert (row.status, row.ambiguous, row.attempt) == (Status.WAITING, 0, 1)
    assert api.creates == ()


def test_a_held_doubt_does_not_stand_in_the_way(house: House, api: ScriptedApi) -> None:
    """Once a person has to decide, nobody looks at it each minute, or counts it once more."""
    api.on_create(Reply.dropped())
    job = house.submit()
    house.hold_doubtful()
    house.later(minutes=5)
    house.dispatch()
    assert house.dispatch().moved == []
    row = house.row(job)
    assert (row.status, row.ambiguous) == (Status.AMBIGUOUS, 1)
    assert row.due_at
    assert row.due_at > later(house.now(), 12 * 3600)


def test_nothing_is_sent_while_paused(house: House, api: ScriptedApi) -> None:
    """Uploads wait in their rows, at no cost, and all go when the pause is over."""
    before = house.submit()
    house.ledger.pause(house.now())
    jobs = [house.submit() for _ in range(2)]
    house.later(hours=1)
    house.dispatch()
    assert {house.row(job).wait_reason for job in jobs} == {WaitReason.PAUSED}
    assert len(api.creates) == 1
    assert house.transcribe(before).status is Status.COMPLETED
    house.ledger.unpause()
    house.dispatch(at_once=True)
    assert {house.row(job).status for job in jobs} == {Status.SUBMITTED}
    assert len(api.creates) == 3


def test_a_note_is_no_job(house: House) -> None:
    """What stands beside the rows is neither found by its id nor among the due ones."""
    house.ledger.pause(house.now())
    assert house.ledger.get("#paused") is None
    assert house.ledger.open(10) == []
    assert house.ledger.due(house.now(), 10, frozenset(Status)) == []
