"""Sends one object one way, with the application's own parts, and says what it cost as JSON.

    python -m benchmarks.sender WAY BYTES BUCKET_URL API_URL

A process of its own for each: its memory is what a Lambda would need.
"""

import json
import sys
import time
from typing import TYPE_CHECKING

import boto3
import urllib3
from botocore.config import Config
from transcription.recordings import Recordings
from transcription.speech_api import SpeechApi

from benchmarks.machine import peak_bytes

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

OPTIONS = {"model": "#g1_whisper-small", "smart_format": True, "utterances": True}


def bucket_at(url: str) -> "S3Client":
    """A client of the bucket server; it checks no signature."""
    return boto3.client(
        "s3",
        "us-east-1",
        endpoint_url=url,
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106 a word that opens nothing
        config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
    )


def send(way: str, key: str, s3: "S3Client", api_url: str) -> str:
    """The generation_id of an object that was sent by `url`, by `upload`, or read `whole`."""
    if way == "whole":
        return _whole(key, s3, api_url)
    recordings, api = Recordings(s3), SpeechApi(f"{api_url}/v1", lambda: "test")
    recordings.require("bucket", key, None, key)
    if way == "url":
        return api.prepared(OPTIONS, recordings.url("bucket", key, None))()
    with recordings.opened("bucket", key, None, key) as audio:
        return api.prepared(OPTIONS, audio)()


def _whole(key: str, s3: "S3Client", api_url: str) -> str:
    """What most programs do: read the file, let the library make a form of it, send that."""
    body = s3.get_object(Bucket="bucket", Key=key)["Body"].read()
    create = f"{api_url}/v1/stt/create"
    response = urllib3.request("POST", create, fields={"audio": (key, body, "audio/wav")})
    return str(response.json()["generation_id"])


def main(way: str, key: str, bucket_url: str, api_url: str) -> None:
    """Measure the sending alone, not what a process costs to start."""
    s3 = bucket_at(bucket_url)
    started = time.perf_counter()
    generation_id = send(way, key, s3, api_url)
    seconds = time.perf_counter() - started
    said = {"generation_id": generation_id, "seconds": seconds, "peak": peak_bytes()}
    print(json.dumps(said))  # noqa: T201 whoever started us reads it


if __name__ == "__main__":
    main(*sys.argv[1:])
