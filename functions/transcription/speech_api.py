"""The speech-to-text API: `create` gives an id, `fetch` by that id gives the answer.

What its errors are and mean stands in api_errors.py.
"""

import json
import re
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, TypeGuard, cast
from urllib.parse import quote, urlsplit

import urllib3
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from transcription.api_errors import BROKEN, Call, Doubtful, NotNow, Refused, check, error_of
from transcription.foreign import NOT_TEXT, read_json
from transcription.job import WaitReason
from transcription.multipart import Audio, BrokenOff, Form
from transcription.patience import Watched, within
from transcription.sending import ANSWER_TIME, UPLOAD_TIME

# What the secret holds until somebody has put a key there.
PLACEHOLDER: Final = "PUT-YOUR-API-KEY-HERE"
# Seconds to connect, and until the head of an answer is there, or between two bytes of its body.
TIMEOUT: Final = urllib3.Timeout(connect=5, read=30)
# Seconds that a whole body may take: a function that calls the API lives for a minute at least.
BODY_TIME: Final = 20
# The same for an upload; urllib3 gives each write of a body as long as it gives connecting.
UPLOAD_TIMEOUT: Final = urllib3.Timeout(connect=20, read=ANSWER_TIME)
# The largest answer worth reading, in bytes: ten hours of speech are about 20 MB.
MOST_BYTES: Final = 64 * 1024 * 1024
# Characters of a generation_id: theirs have up to 36, and a row takes 400 KB in all.
LONGEST_ID: Final = 500


class SpeechApi:
    """A client that never repeats a request by itself, follows no redirect, and logs nothing.

    `upload_time`: seconds that sending a recording's bytes may take.
    """

    def __init__(
        self, base_url: str, key: Callable[[], str], upload_time: float = UPLOAD_TIME
    ) -> None:
        _refuse_plain_http(base_url)
        self._base_url = base_url.rstrip("/")
        self._key = key
        self._upload_time = upload_time
        self._http = urllib3.PoolManager(timeout=TIMEOUT, retries=False)
        self._http.pool_classes_by_scheme = {"http": _PlainPool, "https": _Pool}

    def prepared(self, options: Mapping[str, Any], recording: str | Audio) -> Callable[[], str]:
        """A `create` for a recording, by its URL or its bytes, ready to be called.

        Raises NotNow without a key. Calling it asks once and returns the generation_id; raises
        NotNow, Refused, Doubtful.
        """
        headers = self._headers()
        if isinstance(recording, str):
            body = json.dumps({**options, "url": recording}).encode()
            return lambda: self._create(headers | {"Content-Type": "application/json"}, body)
        form = Form(options, recording)
        headers |= {"Content-Type": form.content_type, "Content-Length": str(form.length)}
        return lambda: self._upload(headers, form)

    def _create(self, headers: Mapping[str, str], body: Any) -> str:
        # A connection kept alive through a frozen Lambda may be dead: a POST lost on it would be
        # in doubt, and doubt costs money. A fresh one costs a handshake.
        self._http.clear()
        with _connection_mapped("create"):
            status, sent_back, answer = self._request("POST", "/stt/create", headers, body)
        check("create", status, sent_back, _without(headers, answer))
        return _generation_id(answer)

    def _upload(self, headers: Mapping[str, str], form: Form) -> str:
        """A `create` whose body takes its time: what breaks before its end created nothing.

        The API was promised more bytes than it got, and never saw the closing boundary. It can't
        have taken that for a request, whoever of us three broke off; so nothing is in doubt.
        """
        try:
            return self._create(headers, _in_time(form, self._upload_time))
        except BrokenOff as error:
            raise _outage(f"{error}; nothing was created") from error
        except Doubtful as error:
            if form.is_whole:
                raise
            raise _outage(f"{error} before the recording was sent; nothing was created") from error

    def fetch(self, generation_id: str) -> bytes:
        """The raw answer for an id, whatever its status; raises NotNow, Refused, Gone."""
        headers = self._headers()
        with _connection_mapped("fetch"):
            status, sent_back, body = self._request(
                "GET", f"/stt/{quote(generation_id, safe='')}", headers
            )
        check("fetch", status, sent_back, _without(headers, body))
        return body

    def _headers(self) -> dict[str, str]:
        key = self._key().strip()
        if not key or key == PLACEHOLDER:
            raise NotNow("No API key has been set yet", WaitReason.KEY)
        if not re.fullmatch(r"[!-~]+", key):
            # The HTTP library would say so too, but with the key in its message.
            raise NotNow("The API key in the secret is not one word of ASCII", WaitReason.KEY)
        return {"Authorization": f"Bearer {key}", "Accept": "application/json"}

    def _request(
        self, method: str, path: str, headers: Mapping[str, str], body: Any = None
    ) -> tuple[int, Mapping[str, str], bytes]:
        response = self._http.urlopen(
            method,
            self._base_url + path,
            body=body,
            headers=dict(headers),
            timeout=TIMEOUT if body is None or isinstance(body, bytes) else UPLOAD_TIMEOUT,
            redirect=False,
            preload_content=False,
        )
        connection = cast("Watched", response.connection)
        try:
            with within(BODY_TIME, connection.line):
                answer = response.read(MOST_BYTES + 1, decode_content=True)
            if len(answer) > MOST_BYTES:
                error = Doubtful if method == "POST" else Refused
                raise error(f"The API's answer is larger than {MOST_BYTES:,} bytes")
        except Exception:
            connection.close()  # with what is still to come
            raise
        finally:
            response.release_conn()
        return response.status, response.headers, answer


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = Watched


