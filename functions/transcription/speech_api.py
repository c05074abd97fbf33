"""The speech-to-text API: `create` gives an id, `fetch` by that id gives the answer.

SpeechApiError
 +-- NotNow      nothing was created; ask again later (`reason`, perhaps `retry_after`)
 +-- Refused     it will never take this; the message says why
 +-- Doubtful    the request may have arrived and may be billed, but no id came back
 +-- Gone        the id is unknown or has expired
"""

import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import quote, urlsplit

import urllib3
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from transcription.foreign import one_line, read_json
from transcription.job import WaitReason

# What the secret holds until somebody has put a key there.
PLACEHOLDER: Final = "PUT-YOUR-API-KEY-HERE"
# Seconds to connect, and between two bytes of an answer.
TIMEOUT: Final = urllib3.Timeout(connect=5, read=30)
# The largest answer worth reading, in bytes: ten hours of speech are about 20 MB.
MOST_BYTES: Final = 64 * 1024 * 1024
# The longest that a Retry-After is honoured, in seconds.
LONGEST_WAIT: Final = 900

REASONS: Final[Mapping[int, WaitReason]] = {
    401: WaitReason.KEY,
    402: WaitReason.CREDITS,
    403: WaitReason.CREDITS,
    408: WaitReason.SLOW_DOWN,
    429: WaitReason.SLOW_DOWN,
    500: WaitReason.OUTAGE,
    503: WaitReason.OUTAGE,
}
DOUBTFUL: Final = frozenset({502, 504, 524})


class SpeechApiError(Exception):
    """The speech API did not do as asked."""


class NotNow(SpeechApiError):
    """Nothing was created. `retry_after` is in seconds, where the API said."""

    def __init__(self, message: str, reason: WaitReason, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.retry_after = retry_after


class Refused(SpeechApiError):
    """The API will never take this request."""


class Doubtful(SpeechApiError):
    """The request may have arrived; no id came back."""


class Gone(SpeechApiError):
    """The API does not know this id, or no longer."""


class SpeechApi:
    """A client that never repeats a request by itself, follows no redirect, and logs nothing."""

    def __init__(self, base_url: str, key: Callable[[], str]) -> None:
        _refuse_plain_http(base_url)
        self._base_url = base_url.rstrip("/")
        self._key = key
        self._http = urllib3.PoolManager(timeout=TIMEOUT, retries=False)

    def create(self, options: Mapping[str, Any], url: str) -> str:
        """Ask for the transcript of the recording at a URL; returns its generation_id.

        Raises NotNow, Refused, Doubtful.
        """
        headers = self._headers()
        # A connection kept alive through a frozen Lambda may be dead: a POST lost on it would be
        # in doubt, and doubt costs money. A fresh one costs a handshake.
        self._http.clear()
        with _connection_mapped(lost=Doubtful):
            status, sent_back, body = self._request(
                "POST", "/stt/create", headers, {**options, "url": url}
            )
        if status in DOUBTFUL:
            raise Doubtful(f"The API answered {status} after the request was sent")
        _check(status, sent_back, body)
        return _generation_id(body)

    def fetch(self, generation_id: str) -> bytes:
        """The raw answer for an id, whatever its status; raises NotNow, Refused, Gone."""
        headers = self._headers()
        with _connection_mapped(lost=_outage):
            status, sent_back, body = self._request(
                "GET", f"/stt/{quote(generation_id, safe='')}", headers
            )
        if status == 404:
            raise Gone(_said(status, body))
        if status >= 500:
            raise NotNow(_said(status, body), WaitReason.OUTAGE)
        _check(status, sent_back, body)
        return body

    def _headers(self) -> dict[str, str]:
        key = self._key().strip()
        if not key or key == PLACEHOLDER:
            raise NotNow("No API key has been set yet", WaitReason.KEY)
        return {"Authorization": f"Bearer {key}", "Accept": "application/json"}

    def _request(
        self, method: str, path: str, headers: Mapping[str, str], fields: Any = None
    ) -> tuple[int, Mapping[str, str], bytes]:
        response = self._http.request(
            method,
            self._base_url + path,
            headers=dict(headers),
            json=fields,
            redirect=False,
            preload_content=False,
        )
        try:
            body = response.read(MOST_BYTES + 1, decode_content=True)
        finally:
            response.release_conn()
        if len(body) > MOST_BYTES:
            response.close()
            raise Refused(f"The API's answer is larger than {MOST_BYTES} bytes")
        return response.status, response.headers, body


def _check(status: int, headers: Mapping[str, str], body: bytes) -> None:
    """Pass a success; raise what any other status means for whoever asked."""
    if 200 <= status < 300:
        return
    if 300 <= status < 400:
        raise NotNow(
            f"The API redirects elsewhere ({status}), where the key must not go", WaitReason.OUTAGE
        )
    if status in REASONS:
        raise NotNow(_said(status, body), REASONS[status], retry_after(headers))
    if status >= 500:
        raise Doubtful(_said(status, body))
    raise Refused(_said(status, body))


def _generation_id(body: bytes) -> str:
    try:
        generation_id = read_json(body)["generation_id"]
    except (ValueError, KeyError, TypeError):
        generation_id = None
    if not isinstance(generation_id, str) or not generation_id:
        raise Doubtful("The API accepted the request, but gave no generation_id")
    return generation_id


def _said(status: int, body: bytes) -> str:
    """A sentence with what the API said, out of any of its envelopes; HTML is left out."""
    try:
        envelope = read_json(body)
        message = envelope.get("message") or envelope["error"]["message"]
    except (ValueError, KeyError, TypeError, AttributeError):
        return f"The API answered {status}"
    if isinstance(message, list):
        message = "; ".join(str(item) for item in message)
    return f"The API answered {status}: {one_line(str(message))[:300]}"


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """The seconds that a Retry-After header asks for, given as seconds or as a date."""
    text = headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return min(float(text), LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    moment = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(max(0.0, (moment - (now or datetime.now(UTC))).total_seconds()), LONGEST_WAIT)


def _outage(message: str) -> NotNow:
    return NotNow(message, WaitReason.OUTAGE)


@contextmanager
def _connection_mapped(lost: Callable[[str], SpeechApiError]) -> Iterator[None]:
    """What urllib3 raises: before the request was sent it is an outage, after that `lost`."""
    try:
        yield
    except (NewConnectionError, ConnectTimeoutError) as error:
        raise _outage(f"The API can't be reached ({type(error).__name__})") from error
    except HTTPError as error:
        if error.args and isinstance(error.args[0], ssl.SSLCertVerificationError):
            raise _outage("The API's certificate is not to be trusted") from error
        raise lost(f"The connection to the API broke ({type(error).__name__})") from error


def _refuse_plain_http(base_url: str) -> None:
    parts = urlsplit(base_url)
    if parts.scheme == "https" and parts.hostname:
        return
    if parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost", "::1"}:
        return
    raise ValueError(f"The API's base URL must begin with https://, not {base_url!r}")
