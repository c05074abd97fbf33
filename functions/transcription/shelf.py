"""Where words are kept: raw answers in one bucket, renditions in another.

Renditions belong to a key, not to a version of it, so two jobs may want to write the same one.
Each carries its job's id and order, each put is conditional, and the newer version stands.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from transcription.formats import CAPTIONS, CONTENT_TYPES, no_captions
from transcription.job import Job, iso

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

LONGEST_KEY: Final = 1024  # bytes, S3's limit
TRIES: Final = 10
# Why captions are empty, in their own words.
NO_TIMES: Final = (
    "No captions: the model gave no times for the version whose transcript stands here."
)
OVERTAKEN: Final = "No captions: a newer version of the recording has its transcript here."


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
        """Put what is made of a job; returns the key of each, or none if a newer version's stand.

        Captions go first and words last: whoever is told there that a newer version came between
        withdraws its captions, which the newer one may have none to write over with.
        """
        if self._is_overtaken(job):
            return {}
        captions = {suffix: text for suffix, text in made.items() if suffix in CAPTIONS}
        words = {suffix: text for suffix, text in made.items() if suffix not in CAPTIONS}
        put = [self._put(job, *one) for one in (*captions.items(), *words.items())]
        if not all(put):
            self._withdraw(job, captions, OVERTAKEN)
            return {}
        self._withdraw(job, CAPTIONS - captions.keys(), NO_TIMES)
        return {suffix: rendition_key(job.key, suffix) for suffix in made}

    def _is_overtaken(self, job: Job) -> bool:
        there = self._there(rendition_key(job.key, "txt"))
        return there is not None and is_newer(there["Metadata"], job)

    def _withdraw(self, job: Job, suffixes: Iterable[str], why: str) -> None:
        """Empty captions that don't belong to the words beside them; nobody here may delete any."""
        for suffix in sorted(suffixes):
            self._put(job, suffix, no_captions(why)[suffix], only_over=True)

    def _put(self, job: Job, suffix: str, text: str, only_over: bool = False) -> bool:
        """Put one rendition unless a newer version's stands there; False if one does.

        Mostly nothing does, so that is tried without a look. `only_over`: nor where nothing stands.
        """
        key = rendition_key(job.key, suffix)
        there = self._there(key) if only_over else None
        for _ in range(TRIES):
            if there and is_newer(there["Metadata"], job):
                return False
            if only_over and not there:
                return True
            if self._replaced(there, job, key, suffix, text):
                return True
            there = self._there(key)
        raise Contended(f"Others wrote this job's renditions {TRIES} times at the same moment")

    def _replaced(
        self, there: Mapping[str, Any] | None, job: Job, key: str, suffix: str, text: str
    ) -> bool:
        """Put one rendition in place of what stood there, or of nothing; False if that changed."""
        condition = {"IfMatch": there["ETag"]} if there else {"IfNoneMatch": "*"}
        try:
            self.s3.put_object(
                Bucket=self.transcripts,
                Key=key,
                Body=text.encode(),
                ContentType=CONTENT_TYPES[suffix],
                Metadata=order(job),
                **condition,
            )
        except ClientError as error:
            if _status(error) not in {404, 409, 412}:
                raise
            return False
        return True

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
