"""When to look at the API, and when to try it again. All pure; all in seconds."""

import math
import random
from collections.abc import Callable
from datetime import datetime
from typing import Final

from transcription.job import Job, Status, WaitReason, later

# The provider forgets a result an hour after `create`: the last look comes before that.
DEADLINE: Final = 55 * 60
# Between two looks.
SHORTEST, LONGEST = 2, 60
# A first guess at the provider: what every job takes, and what a second of audio adds.
OVERHEAD: Final = 3.0
REAL_TIME_FACTOR: Final = 0.04
LONGEST_FIRST: Final = 45 * 60
# Bytes a second of a recording whose header tells no length (128 kbit/s).
BYTES_A_SECOND: Final = 16_000

# How long to stay in the waiting room the first time; it doubles up to the second figure.
ROOM: Final = {
    WaitReason.SLOW_DOWN: (30, 900),
    WaitReason.OUTAGE: (60, 900),
    WaitReason.CREDITS: (300, 900),
    WaitReason.KEY: (60, 300),
    WaitReason.PAUSED: (60, 300),
}
# Seconds for which an execution may be silent after its next look was due, tries and all.
STUCK: Final = 10 * 60
# Seconds in which it makes the renditions, tries and all.
PUBLISHING: Final = 20 * 60
# However late a first look is, its execution is asked for this many seconds after `create`.
LONGEST_UNSEEN: Final = 40 * 60
# A submit whose answer was lost is sent once more after this.
AFTER_DOUBT: Final = 60


def first_look(audio_seconds: float | None, size: int | None) -> int:
    """Seconds from `create` to the first look: shortly before the transcript is predicted."""
    length = audio_seconds or (size or 0) / BYTES_A_SECOND
    predicted = OVERHEAD + REAL_TIME_FACTOR * length
    return math.ceil(min(max(0.8 * predicted, SHORTEST), LONGEST_FIRST))


def next_look(elapsed: float, deadline: float = DEADLINE, asked: float | None = None) -> int | None:
    """Seconds until the next look, `elapsed` after `create`; None once it is too late for one.

    `asked` is what a Retry-After wanted.
    """
    if elapsed >= deadline:
        return None
    wanted = max(elapsed / 5, asked or 0, SHORTEST)
    return max(1, math.ceil(min(wanted, LONGEST, deadline - elapsed)))


def stuck_after_start(job: Job, now: datetime) -> datetime:
    """When an execution that starts now would have moved its job, or is to be asked for.

    It is soon enough that what is stuck can still be fetched: the provider forgets it in an hour.
    """
    if job.status is Status.TRANSCRIBED:
        return later(now, PUBLISHING)
    submitted = job.submitted_at or now
    first = later(submitted, min(first_look(job.audio_seconds, job.size), LONGEST_UNSEEN))
    return later(max(now, first), STUCK)


def in_room(
    reason: WaitReason,
    waits: int,
    asked: float | None = None,
    chance: Callable[[], float] = random.random,
) -> float:
    """Seconds until a job that has waited `waits` times before may be sent again.

    Up to a quarter is added at random, so that what was refused together doesn't return together.
    """
    start, most = ROOM[reason]
    return (asked if asked is not None else min(start * 2 ** min(waits, 10), most)) * (
        1 + chance() / 4
    )