class _Connection(Watched, HTTPSConnection):
    """Reads an answer that came before we had sent everything, as urllib3 does without TLS."""

    def send(self, data: Any) -> None:
        try:
            super().send(data)
        except ssl.SSLEOFError as error:
            raise BrokenPipeError("The API takes no more") from error


class _Pool(HTTPSConnectionPool):
    ConnectionCls = _Connection


def _in_time(form: Form, seconds: float) -> Iterator[bytes]:
    """The form's pieces, as long as there is time: the function must outlive its upload."""
    until = time.monotonic() + seconds
    for piece in form:
        if time.monotonic() > until and not form.is_whole:
            raise BrokenOff(f"The upload was not through after {seconds:g} seconds")
        yield piece


def _without(headers: Mapping[str, str], body: bytes) -> bytes:
    """What the API says of an error, without the key that it may repeat."""
    return body.replace(headers["Authorization"].removeprefix("Bearer ").encode(), b"<key>")


def _generation_id(body: bytes) -> str:
    try:
        generation_id = read_json(body)["generation_id"]
    except (ValueError, KeyError, TypeError):
        generation_id = None
    if not _is_id(generation_id):
        raise Doubtful("The API accepted the request, but gave no generation_id")
    return generation_id


def _is_id(value: Any) -> TypeGuard[str]:
    """Whether it can be written in a row and asked for: an id that can't is as good as none."""
    return isinstance(value, str) and 0 < len(value) <= LONGEST_ID and not NOT_TEXT.search(value)


@contextmanager
def _connection_mapped(call: Call) -> Iterator[None]:
    """What urllib3 raises: before the request was sent it is an outage, after that it is broken."""
    try:
        yield
    except (NewConnectionError, ConnectTimeoutError) as error:
        raise _outage(f"The API can't be reached ({type(error).__name__})") from error
    except HTTPError as error:
        if error.args and isinstance(error.args[0], ssl.SSLCertVerificationError):
            raise _outage("The API's certificate is not to be trusted") from error
        message = f"The connection to the API broke ({type(error).__name__})"
        raise error_of(call, BROKEN, message) from error


def _outage(message: str) -> NotNow:
    return NotNow(message, WaitReason.OUTAGE)


def _refuse_plain_http(base_url: str) -> None:
    parts = urlsplit(base_url)
    if parts.scheme == "https" and parts.hostname:
        return
    if parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost", "::1"}:
        return
    raise ValueError(f"The API's base URL must begin with https://, not {base_url!r}")
