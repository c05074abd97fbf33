"""What many recordings would cost and how long they would take, from their sizes alone."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from transcription.costs import FILE, LOOK, priced, transfer_dollars
from transcription.waiting import BYTES_A_SECOND, OVERHEAD, REAL_TIME_FACTOR

# Looks at the API that a file takes on average; docs/cost.md says what one costs.
LOOKS: Final = 1.6


class Estimate(NamedTuple):
    """What recordings come to. Dollars are None where nobody has said the price of a minute.

    `seconds` are of audio, `guessed` how many files' lengths were told by size alone; `lasts` is
    seconds from the first to the last transcript.
    """

    files: int
    size: int
    seconds: float
    guessed: int
    speech_dollars: float | None
    aws_dollars: float
    transfer_dollars: float
    lasts: float


def estimate(
    recordings: Iterable[tuple[int, float | None]],
    price_per_minute: float | None,
    in_flight: int | None,
) -> Estimate:
    """The sum of recordings, each given by its bytes and its seconds, None where unknown.

    `price_per_minute` is in dollars, None (or 0) where unknown; `in_flight` how many the speech
    API is asked for at a time, None (or 0) for any number.
    """
    files = size = guessed = 0
    seconds = busy = longest = 0.0
    for length, told in recordings:
        lasts = told if told is not None else seconds_of(length)
        guessed += told is None
        files, size, seconds = files + 1, size + length, seconds + lasts
        busy += processing(lasts)
        longest = max(longest, processing(lasts))
    return Estimate(
        files=files,
        size=size,
        seconds=seconds,
        guessed=guessed,
        speech_dollars=price_per_minute * seconds / 60 if price_per_minute else None,
        aws_dollars=files * (priced(FILE) + (LOOKS - 1) * priced(LOOK)),
        transfer_dollars=transfer_dollars(size),
        lasts=max(longest, busy / in_flight) if in_flight else longest,
    )


def of_sizes(
    sizes: Iterable[int], price_per_minute: float | None, in_flight: int | None
) -> Estimate:
    """The sum of recordings of which only the bytes are known, as a bucket lists them."""
    return estimate(((size, None) for size in sizes), price_per_minute, in_flight)


def seconds_of(size: int) -> float:
    """Seconds of audio in so many bytes, as the stack guesses: 128 kbit/s."""
    return size / BYTES_A_SECOND


def processing(seconds: float) -> float:
    """Seconds that the speech API is expected to take for so much audio."""
    return OVERHEAD + REAL_TIME_FACTOR * seconds
