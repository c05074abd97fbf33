"""Real speech through the deployed stack, put as any program would put it."""

import json
import re
from pathlib import Path

import pytest

from tests.conftest import SAID
from tests.e2e.encoding import encoded
from tests.stack import Row, Stack

OTHER = Path(__file__).parent / "samples" / "another-sentence.wav"
OTHER_SAID = "Unless to be rather cold-hearted and rather selfish is to be ill-disposed."
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
    said = _words(SAID)
    assert _words(stack.rendition(row, "txt")) == said
    assert _words(stack.rendition(row, "md"))[-len(said) :] == said
    assert _words(json.loads(stack.rendition(row, "json"))["text"]) == said
    assert _words(_captioned(stack.rendition(row, "srt"))) == said
    assert _words(_captioned(stack.rendition(row, "vtt"))) == said


def test_a_key_overwritten_with_other_speech_has_the_newest_words(stack: Stack) -> None:
    """Each version is a job of its own; what stands next door is the newest one's."""
    old, new = stack.put(encoded("wav"), "weekly.wav"), stack.put(OTHER.read_bytes(), "weekly.wav")
    rows = stack.wait_all([old, new])
    assert [row["status"] for row in rows] == ["COMPLETED", "COMPLETED"]
    assert rows[0]["generation_id"] != rows[1]["generation_id"]
    assert _words(stack.rendition(rows[1], "txt")) == _words(OTHER_SAID)


def test_the_longest_key_is_1020_bytes() -> None:
    """And what is made of it still finds a name beside it."""
    assert max(len(key.encode()) for key in KEYS) == 1020


def test_the_row_tells_all_about_the_job(stack: Stack, jobs: dict[str, Row]) -> None:
    """What a user would ask the table."""
    row = jobs["plain.wav"]
    assert float(row["audio_seconds"]) == pytest.approx(7.1, abs=0.1)
    assert row["words"] == len(SAID.split())
    assert _words(row["preview"]) == _words(SAID)
    assert row["options"]["smart_format"] is True


def test_the_raw_answer_is_kept(stack: Stack, jobs: dict[str, Row]) -> None:
    """In a bucket of its own, as the API gave it."""
    row = jobs["plain.wav"]
    body = stack.s3.get_object(Bucket=stack.outputs["AnswerBucketName"], Key=row["answer"])["Body"]
    assert json.load(body)["status"] == "completed"
    assert row["answer"] == f"{row['job_id']}/1.json"


def _words(text: str) -> list[str]:
    """The words alone: how they are punctuated is the model's affair."""
    return re.findall(r"[a-z]+", text.lower())


def _captioned(captions: str) -> str:
    """The words of SubRip or WebVTT, without numbers, times and the header."""
    lines = [line for line in captions.splitlines() if not re.match(r"\d+$|.*-->|WEBVTT", line)]
    return " ".join(line for line in lines if line)
