"""How long files wait for a slot at the speech API, simulated: what docs/scale.md says of it.

A day's uploads follow the clock (most at 14:00, 2.7 times the mean), each holds a slot for a
log-normal time, and there are `maxInFlight` slots. No clock, no threads, one seed.
"""

import heapq
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from transcription.pace import PACE
from transcription.speeds import TYPICAL

SEED: Final = 20261122
DAY: Final = 86_400.0
# How sharp the daily peak is (von Mises): 2.7 times the mean at 14:00, an eighth of it at night.
PEAK: Final = 1.5
PEAK_AT: Final = 14 * 3600
PEAK_TO_MEAN: Final = float(np.exp(PEAK) / np.i0(PEAK))
# Seconds for which the functions around it hold a slot beside the waiting.
FUNCTIONS: Final = 0.5
SPREAD: Final = 0.5  # of the logarithm
MILLION: Final = 1_000_000

Times = NDArray[np.float64]


class Waits(NamedTuple):
    """Seconds from an upload to its slot."""

    mean: float
    late: float  # of a hundred files, five wait longer
    worst: float
    busy: float  # the share of the slots' time that was used


def held(audio: float) -> float:
    """Seconds for which a recording of so many seconds holds a slot: until the look that finds it.

    That is at the first look, as a rule, where the stack has learnt how long the API takes.
    """
    return PACE.first(TYPICAL.predicted(audio), lambda: 0.5) + FUNCTIONS


def uploads(count: int, rng: np.random.Generator) -> Times:
    """When so many files of a day arrive, in seconds since midnight, in order."""
    angles = rng.vonmises(0.0, PEAK, count)
    return np.sort((angles / (2 * np.pi) * DAY + PEAK_AT) % DAY)


def services(mean: float, count: int, rng: np.random.Generator) -> Times:
    """How long each holds its slot."""
    return rng.lognormal(np.log(mean) - SPREAD**2 / 2, SPREAD, count)


def queued(arrivals: Sequence[float], services: Sequence[float], slots: int) -> list[float]:
    """How long each waits where the oldest goes first."""
    free = [0.0] * slots
    waits = []
    for arrived, service in zip(arrivals, services, strict=True):
        begun = max(arrived, free[0])
        heapq.heapreplace(free, begun + service)
        waits.append(begun - arrived)
    return waits


def a_day(files: int, audio: float, slots: int) -> Waits:
    """A day's uploads of one length through so many slots."""
    rng = np.random.default_rng(SEED)
    arrived, service = uploads(files, rng), services(held(audio), files, rng)
    waits = np.array(queued(arrived.tolist(), service.tolist(), slots))
    end = max(DAY, float((arrived + waits + service).max()))
    return _waits(waits, float(service.sum()) / (slots * end))


def _waits(waits: Times, busy: float) -> Waits:
    return Waits(float(waits.mean()), float(np.quantile(waits, 0.95)), float(waits.max()), busy)


class Backfilled(NamedTuple):
    """How fresh files fared beside a backfill, and how many of the backfill were done."""

    fresh: Waits
    done: int


def beside_backfill(files: int, audio: float, slots: int, leave: int) -> Backfilled:
    """A day of fresh files while a backfill without end uses what they leave.

    `leave` slots are never given to it. A file that is under way is not interrupted.
    """
    rng = np.random.default_rng(SEED)
    fresh, mean = uploads(files, rng).tolist(), held(audio)
    service = services(mean, files, rng).tolist()
    old, done, clock = _endless(mean, rng), 0, 0.0
    ends: list[float] = []
    waits: list[float] = []
    while len(waits) < files:
        due = fresh[len(waits)]
        if due <= clock and len(ends) < slots:
            heapq.heappush(ends, clock + service[len(waits)])
            waits.append(clock - due)
        elif due > clock and len(ends) < slots - leave:
            heapq.heappush(ends, clock + next(old))
            done += 1
        else:
            clock = min([due] * (due > clock) + ends[:1])
            while ends and ends[0] <= clock:
                heapq.heappop(ends)
    return Backfilled(_waits(np.array(waits), 0.0), done)


def _endless(mean: float, rng: np.random.Generator) -> Iterator[float]:
    while True:
        yield from services(mean, 10_000, rng).tolist()
