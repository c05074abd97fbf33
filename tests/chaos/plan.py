"""What is going to happen: a pure function of a seed and a number of uploads.

Each object version has its own fate, so that the same seed gives the same trouble to the same
file, whatever order threads and Lambdas run in.
"""

import hashlib
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final, NamedTuple

from tests.chaos.faults import CREATE_FAULTS, FETCH_FAULTS, NOT_YET
from tests.chaos.recording import NOT_SPEECH, SPEECH, recording

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


class Death(Enum):
    """When a Lambda worker is killed, seen from outside."""

    CLAIMING = "Submit, soon after the event was delivered"
    SENDING = "the sender, before it has the API's answer"
    ANSWERED = "the sender, as soon as it has the answer"
    POLLING = "the poller, before it has the API's answer"
    PUBLISHING = "Publish, soon after the answer was there"


class Fate(Enum):
    """What its owner does with an object version."""

    KEPT = "nothing"
    MARKED = "puts a delete marker on top"
    GONE = "deletes the version itself"


class Denial(NamedTuple):
    """An AWS call that fails for `seconds` from the upload `at` on."""

    at: int
    function: str
    action: str
    seconds: float


@dataclass(frozen=True)
class Version:
    """One upload: `at` is its place among all of them, `number` its place among those to its key.

    `deliveries` are seconds from S3's event to each of its deliveries, `belated` is one more when
    all is quiet. `creates` and `fetches` name the replies that come before the good one. Its owner
    waits for `pause` seconds before the next act.
    """

    at: int
    key: str
    number: int
    kind: str
    deliveries: tuple[float, ...]
    belated: bool
    creates: tuple[str, ...]
    fetches: tuple[str, ...]
    death: Death | None
    stopped: bool
    fate: Fate
    pause: float

    @property
    def name(self) -> str:
        return f"{self.key}#{self.number}"

    @property
    def body(self) -> bytes:
        """Its bytes; those of speech are no other version's."""
        return recording(self.kind, self.name)

    @property
    def is_speech(self) -> bool:
        return self.kind == SPEECH


@dataclass(frozen=True)
class Plan:
    """Everything that will go wrong."""

    seed: int
    versions: tuple[Version, ...]
    denials: tuple[Denial, ...]

    @property
    def keys(self) -> dict[str, list[Version]]:
        """The versions of each key, in the order in which they are uploaded."""
        keys: dict[str, list[Version]] = {}
        for version in self.versions:
            keys.setdefault(version.key, []).append(version)
        return keys

    def lines(self) -> Iterator[str]:
        """The plan for people; its first line tells it from every other."""
        digest = hashlib.sha256(repr(self).encode()).hexdigest()[:12]
        size = f"{len(self.versions)} uploads to {len(self.keys)} keys"
        yield f"seed {self.seed}: {size}, plan {digest}"
        yield from (f"  {version}" for version in self.versions)
        yield from (f"  {denial}" for denial in self.denials)


def make(seed: int, uploads: int) -> Plan:
    """The plan of a seed."""
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
    waits = [(*_faults(dice, list(FETCH_FAULTS)), NOT_YET) for _ in range(dice.randrange(3))]
    return (*(reply for wait in waits for reply in wait), *_faults(dice, list(FETCH_FAULTS)))


def _faults(dice: random.Random, names: Sequence[str]) -> tuple[str, ...]:
    faults: list[str] = []
    while len(faults) < MOST_FAULTS and dice.random() < FAILING:
        faults.append(dice.choice(names))
    return tuple(faults)
