"""Which way a recording goes to the speech API, how large it may be, how long that may take.

Every figure of sending stands here, worked out one from the other. The functions' timeouts, the
queue's batches (infra/), leases (desk.py) and docs/sending.md follow from them.
"""

from enum import StrEnum
from typing import Final

MIB: Final = 1024 * 1024


class Way(StrEnum):
    """How the API gets the recording."""

    URL = "url"  # it fetches a presigned URL itself
    UPLOAD = "upload"  # we stream the recording from S3 into the request


class SendBy(StrEnum):
    """The stack's setting: which way is taken where both are open."""

    URL = "url"
    UPLOAD = "upload"
    AUTO = "auto"  # by upload where it fits, else by URL


# The largest recording that each way takes, in bytes. By URL it is what Deepgram documents, whose
# models the provider serves; by upload it is what passes while a function lives.
LARGEST: Final = {Way.URL: 2_000_000_000, Way.UPLOAD: 1024 * MIB}
# The longest URL that every client takes, in bytes.
LONGEST_URL: Final = 2048

# The slowest upload worth waiting for, in bytes a second.
SLOWEST: Final = 4 * MIB
# Seconds that sending the largest upload may take: a slower one is broken off.
UPLOAD_TIME: Final = LARGEST[Way.UPLOAD] // SLOWEST
# Seconds until the API, which may first store what it got, must begin to answer.
ANSWER_TIME: Final = 60
# Seconds for everything else: looking at the object, connecting, a stalled write, the row.
BESIDES: Final = 44
ONE_JOB: Final = UPLOAD_TIME + ANSWER_TIME + BESIDES

# Messages that Submit takes at once. One, so that nothing waits behind somebody's large upload.
BATCH: Final = 1
# The functions' timeouts, in seconds. Dispatch and Reconcile begin jobs for two minutes; then they
# finish the last one.
SUBMIT_TIMEOUT: Final = BATCH * ONE_JOB
DISPATCH_TIMEOUT: Final = ONE_JOB + 120
RECONCILE_TIMEOUT: Final = DISPATCH_TIMEOUT
# Seconds after which whoever claimed or was sending a job is taken for dead: by then, it is.
LEASE: Final = max(SUBMIT_TIMEOUT, DISPATCH_TIMEOUT, RECONCILE_TIMEOUT) + 120


class TooLarge(Exception):
    """The recording does not fit through the way that it has to take."""


def choose(send_by: SendBy, key: str, url: str, size: int) -> Way:
    """The way for an object of `size` bytes; raises TooLarge with a sentence for the row."""
    reason = why_upload(key, url)
    if send_by is SendBy.UPLOAD:
        reason = reason or "the setting sendBy says so"
    fits = send_by is SendBy.AUTO and size <= LARGEST[Way.UPLOAD]
    way = Way.UPLOAD if reason or fits else Way.URL
    if size > LARGEST[way]:
        most = f"by {way.value.replace('url', 'URL')} {LARGEST[way]:,} is the most"
        because = f", and it must go so because {reason}" if reason else ""
        raise TooLarge(f"The recording has {size:,} bytes, but {most}{because}")
    return way


def why_upload(key: str, url: str) -> str | None:
    """Why a URL for this key may not arrive as it was signed; None where it does.

    Many clients resolve `.` and `..` before they ask, and some take a second slash at the start
    of a path away: they would ask for another object, which the signature does not open.
    """
    if not {".", ".."}.isdisjoint(key.split("/")):
        return "its key has a segment `.` or `..`"
    if key.startswith("/"):
        return "its key begins with a slash"
    if len(url.encode()) > LONGEST_URL:
        return f"its URL is longer than {LONGEST_URL:,} bytes"
    return None
