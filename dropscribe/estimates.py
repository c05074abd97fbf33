"""What many recordings would cost and how long they would take, from their lengths or sizes."""

import json
import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from transcription.costs import FILE, LOOK, priced, transfer_dollars
from transcription.pricing import price_of_audio
from transcription.speeds import TYPICAL, Speed, Speeds
from transcription.waiting import BYTES_A_SECOND

if TYPE_CHECKING:
    from dropscribe.stack import Stack

# Looks at the API that a file takes on average; docs/cost.md says what one costs.
LOOKS: Final = 1.6


class Terms(NamedTuple):
    """What a stack has settled; None where it doesn't say.

    `price` is the speech API's for a minute, in dollars, 0 where nobody has set it; `in_flight`
    how many files it is asked for at a time, 0 for any number; `speed` how long it takes for one.
    """

    price: float | None = None
    in_flight: int | None = None
    speed: Speed = TYPICAL

    @classmethod
    def of(cls, outputs: Mapping[str, str]) -> "Terms":
        """The terms in a stack's outputs, which older stacks lack."""
        price, in_flight = outputs.get("PricePerMinute"), outputs.get("MaxInFlight")
        return cls(float(price) if price else None, int(in_flight) if in_flight else None)


def settled(stack: "Stack") -> Terms:
    """The terms of a stack, with what its jobs have taught it about its model's speed."""
    options = json.loads(stack.outputs.get("DefaultOptions", "{}"))
    learnt = Speeds(stack.ledger, lambda: datetime.now(UTC)).of(options.get("model"))
    return Terms.of(stack.outputs)._replace(speed=learnt if learnt.jobs else TYPICAL)


class Estimate(NamedTuple):
    """What recordings come to; in dollars, None where nobody has said the price of a minute.

    `seconds` are of audio, `guessed` how many files' lengths were told by size alone; `lasts` is
    how many seconds the speech API is at work, None where nobody has said on how many at a time.
    """

    files: int
    size: int
    seconds: float
    guessed: int
    speech_dollars: float | None
    aws_dollars: float
    transfer_dollars: float
    lasts: float | None


def estimate(recordings: Iterable[tuple[int, float | None]], terms: Terms) -> Estimate:
    """The sum of recordings, each given by its bytes and its seconds, None where unknown."""
    files = size = guessed = 0
    seconds = busy = longest = 0.0
    for length, told in recordings:
        lasts = seconds_of(length) if told is None else told
        guessed += told is None
        files, size, seconds = files + 1, size + length, seconds + lasts
        taken = terms.speed.predicted(lasts)
        busy, longest = busy + taken, max(longest, taken)
    return Estimate(
        files=files,
        size=size,
        seconds=seconds,
        guessed=guessed,
        speech_dollars=price_of_audio(seconds, terms.price or 0),
        aws_dollars=files * (priced(FILE) + (LOOKS - 1) * priced(LOOK)),
        transfer_dollars=transfer_dollars(size),
        lasts=_lasts(busy, longest, terms.in_flight),
    )


def of_sizes(sizes: Iterable[int], terms: Terms) -> Estimate:
    """The sum of recordings of which only the bytes are known, as a bucket lists them."""
    return estimate(((size, None) for size in sizes), terms)


def seconds_of(size: int) -> float:
    """Seconds of audio in so many bytes, as the stack guesses: 128 kbit/s."""
    return size / BYTES_A_SECOND


def _lasts(busy: float, longest: float, in_flight: int | None) -> float | None:
    """How long the API is at work that takes so many seconds one after the other."""
    return None if in_flight is None else max(longest, busy / (in_flight or math.inf))
