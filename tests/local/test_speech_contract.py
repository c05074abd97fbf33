"""What the local speech server and the scripted one agree on: the API as it is documented."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local.speech_client import SpeechClient
from tests.scripted_api import Reply, ScriptedApi

MODEL = "#g1_whisper-small"


@pytest.fixture(params=["local", "scripted"])
def api(request: pytest.FixtureRequest) -> Iterator[SpeechClient]:
    """A client of one of the servers, with a key that is checked."""
    if request.param == "local":
        yield request.getfixturevalue("client")
    else:
        with ScriptedApi(key="good") as scripted:
            scripted.when("recording.wav").on_fetch(Reply.pending("queued"))
            yield SpeechClient(scripted.base_url, "good")


def test_create_answers_an_opaque_id(api: SpeechClient) -> None:
    """Any 2xx, an id of 21 URL-safe characters, and that it is queued."""
    answer = api.upload(b"any")
    assert 200 <= answer.status < 300
    assert len(answer.json["generation_id"]) == 21
    assert answer.json["status"] == "queued"


def test_a_job_is_pending_and_then_completed(api: SpeechClient, sample: Path) -> None:
    """The first look finds it pending; the end is a transcript in Deepgram's shape."""
    generation_id = api.upload(sample, smart_format="true", utterances="true").json["generation_id"]
    assert api.fetch(generation_id).json["status"] in {"queued", "active"}
    result = api.finished(generation_id)["result"]
    [alternative] = result["results"]["channels"][0]["alternatives"]
    assert {"transcript", "confidence", "words", "paragraphs"} <= set(alternative)
    assert {"word", "start", "end", "punctuated_word"} <= set(alternative["words"][0])
    assert {"duration", "channels", "request_id", "model_info"} <= set(result["metadata"])
    assert result["results"]["utterances"][0]["transcript"]


@pytest.mark.parametrize("key", [None, "wrong"])
def test_a_wrong_key_is_unauthorized(api: SpeechClient, key: str | None) -> None:
    """401 from both calls, in the documented envelope."""
    stranger = SpeechClient(api.base_url, key)
    for answer in (stranger.create(model=MODEL, url="http://127.0.0.1/"), stranger.fetch("id")):
        assert answer.status == answer.json["status"] == 401
        assert {"title", "message", "requestId", "error"} <= set(answer.json)


def test_an_id_that_was_never_given_is_not_found(api: SpeechClient) -> None:
    """404 in the envelope."""
    answer = api.fetch("never-given")
    assert answer.status == 404
    assert answer.json["error"]["message"]


def test_neither_url_nor_file_is_bad(api: SpeechClient) -> None:
    """400, in the provider's words."""
    answer = api.create(model=MODEL)
    assert (answer.status, answer.json["message"]) == (400, "One of url or file is required")


def test_a_missing_model_is_bad(api: SpeechClient) -> None:
    """400 before anything else is looked at."""
    assert api.create(url="http://127.0.0.1/").status == 400
