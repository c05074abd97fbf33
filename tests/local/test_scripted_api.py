"""The scripted speech API itself: it plays what it is told and records what it is sent."""

import hashlib
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import urllib3

from dropscribe.local.speech.words import Word
from tests.local.audio_host import hosted
from tests.local.speech_client import SpeechClient
from tests.scripted_api import Drop, Reply, ScriptedApi

MODEL = "#g1_whisper-small"
URL = "http://127.0.0.1:9/uploads/calls/a%20b.mp3?X-Amz-Signature=1"


@pytest.fixture
def api() -> Iterator[ScriptedApi]:
    """A server without a script."""
    with ScriptedApi() as scripted:
        yield scripted


@pytest.fixture
def to(api: ScriptedApi) -> SpeechClient:
    """Its client."""
    return SpeechClient(api.base_url, "any")


def create(to: SpeechClient, url: str = URL) -> str:
    """The id of a job that was created."""
    return str(to.create(model=MODEL, url=url).json["generation_id"])


def transcript(body: Any) -> str:
    """The text of a completed answer."""
    return str(body["result"]["results"]["channels"][0]["alternatives"][0]["transcript"])


def test_without_a_script_everything_works(api: ScriptedApi, to: SpeechClient) -> None:
    """Two hundred creates at once get an id and a transcript each."""
    with ThreadPoolExecutor(8) as threads:
        ids = list(threads.map(lambda _: create(to), range(200)))
        answers = list(threads.map(to.fetch, ids))
    assert len(set(ids)) == len(api.creates) == 200
    assert all(transcript(answer.json) for answer in answers)
    assert 1 <= api.most_creates_in_flight <= 8


def test_creates_play_in_order(api: ScriptedApi, to: SpeechClient) -> None:
    """Each reply once, then unscripted again."""
    slow_down = Reply.refused(429).but(headers={"Retry-After": "7"})
    api.on_create(slow_down, Reply.created("id-1"))
    assert to.create(model=MODEL, url=URL).status == 429
    assert create(to) == "id-1"
    assert create(to) != "id-1"


def test_every_id_plays_the_fetches_from_the_start(api: ScriptedApi, to: SpeechClient) -> None:
    """Two files do not take each other's replies."""
    api.on_fetch(Reply.pending("waiting"), Reply.completed("hello world"))
    for generation_id in (create(to), create(to)):
        assert to.fetch(generation_id).json == {"status": "waiting"}
        assert transcript(to.fetch(generation_id).json) == "hello world"


def test_one_id_may_have_a_script_of_its_own(api: ScriptedApi, to: SpeechClient) -> None:
    """Whether it was created here or not."""
    api.on_fetch(Reply.failed(), generation_id="id-7")
    assert to.fetch("id-7").json["status"] == "error"
    assert to.fetch(create(to)).json["status"] == "completed"


def test_a_rule_scripts_the_creates_that_match(api: ScriptedApi, to: SpeechClient) -> None:
    """By the object's key inside the URL, and the fetches of what they created."""
    api.when("calls/a b.mp3").on_create(Reply.created("id-a")).on_fetch(Reply.expired())
    other = create(to, "http://127.0.0.1:9/uploads/calls/b.mp3")
    assert create(to) == "id-a"
    assert to.fetch("id-a").status == 404
    assert to.fetch(other).json["status"] == "completed"


def test_a_lasting_reply_lasts_until_it_is_replaced(api: ScriptedApi, to: SpeechClient) -> None:
    """An outage, and its end."""
    api.on_create(Reply.html(503).but(lasting=True))
    with urllib3.PoolManager(retries=False) as pool:
        pages = [pool.request("POST", f"{api.base_url}/stt/create") for _ in range(3)]
    assert [page.status for page in pages] == [503] * 3
    assert pages[0].headers["Content-Type"] == "text/html"
    api.on_create()
    assert create(to)


@pytest.mark.parametrize("where", list(Drop))
def test_connections_break_where_they_are_told_to(
    api: ScriptedApi, to: SpeechClient, where: Drop
) -> None:
    """The client sees a broken connection, the server has the request on record."""
    api.on_create(Reply.created("id-1").but(drop=where))
    with pytest.raises(urllib3.exceptions.HTTPError):
        create(to)
    [recorded] = api.creates
    assert bool(recorded.body) is (where is not Drop.UNREAD)
    assert create(to)


