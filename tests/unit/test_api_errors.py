"""What the speech API's statuses mean, as far as it is pure: its words, and its wish to wait."""

import json
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcription.api_errors import (
    ERRORS,
    LONGEST_WAIT,
    Doubtful,
    Gone,
    NotNow,
    Refused,
    SpeechApiError,
    error_of,
    retry_after,
    said,
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
    ("body", "told"),
    [
        (SEEN, "The API answered 400: One of url or file is required"),
        (DOCUMENTED, "The API answered 400: No such model"),
        ({"message": ["url must be a URL", "model is empty"]}, "400: url must be a URL; model is"),
        ({"message": "two\n lines"}, "The API answered 400: two lines"),
        ({"message": None, "error": {"message": "inner"}}, "The API answered 400: inner"),
        ({"error": {"message": "inner"}}, "The API answered 400: inner"),
        ({"message": {"text": "deep"}}, "The API answered 400: deep"),
    ],
)
def test_a_refusal_repeats_what_the_api_said(body: dict[str, Any], told: str) -> None:
    """Out of either envelope, in one line."""
    assert told in said(400, json.dumps(body).encode())


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>502</body></html>",
        b"null",
        b"[]",
        b"{}",
        b'{"message": null}',
        b'{"message": ""}',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_what_says_nothing_is_told_by_its_status(body: bytes) -> None:
    """A gateway's page does not end up on a row."""
    assert said(502, body) == "The API answered 502"


@pytest.mark.parametrize("message", ["x" * 10_000, "half \ud83d", "a\x00b"])
def test_what_the_api_said_fits_a_row(message: str) -> None:
    """Short, printable, and writable as UTF-8."""
    told = said(400, json.dumps({"message": message}).encode())
    assert len(told.encode()) < 400
    assert told.isprintable()


@given(st.sampled_from(["create", "fetch"]), st.integers(0, 999).filter(lambda n: n // 100 != 2))
def test_every_status_has_a_meaning(call: Any, status: int) -> None:
    """Also one that nobody has heard of. A create never says that an id is gone."""
    error = error_of(call, status, "It said so")
    assert isinstance(error, NotNow | Refused | (Doubtful if call == "create" else Gone))
    assert str(error) == "It said so"


@pytest.mark.parametrize(
    ("status", "create", "fetch"),
    [
        (307, NotNow, NotNow),
        (418, Refused, NotNow),
        (599, Doubtful, NotNow),
        (101, Doubtful, NotNow),
    ],
)
def test_a_status_that_the_table_lacks_goes_by_its_hundreds(
    status: int, create: type[SpeechApiError], fetch: type[SpeechApiError]
) -> None:
    """A fetch is free to repeat and its job is paid for, so it is never given up for it."""
    assert status not in ERRORS
    assert type(error_of("create", status, "")) is create
    assert type(error_of("fetch", status, "")) is fetch
