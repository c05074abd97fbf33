"""How many files a day each quota lets through: the table of docs/scale.md.

A quota is passed at the peak of the day, which is 2.7 times the mean (benchmarks/queueing.py).
The quotas are inputs: AWS's defaults as known at `AS_OF`, of which many can be raised.
"""

import math
from collections.abc import Callable, Iterator
from datetime import date
from typing import Final, NamedTuple

from transcription.costs import FILE, MEMORY

from benchmarks.queueing import DAY, PEAK_TO_MEAN, held

AS_OF: Final = date(2025, 6, 1)
MINUTE: Final = 60.0
# What the hosted Whisper works at, at a time.
WHISPER: Final = 5
# Seconds of Submit in AWS for one file, assumed: its requests take some 10 to 50 ms each.
SUBMIT: Final = 0.5
# Bytes that a holder adds to `#slots`: its id, since when, the row's revision, and their names.
HOLDER: Final = 85
# How often `#slots` is written for a file that finds room (its slot is taken, and freed), and for
# one that waits: refused, its word left, and at most one call of Dispatch, answered.
ONCE: Final = 2
WAITED: Final = 6
# A row with what is known of it at its end, in write units of 1 KB.
ROW: Final = 3


class Quota(NamedTuple):
    """What binds, how much of it there is, and the files a second at which it does."""

    what: str
    has: str
    files_a_second: float

    @property
    def files_a_day(self) -> float:
        """A day's files, of which none has to wait for this quota at the peak."""
        return self.files_a_second / PEAK_TO_MEAN * DAY


def quotas(audio: float = MINUTE) -> list[Quota]:
    """Every quota that files of so many seconds come near, the first to bind first."""
    return sorted(_quotas(audio), key=lambda quota: quota.files_a_second)


def _quotas(audio: float) -> Iterator[Quota]:
    hold, writes, lambdas = held(audio), FILE["write"], FILE["gb_second"] / MEMORY
    yield Quota("the API's hosted Whisper", f"{WHISPER} at a time", WHISPER / hold)
    yield Quota("`submitConcurrency`", "10 by default", 10 / SUBMIT)
    for waits, times in (("", ONCE), (", if every file waits", WAITED)):
        where = f"writes of the one item `#slots`{waits}"
        yield Quota(where, "1,000 units a second", slots_item(hold, times))
    yield Quota("writes of a new table", "4,000 units a second", 4_000 / writes)
    yield Quota("writes of a table", "40,000 units a second", 40_000 / writes)
    yield Quota("`status_day` of one day", "1,000 units a second", 1_000 / (2 * ROW))
    yield Quota("`open#fresh`, if every file waits", "1,000 units a second", 1_000 / (2 * ROW))
    yield Quota("writes of `#spent`", "1,000 units a second", 1_000)
    yield Quota("Lambdas at a time", "1,000", 1_000 / lambdas)
    for where, starts, transitions in (("large", 300, 5_000), ("other", 150, 800)):
        yield Quota(f"StartExecution, {where} regions", f"{starts} a second", starts)
        yield Quota(
            f"state transitions, {where} regions",
            f"{transitions:,} a second",
            transitions / FILE["transition"],
        )
    yield Quota("PutEvents, the smallest regions", "400 a second", 400)
    yield Quota("writes to one prefix of a bucket", "3,500 a second", 3_500 / 5)


def slots_item(hold: float, times: int = ONCE) -> float:
    """Files a second at which `#slots`, written so many times a file, is at its limit.

    A write counts every kilobyte of the item, which names all that are in flight.
    """
    return _largest(lambda rate: times * rate * math.ceil(rate * hold * HOLDER / 1024) <= 1_000)


def _largest(fits: Callable[[float], bool]) -> float:
    low, high = 0.0, 1_000.0
    while high - low > 0.01:
        middle = (low + high) / 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low


HEAD: Final = """| what binds | there is | files a second | files a day |
|---|---|---|---|
"""


def table() -> str:
    """The quotas for files of a minute, as Markdown."""
    return HEAD + "".join(_row(quota) for quota in quotas())


def _row(quota: Quota) -> str:
    second, day = (float(f"{it:.2g}") for it in (quota.files_a_second, quota.files_a_day))
    return f"| {quota.what} | {quota.has} | {second:,g} | {day:,.0f} |\n"
