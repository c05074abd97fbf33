"""What the speech API's HTTP statuses mean, as one table, and the errors they become.

SpeechApiError
 +-- NotNow      nothing was created, nothing is lost; ask again later (`reason`, `retry_after`)
 +-- Refused     it will never take this; the message says why
 +-- Doubtful    the request may have arrived and may be billed, but no id came back
 +-- Gone        the id is unknown or has expired
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final, Literal, NamedTuple

from transcription.foreign import read_json, told
from transcription.job import WaitReason

Call = Literal["create", "fetch"]
# The longest that a Retry-After is honoured, in seconds.
LONGEST_WAIT: Final = 900


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


# To wait and ask again, or one of the errors that end the asking.
Meaning = WaitReason | type[Refused] | type[Doubtful] | type[Gone]


class Row(NamedTuple):
    """One status: what it means for a `create`, and for a `fetch`."""

    create: Meaning
    fetch: Meaning


# No status at all: the connection broke after the request was sent.
BROKEN: Final = 0
ERRORS: Final[Mapping[int, Row]] = {
    400: Row(Refused, Refused),
    401: Row(WaitReason.KEY, WaitReason.KEY),
    402: Row(WaitReason.CREDITS, WaitReason.CREDITS),
    403: Row(WaitReason.CREDITS, WaitReason.CREDITS),
    404: Row(Refused, Gone),
    408: Row(WaitReason.SLOW_DOWN, WaitReason.SLOW_DOWN),
    413: Row(Refused, WaitReason.OUTAGE),
    422: Row(Refused, Refused),
    429: Row(WaitReason.SLOW_DOWN, WaitReason.SLOW_DOWN),
    500: Row(WaitReason.OUTAGE, WaitReason.OUTAGE),
    502: Row(Doubtful, WaitReason.OUTAGE),
    503: Row(WaitReason.OUTAGE, WaitReason.OUTAGE),
    504: Row(Doubtful, WaitReason.OUTAGE),
    524: Row(Doubtful, WaitReason.OUTAGE),
    BROKEN: Row(Doubtful, WaitReason.OUTAGE),
}
# Statuses that the table lacks, by their hundreds. A fetch is free to repeat, and its job is paid.
OTHERS: Final[Mapping[int, Row]] = {
    3: Row(WaitReason.OUTAGE, WaitReason.OUTAGE),
    4: Row(Refused, WaitReason.OUTAGE),
}
UNHEARD_OF: Final = Row(Doubtful, WaitReason.OUTAGE)


def check(call: Call, status: int, headers: Mapping[str, str], body: bytes) -> None:
    """Pass a success; raise what any other status means for this call."""
    if 200 <= status < 300:
        return
    if 300 <= status < 400:
        message = f"The API redirects elsewhere ({status}), where the key must not go"
    else:
        message = said(status, body)
    raise error_of(call, status, message, retry_after(headers))


def error_of(call: Call, status: int, message: str, asked: float | None = None) -> SpeechApiError:
    """The error for a status that is no success; `asked` is its Retry-After in seconds."""
    row = ERRORS.get(status) or OTHERS.get(status // 100, UNHEARD_OF)
    meaning = row.create if call == "create" else row.fetch
    if isinstance(meaning, WaitReason):
        return NotNow(message, meaning, asked)
    return meaning(message)


def said(status: int, body: bytes) -> str:
    """A sentence with what the API said, out of any of its envelopes; HTML is left out."""
    try:
        message = told(read_json(body))
    except ValueError:
        message = ""
    return f"The API answered {status}" + (f": {message[:300]}" if message else "")


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
