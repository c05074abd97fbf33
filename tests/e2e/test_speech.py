"""Real speech through the deployed stack, put as any program would put it."""

import json
import re

import pytest

from tests.conftest import SAID
from tests.e2e.encoding import encoded
from tests.stack import Row, Stack

KEYS = {
    "plain.wav": "wav",
    "calls/2026/Ärger + 100% & más ✓ (1).mp3": "mp3",
    "a//b/ .wav": "wav",
    "raw/x.wav": "wav",
    "long/" + "é" * 505 + ".flac": "flac",
    "podcast.m4a": "m4a",
    "Sprachnachricht.ogg": "ogg",
    "browser.webm": "webm",
}


@pytest.fixture(scope="module")
def jobs(stack: Stack) -> dict[str, Row]:
    """Every file put at once, and the jobs they became."""
    puts = [stack.put(encoded(suffix), key) for key, suffix in KEYS.items()]
    return {put.key: stack.wait(put) for put in puts}


@pytest.mark.parametrize("key", KEYS)
def test_what_was_said_is_in_every_rendition(stack: Stack, jobs: dict[str, Row], key: str) -> None:
    """Word for word, in the text, the Markdown, both captions and the canonical transcript."""
    row = jobs[key]
    assert row["status"] == "COMPLETED", row.get("reason")
    assert stack.rendition(row, "txt") == SAID + "\n"
    assert SAID in stack.rendition(row, "md")
    assert json.loads(stack.rendition(row, "json"))["text"] == SAID
    assert _captioned(stack.rendition(row, "srt")) == SAID
    assert _captioned(stack.rendition(row, "vtt")) == SAID


def test_the_longest_key_is_1020_bytes() -> None:
    """And what is made of it still finds a name beside it."""
    assert max(len(key.encode()) for key in KEYS) == 1020


def test_the_row_tells_all_about_the_job(stack: Stack, jobs: dict[str, Row]) -> None:
    """What a user would ask the table."""
    row = jobs["plain.wav"]
    assert float(row["audio_seconds"]) == pytest.approx(7.1, abs=0.1)
    assert row["words"] == len(SAID.split())
    assert row["preview"] == SAID
    assert row["options"]["smart_format"] is True


def test_the_raw_answer_is_kept(stack: Stack, jobs: dict[str, Row]) -> None:
    """In a bucket of its own, as the API gave it."""
    row = jobs["plain.wav"]
    body = stack.s3.get_object(Bucket=stack.outputs["AnswerBucketName"], Key=row["answer"])["Body"]
    assert json.load(body)["status"] == "completed"
    assert row["answer"] == f"{row['job_id']}/1.json"


def _captioned(captions: str) -> str:
    """The words of SubRip or WebVTT, without numbers, times and the header."""
    lines = [line for line in captions.splitlines() if not re.match(r"\d+$|.*-->|WEBVTT", line)]
    return " ".join(line for line in lines if line)
