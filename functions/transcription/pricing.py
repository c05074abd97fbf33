"""What the speech API asks for a recording, by its length. All pure; dollars and seconds."""

from typing import Final

from transcription.job import Job
from transcription.waiting import BYTES_A_SECOND

# Dollars are kept to so many digits.
DIGITS: Final = 6
# What a price may be off by, as a share, without being corrected.
CLOSE: Final = 0.02


def price_of(job: Job, per_minute: float) -> float | None:
    """The price of a job, by the length that is known of it; None where no price is set."""
    return price_of_audio(length_of(job), per_minute)


def price_of_audio(seconds: float, per_minute: float) -> float | None:
    """The price of so many seconds of audio; None where no price is set."""
    return round(seconds / 60 * per_minute, DIGITS) if per_minute else None


def settled(job: Job, seconds: float | None, per_minute: float) -> float | None:
    """The price of a sent job once its real length is known; next to no difference is none."""
    if job.price is None or not seconds:
        return job.price
    found = price_of_audio(seconds, per_minute)
    is_close = found is None or abs(found - job.price) <= CLOSE * found
    return job.price if is_close else found


def length_of(job: Job) -> float:
    """The length of a recording in seconds; where nothing tells it, a guess from its size."""
    return job.audio_seconds or (job.size or 0) / BYTES_A_SECOND
