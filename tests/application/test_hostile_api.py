"""A speech API that means harm, on real sockets: it wastes no memory, no time, and no key."""

import gzip
import json
import ssl
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3
from transcription import speech_api
from transcription.api_errors import Doubtful, NotNow, Refused
from transcription.job import WaitReason
from transcription.speech_api import SpeechApi

from dropscribe.local.certificate import ensure_certificate
from dropscribe.local.home import Home
from tests.application.hostile_api import HEAD, HostileApi, Play, dripping, endless, once
from tests.application.house import House
from tests.scripted_api import Reply, ScriptedApi

MIB = 1024 * 1024
ZEROS = bytes(64 * 1024)
# 200 MiB of nothing in 0.2 MiB, and that in a few hundred bytes.
BOMB = gzip.compress(bytes(200 * MIB), 9)
BOMBS = {"gzip": BOMB, "gzip, gzip": gzip.compress(BOMB, 9)}
TAUNT = b"HTTP/1.1 100 Continue\r\n\r\n"


@pytest.fixture(autouse=True)
def _little(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client with the patience and the appetite of a test."""
    monkeypatch.setattr(speech_api, "MOST_BYTES", MIB)
    monkeypatch.setattr(speech_api, "TIMEOUT", urllib3.Timeout(connect=5, read=0.3))
    monkeypatch.setattr(speech_api, "BODY_TIME", 0.3)


def client(api: HostileApi | ScriptedApi) -> SpeechApi:
    return SpeechApi(api.base_url, lambda: "the-key")


def fetch(api: HostileApi) -> None:
    client(api).fetch("an-id")


def create(api: HostileApi) -> None:
    client(api).prepared({"model": "m"}, "https://bucket.example/a.wav")()


def compressed(coding: str) -> Play:
    """A bomb, as a server sends it to whoever didn't ask for it."""
    head = (
        HEAD
        + f"Content-Encoding: {coding}\r\nContent-Length: {len(BOMBS[coding])}\r\n\r\n".encode()
    )
    return once(head, BOMBS[coding])


@pytest.mark.parametrize(
    "head",
    [HEAD + b"\r\n", HEAD + b"Content-Length: 1099511627776\r\n\r\n"],
    ids=["unannounced", "announced"],
)
def test_an_endless_answer_is_not_read_to_its_end(head: bytes) -> None:
    """A create that answers so is in doubt, a fetch is over; and the line is cut."""
    for ask, error in ((fetch, Refused), (create, Doubtful)):
        with HostileApi(endless(ZEROS, head)) as api:
            with pytest.raises(error, match=r"larger than 1,048,576 bytes"):
                ask(api)
            assert api.hung_up.wait(10)


@pytest.mark.parametrize("coding", BOMBS)
def test_a_bomb_does_not_go_off(coding: str) -> None:
    """What comes out of it is bounded too, not only what comes in."""
    with HostileApi(compressed(coding)) as api:
        tracemalloc.start()
        with pytest.raises((Refused, NotNow)):
            fetch(api)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 16 * MIB


def test_nobody_asks_for_compressed_answers(api: ScriptedApi) -> None:
    """So a bomb can't even be what was asked for."""
    api.on_fetch(Reply.completed())
    client(api).fetch("an-id")
    assert api.fetches[0].headers["Accept-Encoding"] == "identity"


@pytest.mark.parametrize(
    "play",
    [
        dripping(b"x", HEAD + b"\r\n"),
        dripping(b"1\r\nx\r\n", HEAD + b"Transfer-Encoding: chunked\r\n\r\n"),
        dripping(b"X-Header: 1\r\n", HEAD),
        dripping(b"x", b"HTTP/1.1 200 "),
        dripping(TAUNT),
        endless(TAUNT, TAUNT),
        endless(b"X-Header: 1\r\n", HEAD),
    ],
    ids=["body", "chunks", "headers", "status", "continue", "fast-continue", "fast-headers"],
)
def test_an_answer_without_end_is_cut_off_in_time(play: Play) -> None:
    """Each byte comes soon enough, but the last one never: the whole has its time, too."""
    with HostileApi(play) as api:
        with pytest.raises(NotNow) as caught:
            fetch(api)
        assert caught.value.reason is WaitReason.OUTAGE
        assert api.hung_up.wait(10)


def test_a_create_without_end_is_in_doubt() -> None:
    """It may have been taken."""
    with HostileApi(dripping(b"x", HEAD + b"\r\n")) as api, pytest.raises(Doubtful, match="broke"):
        create(api)


@pytest.fixture
def certified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's TLS that the client trusts."""
    ensure_certificate(home := Home(tmp_path))
    monkeypatch.setenv("SSL_CERT_FILE", str(home.certificate))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(home.certificate, home.private_key)
    return tls


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 ", HEAD + b"\r\n"], ids=["head", "body"])
def test_tls_is_cut_off_as_well(certified: ssl.SSLContext, head: bytes) -> None:
    """Whoever waits for the next record is woken."""
    with HostileApi(dripping(b"x", head), certified) as api:
        with pytest.raises(NotNow, match="TooSlow"):
            fetch(api)
        assert api.hung_up.wait(10)


def test_a_certificate_that_nobody_vouches_for_gets_no_request(
    certified: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TLS is verified before the key leaves: whoever pretends to be the API hears nothing."""
    monkeypatch.delenv("SSL_CERT_FILE")
    for ask in (fetch, create):
        with HostileApi(once(b""), certified) as api, pytest.raises(NotNow, match="to be trusted"):
            ask(api)
        assert api.asked == []


@pytest.fixture
def elsewhere() -> Iterator[HostileApi]:
    """Where the API would like the key to go."""
    with HostileApi(once(HEAD + b"Content-Length: 2\r\n\r\n{}")) as server:
        yield server


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_the_key_follows_no_redirect(elsewhere: HostileApi, status: int) -> None:
    """Not to another place, nor to the same one."""
    location = f"Location: {elsewhere.base_url}/stt/create\r\nContent-Length: 0\r\n\r\n"
    reply = once(f"HTTP/1.1 {status} Go\r\n{location}".encode())
    for ask in (fetch, create):
        with HostileApi(reply) as api, pytest.raises(NotNow, match="redirects elsewhere"):
            ask(api)
    assert elsewhere.asked == []


@pytest.mark.parametrize("generation_id", ["x" * 501, "a\nb", "\ud800", "", 7, None, ["id"], {}])
def test_an_id_that_no_row_can_hold_is_none(generation_id: object) -> None:
    """The request may have been taken, so it is in doubt; nothing breaks on the way."""
    body = json.dumps({"generation_id": generation_id}).encode()
    answer = once(HEAD + f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
    with HostileApi(answer) as api, pytest.raises(Doubtful, match="gave no generation_id"):
        create(api)


def test_what_the_api_says_fits_into_a_row(house: House, api: ScriptedApi) -> None:
    """A sermon is cut, and its line breaks and escapes are gone."""
    api.on_create(Reply.refused(400, message="No\n\x1b[2J\x9b2J " + "no " * 100_000))
    reason = house.submit().reason or ""
    assert len(reason) < 500
    assert reason.isprintable()
