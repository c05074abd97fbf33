"""What one look leaves for the next, and what it shows of the provider's speed."""

from typing import Any

import pytest
from transcription.job import Status, WaitReason
from transcription.speeds import Seen
from transcription.turns import Course, Pending, Turn

from tests.unit.examples import NOON, a_job

SETBACKS = (WaitReason.OUTAGE, WaitReason.SLOW_DOWN, WaitReason.KEY)
SENT = {"status": Status.SUBMITTED, "submitted_at": NOON, "audio_seconds": 600.0}


def a_turn(look: int = 1, course: Course | None = None, **changes: Any) -> Turn:
    return Turn(a_job(**(SENT | changes)), 30.0, look, course or {})


def test_a_job_that_goes_on_leaves_when_it_was_not_ready() -> None:
    """The transcript will have come after that."""
    course = a_turn().onwards(Pending("The provider's status is active"))
    assert course == {"unready": 30.0}
    assert a_turn(2, course)._replace(elapsed=36.0).seen == Seen(30.0, 36.0)


def test_each_reason_for_a_setback_has_a_count_of_its_own() -> None:
    """What an outage used up is not missing when the API asks to slow down."""
    course: Course = {"unready": 12.0}
    for reason in ("outage", "slow-down", "outage"):
        course = a_turn(course=course).onwards(Pending("No.", WaitReason(reason)))
    assert course == {"unready": 12.0, "setbacks": {"outage": 2, "slow-down": 1}}
    counts = [a_turn(course=course).setbacks(reason) for reason in SETBACKS]
    assert counts == [2, 1, 0]


def test_an_answer_at_the_first_look_came_at_any_time_before() -> None:
    """All that is known is that it took no longer."""
    assert a_turn().seen == Seen(0.0, 30.0)


@pytest.mark.parametrize(
    "turn",
    [
        a_turn(3, {"unready": 20.0, "setbacks": {"outage": 1}}),
        a_turn(2, {"setbacks": {"slow-down": 1}}),
        a_turn(attempt=2),
        a_turn(audio_seconds=None, size=1_000_000),
        a_turn(2),
    ],
    ids=["outage", "slow-down", "resumed", "length unknown", "an earlier version's look"],
)
def test_what_was_disturbed_teaches_nothing(turn: Turn) -> None:
    """Looked at late for another reason than the provider's speed, or of a length that is none."""
    assert turn.seen is None
