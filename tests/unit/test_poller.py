"""The first look; the others need an API and are tested with one."""

from datetime import timedelta
from typing import Any, cast

import pytest
from transcription.job import Status
from transcription.poller import Poller
from transcription.waiting import DEADLINE

from tests.unit.examples import NOON, a_job
from tests.unit.rows import Row

NOTHING = cast("Any", None)


@pytest.mark.parametrize(("elapsed", "seconds"), [(0, 1155), (55, 1100), (1154.5, 1)])
def test_the_first_wait_counts_from_create(elapsed: float, seconds: int) -> None:
    """An execution that starts late, as after a retry, does not wait its whole time again."""
    job = a_job(status=Status.SUBMITTED, submitted_at=NOON, audio_seconds=36_000.0)
    now = NOON + timedelta(seconds=elapsed)
    poller = Poller(cast("Any", Row(job)), NOTHING, NOTHING, DEADLINE, lambda: now)
    assert poller.poll(job.job_id, 1, 0) == {"status": "pending", "seconds": seconds, "look": 1}


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
    poller = Poller(cast("Any", Row(job)), NOTHING, NOTHING, DEADLINE, lambda: NOON)
    assert poller.poll(job.job_id, 1, 5) == {"status": status}
