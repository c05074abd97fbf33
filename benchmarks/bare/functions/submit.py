"""Submit, bare: look at the recording, send its URL, start the wait."""

import json
import os
from typing import Any
from urllib.parse import unquote_plus

import boto3
import urllib3
from botocore.config import Config

style = Config(signature_version="s3v4", s3={"addressing_style": "path"})
s3 = boto3.client("s3", config=style)
states = boto3.client("stepfunctions")
http = urllib3.PoolManager()
FIRST_LOOK = 3  # seconds, what ours says of a recording this short


def handler(event: dict[str, Any], _context: object) -> None:
    for message in event["Records"]:
        for record in json.loads(message["body"]).get("Records", ()):
            upload = record["s3"]
            send(upload["bucket"]["name"], unquote_plus(upload["object"]["key"]))


def send(bucket: str, key: str) -> None:
    place = {"Bucket": bucket, "Key": key}
    s3.head_object(Bucket=bucket, Key=key)
    s3.get_object(Bucket=bucket, Key=key, Range="bytes=0-65535")["Body"].read()
    asked = {
        "model": "#g1_whisper-small",
        "url": s3.generate_presigned_url("get_object", Params=place),
    }
    base = os.environ["API_BASE_URL"]
    generation_id = http.request("POST", f"{base}/stt/create", json=asked).json()["generation_id"]
    told = {"key": key, "generation_id": generation_id, "seconds": FIRST_LOOK}
    arn = os.environ["STATE_MACHINE_ARN"]
    states.start_execution(stateMachineArn=arn, input=json.dumps(told))
