"""What comes of looking for the answer, and of an answer."""

import pytest
from transcription.job import Status

from tests.application.house import House
from tests.scripted_api import Reply, ScriptedApi


def test_an_execution_that_was_not_told_asks_when_to_come(house: House, api: ScriptedApi) -> None:
    """As one that an earlier version started: to look at once would cost a call for nothing."""
    look = house.look(house.submit(), 0)
    assert (look["status"], look["look"]) == ("pending", 1)
    assert api.fetches == ()


@pytest.mark.parametrize(
    "status", ["waiting", "active", "queued", "generating", "processing", "pending", "running"]
)
def test_every_pending_status_means_look_again(house: House, api: ScriptedApi, status: str) -> None:
    """Also those that the API's own sample takes for a success."""
    job = house.submit()
    api.on_fetch(Reply.pending(status))
    assert house.look(job)["status"] == "pending"
    assert house.row(job).polls == 1


@pytest.mark.parametrize("status", ["error", "failed", "cancelled", "canceled", "timeout"])
def test_every_failure_status_fails_the_job(house: House, api: ScriptedApi, status: str) -> None:
    """With what the provider said, and its raw answer kept."""
    job = house.submit()
    api.on_fetch(Reply.failed(status))
    look = house.look(job)
    assert look["status"] == "failed"
    assert "It cannot be decoded." in look["reason"]
    assert b"BadAudio" in house.shelf.answer(house.row(job).answer or "")


def test_an_id_that_is_gone_expires(house: House, api: ScriptedApi) -> None:
    """Once it is no longer young, an unknown id is an expired one."""
    job = house.submit()
    house.later(minutes=5)
    api.on_fetch(Reply.expired())
    assert house.look(job)["status"] == "expired"


def test_an_id_that_is_gone_is_asked_for_once(house: House, api: ScriptedApi) -> None:
    """A Poll that died before it could say so is tried again, and has nothing left to ask."""
    job = house.submit()
    api.on_fetch(Reply.expired())
    house.later(minutes=5)
    first, again = house.look(job), house.look(job)
    assert (first["status"], again["status"]) == ("expired", "expired")
    assert len(api.fetches) == 1


@pytest.mark.parametrize("status", [400, 422])
def test_a_refused_fetch_fails_the_job(house: House, api: ScriptedApi, status: int) -> None:
    """Looking again would not help."""
    job = house.submit()
    api.on_fetch(Reply.refused(status, message="Unreadable audio."))
    look = house.look(job)
    assert (look["status"], look["stage"]) == ("failed", "transcribe")


def test_a_result_that_never_comes_expires(house: House, api: ScriptedApi) -> None:
    """The last look is at 55 minutes; the reason says what the provider said last."""
    job = house.submit()
    api.on_fetch(Reply.pending("active").but(lasting=True))
    house.later(minutes=54)
    assert house.look(job)["seconds"] <= 60
    house.later(minutes=1)
    look = house.look(job)
    assert look["status"] == "expired"
    assert "The provider's status is active" in look["reason"]


@pytest.mark.parametrize("reply", [Reply.silence(), Reply.null_results()])
def test_silence_is_a_success(house: House, api: ScriptedApi, reply: Reply) -> None:
    """Its renditions are there, honest and empty."""
    job = house.submit()
    api.on_fetch(reply)
    done = house.transcribe(job)
    assert (done.status, done.words) == (Status.COMPLETED, 0)
    assert house.rendition(job) == ""
    assert house.rendition(job, "vtt").startswith("WEBVTT")


def test_the_raw_answer_is_kept_untouched(house: House, api: ScriptedApi) -> None:
    """Byte for byte, before anything is made of it."""
    job = house.submit()
    reply = Reply.completed("Grüße aus Köln.")
    api.on_fetch(reply)
    house.look(job)
    row = house.row(job)
    assert row.status is Status.TRANSCRIBED
    assert house.shelf.answer(row.answer or "") == reply.content


def test_a_repeated_look_or_publish_does_nothing_twice(house: House, api: ScriptedApi) -> None:
    """The state machine may repeat either."""
    job = house.submit()
    house.transcribe(job)
    before = house.row(job)
    assert house.look(job)["status"] == "over"
    house.publish(job)
    assert house.row(job) == before
    assert len(api.fetches) == 1
