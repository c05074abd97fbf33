"""Recordings in S3: what an object is, its first bytes, its length, a URL, or all of its bytes.

Unavailable    it can't be read, now or ever: the message says why
 +-- Gone      it was deleted
 +-- Archived  it was looked at, but must be restored first
"""

import dataclasses
import io
import itertools
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

from botocore.exceptions import BotoCoreError, ClientError
from tinytag import TinyTag, TinyTagException
from urllib3.exceptions import HTTPError

from transcription import media
from transcription.job import object_job_id
from transcription.multipart import Audio, BrokenOff
from transcription.s3_events import Upload

if TYPE_CHECKING:
    from botocore.response import StreamingBody
    from types_boto3_s3.client import S3Client

# How long a presigned URL lives, in seconds: as long as the provider may queue a file.
URL_LIFE: Final = 3600
# How much of a file may be read to learn its length, in bytes, and in what pieces.
MOST_READ: Final = 1024 * 1024
BLOCK: Final = 64 * 1024
# In what pieces a whole recording is read, in bytes.
PIECE: Final = 1024 * 1024
# How AAC without a container begins.
AAC: Final = (b"\xff\xf0", b"\xff\xf1", b"\xff\xf8", b"\xff\xf9")
ARCHIVED: Final = frozenset({"GLACIER", "DEEP_ARCHIVE"})
OVERWRITTEN: Final = "The object was overwritten before it was sent"


# Reads so many bytes of a file from an offset on.
Fetch = Callable[[int, int], bytes]


class Unavailable(Exception):
    """The object can't be read: deleted, archived, or encrypted with a key we don't have."""


class Gone(Unavailable):
    """Its owner has taken the object back."""


class Archived(Unavailable):
    """The object has to be restored; `seen` is what a HEAD says of it."""

    def __init__(self, seen: Mapping[str, Any]) -> None:
        super().__init__("The object is archived: restore it, then retry")
        self._seen = seen

    def named(self, upload: Upload) -> Upload:
        """The upload as everybody will name it who lists or looks at the object itself."""
        return dataclasses.replace(
            upload,
            version_id=_version(self._seen),
            etag=self._seen["ETag"].strip('"'),
            seen_at=self._seen["LastModified"],
        )


@dataclass(frozen=True, slots=True)
class Recording:
    """One version of an object, as a HEAD shows it."""

    bucket: str
    key: str
    version_id: str | None
    etag: str
    size: int
    content_type: str
    modified: datetime
    metadata: Mapping[str, str]

    @property
    def job_id(self) -> str:
        return object_job_id(self.bucket, self.key, self.version_id, self.etag, self.modified)

    @property
    def place(self) -> dict[str, Any]:
        """The parameters by which S3 names this very version."""
        version = {"VersionId": self.version_id} if self.version_id else {}
        return {"Bucket": self.bucket, "Key": self.key, **version}


class Recordings:
    """Reads the objects of the uploads bucket."""

    def __init__(self, s3: "S3Client") -> None:
        self._s3 = s3

    def find(self, upload: Upload) -> Recording:
        """The version that was uploaded; raises Unavailable.

        The key is looked at first without its version: a delete marker on top means that its
        owner took it back, though the version below could still be read.
        """
        place = {"Bucket": upload.bucket, "Key": upload.key}
        seen = self._head(place)
        if upload.version_id and seen.get("VersionId") != upload.version_id:
            seen = self._head(place | {"VersionId": upload.version_id})
        _refuse_archived(seen)
        return Recording(
            bucket=upload.bucket,
            key=upload.key,
            version_id=_version(seen),
            etag=seen["ETag"],
            size=seen["ContentLength"],
            content_type=seen.get("ContentType", ""),
            modified=seen["LastModified"],
            metadata=seen.get("Metadata", {}),
        )

    def tags(self, recording: Recording) -> dict[str, str]:
        """The tags of this very version; raises Unavailable."""
        with _refusals_named():
            found = self._s3.get_object_tagging(**recording.place)["TagSet"]
        return {tag["Key"]: tag["Value"] for tag in found}

    def require(self, bucket: str, key: str, version_id: str | None, etag: str | None) -> int:
        """The size of a version that is there and not taken back; raises Unavailable.

        Without versions, whatever has the key now must still be what it was.
        """
        seen = self._head({"Bucket": bucket, "Key": key})
        if version_id is None:
            if etag and seen["ETag"].strip('"') != etag:
                raise Unavailable(OVERWRITTEN)
        elif seen.get("VersionId") != version_id:
            seen = self._head({"Bucket": bucket, "Key": key, "VersionId": version_id})
        return int(seen["ContentLength"])

    def head(self, recording: Recording) -> bytes:
        """The first bytes of a recording, at most media.HEAD of them; raises Unavailable."""
        return self._range(recording, 0, min(media.HEAD, recording.size))

    def seconds(self, recording: Recording, head: bytes) -> float | None:
        """The length of a recording read from its header, where its format tells it."""
        return length(recording.size, head, lambda at, n: self._range(recording, at, n))

    def url(self, bucket: str, key: str, version_id: str | None) -> str:
        """A presigned GET of one version, which opens it to whoever holds the URL: never log it."""
        version = {"VersionId": version_id} if version_id else {}
        place = {"Bucket": bucket, "Key": key, **version}
        return self._s3.generate_presigned_url("get_object", Params=place, ExpiresIn=URL_LIFE)

    @contextmanager
    def opened(
        self, bucket: str, key: str, version_id: str | None, etag: str | None
    ) -> Iterator[Audio]:
        """One version with its bytes to come; raises Unavailable, and BrokenOff from its pieces.

        The first piece is here already: what S3 refuses, it refuses before anybody else is asked.
        """
        exactly = {"VersionId": version_id} if version_id else {"IfMatch": etag} if etag else {}
        place: dict[str, Any] = {"Bucket": bucket, "Key": key, **exactly}
        with _refusals_named():
            answer = self._s3.get_object(**place)
        # Its own `with` would give the bare connection, which counts no bytes and no checksum.
        with closing(answer["Body"]) as body:
            pieces = _pieces(body)
            first = next(pieces, b"")
            kind = media.media_type(answer.get("ContentType", ""), first)
            yield Audio(key, kind, answer["ContentLength"], itertools.chain([first], pieces))

    def _head(self, place: Mapping[str, Any]) -> dict[str, Any]:
        with _refusals_named():
            try:
                return dict(self._s3.head_object(**place))
            except ClientError as error:
                if error.response["Error"]["Code"] == "400":
                    # A HEAD's error doesn't say what is bad about the request; a GET's does.
                    self._s3.get_object(**place, Range="bytes=0-0")
                raise

    def _range(self, recording: Recording, offset: int, length: int) -> bytes:
        if length <= 0:
            return b""
        span = f"bytes={offset}-{offset + length - 1}"
        with _refusals_named():
            answer = self._s3.get_object(**recording.place, Range=span)
            with answer["Body"] as body:
                return body.read(length)


