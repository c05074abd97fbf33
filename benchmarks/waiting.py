"""How well the stack waits for transcripts, beside what else one would do."""

import random
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final, NamedTuple

from transcription.pace import Pace
from transcription.speeds import RATE, TYPICAL, UNKNOWN, Speed

from benchmarks.waiting_mix import FILES, Recording, alike, standard_mix
from benchmarks.waiting_policies import (
    DOLLARS,
    LOOK,
    Ours,
    Outcome,
    Policy,
    every,
    growing,
    oracle,
    outcome,
)

THE_MIX, ANOTHER = 1, 101  # seeds
# Mixes that no setting was chosen on.
FRESH: Final = range(201, 211)
# Settings that are tried beside ours, on so many recordings, after so many others have taught.
OTHERS: Final = 200
PLAYED, TAUGHT = 1_500, 500
# Providers that are as many times as fast as the one of the mix.
FASTER: Final = (1 / 3, 3.0)
TEN_MINUTES: Final = 600.0
PAGE: Final = "every 10 s, as on the API's page"
HEAD: Final = f"""## Waiting

{FILES:,} recordings, played: from seconds to five hours long, on a provider that drifts, has slow
days and lets one job in ten queue. What is assumed of it stands in `benchmarks/waiting_mix.py`:
{TYPICAL.overhead:g} s for each job and {TYPICAL.per_second:g} s for a second of audio, in the
middle. "Late" is how long a transcript lies there before it is found. A look is {LOOK} states of
the workflow, at ${1000 * DOLLARS:g} a thousand; the looks themselves cost next to nothing. "From
nothing" begins without any estimate of the provider, "learnt" with the one that {FILES:,} other
recordings taught; both go on learning.

"""
COLUMNS: Final = """| | looks a file | late: mean | 95 % | worst | states of 1,000 files | dollars |
|---|---|---|---|---|---|---|
"""


class Best(NamedTuple):
    """What the best of other settings came to, in terms of ours: 1.2 is a fifth better."""

    lateness: float
    polls: float


@cache
def the_mix() -> Sequence[Recording]:
    return standard_mix(THE_MIX)


@cache
def outcomes() -> Mapping[str, Outcome]:
    """Each policy on the standard mix."""
    policies: dict[str, Policy] = {
        PAGE: every(10, first=0),
        "every 30 s, as in CDK's job poller": every(30, first=30),
        "from 2 s, x 1.5, up to 60 s": growing(2, 1.5, 60),
        "ours, from nothing": Ours(UNKNOWN),
        "ours, learnt": Ours(learnt()),
        "who knows the end": oracle,
    }
    found = {name: outcome(policy, the_mix()) for name, policy in policies.items()}
    return found | {"ours, the first hundred": outcome(Ours(UNKNOWN), the_mix()[:100])}


@cache
def learnt() -> Speed:
    """What another mix of the same provider has taught."""
    ours = Ours(UNKNOWN)
    outcome(ours, standard_mix(ANOTHER))
    return ours.speed


def ten_minutes() -> float:
    """Dollars of waiting for a job that is processed for about ten minutes, the provider known."""
    length = (TEN_MINUTES - TYPICAL.overhead) / TYPICAL.per_second
    jobs = alike(THE_MIX, 500, length, TYPICAL)
    polls = sum(Ours(TYPICAL, seed=n)(job).polls for n, job in enumerate(jobs)) / len(jobs)
    return DOLLARS * LOOK * polls


@cache
def others() -> tuple[Outcome, Sequence[Outcome]]:
    """Ours and random settings of the same family, each with what it learnt by itself."""
    chance = random.Random(THE_MIX)  # noqa: S311 a benchmark's
    settings = [(_pace(chance), 10 ** chance.uniform(-2, -0.5)) for _ in range(OTHERS)]
    return _tried(Pace(), RATE), [_tried(*each) for each in settings]


def best() -> Best:
    """The least late of those that look no more often, and the fewest looks of those no later."""
    ours, rest = others()
    late = min(each.mean for each in (ours, *rest) if each.polls <= ours.polls)
    polls = min(each.polls for each in (ours, *rest) if each.mean <= ours.mean)
    return Best(ours.mean / late, ours.polls / polls)


