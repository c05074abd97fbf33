"""Uploads that break: in the source, at the API, too slow; and what each means for the money."""

import dataclasses
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from transcription.api_errors import Doubtful, NotNow, Refused
from transcription.job import Status, WaitReason
from transcription.multipart import Audio, BrokenOff
from transcription.recordings import Recordings
from transcription.speech_api import SpeechApi

from dropscribe.local.certificate import ensure_certificate
from dropscribe.local.home import Home
from tests.application.house import SPEECH, House
from tests.application.impatient_api import ImpatientApi
from tests.scripted_api import Drop, Reply, ScriptedApi

PIECE = bytes(1024 * 1024)
PIECES = 64
UNREAD = b"HTTP/1.1 %d No\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


def upload(
    base_url: str, pieces: Iterable[bytes] = (PIECE,) * PIECES, upload_time: float = 60
) -> str:
    """Send 64 MiB, more than all sockets between hold."""
    audio = Audio("a.wav", "audio/wav", PIECES * len(PIECE), pieces)
    api = SpeechApi(base_url, lambda: "the-key", upload_time)
    return api.prepared({"model": "m"}, audio)()


def a_source(reads: int) -> Iterator[bytes]:
    """A recording that can't be read on after so many pieces."""
    yield from [PIECE] * reads
    raise BrokenOff("S3 broke off (ReadTimeoutError)")


@pytest.mark.parametrize("pieces", [a_source(0), a_source(3), [PIECE], [PIECE] * (PIECES + 1)])
def test_a_source_that_breaks_is_no_request(api: ScriptedApi, pieces: Iterable[bytes]) -> None:
    """Nor does one that is shorter or longer than it was look finished: nothing was created."""
    with pytest.raises(NotNow, match="nothing was created") as caught:
        upload(api.base_url, pieces)
    assert caught.value.reason is WaitReason.OUTAGE
    assert api.creates == ()


@pytest.mark.parametrize(
    ("status", "error"), [(413, Refused), (400, Refused), (401, NotNow), (429, NotNow)]
)
def test_an_early_answer_is_heard(status: int, error: type[Exception]) -> None:
    """The API need not listen to a gigabyte to say no: that is no broken connection."""
    with ImpatientApi(UNREAD % status) as api, pytest.raises(error, match=f"answered {status}"):
        upload(api.base_url)


def test_an_early_answer_is_heard_through_tls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the write fails in another way."""
    home = Home(tmp_path)
    ensure_certificate(home)
    monkeypatch.setenv("SSL_CERT_FILE", str(home.certificate))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(home.certificate, home.private_key)
    with ImpatientApi(UNREAD % 413, tls) as api, pytest.raises(Refused, match="answered 413"):
        upload(api.base_url)


@pytest.mark.parametrize("answer", [b"", UNREAD % 502, b"HTTP/1.1 20"])
def test_an_api_that_breaks_off_has_created_nothing(answer: bytes) -> None:
    """It had not even seen the whole request: nothing is in doubt, and nothing paid twice."""
    with (
        ImpatientApi(answer) as api,
        pytest.raises(NotNow, match="before the recording was sent; nothing was created"),
    ):
        upload(api.base_url)


def test_an_answer_lost_after_everything_was_sent_is_a_doubt(api: ScriptedApi) -> None:
    """Then it may have been taken."""
    api.on_create(Reply.dropped(Drop.UNANSWERED))
    with pytest.raises(Doubtful):
        upload(api.base_url)


def test_a_slow_upload_is_broken_off_in_time(api: ScriptedApi) -> None:
    """The function lives to write it down."""
    with pytest.raises(NotNow, match="not through after 0 seconds"):
        upload(api.base_url, upload_time=0)
    assert api.creates == ()


class Hiccup(Recordings):
    """A bucket that falls silent in the middle of an object."""

    @contextmanager
    def opened(self, *_version: str | None) -> Iterator[Audio]:
        """An object of which nothing comes."""
        yield Audio("a.wav", "audio/wav", len(SPEECH), a_source(0))


def test_a_row_whose_source_broke_waits_and_goes(house: House, api: ScriptedApi) -> None:
    """No attempt is spent, no doubt counted."""
    house.send_by("upload")
    whole = house.desk
    house.desk = dataclasses.replace(whole, recordings=Hiccup(house.s3))
    job = house.submit()
    assert (job.status, job.wait_reason, job.ambiguous) == (Status.WAITING, WaitReason.OUTAGE, 0)
    house.desk = whole
    (moved,) = house.dispatch(at_once=True).moved
    assert (moved.status, moved.attempt, len(api.creates)) == (Status.SUBMITTED, 1, 1)
