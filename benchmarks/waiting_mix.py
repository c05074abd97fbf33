"""The standard mix: recordings as a stack may get them, and when their transcripts are there.

Nothing here is known of the provider; it is assumed, and all of it is in this module. Lengths are
spread as those of voice messages, calls, meetings and lectures are: half are under three minutes,
one in a hundred is longer than an hour, the longest last for hours. Processing takes a few seconds
and a share of the length, both of which vary. A drift never ends, some days are slow, and one job
in ten (three on slow days) stands in a queue before it.
"""

import math
import random
from collections.abc import Iterator
from typing import Final, NamedTuple

from transcription.speeds import TYPICAL, Speed

FILES: Final = 8_000
A_DAY: Final = 400  # files
# Seconds of audio: the middle of all recordings, and how widely they are spread (a logarithm).
MIDDLE: Final = 180.0
SPREAD: Final = 1.4
SHORTEST, LONGEST = 3.0, 5 * 3600.0
# How much processing varies from one job to the next (logarithms): of what every job takes, and
# of what a second of audio adds.
OVERHEAD_VARIES: Final = 0.2
SPEED_VARIES: Final = 0.1
# How far the provider drifts, and in how many jobs it forgets that.
DRIFT: Final = 0.08
FORGETS: Final = 100
# Days that are slow, how much, and in how many jobs that comes and goes.
SLOW_DAYS: Final = 0.12
SLOWER: Final = (1.5, 2.5)
COMES: Final = 40
# Jobs that queue, on a good and on a slow day, and for how long in the mean.
QUEUED: Final = (0.1, 0.3)
QUEUE: Final = 10.0


class Recording(NamedTuple):
    """Seconds of audio, and seconds from `create` until its transcript is there."""

    length: float
    ready: float


def standard_mix(seed: int, files: int = FILES, provider: Speed = TYPICAL) -> list[Recording]:
    """So many recordings in the order in which they are sent."""
    chance = random.Random(seed)  # noqa: S311 a benchmark's
    times = _slowness(chance)
    return [_recording(chance, next(times), provider) for _ in range(files)]


def alike(seed: int, files: int, length: float, provider: Speed) -> list[Recording]:
    """Recordings of one length on a day like any other, and nothing in a queue before them."""
    chance = random.Random(seed)  # noqa: S311 a benchmark's
    return [Recording(length, _processing(chance, length, provider)) for _ in range(files)]


def _recording(chance: random.Random, slowness: float, provider: Speed) -> Recording:
    length = min(max(chance.lognormvariate(math.log(MIDDLE), SPREAD), SHORTEST), LONGEST)
    ready = slowness * _processing(chance, length, provider)
    if chance.random() < QUEUED[slowness > SLOWER[0] - DRIFT]:
        ready += chance.expovariate(1 / QUEUE)
    return Recording(length, ready)


def _processing(chance: random.Random, length: float, provider: Speed) -> float:
    overhead = provider.overhead * chance.lognormvariate(0, OVERHEAD_VARIES)
    return overhead + provider.per_second * length * chance.lognormvariate(0, SPEED_VARIES)


def _slowness(chance: random.Random) -> Iterator[float]:
    """How many times longer than usual the provider takes, job after job."""
    drift = slow = 0.0
    kick = DRIFT * math.sqrt(2 / FORGETS)
    while True:
        is_slow = chance.random() < SLOW_DAYS
        aim = math.log(chance.uniform(*SLOWER)) if is_slow else 0.0
        for _ in range(A_DAY):
            slow += (aim - slow) / COMES
            drift += chance.gauss(0, kick) - drift / FORGETS
            yield math.exp(slow + drift)
