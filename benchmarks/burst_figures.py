"""What a burst came to: times, creates, memory, and what the API had in flight."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Burst(NamedTuple):
    """One burst: seconds since its first upload, seconds of processors, bytes of memory."""

    statuses: Mapping[str, int]
    created: Sequence[float]
    over: Sequence[float]
    completed: Sequence[float]
    processor: float
    memory: int

    @property
    def seconds(self) -> float:
        return max(self.completed)

    @property
    def a_second(self) -> float:
        return len(self.completed) / self.seconds

    @property
    def in_flight(self) -> list[tuple[float, int]]:
        """How many recordings the API had, at each moment at which that changed."""
        steps = sorted([(at, -1) for at in self.over] + [(at, 1) for at in self.created])
        count, line = 0, []
        for at, step in steps:
            count += step
            line.append((at, count))
        return line

    @property
    def most_in_flight(self) -> int:
        return max(count for _, count in self.in_flight)


class Bursts(NamedTuple):
    """Ours and the bare stack's."""

    ours: Burst
    bare: Burst
