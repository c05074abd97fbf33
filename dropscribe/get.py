"""`dropscribe get`: a transcript to stdout or into a file, byte for byte."""

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

import click
from botocore.exceptions import ClientError

from dropscribe.exits import Failure, JobFailed, NotReady
from dropscribe.screen import say_json, visible
from dropscribe.settings import CloudCommand, Settings, pass_settings
from dropscribe.stack import Stack, find_stack
from dropscribe.target import find_job

if TYPE_CHECKING:
    from botocore.response import StreamingBody

    from dropscribe.jobs import Job

FORMATS: Final = ("txt", "md", "srt", "vtt", "json", "raw")
_CAPTIONS: Final = frozenset({"srt", "vtt"})
_RETRIED: Final = frozenset({"FAILED", "EXPIRED"})
_CHUNK: Final = 1 << 20
_VERSIONS: Final = 100  # uploads to a key among which an earlier transcript is looked for


@click.command(
    cls=CloudCommand,
    examples=[
        "dropscribe get interview.mp3",
        "dropscribe get calls/2026/a.m4a --format srt --output a.srt",
        "dropscribe get 3f2a9c0d1e4b5a69788796a5b4c3d2e1 --format raw | jq .result",
    ],
)
@click.argument("key_or_job")
@click.option(
    "--format",
    "rendition",
    type=click.Choice(FORMATS),
    default="txt",
    show_default=True,
    help="What to print; raw is the speech API's own answer.",
)
@click.option("--output", default="-", metavar="FILE", help="Where to; - is stdout.  [default: -]")
@pass_settings
def get(settings: Settings, key_or_job: str, rendition: str, output: str) -> None:
    """Print a transcript, of a key its newest.

    KEY_OR_JOB is a key in the uploads bucket, an s3://bucket/key, or a job id of 32 hex digits.
    With --json the text comes inside one JSON document, with its job and where it lies.
    """
    stack = find_stack(settings)
    job = find_job(stack, key_or_job)
    bucket, key = where(stack, job, rendition)
    place = {"job_id": job.job_id, "format": rendition, "bucket": bucket, "key": key}
    with closing(_opened(stack, bucket, key)) as body:
        if output != "-":
            _save(body, file_of(output))
            place["file"] = output
        elif settings.as_json:
            place["text"] = body.read().decode(errors="replace")
        else:
            _copy(body, sys.stdout.buffer)
    if settings.as_json:
        say_json(place)


def file_of(output: str) -> Path:
    """The file to write; raises UsageError where it cannot be one."""
    path = Path(output)
    if path.is_dir():
        raise click.UsageError(f"{path} is a folder: name a file in it. Nothing was written.")
    if not path.parent.is_dir():
        raise click.UsageError(f"There is no folder {path.parent}: nothing was written.")
    return path


def where(stack: Stack, job: "Job", rendition: str) -> tuple[str, str]:
    """Bucket and key of a rendition; raises Failure that says why there is none."""
    if rendition == "raw" and job.answer:
        # Safe from the moment it was seen, so it is there even when a later stage failed.
        return stack.output("AnswerBucketName"), job.answer
    older = None if job.status == "COMPLETED" else _older(stack, job, rendition)
    if missing := why_missing(job, rendition, older):
        raise missing
    return stack.output("TranscriptBucketName"), job.outputs[rendition]


def _older(stack: Stack, job: "Job", rendition: str) -> "Job | None":
    """The job of the last upload to that key before this one that has such a rendition."""
    jobs = islice(stack.jobs.of_object(job.bucket, job.key), _VERSIONS) if job.key else ()
    before = (it for it in jobs if it.uploaded_at < job.uploaded_at)
    return next((it for it in before if rendition in it.outputs), None)


def why_missing(job: "Job", rendition: str, older: "Job | None" = None) -> Failure | None:
    """What to tell somebody who asks for a rendition that is not there; None when it is.

    `older` is a job of an earlier upload to that key, whose rendition may be what is wanted.
    """
    name = visible(job.key)
    if job.status != "COMPLETED":
        why = f" ({visible(job.why)})" if job.why else ""
        # What was rejected has first to be mended, in a way that its row tells.
        advice = "dropscribe retry" if job.status in _RETRIED else "dropscribe show"
        kind = JobFailed if job.is_terminal else NotReady
        see = f"See: {advice} {job.job_id}"
        if older:
            wanted = f"dropscribe get {older.job_id} --format {rendition}"
            see += f"\nOf an earlier upload there is: {wanted}"
        return kind(f"{name} is {job.status}{why}, so there is no transcript. {see}")
    if rendition in job.outputs:
        return None
    why = (
        "the answer has no timings, and captions need them"
        if rendition in _CAPTIONS
        else "it was not made"
    )
    there = ", ".join(name for name in FORMATS if name in job.outputs) or "nothing"
    return JobFailed(f"{name} has no {rendition}: {why}. There is: {there}.")


def _opened(stack: Stack, bucket: str, key: str) -> "StreamingBody":
    try:
        return stack.s3.get_object(Bucket=bucket, Key=key)["Body"]
    except ClientError as error:
        if error.response["Error"].get("Code") not in ("NoSuchKey", "404"):
            raise
        raise JobFailed(
            f"s3://{bucket}/{visible(key)} was written, but is not there any more: "
            "somebody or a lifecycle rule deleted it.",
        ) from error


def _copy(body: "StreamingBody", file: IO[bytes]) -> None:
    for chunk in body.iter_chunks(_CHUNK):
        file.write(chunk)
    file.flush()


def _save(body: "StreamingBody", path: Path) -> None:
    with _in_one_piece(path) as file:
        _copy(body, file)


@contextmanager
def _in_one_piece(path: Path) -> Iterator[IO[bytes]]:
    """A file that takes the place of `path` when all is written, and leaves no half of itself."""
    if path.exists() and not path.is_file():  # /dev/stdout, a pipe
        with path.open("wb") as file:
            yield file
        return
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
