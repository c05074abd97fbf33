"""How the speech API can fail: every line of its table of errors, for `create` and for `fetch`.

What each means is written here anew, from the API's documentation and not from the client's own
table: the model judges by this one.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Final, NamedTuple

from tests.scripted_api import Drop, Reply


class Meaning(Enum):
    """What a reply says of the recording."""

    LATER = "nothing was created, and the same request may come again"
    REFUSED = "it will never be taken"
    LOST = "it may have been created, and billed: no id came back"
    PENDING = "no answer yet"
    FAILED = "the provider gave up"


class Fault(NamedTuple):
    """A reply that is not the one that was hoped for."""

    name: str
    meaning: Meaning
    reply: Reply


def _status(status: int, meaning: Meaning) -> Fault:
    return Fault(str(status), meaning, Reply.refused(status))


def _slow_down(name: str, asked: str) -> Fault:
    reply = Reply.refused(429).but(headers={"Retry-After": asked})
    return Fault(name, Meaning.LATER, reply)


_REDIRECT: Final = Reply(302, b"", {"Location": "http://127.0.0.1:9/elsewhere"})
_CREATE: Final = (
    *(_status(status, Meaning.REFUSED) for status in (400, 404, 413, 422)),
    *(_status(status, Meaning.LATER) for status in (401, 402, 403, 408, 500, 503)),
    *(_status(status, Meaning.LOST) for status in (502, 504, 524)),
    _slow_down("429 with seconds", "1"),
    _slow_down("429 with a date", "Wed, 21 Oct 2015 07:28:00 GMT"),
    Fault("429 without a word", Meaning.LATER, Reply.refused(429)),
    Fault("a list of messages", Meaning.LATER, Reply.refused_as_documented(503, "Busy.", "Wait.")),
    Fault("a redirect", Meaning.LATER, _REDIRECT),
    Fault("502 in HTML", Meaning.LOST, Reply.html(502)),
    Fault("200 in HTML", Meaning.LOST, Reply.html(200)),
    Fault("an accepted one without an id", Meaning.LOST, Reply(201, {"status": "queued"})),
    Fault("a reset before the answer", Meaning.LOST, Reply.dropped(Drop.UNANSWERED)),
    Fault("a reset in the answer", Meaning.LOST, Reply.created("lost").but(drop=Drop.MIDWAY)),
)
_FETCH: Final = (
    *(_status(status, Meaning.FAILED) for status in (400, 422)),
    *(
        _status(status, Meaning.PENDING)
        for status in (401, 402, 403, 404, 408, 413, 429, 500, 502, 503, 504, 524)
    ),
    *(Fault(status, Meaning.FAILED, Reply.failed(status)) for status in ("error", "cancelled")),
    Fault("429 with seconds", Meaning.PENDING, _slow_down("", "1").reply),
    Fault("a redirect", Meaning.PENDING, _REDIRECT),
    Fault("502 in HTML", Meaning.PENDING, Reply.html(502)),
    Fault("200 in HTML", Meaning.PENDING, Reply.html(200)),
    Fault("a reset before the answer", Meaning.PENDING, Reply.dropped(Drop.UNANSWERED)),
    Fault("a reset in the answer", Meaning.PENDING, Reply.pending().but(drop=Drop.MIDWAY)),
)
CREATE_FAULTS: Final[Mapping[str, Fault]] = {fault.name: fault for fault in _CREATE}
FETCH_FAULTS: Final[Mapping[str, Fault]] = {fault.name: fault for fault in _FETCH}
# Not a fault, but no transcript either.
NOT_YET: Final = Fault("not yet", Meaning.PENDING, Reply.pending())
