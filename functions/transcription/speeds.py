"""How long the provider takes over a recording, as far as the jobs before have shown it.

Each model has an estimate of its own: seconds that every job takes, and seconds that a second of
audio adds. A job teaches it only where its transcript turned up: not ready at one look, ready by
the next. So the estimate is moved a little up where that was later than predicted, and a little
down where it was sooner; how much later does not count, so that no outlier counts for more. Only
the first few jobs are believed outright. Either way the median is what it settles at.
"""

import math
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from transcription.ledger import Ledger

# Jobs that are believed outright.
FEW: Final = 8
# As far as the first of them may move it, as a logarithm: to a fourth, or four times as high.
LEAP: Final = math.log(4)
# How far a later job moves the estimate at most, up or down: half of this, as a logarithm.
RATE: Final = 0.12
# Between which shares of the prediction a transcript is ready, as far as nobody has looked.
EARLIEST, LATEST = 0.25, 1.75
# An estimate is read again after this.
KEPT: Final = timedelta(minutes=1)
# Once the first few are believed, each Lambda asks one job in this time what it shows: all of a
# burst would say the same.
SAMPLED: Final = timedelta(seconds=2)


class Speed(NamedTuple):
    """Seconds that every job takes, and that a second of audio adds; `jobs` have taught it."""

    overhead: float
    per_second: float
    jobs: int = 0

    def predicted(self, length: float) -> float:
        """Seconds from `create` to the transcript of so many seconds of audio."""
        return self.overhead + self.per_second * length


# What a provider may well take: to estimate with, not to look by.
TYPICAL: Final = Speed(3.0, 0.025)
# Before anything is known. Fast: a look too many costs less than a transcript that lies there.
UNKNOWN: Final = Speed(1.0, 0.01)
# No sample takes an estimate out of these.
LEAST: Final = Speed(0.5, 0.001)
MOST: Final = Speed(60.0, 1.0)


class Seen(NamedTuple):
    """Seconds after `create` at which it was not ready yet (0: nobody looked), and at which it was.

    What was ready is ready `by` then.
    """

    after: float
    by: float


def taught(speed: Speed, length: float, seen: Seen, rate: float = RATE) -> Speed:
    """The estimate after a job of so many seconds of audio was ready in between.

    Overhead and speed are moved by their shares in the prediction: short jobs teach the one, long
    ones the other.
    """
    predicted = speed.predicted(length)
    if speed.jobs < FEW:
        middle = max(seen.after + seen.by, 1.0) / 2
        step = min(max(math.log(middle / predicted), -LEAP), LEAP) / (speed.jobs + 1)
    else:
        step = rate * (0.5 - _sooner(predicted, seen))
    share = speed.overhead / predicted
    overhead = speed.overhead * math.exp(step * share)
    per_second = speed.per_second * math.exp(step * (1 - share))
    return _bounded(overhead, per_second, speed.jobs + 1)


def _sooner(predicted: float, seen: Seen) -> float:
    """How likely it was ready before it was predicted: the share of the time seen before that.

    Hardly anything is ready in the first quarter of the prediction, or takes that much longer than
    it: a look that comes far too late says nothing, and must not have later ones come later still.
    """
    after = max(seen.after, predicted * EARLIEST)
    width = max(min(seen.by, predicted * LATEST) - after, 1e-3)
    return min(max((predicted - after) / width, 0.0), 1.0)


def _bounded(overhead: float, per_second: float, jobs: int) -> Speed:
    return Speed(
        min(max(overhead, LEAST.overhead), MOST.overhead),
        min(max(per_second, LEAST.per_second), MOST.per_second),
        jobs,
    )


class Speeds:
    """The estimates of all models, each a note beside the rows. Read at most once a minute."""

    def __init__(self, ledger: "Ledger", now: Callable[[], datetime]) -> None:
        self._ledger, self._now = ledger, now
        self._kept: dict[str | None, tuple[datetime, Speed]] = {}

    def of(self, model: str | None) -> Speed:
        """What is known of a model, as it was a minute ago at most."""
        read_at, speed = self._kept.get(model, (None, UNKNOWN))
        if read_at and self._now() - read_at < KEPT:
            return speed
        return self._keep(model, _read(self._ledger.noted(_name(model))))

    def learn(self, model: str | None, length: float, seen: Seen) -> None:
        """Let a job teach the estimate. Of two at one moment one is lost, and nothing else."""
        read_at, speed = self._kept.get(model, (None, UNKNOWN))
        if read_at and speed.jobs >= FEW and self._now() - read_at < SAMPLED:
            return
        noted = self._ledger.noted(_name(model))
        after = taught(_read(noted), length, seen)
        if self._ledger.renote(_name(model), noted, **_facts(after)):
            self._keep(model, after)

    def _keep(self, model: str | None, speed: Speed) -> Speed:
        self._kept[model] = (self._now(), speed)
        return speed


def _name(model: str | None) -> str:
    return f"speed {model or ''}".strip()


def _read(noted: Mapping[str, Any]) -> Speed:
    if not noted:
        return UNKNOWN
    return _bounded(float(noted["overhead"]), float(noted["per_second"]), int(noted["jobs"]))


def _facts(speed: Speed) -> dict[str, Any]:
    """A speed as DynamoDB takes it: no floats."""
    return {
        "overhead": Decimal(f"{speed.overhead:.6g}"),
        "per_second": Decimal(f"{speed.per_second:.6g}"),
        "jobs": speed.jobs,
    }
