"""Publish, bare: as many objects as ours, all of them the answer, and an event."""

import json
import os
from typing import Any

import boto3

s3 = boto3.client("s3")
events = boto3.client("events")
SUFFIXES = ("srt", "vtt", "txt", "md", "json")


def handler(event: dict[str, Any], _context: object) -> None:
    bucket, key = os.environ["TRANSCRIPTS"], event["key"]
    body = s3.get_object(Bucket=bucket, Key=f"{key}.raw")["Body"].read()
    for suffix in SUFFIXES:
        s3.put_object(Bucket=bucket, Key=f"{key}.{suffix}", Body=body)
    events.put_events(
        Entries=[
            {
                "Source": "bare",
                "DetailType": "Transcription Completed",
                "Detail": json.dumps({"key": key}),
                "EventBusName": os.environ["EVENT_BUS_NAME"],
            }
        ]
    )
