"""Real recordings, made on the spot: a second or more of a quiet hum in any format."""

import io
import math
from array import array
from collections.abc import Iterator
from fractions import Fraction
from functools import cache

import av

RATE = 16_000
# The encoder, the container and the sample rate by which a format is made.
FORMATS = {
    "wav": ("pcm_s16le", "wav", RATE),
    "flac": ("flac", "flac", RATE),
    "oga": ("flac", "ogg", RATE),
    "opus": ("libopus", "ogg", RATE),
    "m4a": ("aac", "ipod", RATE),
    "mp4": ("aac", "mp4", RATE),
    "mov": ("pcm_s16le", "mov", RATE),
    "webm": ("libopus", "webm", RATE),
    "mp3": ("libmp3lame", "mp3", RATE),
    "mp2": ("mp2", "mp2", RATE),
    "aac": ("aac", "adts", RATE),
    "aiff": ("pcm_s16be", "aiff", RATE),
    "au": ("pcm_s16be", "au", RATE),
    "caf": ("pcm_s16be", "caf", RATE),
    "ac3": ("ac3", "ac3", 32_000),
    "avi": ("pcm_s16le", "avi", RATE),
    "ts": ("mp2", "mpegts", RATE),
}


@cache
def recording(kind: str, seconds: int = 1) -> bytes:
    """The bytes of a recording in one of FORMATS."""
    codec, container, rate = FORMATS[kind]
    file = io.BytesIO()
    with av.open(file, "w", format=container) as out:
        stream = out.add_stream(codec, rate=rate, layout="mono")
        assert isinstance(stream, av.AudioStream)
        for frame in _frames(seconds, rate, stream.frame_size or 1024, stream.format.name):
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return file.getvalue()


def _frames(seconds: int, rate: int, length: int, sample_format: str) -> Iterator[av.AudioFrame]:
    hum = array("h", (int(3000 * math.sin(n / 9)) for n in range(seconds * rate)))
    resampler = av.AudioResampler(format=sample_format, layout="mono", rate=rate, frame_size=length)
    whole = av.AudioFrame(format="s16", layout="mono", samples=len(hum))
    whole.planes[0].update(hum.tobytes())
    whole.sample_rate = rate
    whole.pts = 0
    whole.time_base = Fraction(1, rate)
    yield from resampler.resample(whole)
    yield from resampler.resample(None)
