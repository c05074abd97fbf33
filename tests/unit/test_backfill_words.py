"""What a backfill says of itself, in figures and in sentences."""

from datetime import UTC, datetime

import pytest

from dropscribe.backfill_following import cells, in_words, remarks
from dropscribe.backfill_runs import Progress

RUN = Progress("20261122T101500Z-0a1b2c3d", "RUNNING", datetime(2026, 11, 22, 10, 15, tzinfo=UTC))


@pytest.mark.parametrize(
    ("progress", "is_over"),
    [
        (RUN, False),
        (RUN._replace(status="SUCCEEDED"), True),
        (RUN._replace(status="ABORTED", at_work=1), False),
        (RUN._replace(status="SUCCEEDED", waiting=1), False),
        (RUN._replace(status="SUCCEEDED", queued=1), False),
    ],
)
def test_it_is_over_when_nothing_is_left(progress: Progress, is_over: bool) -> None:
    """Neither in Step Functions, nor in the queue, nor in the rows."""
    assert progress.is_over == is_over


def test_the_figures_stand_in_a_line() -> None:
    """For people who wait."""
    run = RUN._replace(listed=12_000, looked_at=4_400, queued=1_200, waiting=800, at_work=4)
    assert in_words(run) == (
        "4,400 of 12,000 files looked at, 1,200 queued, 800 waiting, 4 at work"
    )


def test_the_figures_have_names() -> None:
    """Those of the status, for people and for programs."""
    assert dict(cells(RUN))["LOOKED AT"] == "0"
    assert dict(cells(RUN))["BEGAN"] == "2026-11-22T10:15:00+00:00"


@pytest.mark.parametrize(
    ("progress", "said"),
    [
        (RUN._replace(failed=2), "2 files could not be queued: start it again."),
        (RUN._replace(status="FAILED", queued=1), "gave up (FAILED)"),
        (RUN._replace(status="SUCCEEDED"), "Nothing of it is left"),
    ],
)
def test_what_is_to_be_done_is_said(progress: Progress, said: str) -> None:
    """In a sentence; while all goes well there is none."""
    [sentence] = remarks(progress)
    assert said in sentence
    assert list(remarks(RUN)) == []
