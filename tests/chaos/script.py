"""Which reply comes when: a version's faults one after the other, and then what was hoped for."""

from collections.abc import Mapping
from typing import Final

from tests.chaos.faults import CREATE_FAULTS, FETCH_FAULTS, NOT_YET, Fault, Meaning
from tests.chaos.plan import Version
from tests.chaos.recording import heard
from tests.scripted_api import Reply

FETCHES: Final[Mapping[str, Fault]] = {**FETCH_FAULTS, NOT_YET.name: NOT_YET}
UNREACHABLE: Final = Fault(
    "no recording", Meaning.FAILED, Reply.failed(message="It cannot be fetched.")
)


def create_fault(version: Version, turn: int) -> Fault | None:
    """How this create of a version fails; None where it is accepted."""
    return CREATE_FAULTS[version.creates[turn]] if turn < len(version.creates) else None


def fetch_fault(version: Version, turn: int, body: bytes | None) -> Fault | None:
    """Why this fetch brings no transcript; None where it does.

    A provider that gave up says so again whenever it is asked.
    """
    faults = [FETCHES[name] for name in version.fetches]
    given_up = (n for n, fault in enumerate(faults) if fault.meaning is Meaning.FAILED)
    place = min(turn, next(given_up, turn))
    if place < len(faults):
        return faults[place]
    return UNREACHABLE if body is None else None


def transcript(body: bytes) -> Reply:
    """The words of a recording."""
    return Reply.completed(" ".join(heard(body)))
