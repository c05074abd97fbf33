"""Both ways in: by URL and by upload the same bytes arrive, and the row says which it was."""

import hashlib
from collections.abc import Iterator

import pytest
from transcription import sending
from transcription.job import Status

from dropscribe.local.cloud import Cloud
from tests.application.house import SPEECH, House
from tests.scripted_api import ScriptedApi

EMOJI = "🎤" * 254 + "/é.wav"
SHA256 = hashlib.sha256(SPEECH).hexdigest()
PLAIN = ["calls/a.wav", "a//b/ .wav", "São Paulo/100% #1?+&=.wav", "a/..b/...wav", " /\t.wav"]


@pytest.fixture
def api(emulator: Cloud) -> Iterator[ScriptedApi]:
    """A speech API that fetches what it gets a URL for, as the provider does."""
    trusted = emulator.connection.certificate
    with ScriptedApi(fetch_urls=True, ca_file=trusted) as server:
        yield server


def arrived(api: ScriptedApi) -> str:
    """The SHA-256 of the recording that the one create brought, whichever way."""
    (create,) = api.creates
    if create.upload:
        return hashlib.sha256(create.upload.body).hexdigest()
    (fetched,) = api.fetched
    assert fetched.problem == ""
    return fetched.sha256


@pytest.mark.parametrize("way", ["url", "upload"])
@pytest.mark.parametrize("key", PLAIN)
def test_a_key_arrives_both_ways(house: House, api: ScriptedApi, key: str, way: str) -> None:
    """Spaces, slashes, signs and other alphabets are all the same to it."""
    house.send_by(way)
    job = house.submit(house.put(key=key))
    assert (job.status, house.row(job).sent_by) == (Status.SUBMITTED, way)
    assert arrived(api) == SHA256


@pytest.mark.parametrize("key", ["a/../b.wav", "./c.wav", "d/.", EMOJI, "é" * 500])
def test_a_key_that_no_url_carries_is_uploaded(house: House, api: ScriptedApi, key: str) -> None:
    """Though the setting says URL: clients resolve dots, and have their fill at 2,048 bytes."""
    job = house.submit(house.put(key=key, ContentType="audio/wav"))
    assert (job.status, house.row(job).sent_by) == (Status.SUBMITTED, "upload")
    assert arrived(api) == SHA256


def test_the_emoji_key_is_as_long_as_they_say() -> None:
    """1,023 bytes, which a URL triples."""
    assert len(EMOJI.encode()) == 1023


def test_an_upload_is_what_a_form_should_be(house: House, api: ScriptedApi) -> None:
    """A length instead of chunks, a name, and a type that the recording's first bytes tell."""
    house.send_by("upload")
    house.submit(house.put(key="calls/são.bin"))
    (create,) = api.creates
    assert create.headers["Transfer-Encoding"] is None
    assert int(create.headers["Content-Length"]) == len(create.body)
    upload = create.upload
    assert upload
    assert (upload.name, upload.file_name) == ("audio", "s%C3%A3o.bin")
    assert upload.content_type == "audio/wav"


def test_the_version_that_was_uploaded_is_sent(house: House, api: ScriptedApi) -> None:
    """A newer one under the same key is another job."""
    house.send_by("upload")
    old = house.put(key="again.wav")
    house.put(SPEECH + b"more", key="again.wav")
    house.submit(old)
    assert arrived(api) == SHA256


@pytest.mark.parametrize(("largest", "way"), [(len(SPEECH), "upload"), (len(SPEECH) - 1, "url")])
def test_auto_uploads_what_fits(
    house: House, monkeypatch: pytest.MonkeyPatch, largest: int, way: str
) -> None:
    """The largest upload decides."""
    monkeypatch.setitem(sending.LARGEST, sending.Way.UPLOAD, largest)
    house.send_by("auto")
    assert house.row(house.submit()).sent_by == way


def test_what_is_too_large_for_its_way_is_rejected(
    house: House, api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is sent, and with the reason."""
    monkeypatch.setitem(sending.LARGEST, sending.Way.UPLOAD, 1000)
    job = house.submit(house.put(key="x/../y.wav"))
    assert (job.status, api.creates) == (Status.REJECTED, ())
    assert "its key has a segment `.` or `..`" in (job.reason or "")
