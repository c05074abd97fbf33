"""From an answer's bytes to what people read: every dialect, and what can't be understood."""

import json

import pytest
from transcription.failure import Failure
from transcription.job import Status

from tests.application.house import House
from tests.scripted_api import Reply, ScriptedApi

ASSEMBLYAI = {
    "text": "Good morning. Hello.",
    "words": [
        {"text": "Good", "start": 0, "end": 400, "speaker": "A"},
        {"text": "morning.", "start": 410, "end": 900, "speaker": "A"},
        {"text": "Hello.", "start": 2000, "end": 2400, "speaker": "B"},
    ],
}
STRANGE = {"status": "completed", "result": {"lines": ["Good morning."]}}


@pytest.mark.parametrize("under", ["result", "output"])
def test_both_names_of_the_payload_are_read(house: House, api: ScriptedApi, under: str) -> None:
    """The page says result, other pages say output."""
    job = house.submit()
    api.on_fetch(Reply.completed("Good morning.", under=under))
    house.transcribe(job)
    assert house.rendition(job) == "Good morning.\n"


def test_assemblyais_milliseconds_are_captions_seconds(house: House, api: ScriptedApi) -> None:
    """And its letters are our speakers."""
    job = house.submit()
    api.on_fetch(Reply(200, {"status": "completed", "output": ASSEMBLYAI}))
    done = house.transcribe(job)
    assert (done.words, done.speakers) == (3, 2)
    assert house.rendition(job) == "Speaker 1: Good morning.\nSpeaker 2: Hello.\n"
    assert "00:00:02,000 -->" in house.rendition(job, "srt")


def test_without_times_there_are_no_captions_and_the_row_says_why(
    house: House, api: ScriptedApi
) -> None:
    """gpt-4o answers with its text alone."""
    job = house.submit()
    api.on_fetch(Reply(200, {"status": "completed", "output": {"text": "Hi.", "usage": {}}}))
    done = house.transcribe(job)
    assert set(done.outputs) == {"txt", "md", "json"}
    assert done.reason == "No captions: the model gave no times"


def test_words_that_cannot_be_read_are_told_on_the_row(house: House, api: ScriptedApi) -> None:
    """The others are published; nobody has to compare to find out."""
    reply = Reply.completed("Good morning.")
    reply.body["result"]["results"]["channels"][0]["alternatives"][0]["words"].append({"word": 7})
    job = house.submit()
    api.on_fetch(reply)
    assert "1 of the answer's words" in (house.transcribe(job).reason or "")
    assert json.loads(house.rendition(job, "json"))["unread_words"] == 1


def test_what_was_understood_is_in_the_json(house: House, api: ScriptedApi) -> None:
    """Summary, topics and the rest, as far as they were asked for."""
    reply = Reply.completed("Good morning.")
    reply.body["result"]["results"]["summary"] = {"result": "success", "short": "A greeting."}
    job = house.submit()
    api.on_fetch(reply)
    house.transcribe(job)
    assert json.loads(house.rendition(job, "json"))["understood"] == {"summary": "A greeting."}


def test_a_success_that_cannot_be_understood_fails_at_publish(
    house: House, api: ScriptedApi
) -> None:
    """Its bytes are kept and its row says so: it was paid for."""
    job = house.submit()
    api.on_fetch(Reply(200, STRANGE))
    done = house.transcribe(job)
    assert (done.status, done.stage, done.outputs) == (Status.FAILED, "publish", {})
    assert "can't be understood: there is no transcript where one belongs" in (done.reason or "")
    assert json.loads(house.shelf.answer(done.answer or "")) == STRANGE
    assert done.announced_at


def test_once_it_is_understood_a_retry_is_free(house: House, api: ScriptedApi) -> None:
    """The day a version of ours knows the shape, nothing is asked of the API again."""
    job = house.submit()
    api.on_fetch(Reply(200, STRANGE))
    kept = house.transcribe(job).answer or ""
    understood = Reply.completed("Good morning.").content
    house.s3.put_object(Bucket=house.places.answers, Key=kept, Body=understood)
    house.later(days=30)
    again = house.retry(job)
    assert house.publish(again).status is Status.COMPLETED
    assert (len(api.creates), len(api.fetches)) == (1, 1)


@pytest.mark.parametrize("body", [b"<html>Bad Gateway</html>", b"", b"[" * 100_000, b'"done"'])
def test_a_200_that_is_no_answer_is_asked_again(
    house: House, api: ScriptedApi, body: bytes
) -> None:
    """A gateway's page passes; the transcript behind it does not suffer."""
    job = house.submit()
    api.on_fetch(Reply(200, body), Reply(200, body), Reply.completed("Good morning."))
    assert house.look(job)["status"] == "pending"
    assert house.look(job)["status"] == "pending"
    assert house.transcribe(job).status is Status.COMPLETED


def test_a_page_that_stays_is_kept_at_the_deadline(house: House, api: ScriptedApi) -> None:
    """Its bytes are evidence, but no transcript: a retry asks, it does not publish them."""
    job = house.submit()
    page = Reply.html(200).but(lasting=True)
    api.on_fetch(page)
    house.later(minutes=56)
    look = house.look(job)
    assert look["status"] == "expired"
    assert look["reason"].endswith(
        "The API's answer is not JSON; its last answer is kept as it came"
    )
    ended = Failure(job.job_id, 1, Status.EXPIRED, look["stage"], look["reason"])
    row = house.failures.record(ended) or job
    assert house.shelf.answer(row.answer or "") == page.content
    house.later(hours=1)
    again = house.retry(row)
    assert (again.status, again.answer, len(api.creates)) == (Status.SUBMITTED, None, 2)


@pytest.mark.parametrize(("status", "named"), [(401, "API key"), (402, "account")])
def test_what_the_key_kept_from_us_expires_with_its_name(
    house: House, api: ScriptedApi, status: int, named: str
) -> None:
    """The job was created and paid for; for an hour nobody could fetch its result."""
    job = house.submit()
    api.on_fetch(Reply.refused(status).but(lasting=True))
    house.later(minutes=54)
    assert house.look(job)["wait_reason"] == house.row(job).wait_reason
    assert house.row(job).wait_reason in {"key", "credits"}
    house.later(minutes=2)
    look = house.look(job)
    assert (look["status"], named in look["reason"]) == ("expired", True)


def test_ids_that_differ_in_case_alone_are_two(house: House, api: ScriptedApi) -> None:
    """They are opaque: also one that begins with a dash, or holds what a path can't."""
    ids = ["-aB_c", "-ab_C", "--", "a/b?c#d%e", "Ü ñ"]
    for number, generation_id in enumerate(ids):
        words = f"Number {number}."
        script = api.when(f"{number}.wav").on_create(Reply.created(generation_id))
        script.on_fetch(Reply.completed(words))
    for number, _ in enumerate(ids):
        job = house.submit(house.put(key=f"{number}.wav"))
        assert house.row(job).generation_id == ids[number]
        house.transcribe(job)
        assert house.rendition(job) == f"Number {number}.\n"


def test_a_slow_answer_is_an_answer(house: House, api: ScriptedApi) -> None:
    """Delayed, and then one piece at a time."""
    api.on_create(Reply.created().but(delay=0.3, slow=0.3))
    job = house.submit()
    api.on_fetch(Reply.completed("Slowly.").but(delay=0.3, slow=0.5))
    assert house.transcribe(job).status is Status.COMPLETED
    assert house.rendition(job) == "Slowly.\n"
