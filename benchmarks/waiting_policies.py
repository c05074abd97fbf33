"""Ways of waiting for a transcript, each played on the same recordings."""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from transcription.pace import PACE, Chance, Pace
from transcription.speeds import RATE, UNKNOWN, Seen, Speed, taught

from benchmarks.waiting_mix import Recording

# States of the workflow for each look, and once a file: Publish.
LOOK, FILE = 3, 1
DOLLARS: Final = 0.025 / 1000  # a transition of a Standard workflow


class Found(NamedTuple):
    """How many looks it took to find a transcript, and how many seconds it had lain there."""

    polls: int
    lateness: float


class Outcome(NamedTuple):
    """What a policy came to on many files; lateness in seconds."""

    polls: float
    mean: float
    p95: float
    worst: float

    @property
    def transitions(self) -> float:
        """Of 1,000 files."""
        return 1000 * (LOOK * self.polls + FILE)

    @property
    def dollars(self) -> float:
        """Of 1,000 files."""
        return DOLLARS * self.transitions


Policy = Callable[[Recording], Found]


def outcome(policy: Policy, recordings: Sequence[Recording]) -> Outcome:
    """Play a policy on recordings, one after the other."""
    return summed([policy(recording) for recording in recordings])


def summed(found: Sequence[Found]) -> Outcome:
    """What so many files come to."""
    late = sorted(each.lateness for each in found)
    polls = sum(each.polls for each in found) / len(found)
    return Outcome(polls, sum(late) / len(late), late[int(0.95 * len(late))], late[-1])


def every(seconds: float, first: float) -> Policy:
    """Look first after some seconds, and then again and again."""

    def looks() -> Iterator[float]:
        elapsed = first
        while True:
            yield elapsed
            elapsed += seconds

    return lambda recording: _found(recording, looks())


def growing(first: float, factor: float, longest: float) -> Policy:
    """Each wait is longer than the last by a factor, up to the longest."""

    def looks() -> Iterator[float]:
        wait = elapsed = first
        while True:
            yield elapsed
            wait = min(wait * factor, longest)
            elapsed += wait

    return lambda recording: _found(recording, looks())


def oracle(_: Recording) -> Found:
    """Knows the end."""
    return Found(1, 0.0)


class Ours:
    """The stack's own: what pace.py and speeds.py do, with whole seconds as its states wait."""

    def __init__(
        self, speed: Speed = UNKNOWN, pace: Pace = PACE, rate: float = RATE, seed: int = 1
    ) -> None:
        self.speed, self._pace, self._rate = speed, pace, rate
        self._chance: Chance = random.Random(seed).random  # noqa: S311 a benchmark's

    def __call__(self, recording: Recording) -> Found:
        predicted = self.speed.predicted(recording.length)
        seen = _seen(recording, self._looks(predicted))
        self.speed = taught(self.speed, recording.length, seen.last, self._rate)
        return Found(seen.polls, seen.last.by - recording.ready)

    def _looks(self, predicted: float) -> Iterator[float]:
        elapsed = max(1, round(self._pace.first(predicted, self._chance)))
        while True:
            yield elapsed
            elapsed += max(1, round(self._pace.gap(elapsed, self._chance)))


class _Looked(NamedTuple):
    polls: int
    last: Seen


def _seen(recording: Recording, looks: Iterable[float]) -> _Looked:
    after = 0.0
    for polls, at in enumerate(looks, start=1):
        if at >= recording.ready:
            return _Looked(polls, Seen(after, at))
        after = at
    raise AssertionError("A policy never ends by itself")


def _found(recording: Recording, looks: Iterable[float]) -> Found:
    polls, last = _seen(recording, looks)
    return Found(polls, last.by - recording.ready)