def test_a_late_and_slow_answer_arrives_whole(api: ScriptedApi, to: SpeechClient) -> None:
    """Delays cost time, not bytes."""
    api.on_create(Reply.created("id-1").but(delay=0.05, slow=0.1))
    assert create(to) == "id-1"


def test_a_server_stops_in_the_middle_of_a_delay() -> None:
    """Leaving it waits neither for its own delays nor for clients."""
    with ThreadPoolExecutor(1) as threads:
        with ScriptedApi() as api:
            api.on_create(Reply.created().but(delay=600))
            lost = threads.submit(create, SpeechClient(api.base_url, None))
            assert api.wait_for(lambda api: len(api.creates) == 1)
        assert isinstance(lost.exception(30), urllib3.exceptions.HTTPError)


def test_a_form_is_taken_apart(api: ScriptedApi, to: SpeechClient) -> None:
    """Any bytes survive, line ends and boundaries in the making too."""
    audio = b"\r\n--" + random.Random(7).randbytes(50_000) + b"\r\n"
    to.upload(audio, smart_format="true")
    [recorded] = api.creates
    assert recorded.parameters == {"model": MODEL, "smart_format": "true"}
    assert recorded.upload is not None
    assert (recorded.upload.name, recorded.upload.file_name) == ("audio", "recording.wav")
    assert (recorded.upload.content_type, recorded.upload.body) == ("audio/wav", audio)


def test_the_request_is_on_record(api: ScriptedApi, to: SpeechClient) -> None:
    """Method, path, headers, key, parameters."""
    create(to)
    [recorded] = api.creates
    assert (recorded.method, recorded.path, recorded.key) == ("POST", "/v1/stt/create", "any")
    assert recorded.headers["content-type"] == "application/json"
    assert recorded.json == {"model": MODEL, "url": URL}


def test_the_key_can_change(api: ScriptedApi, to: SpeechClient) -> None:
    """A wrong key is refused until the right one is the one that is sent."""
    api.key = "good"
    assert to.create(model=MODEL, url=URL).status == 401
    api.key = "any"
    assert create(to)


def test_reset_forgets_everything(api: ScriptedApi, to: SpeechClient) -> None:
    """Scripts, requests, ids and the key."""
    generation_id = create(to)
    api.on_create(Reply.refused(402))
    api.key = "good"
    api.reset()
    assert to.fetch(generation_id).status == 404
    assert (len(api.creates), len(api.fetches)) == (0, 1)
    assert create(to)


def test_urls_are_fetched_when_told_to() -> None:
    """Length and digest of what came, or why nothing did."""
    with hosted({"/a.wav": Reply(200, b"sound")}) as host, ScriptedApi(fetch_urls=True) as api:
        to = SpeechClient(api.base_url, None)
        create(to, f"{host}/a.wav")
        create(to, f"{host}/gone.wav")
    arrived, missing = api.fetched
    assert (arrived.size, arrived.sha256) == (5, hashlib.sha256(b"sound").hexdigest())
    assert "404" in missing.problem


def test_silence_is_completed_and_empty() -> None:
    """In both of its spellings."""
    assert transcript(Reply.silence().body) == ""
    assert Reply.null_results().body["result"]["results"] is None


def test_a_transcript_may_stand_under_output() -> None:
    """Facts disagree about the name; the rest is the same."""
    reply = Reply.completed("hello", under="output", seconds=12.5)
    assert reply.body["output"]["metadata"]["duration"] == 12.5
    assert "result" not in reply.body


def test_channels_and_speakers_can_be_scripted() -> None:
    """Words with times and speakers, and one sequence of them for each channel."""
    reply = Reply.completed([Word("Hello.", 0, 1, 0.9, speaker=1)], "other side")
    utterances = reply.body["result"]["results"]["utterances"]
    assert [utterance["channel"] for utterance in utterances] == [0, 1]
    assert utterances[0]["speaker"] == 1


def test_errors_come_in_both_envelopes() -> None:
    """The one that was seen, and the documented one, whose message may be a list."""
    assert Reply.refused(402, "err_insufficent_credits").body["status"] == 402
    assert Reply.refused_as_documented(400, "a", "b").body["message"] == ["a", "b"]
