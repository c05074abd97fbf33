"""One recording from upload to transcript, told while it happens."""

import time
from collections.abc import Mapping
from pathlib import Path

import click

from dropscribe.exits import JobFailed
from dropscribe.jobs import Job, job_id_of
from dropscribe.local.connection import Connection
from dropscribe.screen import clock, note, visible
from dropscribe.stack import Stack

SAMPLE = Path(__file__).parent / "sample" / "sense-and-sensibility.wav"
KEY = f"demo/{SAMPLE.name}"
SECONDS = 180.0
LOOK = 0.1


def demonstrate(connection: Connection, name: str, outputs: Mapping[str, str]) -> None:
    """Upload the sample, follow its row, print the transcript and where all of it lies.

    Raises JobFailed unless the job is COMPLETED in time.
    """
    stack = Stack(name, connection.session(), outputs)
    bucket = stack.output("UploadBucketName")
    note(f"upload        s3://{bucket}/{KEY}")
    put = stack.s3.put_object(
        Bucket=bucket, Key=KEY, Body=SAMPLE.read_bytes(), ContentType="audio/wav"
    )
    job = _follow(stack, job_id_of(bucket, KEY, put["VersionId"]))
    if job.status != "COMPLETED":
        raise JobFailed(
            f"The sample ended as {job.status}: {visible(job.why)}. "
            "Why, stands in: dropscribe local logs"
        )
    _report(stack, job)


def _follow(stack: Stack, job_id: str) -> Job:
    began = time.monotonic()
    shown = ""
    while (waited := time.monotonic() - began) < SECONDS:
        job = stack.jobs.get(job_id)
        if job and job.status != shown:
            shown = job.status
            note(f"{clock(waited):>8}      {shown}")
        if job and job.is_terminal:
            return job
        time.sleep(LOOK)
    raise JobFailed(
        f"The sample was still {shown or 'not seen'} after {SECONDS:.0f} s. "
        "Look at: dropscribe local logs"
    )


def _report(stack: Stack, job: Job) -> None:
    transcripts = stack.output("TranscriptBucketName")
    text = stack.s3.get_object(Bucket=transcripts, Key=job.outputs["txt"])["Body"].read().decode()
    note("")
    click.echo(text.strip())
    note("")
    for rendition, key in sorted(job.outputs.items()):
        note(f"{rendition:12}  s3://{transcripts}/{key}")
    note(f"{'raw answer':12}  s3://{stack.output('AnswerBucketName')}/{job.answer}")
    note(f"{'row':12}  {stack.output('JobsTableName')} / {job.job_id}")
