"""Recordings to caption: the two samples of the repository, joined, hurried and talking at once."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.machine import ROOT
from dropscribe.local.speech.audio import RATE, Samples, read_recording

PATHS = (
    Path("dropscribe/local/sample/sense-and-sensibility.wav"),
    Path("tests/e2e/samples/another-sentence.wav"),
)


def recordings() -> dict[str, Sequence[Samples]]:
    """Channels of samples, by what they are."""
    one, other = (read_recording(ROOT / path, by_channel=False).channels[0] for path in PATHS)
    turns = [one, other, other, one, other, one, one, other]
    speeds = (0.9, 1.0, 1.15, 1.0, 1.3, 1.1, 1.45, 1.2)
    hurried = [_faster(sound, speed) for sound, speed in zip(turns, speeds, strict=True)]
    return {
        "reading": [joined(turns, [0.6, 1.2, 0.3, 2.5, 0.8, 0.4, 1.8])],
        "without a breath": [joined(turns, [0.0] * 7)],
        "hurried": [joined(hurried, [0.1, 0.5, 0.0, 0.2, 0.0, 0.3, 0.0])],
        "a conversation": [
            joined([one, other, one, other], [6.0, 8.5, 6.0]),
            joined([_silence(7.6), other, one, other, one], [0.0, 8.0, 8.5, 7.0]),
        ],
        "at once": [
            joined([one, other, one, other], [0.4, 0.3, 0.2]),
            joined([_silence(1.5), other, one, one, other], [0.0, 0.6, 0.3, 0.2]),
        ],
    }


def joined(sounds: Sequence[Samples], pauses: Sequence[float]) -> Samples:
    """Sounds one after the other, with so many seconds between them."""
    parts = [sounds[0]]
    for pause, sound in zip(pauses, sounds[1:], strict=True):
        parts += [_silence(pause), sound]
    return np.concatenate(parts)


def _silence(seconds: float) -> Samples:
    return np.zeros(int(seconds * RATE), np.float32)


def _faster(sound: Samples, speed: float) -> Samples:
    """As a tape that runs faster: higher, too."""
    places = np.arange(0, len(sound) - 1, speed)
    played: Samples = np.interp(places, np.arange(len(sound)), sound).astype(np.float32)
    return played