def _pieces(body: "StreamingBody") -> Iterator[bytes]:
    try:
        while piece := body.read(PIECE):
            yield piece
    except (BotoCoreError, HTTPError, OSError) as error:
        # Whoever sends the pieces on must not take this for a fault of its own connection.
        raise BrokenOff(f"S3 broke off ({type(error).__name__})") from error


def length(size: int, head: bytes, fetch: Fetch) -> float | None:
    """Seconds of sound in a file of `size` bytes, as far as its header is to be believed."""
    if head.startswith(AAC):
        return None  # AAC, in which tinytag finds a few frames of MP3
    reader = cast("BinaryIO", RangedFile(size, head, fetch))
    try:
        # Without a file name tinytag looks at the bytes, which don't lie.
        found = TinyTag.get(file_obj=reader, tags=False, image=False)
    except (TinyTagException, TooMuch):
        return None
    return _believed(found, size)


def _believed(found: TinyTag, size: int) -> float | None:
    """A WAV written to a pipe claims 4 GiB of sound, and a broken header any length at all."""
    seconds = found.duration or 0.0
    if found.is_lossless and found.bitrate:
        seconds = min(seconds, size * 8 / 1000 / found.bitrate)
    return round(seconds, 3) if 0.001 <= seconds <= size else None


class TooMuch(Exception):
    """A header that can't be read without reading most of the file."""


class RangedFile(io.RawIOBase):
    """A file read in blocks through ranged requests, up to MOST_READ bytes of it."""

    def __init__(self, size: int, head: bytes, fetch: Fetch) -> None:
        super().__init__()
        self._size = size
        self._fetch = fetch
        self._at = 0
        self._left = MOST_READ
        self._blocks = {0: head[:BLOCK]}

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        end = self._size if size is None or size < 0 else min(self._size, self._at + size)
        pieces = []
        while self._at < end:
            start, skip = self._at - self._at % BLOCK, self._at % BLOCK
            piece = self._block(start)[skip : skip + end - self._at]
            if not piece:
                break
            pieces.append(piece)
            self._at += len(piece)
        return b"".join(pieces)

    def _block(self, start: int) -> bytes:
        if start not in self._blocks:
            self._left -= BLOCK
            if self._left < 0:
                raise TooMuch
            self._blocks[start] = self._fetch(start, min(BLOCK, self._size - start))
        return self._blocks[start]


def _version(seen: Mapping[str, Any]) -> str | None:
    version_id = seen.get("VersionId")
    return None if version_id == "null" else version_id


def _refuse_archived(seen: Mapping[str, Any]) -> None:
    restored = 'ongoing-request="false"' in seen.get("Restore", "")
    if (seen.get("StorageClass") in ARCHIVED or "ArchiveStatus" in seen) and not restored:
        raise Archived(seen)


@contextmanager
def _refusals_named() -> Iterator[None]:
    """What S3 answers for an object that will not come back."""
    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in {"404", "NoSuchKey", "NoSuchVersion", "405", "MethodNotAllowed"}:
            raise Gone("The object was deleted before it could be read") from error
        if code == "PreconditionFailed":
            raise Unavailable(OVERWRITTEN) from error
        if code == "InvalidObjectState":
            raise Unavailable("The object is archived: restore it, then retry") from error
        if code == "InvalidRequest":
            raise Unavailable(
                "The object is encrypted with a customer-provided key (SSE-C), which we don't have"
            ) from error
        raise
