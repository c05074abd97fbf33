"""The plan of a seed: a pure function.

Each object version has its own fate, so that the same seed gives the same trouble to the same
file, whatever order threads and Lambdas run in.
"""

import random
from collections.abc import Sequence
from typing import Final

from tests.chaos.faults import CREATE_FAULTS, FETCH_FAULTS, NOT_YET
from tests.chaos.plan import Death, Denial, Fate, Plan, Version
from tests.chaos.recording import NOT_SPEECH, SPEECH

# The share of the API's answers that fail, and how many in a row for one object version.
FAILING: Final = 1 / 3
MOST_FAULTS: Final = 5
# One of so many uploads: its event comes twice, its worker is killed, its execution is stopped, an
# AWS call is denied while it is taken.
DUPLICATED, KILLED, STOPPED, DENIED = 10, 20, 20, 30
# The chances that an event is lost, that it comes once more long after, that an upload is no
# speech, that its owner takes it back, that its key is used again.
FORGOTTEN, BELATED, NO_SPEECH, TAKEN_BACK, AGAIN = 0.04, 0.06, 0.06, 0.06, 0.2
# Keys of every kind; those with `..` in them go to the API by upload.
SHAPES: Final = ("{}.wav", "{}.wav", "calls/{}.wav", "São Paulo/{} +%20.mp3", "up/../{}.wav")
# What a function is refused for a moment, as IAM names it.
DENIALS: Final = (
    ("Submit", "dynamodb:GetItem"),
    ("Submit", "dynamodb:PutItem"),
    ("Submit", "dynamodb:UpdateItem"),
    ("Submit", "states:StartExecution"),
    ("Submit", "events:PutEvents"),
    ("Submit", "s3:GetObjectVersion"),
    ("Poll", "dynamodb:UpdateItem"),
    ("Poll", "s3:PutObject"),
    ("Publish", "dynamodb:UpdateItem"),
    ("Publish", "s3:GetObject"),
    ("Publish", "s3:PutObject"),
    ("Publish", "events:PutEvents"),
    ("RecordFailure", "dynamodb:UpdateItem"),
)


def plan_of(seed: int, uploads: int) -> Plan:
    """Everything that a seed has in store for so many uploads."""
    dice = random.Random(f"chaos {seed}")
    first = {each: dice.randrange(each) for each in (DUPLICATED, KILLED, STOPPED, DENIED)}
    places = _places(dice, seed, uploads)
    versions = [_version(dice, first, at, *place) for at, place in enumerate(places)]
    denials = [
        Denial(at, *dice.choice(DENIALS), round(dice.uniform(0.3, 1.5), 2))
        for at in range(first[DENIED] % uploads, uploads, DENIED)
    ]
    return Plan(seed, tuple(versions), tuple(denials))


def _places(dice: random.Random, seed: int, uploads: int) -> list[tuple[str, int]]:
    """Key and number of each upload: a key may be used again, at once or a little later."""
    places: list[tuple[str, int]] = []
    numbers: dict[str, int] = {}
    for at in range(uploads):
        key = f"seed-{seed}/" + dice.choice(SHAPES).format(at)
        if places and dice.random() < AGAIN:
            key = dice.choice(places[-3:])[0]
        numbers[key] = numbers.get(key, 0) + 1
        places.append((key, numbers[key]))
    return places


def _version(dice: random.Random, first: dict[int, int], at: int, key: str, number: int) -> Version:
    turn = {each: at % each == offset for each, offset in first.items()}
    death = dice.choice(list(Death))
    fate = dice.choice([Fate.MARKED, Fate.GONE])
    no_speech = dice.choice(NOT_SPEECH)
    return Version(
        at=at,
        key=key,
        number=number,
        kind=no_speech if dice.random() < NO_SPEECH else SPEECH,
        deliveries=_deliveries(dice, turn[DUPLICATED]),
        belated=dice.random() < BELATED,
        creates=_faults(dice, list(CREATE_FAULTS)),
        fetches=_fetches(dice),
        death=death if turn[KILLED] else None,
        stopped=turn[STOPPED],
        fate=fate if dice.random() < TAKEN_BACK else Fate.KEPT,
        pause=round(dice.uniform(0, 0.8), 2),
    )


def _deliveries(dice: random.Random, twice: bool) -> tuple[float, ...]:
    """Most come at once, some after others that were later, some twice, some never."""
    delays = [round(dice.choice([0, 0, 0, dice.uniform(0, 3)]), 2) for _ in range(2)]
    lost = dice.random() < FORGOTTEN
    if twice:
        return tuple(delays)
    return () if lost else (delays[0],)


def _fetches(dice: random.Random) -> tuple[str, ...]:
    """A few answers that it isn't done yet, and faults before each of them and before the last."""
    waits = [(*_faults(dice, list(FETCH_FAULTS)), NOT_YET.name) for _ in range(dice.randrange(3))]
    return (*(reply for wait in waits for reply in wait), *_faults(dice, list(FETCH_FAULTS)))


def _faults(dice: random.Random, names: Sequence[str]) -> tuple[str, ...]:
    faults: list[str] = []
    while len(faults) < MOST_FAULTS and dice.random() < FAILING:
        faults.append(dice.choice(names))
    return tuple(faults)
