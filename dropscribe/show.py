"""`dropscribe show`: one job row, readable."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

import click
from rich.text import Text

from dropscribe.pause import tell_paused
from dropscribe.screen import length, moment, say_json, say_rows, status_text, visible
from dropscribe.settings import CloudCommand, Settings, pass_settings
from dropscribe.stack import find_stack
from dropscribe.target import find_job

# What is asked for most comes first; everything else follows by name.
_FIRST: Final = (
    "key",
    "bucket",
    "job_id",
    "status",
    "reason",
    "stage",
    "wait_reason",
    "wait_until",
    "lane",
    "attempt",
    "audio_seconds",
    "price",
    "language",
    "confidence",
    "words",
    "speakers",
    "speaker_names",
    "model",
    "options",
    "option_sources",
    "warnings",
    "outputs",
    "answer",
    "uploaded_at",
    "claimed_at",
    "sending_at",
    "submitted_at",
    "completed_at",
    "preview",
)


@click.command(
    cls=CloudCommand,
    examples=["dropscribe show interview.mp3", "dropscribe show interview.mp3 --json | jq .status"],
)
@click.argument("key_or_job")
@pass_settings
def show(settings: Settings, key_or_job: str) -> None:
    """Show all that is known about a job, of a key its newest.

    KEY_OR_JOB is a key in the uploads bucket, an s3://bucket/key, or a job id of 32 hex digits.
    """
    stack = find_stack(settings)
    job = find_job(stack, key_or_job)
    if settings.as_json:
        say_json(job.row)
        return
    say_rows(("", ""), lines(job.row))
    if not job.is_terminal:
        tell_paused(stack)


def lines(row: Mapping[str, Any]) -> Iterator[tuple[str, str | Text]]:
    """Names and values of a row in the order of interest; a map takes a line for each entry."""
    order = [name for name in _FIRST if name in row]
    for name in order + sorted(row.keys() - set(order)):
        value = row[name]
        if isinstance(value, Mapping):
            for inner in sorted(value):
                yield f"{name}.{visible(inner)}", written(inner, value[inner])
        else:
            yield visible(name), written(name, value)


def written(name: str, value: object) -> str | Text:
    """One value as a person reads it."""
    if name == "status":
        return status_text(str(value))
    if name == "audio_seconds" and isinstance(value, int | float):
        return length(value)
    if isinstance(value, str):
        return moment(value) if name.endswith(("_at", "_until")) else visible(value)
    return visible(json.dumps(value, ensure_ascii=False))
