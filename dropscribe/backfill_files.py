"""Which files a backfill takes, and which of them are new to the stack."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from transcription.inventory import named, uploaded
from transcription.s3_events import Upload

from dropscribe.stack import Stack


class Wanted(NamedTuple):
    """What is asked for; `watched` is how keys begin, and end, that the stack transcribes.

    infra/backfill.py decides by the same, file by file.
    """

    prefix: str
    since: datetime | None
    suffixes: Sequence[str]
    watched: Mapping[str, Sequence[str]]

    @property
    def since_seconds(self) -> int:
        """A listing tells times in whole seconds since 1970."""
        return int(self.since.timestamp()) if self.since else 0

    def takes(self, upload: Upload) -> bool:
        """Whether a file is one of these; empty ones, as a folder's marker is, never are."""
        key = upload.key
        return (
            upload.size > 0
            and int(upload.seen_at.timestamp()) >= self.since_seconds
            and key.startswith(tuple(self.watched["prefixes"]) or "")
            and key.endswith(tuple(self.watched["suffixes"]) or "")
            and key.endswith(tuple(self.suffixes) or "")
        )


def watched(stack: Stack) -> Mapping[str, Sequence[str]]:
    """How keys begin and end that the stack transcribes."""
    keys: Mapping[str, Sequence[str]] = json.loads(stack.output("WatchedKeys"))
    return keys


@dataclass
class Survey:
    """A look at all that is there. The counts are right once `new` has come to its end.

    `pages` are current versions, as a listing or an inventory tells them.
    """

    stack: Stack
    wanted: Wanted
    pages: Iterable[Sequence[Upload]]
    known: int = 0  # files that have a job already
    left_out: int = 0  # what lies there, too, but is not asked for

    def new(self) -> Iterator[Upload]:
        """The files without a job."""
        for page in self.pages:
            yield from self._new(page)

    def _new(self, uploads: Sequence[Upload]) -> Iterator[Upload]:
        wanted = {named(upload): upload for upload in uploads if self.wanted.takes(upload)}
        known = self.stack.ledger.known(wanted)
        self.known += len(known)
        self.left_out += len(uploads) - len(wanted)
        yield from (upload for job_id, upload in wanted.items() if job_id not in known)


def listed(stack: Stack, prefix: str) -> Iterator[list[Upload]]:
    """Of each key in the uploads bucket the current version, page by page."""
    bucket = stack.output("UploadBucketName")
    pages = stack.s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix)
    for page in pages:
        versions = [it for it in page.get("Versions", []) if it["IsLatest"]]
        yield [uploaded(bucket, version) for version in versions]


def as_listed(upload: Upload) -> Mapping[str, Any]:
    """A file as a listing would tell it, for those that are chosen one by one."""
    return {
        "Key": upload.key,
        "Etag": upload.etag,
        "Size": upload.size,
        "LastModified": int(upload.seen_at.timestamp()),
    }
