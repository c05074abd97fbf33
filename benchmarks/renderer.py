"""Renders one answer as Publish does, and says what it cost as JSON.

    python -m benchmarks.renderer ANSWER_FILE

A process of its own for each, with all that the Lambda loads: its memory is what a Lambda needs.
"""

import gc
import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import boto3
import publish  # noqa: F401 all that the Lambda loads counts
from transcription import answer, captions
from transcription.document import document_of, written
from transcription.job import Job, Status
from transcription.markdown import markdown
from transcription.reading import transcript_of
from transcription.renditions import text
from transcription.transcript import Transcript

from benchmarks.machine import peak_bytes

T = TypeVar("T")
JOB = Job(
    job_id="0123456789abcdef0123456789abcdef",
    bucket="uploads",
    key="meetings/2026/a-long-day.mp3",
    status=Status.TRANSCRIBED,
    uploaded_at=datetime(2026, 11, 22, 12, tzinfo=UTC),
    model="#g1_whisper-small",
    options={"smart_format": True, "utterances": True, "diarize": True},
    speaker_names=("Agent", "Customer"),
)


class Watch:
    """Seconds of processor time by the name of what took them: others' work does not count."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def time(self, name: str, work: Callable[[], T]) -> T:
        started = time.process_time()
        done = work()
        self.seconds[name] = time.process_time() - started
        return done


def transcript(path: Path) -> Transcript:
    """What Publish makes of the bytes in the answers bucket."""
    return transcript_of(answer.read(path.read_bytes()).payload)


def rendered(found: Transcript, watch: Watch) -> dict[str, bytes]:
    """All five, as they are put, and the seconds of each."""
    document = document_of(JOB, found)
    cues = watch.time("cues", lambda: captions.cues(found, document.voices.name))
    made = {
        "txt": watch.time("txt", lambda: text(document)),
        "md": watch.time("md", lambda: markdown(document)),
        "json": watch.time("json", lambda: written(document)),
        "srt": watch.time("srt", lambda: captions.srt(cues)),
        "vtt": watch.time("vtt", lambda: captions.vtt(cues)),
    }
    return {suffix: rendition.encode() for suffix, rendition in made.items()}


def main(path: str) -> None:
    """Say what one took, and the most memory that the process ever had."""
    clients = [boto3.client("s3", "us-east-1"), boto3.resource("dynamodb", "us-east-1")]
    gc.freeze()  # what was loaded, as starting.py does in the Lambda
    watch = Watch()
    found = watch.time("read", lambda: transcript(Path(path)))
    made = rendered(found, watch)
    said: dict[str, Any] = {
        "seconds": watch.seconds,
        "bytes": {suffix: len(rendition) for suffix, rendition in made.items()},
        "peak": peak_bytes(),
        "clients": len(clients),
    }
    print(json.dumps(said))  # noqa: T201 whoever started us reads it


if __name__ == "__main__":
    main(*sys.argv[1:])
