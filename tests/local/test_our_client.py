"""Our own client and reader find in both servers the same API: every promise that they rest on."""

import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from transcription import answer
from transcription.answer import Outcome
from transcription.api_errors import Gone, NotNow, Refused
from transcription.job import WaitReason
from transcription.reading import transcript_of
from transcription.speech_api import SpeechApi
from transcription.transcript import Transcript

from tests.conftest import SAID
from tests.local.speech_client import SpeechClient
from tests.scripted_api import Reply, ScriptedApi

MODEL = "#g1_whisper-small"


@pytest.fixture(params=["local", "scripted"])
def server(request: pytest.FixtureRequest) -> Iterator[SpeechClient]:
    """One of the servers, with a key that is checked."""
    if request.param == "local":
        yield request.getfixturevalue("client")
    else:
        with ScriptedApi(key="good") as scripted:
            scripted.when("recording.wav").on_fetch(Reply.pending(), Reply.completed(SAID))
            yield SpeechClient(scripted.base_url, "good")


@pytest.fixture
def ours(server: SpeechClient) -> SpeechApi:
    """Our client with the server's key."""
    key = server.headers["Authorization"].removeprefix("Bearer ")
    return SpeechApi(server.base_url, lambda: key)


def test_an_upload_is_read_to_its_end(server: SpeechClient, ours: SpeechApi, sample: Path) -> None:
    """Pending at first; then every word, timed, in order, and within the recording."""
    asked = {"smart_format": "true", "utterances": "true"}
    generation_id = server.upload(sample, **asked).json["generation_id"]
    assert answer.read(ours.fetch(generation_id)).outcome is Outcome.PENDING
    transcript = _finished(ours, generation_id)
    assert " ".join(word.text for word in transcript.words) == SAID
    assert transcript.timed
    assert (transcript.speakers, transcript.unread, transcript.channels) == (0, 0, 1)


def test_a_wrong_key_is_the_operators(server: SpeechClient) -> None:
    """Told apart from everything else, for create and for fetch."""
    stranger = SpeechApi(server.base_url, lambda: "wrong")
    create = stranger.prepared({"model": MODEL}, "http://127.0.0.1/a.wav")
    for call in (create, partial(stranger.fetch, "an-id")):
        with pytest.raises(NotNow) as caught:
            call()
        assert caught.value.reason is WaitReason.KEY


def test_an_unknown_id_is_gone(ours: SpeechApi) -> None:
    """Also one that a path could not hold as it is."""
    for generation_id in ("never-given", "-a/b?c#d%2F é"):
        with pytest.raises(Gone):
            ours.fetch(generation_id)


def test_a_create_without_a_model_is_refused(ours: SpeechApi) -> None:
    """For good, and with the API's own words."""
    with pytest.raises(Refused, match=r"400: .*model"):
        ours.prepared({}, "http://127.0.0.1/a.wav")()


def _finished(api: SpeechApi, generation_id: str) -> Transcript:
    deadline = time.monotonic() + 60
    while (found := answer.read(api.fetch(generation_id))).outcome is Outcome.PENDING:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert found.outcome is Outcome.SUCCESS, found.reason
    return transcript_of(found.payload)
