"""Decode a recording of any common format into the samples Whisper wants."""

import hashlib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import av
import numpy as np
from numpy.typing import NDArray

from dropscribe.local.speech.errors import JobError

RATE = 16_000
"""Samples per second, fixed by Whisper."""
_MOST_CHANNELS = 20

Samples = NDArray[np.float32]


class Recording(NamedTuple):
    """Samples of each channel, from -1 to 1, at 16 kHz; all channels are of one length."""

    channels: tuple[Samples, ...]
    sha256: str

    @property
    def seconds(self) -> float:
        """How long the recording is."""
        return len(self.channels[0]) / RATE


def read_recording(path: Path, *, by_channel: bool) -> Recording:
    """Decode ``path``, mixed down to one channel unless ``by_channel``.

    Raises JobError when there is no sound in it that can be decoded.
    """
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    try:
        samples = _decode(path, by_channel=by_channel)
    except (av.error.FFmpegError, ValueError) as error:
        raise JobError("UnreadableAudio", "The file cannot be decoded as audio.") from error
    return Recording(tuple(samples[:_MOST_CHANNELS]), digest)


def _decode(path: Path, *, by_channel: bool) -> Samples:
    # A playlist may name other addresses; none but this file is read.
    options = {"protocol_whitelist": "file"}
    with av.open(str(path), metadata_errors="ignore", options=options) as container:
        if not container.streams.audio:
            raise JobError("UnreadableAudio", "There is no sound in the file.")
        layout = container.streams.audio[0].layout.name if by_channel else "mono"
        resampler = av.AudioResampler(format="fltp", layout=layout, rate=RATE)
        chunks = [
            chunk.to_ndarray()
            for frame in chain(_good_frames(container), [None])
            for chunk in resampler.resample(frame)
        ]
    return np.concatenate(chunks, axis=1) if chunks else np.zeros((1, 0), np.float32)


def _good_frames(container: Any) -> Iterator[Any]:
    frames = container.decode(audio=0)
    while True:
        try:
            frame = next(frames)
        except StopIteration:
            return
        except av.error.InvalidDataError:
            continue  # one damaged packet does not spoil the recording
        frame.pts = None  # gaps between time stamps must not become errors
        yield frame
