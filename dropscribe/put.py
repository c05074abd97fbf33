"""`dropscribe put`: recordings go up, and if wanted their transcripts are waited for."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from transcription.job import iso
from transcription.parameters import KNOWN

from dropscribe.exits import ExitCode, JobFailed
from dropscribe.jobs import Job, job_id_of
from dropscribe.metadata import metadata_of
from dropscribe.options import options_beginning
from dropscribe.recordings import NotUploadable, Recording, recordings
from dropscribe.refusals import explained
from dropscribe.screen import note, progress_console, say_json, visible
from dropscribe.settings import CloudCommand, Settings, pass_settings
from dropscribe.stack import Stack, find_stack
from dropscribe.upload import Uploaded, upload
from dropscribe.watch import Watched, exit_code_of, follow, report, wait_options


@click.command(
    cls=CloudCommand,
    examples=[
        "dropscribe put interview.mp3 --wait",
        "dropscribe put *.m4a --prefix calls/2026 -o language=pt -o diarize=true",
        "dropscribe put talk.wav --key talks/opening.wav",
        "dropscribe put --recursive meetings",
    ],
)
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--prefix", default="", metavar="P", help="Folder in the bucket, such as calls/2026.")
@click.option("--key", metavar="K", help="The whole key, for one file.")
@click.option("--recursive", is_flag=True, help="Upload the files of directories, hidden ones not.")
@click.option(
    "-o",
    "--option",
    "options",
    multiple=True,
    metavar="PARAMETER=VALUE",
    shell_complete=options_beginning,
    help="Option for these files, such as language=pt; repeat for more. PARAMETER is "
    f"{', '.join(KNOWN)}, or pass-NAME for what only the API knows. See: dropscribe options",
)
@wait_options
@pass_settings
@click.pass_context
def put(
    ctx: click.Context, settings: Settings, /, files: tuple[Path, ...], wait: bool, **given: Any
) -> None:
    """Upload recordings; each becomes a job.

    Prints each job's id and key. With --wait it prints how each job ended.
    """
    timeout, (chosen, metadata) = given.pop("timeout"), _checked(files, **given)
    stack = find_stack(settings)
    bucket = stack.output("UploadBucketName")
    sent = _send(stack, bucket, chosen, metadata)
    arrived = [one for one in sent if one.error is None]
    watched = [_watched(stack, bucket, one) for one in arrived]
    jobs = follow(stack.jobs, watched, timeout) if wait else [None] * len(watched)
    if settings.as_json:
        _say_document(bucket, sent, dict(zip(arrived, jobs, strict=True)))
    elif wait:
        report(watched, jobs)
    else:
        for one in watched:
            click.echo(f"{one.job_id or '-'}\t{visible(one.key)}")
    _raise_failed(sent)
    ctx.exit(exit_code_of(watched, jobs) if wait else ExitCode.FINE)


def _checked(
    files: Sequence[Path], prefix: str, key: str | None, recursive: bool, options: Sequence[str]
) -> tuple[list[Recording], dict[str, str]]:
    # All that can be wrong is found before the first byte is sent.
    if key is not None and prefix:
        raise click.UsageError("--key is the whole key: leave --prefix out.")
    try:
        return recordings(files, prefix, key, recursive), metadata_of(options)
    except (NotUploadable, ValueError) as error:
        raise click.UsageError(str(error)) from error


def _send(
    stack: Stack, bucket: str, chosen: Sequence[Recording], metadata: dict[str, str]
) -> list[Uploaded]:
    console = progress_console()
    count = f"{len(chosen)} recording{'s'[: len(chosen) > 1]}"
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as progress:
        task = progress.add_task(count, total=sum(recording.size for recording in chosen))
        return upload(stack.s3, bucket, chosen, metadata, lambda sent: progress.advance(task, sent))


def _watched(stack: Stack, bucket: str, sent: Uploaded) -> Watched:
    key = sent.recording.key
    if sent.version_id:
        return Watched(key, job_id_of(bucket, key, sent.version_id))

    def find() -> Job | None:
        # Without versions there is no id to reckon; the job is that of the object as it is now.
        now = stack.s3.head_object(Bucket=bucket, Key=key)
        # Two seconds, for an event's clock and the object's do not agree to the second.
        since = iso(now["LastModified"] - timedelta(seconds=2))
        jobs = (job for job in stack.jobs.of_object(bucket, key) if job.uploaded_at >= since)
        return next((job for job in jobs if (job.etag or "").strip('"') == sent.etag), None)

    return Watched(key, None, find=find)


def _say_document(bucket: str, sent: Sequence[Uploaded], jobs: dict[Uploaded, Job | None]) -> None:
    documents = []
    for one, job in jobs.items():
        known = {"bucket": bucket, "key": one.recording.key, "version_id": one.version_id}
        if one.version_id:
            known["job_id"] = job_id_of(bucket, one.recording.key, one.version_id)
        documents.append({"file": str(one.recording.path)} | known | (dict(job.row) if job else {}))
    failed = [
        {"file": str(one.recording.path), "reason": str(one.error)} for one in sent if one.error
    ]
    say_json({"jobs": documents, "failed": failed})


def _raise_failed(sent: Sequence[Uploaded]) -> None:
    failures = [one for one in sent if one.error]
    for one in failures:
        note(f"Not uploaded: {visible(str(one.recording.path))}")
    if failures and (error := failures[0].error):
        raise explained(error) or JobFailed(str(error)) from error
