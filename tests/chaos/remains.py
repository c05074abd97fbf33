"""Gathers what is left of a storm: rows, renditions, dead letters, logs, the provider's record."""

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import unquote_plus

from transcription.shelf import rendition_key

from tests.chaos.evidence import Evidence, Rendition, Seen
from tests.chaos.model import SUFFIXES
from tests.chaos.plan import Plan
from tests.chaos.provider import Provider
from tests.chaos.puts import Puts
from tests.chaos.recording import words_in
from tests.chaos.rest import Rest
from tests.stack import Put, Stack

READERS = 4


def gather(
    plan: Plan, stack: Stack, provider: Provider, puts: Puts, rest: Rest, at_rest: bool
) -> Evidence:
    """The evidence on which a storm is judged."""
    rows = {Put(row["key"], row["version_id"]): row for row in rest.rows()}
    dead = set(_dead_letters(stack))
    seen = []
    for version in plan.versions:
        put = puts.put(version)
        row = rows.get(put)
        deaths = tuple(rest.deaths[row["job_id"]]) if row else ()
        record = provider.records[version.name]
        seen.append(Seen(version, row, record, deaths, is_dead_letter=put in dead))
    with ThreadPoolExecutor(READERS) as pool:
        found = pool.map(lambda key: _renditions(stack, key), plan.keys)
        renditions = dict(zip(plan.keys, found, strict=True))
    return Evidence(tuple(seen), renditions, at_rest=at_rest)


def leaks(stack: Stack, key: str) -> tuple[str, ...]:
    """What stands in a log and is a secret: the key, a presigned URL, a word of a transcript."""
    logged = stack.logs()
    secrets = [secret for secret in (key, "X-Amz-Signature") if secret in logged]
    return (*secrets, *sorted(words_in(logged)))


def _renditions(stack: Stack, key: str) -> Mapping[str, Rendition]:
    """What lies next door to a recording, by suffix."""
    s3, bucket = stack.s3, stack.outputs["TranscriptBucketName"]
    there: dict[str, Rendition] = {}
    for suffix in SUFFIXES:
        try:
            got = s3.get_object(Bucket=bucket, Key=rendition_key(key, suffix))
        except s3.exceptions.NoSuchKey:
            continue
        text = got["Body"].read().decode()
        there[suffix] = Rendition(got["Metadata"]["job-id"], frozenset(words_in(text)))
    return there


def _dead_letters(stack: Stack) -> Iterator[Put]:
    """The object versions about which a message was given up; the messages stay."""
    sqs, url = stack.session.client("sqs"), stack.outputs["DeadLetterQueueUrl"]
    while True:
        answer: Any = sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=60
        )
        if not answer.get("Messages"):
            return
        for message in answer["Messages"]:
            for record in json.loads(message["Body"]).get("Records", []):
                there = record["s3"]["object"]
                yield Put(unquote_plus(there["key"]), there["versionId"])
