"""Poll, bare: fetch the answer, keep it once it is there."""

import os
from typing import Any

import boto3
import urllib3

s3 = boto3.client("s3")
http = urllib3.PoolManager()


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    answer = http.request("GET", f"{os.environ['API_BASE_URL']}/stt/{event['generation_id']}")
    if answer.json()["status"] != "completed":
        return {**event, "status": "pending", "seconds": 2}
    s3.put_object(Bucket=os.environ["TRANSCRIPTS"], Key=f"{event['key']}.raw", Body=answer.data)
    return {**event, "status": "completed"}
