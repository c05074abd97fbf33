"""Where words are kept: raw answers in one bucket, renditions in another.

Renditions belong to a key, not to a version of it, so two jobs may want to write the same one.
Each carries its job's id and order, each put is conditional, and the newer version stands.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from transcription.job import Job, iso
from transcription.renditions import CONTENT_TYPES

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

LONGEST_KEY: Final = 1024  # bytes, S3's limit
TRIES: Final = 10


class Contended(Exception):
    """Others kept writing the same rendition."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """Reads and writes answers and renditions."""

    s3: "S3Client"
    answers: str
    transcripts: str

    def keep_answer(self, job: Job, body: bytes) -> str:
        """Save the API's raw answer of this attempt; returns its key."""
        key = f"{job.job_id}/{job.attempt}.json"
        self.s3.put_object(Bucket=self.answers, Key=key, Body=body, ContentType="application/json")
        return key

    def answer(self, key: str) -> bytes:
        with self.s3.get_object(Bucket=self.answers, Key=key)["Body"] as body:
            return body.read()

    def put_renditions(self, job: Job, made: Mapping[str, str]) -> dict[str, str]:
        """Put what is made of a job; returns the key of each that stands there now as its own."""
        keys = {suffix: rendition_key(job.key, suffix) for suffix in made}
        return {
            suffix: keys[suffix]
            for suffix, text in made.items()
            if self._put(job, keys[suffix], text, CONTENT_TYPES[suffix])
        }

    def _put(self, job: Job, key: str, text: str, content_type: str) -> bool:
        """Put one rendition unless a newer version's stands there; False if one does."""
        for _ in range(TRIES):
            there = self._there(key)
            if there and is_newer(there["Metadata"], job):
                return False
            condition = {"IfMatch": there["ETag"]} if there else {"IfNoneMatch": "*"}
            try:
                self.s3.put_object(
                    Bucket=self.transcripts,
                    Key=key,
                    Body=text.encode(),
                    ContentType=content_type,
                    Metadata=order(job),
                    **condition,
                )
            except ClientError as error:
                if _status(error) not in {404, 409, 412}:
                    raise
            else:
                return True
        raise Contended(f"Others wrote this job's renditions {TRIES} times at the same moment")

    def _there(self, key: str) -> dict[str, Any] | None:
        try:
            return dict(self.s3.head_object(Bucket=self.transcripts, Key=key))
        except ClientError as error:
            if _status(error) == 404:
                return None
            raise


def rendition_key(key: str, suffix: str) -> str:
    """`a.mp3` gives `a.mp3.txt`; a key too long for that is cut and told apart by its hash."""
    named = f"{key}.{suffix}"
    if len(named.encode()) <= LONGEST_KEY:
        return named
    mark = "~" + hashlib.sha256(key.encode()).hexdigest()[:16]
    room = LONGEST_KEY - len(mark) - max(len(f".{other}") for other in CONTENT_TYPES)
    return key.encode()[:room].decode(errors="ignore") + f"{mark}.{suffix}"


def order(job: Job) -> dict[str, str]:
    """A rendition's metadata: whose it is, and where that version stands among its key's."""
    return {
        "job-id": job.job_id,
        "uploaded-at": iso(job.uploaded_at),
        "sequencer": job.sequencer or "",
    }


def is_newer(metadata: Mapping[str, str], job: Job) -> bool:
    """Whether what stands there belongs to a later version than this job's.

    LastModified counts whole seconds; within one, S3's sequencer decides, which is compared as
    text with the shorter one padded by zeros on the right.
    """
    if metadata.get("job-id") == job.job_id:
        return False
    there = (metadata.get("uploaded-at", ""), metadata.get("sequencer", "").ljust(64, "0"))
    return there > (iso(job.uploaded_at), (job.sequencer or "").ljust(64, "0"))


def _status(error: ClientError) -> int:
    return int(error.response["ResponseMetadata"]["HTTPStatusCode"])
