"""The captions of both samples, of the words that Whisper really heard."""

import json
from pathlib import Path

import pytest
from transcription import answer
from transcription.reading import transcript_of
from transcription.transcript import Transcript

from tests.captions.ours import files, verdict

GOLDEN = Path(__file__).parents[1] / "golden"
SAMPLES = ("sense-and-sensibility-0870", "sense-and-sensibility-0890")


def heard(sample: str) -> Transcript:
    """What the speech API answered."""
    return transcript_of(answer.read((GOLDEN / sample / "answer.json").read_bytes()).payload)


@pytest.mark.parametrize("suffix", ["srt", "vtt"])
@pytest.mark.parametrize("sample", SAMPLES)
def test_a_sample_keeps_every_rule(sample: str, suffix: str) -> None:
    """None is broken, neither a hard nor a soft one."""
    found = verdict(heard(sample), suffix)
    assert found.cues
    assert not any(found.broken.values()), json.dumps(dict(found.broken))


def test_a_sample_looks_so() -> None:
    """Cut before a conjunction, not in a name, and the lines about even."""
    lines = [line for line in files(heard(SAMPLES[0]))["srt"].split("\n") if line[:1].isalpha()]
    assert lines == [
        "And Mr. John Dashwood",
        "had then leisure to consider",
        "how much there might be prudently",
        "in his power to do for them.",
    ]
