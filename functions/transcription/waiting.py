"""When to look at the API, and when to try it again. All pure; all in seconds."""

import math
import random
from datetime import datetime
from typing import Final

from transcription.job import Job, Status, WaitReason, later
from transcription.pace import LONGEST, PACE, SHORTEST, Chance
from transcription.speeds import Speed

# The provider forgets a result an hour after `create`: the last look comes before that.
DEADLINE: Final = 55 * 60
# Bytes a second of a recording whose header tells no length (128 kbit/s).
BYTES_A_SECOND: Final = 16_000
# How long to wait after an answer that was none, the first time; it doubles up to the second
# figure, for each reason by itself.
SETBACK: Final = {
    WaitReason.SLOW_DOWN: (10, 240),
    WaitReason.OUTAGE: (5, 48),
    # The longest leave some looks before the result is forgotten.
    WaitReason.CREDITS: (48, 480),
    WaitReason.KEY: (48, 480),
}
# How long to stay in the waiting room the first time; it doubles up to the second figure.
ROOM: Final = {
    WaitReason.SLOW_DOWN: (30, 900),
    WaitReason.OUTAGE: (60, 900),
    WaitReason.CREDITS: (300, 900),
    WaitReason.KEY: (60, 300),
    WaitReason.PAUSED: (60, 300),
    # These go as soon as there is room: nothing is to be waited out first.
    WaitReason.SLOT: (0, 0),
    WaitReason.BUDGET: (0, 0),
}
# Seconds for which an execution may be silent after its next look was due, tries and all.
STUCK: Final = 10 * 60
# Seconds in which it makes the renditions, tries and all.
PUBLISHING: Final = 20 * 60
# However late a first look is, its execution is asked for this many seconds after `create`.
LONGEST_UNSEEN: Final = 40 * 60
# A submit whose answer was lost is sent once more after this.
AFTER_DOUBT: Final = 60


def first_look(job: Job, speed: Speed, chance: Chance = random.random) -> float:
    """Seconds from `create` to the first look: shortly before the transcript should be there."""
    length = job.audio_seconds or (job.size or 0) / BYTES_A_SECOND
    first = PACE.first(speed.predicted(length), chance)
    # A size says little about a length: an hour's film may have as many bytes as a day of speech.
    return first if job.audio_seconds else min(first, LONGEST)


def next_look(
    elapsed: float, deadline: float = DEADLINE, chance: Chance = random.random
) -> int | None:
    """Seconds until the next look at a job that goes on, `elapsed` after `create`.

    None once it is too late for one.
    """
    return _within(deadline - elapsed, PACE.gap(elapsed, chance))


def after_setback(
    reason: WaitReason,
    before: int,
    elapsed: float,
    deadline: float = DEADLINE,
    asked: float | None = None,
    chance: Chance = random.random,
) -> int | None:
    """Seconds until the next look after the API didn't say how the job does.

    `before` counts setbacks for the same reason; `asked` is what a Retry-After wanted.
    """
    start, most = SETBACK[reason]
    backing_off = start * 2 ** min(before, 10) if asked is None else max(asked, SHORTEST)
    return _within(deadline - elapsed, min(backing_off, most) * (1 + chance() / 4))


def _within(left: float, wanted: float) -> int | None:
    """Whole seconds of a wait, which ends at the deadline; None if that has passed."""
    return max(1, min(round(wanted), math.ceil(left))) if left > 0 else None


def before_first_look(
    job: Job,
    now: datetime,
    speed: Speed,
    deadline: float = DEADLINE,
    chance: Chance = random.random,
) -> int:
    """Seconds until an execution that starts now looks first.

    What went on before it started, as when it takes over, is no longer waited for.
    """
    if job.status is Status.TRANSCRIBED:
        return 0
    first = min(first_look(job, speed, chance), deadline)
    return max(1, round(first - passed(job, now)))


def passed(job: Job, now: datetime) -> float:
    """Seconds since `create`."""
    return (now - (job.submitted_at or now)).total_seconds()


def stuck_after_start(job: Job, now: datetime, seconds: float) -> datetime:
    """When an execution that starts now would have moved its job, or is to be asked for.

    It looks first after so many `seconds`. What is stuck is found soon enough to be fetched: the
    provider forgets it in an hour.
    """
    if job.status is Status.TRANSCRIBED:
        return later(now, PUBLISHING)
    unseen = max(0.0, LONGEST_UNSEEN - passed(job, now))
    return later(now, min(seconds, unseen) + STUCK)


def in_room(
    reason: WaitReason,
    waits: int,
    asked: float | None = None,
    chance: Chance = random.random,
) -> float:
    """Seconds until a job that has waited `waits` times before may be sent again.

    Up to a quarter is added at random, so that what was refused together doesn't return together.
    """
    start, most = ROOM[reason]
    return (asked if asked is not None else min(start * 2 ** min(waits, 10), most)) * (
        1 + chance() / 4
    )
