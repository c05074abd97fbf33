"""What comes of `create`: every answer that the speech API may give, or not give."""

from typing import TYPE_CHECKING

import pytest
from transcription.job import Status, WaitReason

from dropscribe.local.process import free_port
from tests.application.house import House, Places
from tests.scripted_api import Drop, Reply, ScriptedApi

if TYPE_CHECKING:
    import boto3


def test_a_recording_is_sent_once_and_its_execution_started(house: House, api: ScriptedApi) -> None:
    """The id is saved, the execution named, and the URL pins the version."""
    upload = house.put()
    job = house.submit(upload)
    assert job.status is Status.SUBMITTED
    assert job.generation_id
    assert job.execution_arn
    assert f"versionId={upload.version_id}" in api.creates[0].url


def test_create_is_asked_for_the_model_and_options(house: House, api: ScriptedApi) -> None:
    """Defaults and the object's own metadata arrive with their types; false ones are left out."""
    metadata = {"stt-language": "pt", "stt-diarize": "true", "stt-punctuate": "no"}
    house.submit(house.put(Metadata=metadata))
    asked = dict(api.creates[0].parameters)
    assert asked.pop("url").startswith("https://")
    assert asked == {
        "model": "#g1_whisper-small",
        "utterances": True,
        "language": "pt",
        "diarize": True,
    }


@pytest.mark.parametrize("status", [400, 404, 413, 422])
def test_what_is_refused_for_good_is_rejected(house: House, api: ScriptedApi, status: int) -> None:
    """The row says what the API said."""
    api.on_create(Reply.refused(status, message="This codec is unknown."))
    job = house.submit()
    assert (job.status, job.stage) == (Status.REJECTED, "create")
    assert "This codec is unknown." in (job.reason or "")


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply.refused(408), WaitReason.SLOW_DOWN),
        (Reply.refused(429), WaitReason.SLOW_DOWN),
        (Reply.refused(500), WaitReason.OUTAGE),
        (Reply.refused(503), WaitReason.OUTAGE),
        (Reply.html(503), WaitReason.OUTAGE),
        (Reply(307, b"", {"Location": "http://127.0.0.1:9/"}), WaitReason.OUTAGE),
        (Reply.refused(401), WaitReason.KEY),
        (Reply.refused(402, "err_insufficent_credits"), WaitReason.CREDITS),
        (Reply.refused(403), WaitReason.CREDITS),
    ],
)
def test_what_can_not_go_now_waits_as_a_row(
    house: House, api: ScriptedApi, reply: Reply, reason: WaitReason
) -> None:
    """It goes as soon as its time has come and the API takes it, with no attempt spent."""
    api.on_create(reply)
    job = house.submit()
    assert (job.status, job.wait_reason) == (Status.WAITING, reason)
    assert house.dispatch().moved == []
    house.later(minutes=20)
    (moved,) = house.dispatch().moved
    assert (moved.status, moved.attempt, len(api.creates)) == (Status.SUBMITTED, 1, 2)


@pytest.mark.parametrize(
    "reply",
    [
        Reply.refused(502),
        Reply.html(502),
        Reply.refused(504),
        Reply.html(524),
        Reply.dropped(Drop.UNANSWERED),
        Reply.dropped(Drop.MIDWAY),
        Reply(200, {"status": "queued"}),
        Reply.html(200),
    ],
)
def test_a_lost_answer_is_ambiguous_and_sent_once_more(
    house: House, api: ScriptedApi, reply: Reply
) -> None:
    """After a minute, as a new attempt, because the first may have been billed."""
    api.on_create(reply)
    job = house.submit()
    assert (job.status, job.ambiguous) == (Status.AMBIGUOUS, 1)
    house.later(seconds=59)
    assert house.dispatch().moved == []
    house.later(seconds=2)
    (moved,) = house.dispatch().moved
    assert (moved.status, moved.attempt, moved.ambiguous) == (Status.SUBMITTED, 2, 1)


def test_a_second_lost_answer_is_left_to_a_person(house: House, api: ScriptedApi) -> None:
    """No third create by itself, however long nobody looks; a retry sends it."""
    api.on_create(Reply.html(502), Reply.html(502))
    job = house.submit()
    house.later(minutes=2)
    house.dispatch()
    house.later(days=1)
    assert house.dispatch().moved == []
    assert house.row(job).status is Status.AMBIGUOUS
    assert house.retry(job).status is Status.SUBMITTED
    assert len(api.creates) == 3


def test_a_lost_answer_can_be_held_for_a_person(house: House, api: ScriptedApi) -> None:
    """With the setting `hold`, nothing is ever sent twice by itself."""
    house.hold_doubtful()
    api.on_create(Reply.dropped())
    job = house.submit()
    house.later(days=1)
    assert house.dispatch().moved == []
    assert "dropscribe retry" in (house.row(job).reason or "")


def test_an_api_that_is_not_there_is_an_outage(
    session: "boto3.Session", places: Places, table: str
) -> None:
    """A refused connection means that nothing was sent."""
    job = House(session, places, table, f"http://127.0.0.1:{free_port()}/v1").submit()
    assert (job.status, job.wait_reason) == (Status.WAITING, WaitReason.OUTAGE)


def test_retry_after_is_honoured(house: House, api: ScriptedApi) -> None:
    """The API's own wish decides how long it waits, and not sooner."""
    api.on_create(Reply.refused(429).but(headers={"Retry-After": "120"}))
    house.submit()
    house.later(seconds=119)
    assert house.dispatch().moved == []
    house.later(seconds=32)
    assert len(house.dispatch().moved) == 1


def test_without_a_key_nothing_is_asked(house: House, api: ScriptedApi) -> None:
    """The placeholder in the secret is seen without a call."""
    house.key = "PUT-YOUR-API-KEY-HERE"
    job = house.submit()
    assert (job.status, job.wait_reason) == (Status.WAITING, WaitReason.KEY)
    assert api.creates == ()


def test_what_the_api_repeats_is_not_repeated(house: House, api: ScriptedApi) -> None:
    """Providers echo keys and addresses in their errors; a presigned URL opens a recording."""
    said = "Bad key the-key for https://bucket.example/a.wav?X-Amz-Signature=abc, sorry"
    api.on_create(Reply.refused(400, message=said))
    reason = house.submit().reason or ""
    assert reason.endswith("Bad key <key> for <URL> sorry")


def test_nothing_secret_is_in_the_row(house: House, api: ScriptedApi) -> None:
    """Neither the key nor a presigned URL nor a word of what the API echoes of them."""
    api.on_create(Reply.html(502))
    written = repr(house.row(house.submit()))
    assert "the-key" not in written
    assert "X-Amz-" not in written