@cache
def elsewhen() -> Sequence[tuple[Outcome, Outcome]]:
    """Ours from nothing and the page's loop, on other mixes of the same kind."""
    mixes = (standard_mix(seed) for seed in FRESH)
    return [(outcome(Ours(UNKNOWN), mix), outcome(every(10, first=0), mix)) for mix in mixes]


def points() -> Mapping[str, Sequence[tuple[float, float]]]:
    """For a plot: looks a file and mean lateness of each policy, and of the other settings."""
    named = {name: [(each.polls, each.mean)] for name, each in outcomes().items()}
    rest = [(each.polls, each.mean) for each in others()[1]]
    return {**named, f"{OTHERS} other settings": rest}


def table() -> str:
    """The figures as Markdown."""
    rows = "".join(map(_row, outcomes().items()))
    found = best()
    beside = f"""
A job that is processed for {TEN_MINUTES:.0f} s costs ${ten_minutes():.5f} to wait for, and
${DOLLARS * LOOK * TEN_MINUTES / 10:.4f} with a look each 10 s.

Of {OTHERS} random settings of the same family ({PLAYED:,} recordings each, after {TAUGHT} that
taught), ours is {found.lateness:.2f} times as late as the least late one that looks no more often,
and looks {found.polls:.2f} times as often as the one with the fewest looks that is no later.

Where the provider is faster or slower than assumed, each begun from nothing:

| provider | ours: looks | late: mean | worst | every 10 s: looks | late: mean |
|---|---|---|---|---|---|
"""
    return HEAD + COLUMNS + rows + _fresh() + beside + "".join(map(_elsewhere, FASTER))


def _fresh() -> str:
    """How the same comes out where nothing was tuned."""
    late = sorted(ours.mean / page.mean for ours, page in elsewhen())
    looks = sorted(ours.polls for ours, _ in elsewhen())
    worst = max(ours.worst for ours, _ in elsewhen())
    return f"""
The mix is an assumption, and the settings were chosen on mixes of this kind. On {len(late)} others
that they were not chosen on, ours from nothing is {late[0]:.2f} to {late[-1]:.2f} times as late as
every 10 s ({sum(late) / len(late):.2f} in the mean), with {looks[0]:.2f} to {looks[-1]:.2f} looks a
file; the latest of all {len(late) * FILES:,} transcripts was found after {worst:.0f} s.
"""


def _row(named: tuple[str, Outcome]) -> str:
    name, found = named
    cells = [
        f"{found.polls:.2f}",
        f"{found.mean:.1f} s",
        f"{found.p95:.1f} s",
        f"{found.worst:.0f} s",
        f"{found.transitions:,.0f}",
        f"{found.dollars:.3f}",
    ]
    return f"| {name} | {' | '.join(cells)} |\n"


def _elsewhere(faster: float) -> str:
    provider = Speed(TYPICAL.overhead / faster, TYPICAL.per_second / faster)
    mix = standard_mix(THE_MIX, FILES // 4, provider)
    ours, page = outcome(Ours(UNKNOWN), mix), outcome(every(10, first=0), mix)
    name = f"{faster:.0f} times as fast" if faster > 1 else f"{1 / faster:.0f} times as slow"
    return (
        f"| {name} | {ours.polls:.2f} | {ours.mean:.1f} s | {ours.worst:.0f} s "
        f"| {page.polls:.2f} | {page.mean:.1f} s |\n"
    )


def _pace(chance: random.Random) -> Pace:
    return Pace(
        share=chance.uniform(0.6, 1.4),
        slack=chance.uniform(0, 6),
        least=chance.uniform(0.5, 0.9),
        step=chance.uniform(0.03, 0.4),
        pause=chance.uniform(2, 10),
        jitter=chance.uniform(0, 0.2),
    )


def _tried(pace: Pace, rate: float) -> Outcome:
    policy = Ours(UNKNOWN, pace, rate)
    outcome(policy, standard_mix(ANOTHER, TAUGHT))
    return outcome(policy, the_mix()[:PLAYED])
