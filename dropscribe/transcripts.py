"""Every canonical transcript below a prefix, read one after the other: there is no index."""

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, NamedTuple

from dropscribe.ahead import ahead
from dropscribe.phrases import Hit, hits, may_hold
from dropscribe.stack import CONNECTIONS

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

SUFFIX: Final = ".json"


class Found(NamedTuple):
    """A hit, and the recording in which it is."""

    bucket: str
    key: str
    job_id: str
    hit: Hit


def searched(
    s3: "S3Client", bucket: str, prefix: str, phrase: Sequence[str]
) -> Iterator[list[Found]]:
    """What is found in each transcript, in the order of the keys; some are read ahead."""

    def body(key: str) -> bytes:
        try:
            return s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        except s3.exceptions.NoSuchKey:
            return b""  # deleted since it was listed

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        for read in ahead(pool, body, _keys(s3, bucket, prefix), CONNECTIONS):
            yield found_in(read.decode(errors="replace"), phrase)


def found_in(text: str, phrase: Sequence[str]) -> list[Found]:
    """What is found in a canonical transcript; nothing in what is none."""
    if not may_hold(text, phrase):
        return []
    try:
        document = json.loads(text)
        source, job_id = document["source"], document["job_id"]
        return [
            Found(source["bucket"], source["key"], job_id, hit) for hit in hits(document, phrase)
        ]
    except (KeyError, TypeError, ValueError):
        return []


def _keys(s3: "S3Client", bucket: str, prefix: str) -> Iterator[str]:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    for page in pages:
        for item in page.get("Contents", []):
            if item["Key"].endswith(SUFFIX):
                yield item["Key"]
