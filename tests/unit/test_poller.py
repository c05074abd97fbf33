"""The first look; the others need an API and are tested with one."""

from datetime import datetime, timedelta
from typing import Any, cast

import pytest
from transcription.job import Job, Status
from transcription.poller import Poller
from transcription.speeds import Speeds
from transcription.waiting import DEADLINE

from tests.unit.examples import NOON, a_job
from tests.unit.rows import Row

NOTHING = cast("Any", None)


def a_poller(job: Job, now: datetime = NOON) -> Poller:
    """A poller that nothing but the row can be asked for."""
    row = cast("Any", Row(job))
    speeds = Speeds(row, lambda: now)
    return Poller(row, NOTHING, NOTHING, speeds, DEADLINE, lambda: now)


@pytest.mark.parametrize(("elapsed", "most"), [(0, 323), (55, 268), (322.5, 1)])
def test_look_0_asks_when_to_come(elapsed: float, most: int) -> None:
    """Nobody told the execution when it was started, as by an earlier version."""
    job = a_job(status=Status.SUBMITTED, submitted_at=NOON, audio_seconds=36_000.0)
    look = a_poller(job, NOON + timedelta(seconds=elapsed)).poll(job.job_id, 1, 0)
    assert (look["status"], look["look"]) == ("pending", 1)
    assert max(1, most - 33) <= look["seconds"] <= most


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"attempt": 2}, "over"),
        ({"status": Status.COMPLETED}, "over"),
        ({"status": Status.TRANSCRIBED}, "transcribed"),
    ],
)
def test_what_is_over_is_not_looked_at(changes: dict[str, Any], status: str) -> None:
    """Another attempt's execution, a closed job and a safe answer need no request."""
    job = a_job(**({"status": Status.SUBMITTED, "submitted_at": NOON} | changes))
    assert a_poller(job).poll(job.job_id, 1, 5) == {"status": status}
