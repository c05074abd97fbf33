"""How looks at a job that goes on are spread over its time. All pure; all in seconds."""

import random
from collections.abc import Callable
from typing import Final, NamedTuple

# Between two looks, and how late a transcript may be found.
SHORTEST, LONGEST = 2, 60
LONGEST_FIRST: Final = 45 * 60

# A number from 0 up to 1, another each time.
Chance = Callable[[], float]


class Pace(NamedTuple):
    """What may be chosen; benchmarks/waiting.py compares these values with 200 others.

    A short job is looked at when it should be there: `share` of the prediction, and `slack`
    seconds, for a look too many costs more than those. A long one is looked at so early that it
    is found within a minute even if it takes only `least` of the prediction. Later looks follow
    after `step` of the time passed, but `pause` seconds at least. Chance takes up to `jitter` off
    each of these, so that what was sent together isn't asked for together.
    """

    share: float = 1.0
    slack: float = 2.2
    least: float = 0.73
    step: float = 0.14
    pause: float = 4.0
    jitter: float = 0.1

    def first(self, predicted: float, chance: Chance = random.random) -> float:
        """Seconds from `create` to the first look, the transcript being predicted after some."""
        safe = self.least * predicted + LONGEST
        wanted = min(self.share * predicted + self.slack, safe, LONGEST_FIRST)
        return max(wanted * self._early(chance), SHORTEST)

    def gap(self, elapsed: float, chance: Chance = random.random) -> float:
        """Seconds to the next look, `elapsed` after `create`."""
        wanted = max(self.step * elapsed, self.pause, SHORTEST)
        return min(wanted, LONGEST) * self._early(chance)

    def _early(self, chance: Chance) -> float:
        return 1 - self.jitter * chance()


PACE: Final = Pace()
