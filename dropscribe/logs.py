"""`dropscribe logs`: one job's way through every function, line by line."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import click
from transcription.job import iso

from dropscribe.exits import ExitCode, JobFailed
from dropscribe.log_lines import Line, fields, lines, readable
from dropscribe.ls import When
from dropscribe.screen import moment, note, say_json, say_rows, visible
from dropscribe.settings import CloudCommand, Settings, pass_settings
from dropscribe.stack import Stack, find_stack
from dropscribe.target import find_job, target_of

HEADINGS: Final = ("TIME", "PART", "WHAT", "MORE")
MESSAGE_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Where nothing says when something began.
LOOK_BACK: Final = timedelta(days=1)


@click.command(
    cls=CloudCommand,
    examples=[
        "dropscribe logs interview.mp3",
        "dropscribe logs 3f2a9c0d1e4b5a69788796a5b4c3d2e1 --since 2h --json",
        "dropscribe logs --part Reconcile --since 1h",
    ],
)
@click.argument("key_or_job", required=False)
@click.option("--part", metavar="NAME", default="", help="Only the log of Submit, Poll, ...")
@click.option(
    "--since",
    "begin",
    type=When(),
    metavar="WHEN",
    help="Since 12h, 7d, 2w, or a date or time in UTC.  [default: the job's upload, else 1d]",
)
@pass_settings
@click.pass_context
def logs(
    ctx: click.Context,
    settings: Settings,
    key_or_job: str | None,
    part: str,
    begin: datetime | None,
) -> None:
    """Follow a job through the logs of every function, of a key the newest.

    KEY_OR_JOB is a key in the uploads bucket, an s3://bucket/key, a job id of 32 hex digits, or
    the id of a message that `dropscribe redrive` shows; without it --part says whose lines are
    wanted. A new line takes some seconds to be found. docs/log-queries.md asks larger questions.
    In a pipe each line is tab-separated: when, which part of the stack, what, and more of it.
    """
    if not (key_or_job or part):
        raise click.UsageError("Name a job, or a part of the stack: --part Submit.")
    stack = find_stack(settings)
    word, uploaded = sought(stack, key_or_job or "")
    found = lines(stack, word, begin or uploaded, part)
    if settings.as_json:
        say_json({"lines": [document(line) for line in found]})
    else:
        say_rows(HEADINGS, [_cells(line) for line in found])
        if not found:
            note(f"No such line since {iso(begin or uploaded)}. Logs are kept for some days only.")
    ctx.exit(ExitCode.FINE if found else ExitCode.NOT_READY)


def sought(stack: Stack, text: str) -> tuple[str, datetime]:
    """The word to look for, and since when; no text asks for every line."""
    now = datetime.now(UTC)
    if not text:
        return "", now - LOOK_BACK
    if MESSAGE_ID.fullmatch(text):
        return text, now - timedelta(days=14)
    try:
        job = find_job(stack, text)
    except JobFailed:
        # A job that never got a row may still have been logged.
        if job_id := target_of(text).job_id:
            return job_id, now - LOOK_BACK
        raise
    # S3's clock gives whole seconds.
    return job.job_id, datetime.fromisoformat(job.uploaded_at) - timedelta(seconds=2)


def document(line: Line) -> dict[str, Any]:
    """A line for machines: what it says as it was written, where that is JSON."""
    return {"at": _at(line), "part": line.part, "said": dict(fields(line.text)) or line.text}


def _cells(line: Line) -> tuple[str, str, str, str]:
    what, more = readable(line.text)
    return moment(_at(line)), line.part, visible(what), visible(more)


def _at(line: Line) -> str:
    return iso(datetime.fromtimestamp(line.at / 1000, UTC))
