"""The speech API's client, as far as it is pure: what answers say, and where it may connect."""

import json
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcription.job import WaitReason
from transcription.speech_api import (
    LONGEST_WAIT,
    PLACEHOLDER,
    NotNow,
    SpeechApi,
    _said,
    retry_after,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SEEN = {
    "title": "Bad Request",
    "status": 400,
    "message": "One of url or file is required",
    "instance": "/stt/create",
    "requestId": "r",
    "timestamp": "t",
    "error": {"name": "BadRequest", "message": "inner", "data": {"kind": "err_validation"}},
}
DOCUMENTED = {"message": "No such model", "path": "/v1/stt", "requestId": "r", "statusCode": 404}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30", 30),
        (" 30 ", 30),
        ("0", 0),
        ("86400", LONGEST_WAIT),
        ("9" * 400, LONGEST_WAIT),
        ("Sun, 22 Nov 2026 12:00:30 GMT", 30),
        ("Sun, 22 Nov 2026 12:00:30 -0000", 30),
        ("Sun, 22 Nov 2026 14:00:30 +0200", 30),
        ("Sun, 22 Nov 2026 11:59:00 GMT", 0),
        ("Mon, 23 Nov 2026 12:00:00 GMT", LONGEST_WAIT),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("²", None),
        ("Sun, 99 Nov 2026 12:00:00 GMT", None),
        ("Sun, 22 Nov 99999999999999999999 12:00:00 GMT", None),
        ("Sun, 22 Nov 2026 12:00:00 +99999999999999999999", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(text: str, seconds: float | None) -> None:
    """Never below zero, never longer than a quarter of an hour; garbage is no wish at all."""
    assert retry_after({"Retry-After": text}, NOW) == seconds


def test_without_the_header_nothing_was_asked() -> None:
    """Our own doubling decides then."""
    assert retry_after({}) is None


@given(st.text(st.characters(max_codepoint=255), max_size=40))
def test_no_retry_after_makes_it_fail(text: str) -> None:
    """A header is whatever a gateway writes."""
    seconds = retry_after({"Retry-After": text}, NOW)
    assert seconds is None or 0 <= seconds <= LONGEST_WAIT


@given(st.datetimes(timezones=st.just(UTC)))
def test_every_date_is_a_wait(moment: datetime) -> None:
    """From the year one to the last."""
    seconds = retry_after({"Retry-After": format_datetime(moment, usegmt=True)}, NOW)
    assert seconds is None or 0 <= seconds <= LONGEST_WAIT


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (SEEN, "The API answered 400: One of url or file is required"),
        (DOCUMENTED, "The API answered 400: No such model"),
        ({"message": ["url must be a URL", "model is empty"]}, "400: url must be a URL; model is"),
        ({"message": "two\n lines"}, "The API answered 400: two lines"),
        ({"message": None, "error": {"message": "inner"}}, "The API answered 400: inner"),
        ({"error": {"message": "inner"}}, "The API answered 400: inner"),
        ({"message": {"text": "deep"}}, "The API answered 400: {'text': 'deep'}"),
    ],
)
def test_a_refusal_repeats_what_the_api_said(body: dict[str, Any], said: str) -> None:
    """Out of either envelope, in one line."""
    assert said in _said(400, json.dumps(body).encode())


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>502</body></html>",
        b"null",
        b"[]",
        b'["message"]',
        b'"message"',
        b"{}",
        b'{"message": null}',
        b'{"error": "text"}',
        b'{"message": ""}',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_what_says_nothing_is_told_by_its_status(body: bytes) -> None:
    """A gateway's page does not end up on a row."""
    assert _said(502, body) == "The API answered 502"


@pytest.mark.parametrize("message", ["x" * 10_000, "half \ud83d", "a\x00b"])
def test_what_the_api_said_fits_a_row(message: str) -> None:
    """Short, printable, and writable as UTF-8."""
    said = _said(400, json.dumps({"message": message}).encode())
    assert len(said.encode()) < 400
    assert said.isprintable()


@pytest.mark.parametrize(
    "url",
    [
        "https://api.aimlapi.com/v1",
        "HTTPS://api.example:8443/v1/",
        "http://127.0.0.1:9000/v1",
        "http://localhost:9000/v1",
        "http://[::1]:9000/v1",
    ],
)
def test_the_api_is_reached_by_tls_or_on_this_machine(url: str) -> None:
    """A key never travels in the clear."""
    SpeechApi(url, str)


@pytest.mark.parametrize(
    "url",
    [
        "http://api.aimlapi.com/v1",
        "http://127.0.0.1.evil.example/v1",
        "http://localhost@evil.example/v1",
        "http://localhost.evil.example",
        "http://169.254.169.254/",
        "http://0.0.0.0/",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "//127.0.0.1/v1",
        "api.aimlapi.com/v1",
        "https:///v1",
        "http://[",
        "",
    ],
)
def test_plain_http_to_anywhere_else_is_refused(url: str) -> None:
    """At the start, before there is a request to lose."""
    with pytest.raises(ValueError, match=r"https://|Invalid IPv6"):
        SpeechApi(url, str)


@pytest.mark.parametrize("key", [PLACEHOLDER, "", "  \n", f" {PLACEHOLDER}\n"])
@pytest.mark.parametrize("asked", ["create", "fetch"])
def test_without_a_key_nothing_is_sent(key: str, asked: str) -> None:
    """The job waits for its operator; with sockets off, a request would fail here."""
    api = SpeechApi("https://api.example/v1", lambda: key)
    with pytest.raises(NotNow, match="No API key has been set yet") as caught:
        api.create({}, "https://u") if asked == "create" else api.fetch("g")
    assert caught.value.reason is WaitReason.KEY
