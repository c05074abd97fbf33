"""S3 Inventory: a list of very many files that S3 itself writes, once a day or a week."""

import csv
import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import unquote_plus

from botocore.exceptions import ClientError
from transcription.s3_events import Upload

from dropscribe.exits import JobFailed
from dropscribe.screen import visible
from dropscribe.stack import Stack
from dropscribe.upload_queue import in_batches

# infra/storage.py has the same: the state machine reads inventories there, and nowhere else.
INVENTORIES: Final = "inventory/"
NEEDED: Final = ("Key", "Size", "LastModifiedDate")
PAGE: Final = 1000


@dataclass(frozen=True)
class Inventory:
    """An inventory of the uploads bucket: its files, and the columns of each."""

    stack: Stack
    files: Sequence[str]
    columns: Sequence[str]

    def pages(self) -> Iterator[list[Upload]]:
        """All current versions that it lists, some at a time."""
        yield from in_batches(self._uploads(), PAGE)

    def _uploads(self) -> Iterator[Upload]:
        for key in self.files:
            for row in self._rows(key):
                if is_current(row):
                    yield listed(self.stack.output("UploadBucketName"), row)

    def _rows(self, key: str) -> Iterator[Mapping[str, str]]:
        bucket = self.stack.output("AnswerBucketName")
        found = self.stack.s3.get_object(Bucket=bucket, Key=key)
        with (
            closing(found["Body"]) as body,
            gzip.open(body, "rt", encoding="utf-8", newline="") as lines,
        ):
            yield from csv.DictReader(lines, self.columns)


def read_inventory(stack: Stack, key: str) -> Inventory:
    """The inventory of a manifest; raises JobFailed where a backfill can't use it."""
    if not key.startswith(INVENTORIES) or not key.endswith("manifest.json"):
        raise JobFailed(
            f"{visible(key)} is no manifest.json below {INVENTORIES} of the answers bucket, the "
            "only place from which a backfill reads inventories."
        )
    try:
        found = stack.s3.get_object(Bucket=stack.output("AnswerBucketName"), Key=key)
        with closing(found["Body"]) as body:
            manifest = json.loads(body.read())
    except (ClientError, ValueError) as error:
        raise JobFailed(f"There is no manifest {visible(key)} in the answers bucket.") from error
    columns = [name.strip() for name in manifest.get("fileSchema", "").split(",")]
    if reason := _refusal(manifest, columns, stack.output("UploadBucketName")):
        raise JobFailed(f"{visible(key)} can't be used: {reason}.")
    return Inventory(stack, [file["key"] for file in manifest["files"]], columns)


def _refusal(manifest: Mapping[str, Any], columns: Sequence[str], ours: str) -> str:
    if manifest.get("fileFormat") != "CSV":
        return "it is not CSV, the only format that Step Functions reads"
    if manifest.get("sourceBucket") != ours:
        return f"it is not of s3://{ours}, which alone this stack reads"
    missing = [name for name in NEEDED if name not in columns]
    return f"it lacks {' and '.join(missing)}" if missing else ""


def is_current(row: Mapping[str, str]) -> bool:
    """Whether a row is of a version that is there now, as infra/backfill.py decides."""
    return row.get("IsLatest") != "false" and row.get("IsDeleteMarker") != "true"


def listed(bucket: str, row: Mapping[str, str]) -> Upload:
    """A row as an upload; keys are encoded there as in a form."""
    return Upload(
        bucket=bucket,
        key=unquote_plus(row["Key"]),
        version_id=row.get("VersionId") or None,
        etag=row.get("ETag", ""),
        size=int(row["Size"] or 0),
        sequencer=None,
        seen_at=datetime.fromisoformat(row["LastModifiedDate"]),
    )
