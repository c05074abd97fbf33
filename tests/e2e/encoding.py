"""The sample in other containers and codecs, made by PyAV."""

import io
from typing import Any

import av
import av.audio

from tests.conftest import SAMPLE

# Suffix: container, codec, samples a second.
ENCODINGS = {
    "mp3": ("mp3", "libmp3lame", 16_000),
    "m4a": ("ipod", "aac", 16_000),
    "ogg": ("ogg", "libopus", 48_000),
    "flac": ("flac", "flac", 16_000),
    "webm": ("webm", "libopus", 48_000),
}


def encoded(suffix: str) -> bytes:
    """The sample as a file of this kind."""
    if suffix == "wav":
        return SAMPLE.read_bytes()
    container, codec, rate = ENCODINGS[suffix]
    written = io.BytesIO()
    with av.open(str(SAMPLE)) as source, av.open(written, "w", format=container) as target:
        stream: Any = target.add_stream(codec, rate=rate)
        resampler = av.AudioResampler(format=stream.format, layout="mono", rate=rate)
        fifo = av.audio.fifo.AudioFifo()
        for frame in source.decode(audio=0):
            for piece in resampler.resample(frame):
                fifo.write(piece)
        size = stream.frame_size or 1024
        while sound := fifo.read(size) or fifo.read(size, partial=True):
            target.mux(stream.encode(sound))
        target.mux(stream.encode(None))
    return written.getvalue()
