"""The queue of jobs: order, statuses, retention, failures."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from dropscribe.local.speech.errors import JobError
from dropscribe.local.speech.jobs import RETENTION, CreateRequest, Job, Jobs, Work

REQUEST = CreateRequest({"model": "whisper-small"})


@contextmanager
def jobs_of(work: Work, now: list[float] | None = None) -> Iterator[Jobs]:
    """A queue with a clock that the test turns."""
    turned = now or [0.0]
    jobs = Jobs(work, clock=lambda: turned[0])
    try:
        yield jobs
    finally:
        assert jobs.close(10)


def ended(jobs: Jobs, job: Job) -> Job:
    """The job once it is neither queued nor active."""
    patience = threading.Event()
    for _ in range(500):
        found = jobs.find(job.id)
        assert found is not None
        if found.status not in {"queued", "active"}:
            return found
        patience.wait(0.01)
    raise TimeoutError(job.id)


def test_a_job_goes_from_queued_to_active_to_completed() -> None:
    """Jobs are taken one at a time: the second waits while the first is at work."""
    begun, go_on = threading.Event(), threading.Event()

    def work(_: Job) -> Any:
        begun.set()
        go_on.wait(10)
        return {"words": 3}

    with jobs_of(work) as jobs:
        first, second = jobs.create(REQUEST), jobs.create(REQUEST)
        assert begun.wait(10)
        statuses = [found.status for job in (first, second) if (found := jobs.find(job.id))]
        go_on.set()
        assert statuses == ["active", "queued"]
        assert ended(jobs, second).outcome == {"result": {"words": 3}}


def test_jobs_are_worked_on_in_order() -> None:
    """First come, first served."""
    seen: list[str] = []

    def work(job: Job) -> Any:
        seen.append(job.id)
        return {}

    with jobs_of(work) as jobs:
        created = [jobs.create(REQUEST) for _ in range(5)]
        ended(jobs, created[-1])
    assert seen == [job.id for job in created]


def test_ids_are_21_url_safe_characters() -> None:
    """As the provider's are, and never the same."""
    with jobs_of(lambda _: {}) as jobs:
        ids = {jobs.create(REQUEST).id for _ in range(50)}
    assert len(ids) == 50
    assert all(len(one) == 21 and one.replace("-", "").replace("_", "").isalnum() for one in ids)


def test_a_job_is_forgotten_an_hour_after_its_creation() -> None:
    """Counted from creation, not from completion."""
    now = [1000.0]
    with jobs_of(lambda _: {}, now) as jobs:
        job = jobs.create(REQUEST)
        ended(jobs, job)
        now[0] += RETENTION - 1
        assert jobs.find(job.id)
        now[0] += 1
        assert jobs.find(job.id) is None


def test_a_failed_job_says_why() -> None:
    """A JobError becomes the job's error."""

    def work(_: Job) -> Any:
        raise JobError("UnreadableAudio", "There is no sound in the file.")

    with jobs_of(work) as jobs:
        job = ended(jobs, jobs.create(REQUEST))
    assert job.status == "error"
    assert job.outcome["error"]["name"] == "UnreadableAudio"


def test_the_worker_outlives_a_surprise(caplog: pytest.LogCaptureFixture) -> None:
    """An unforeseen error fails its job alone, and its text is neither logged nor answered."""

    def work(job: Job) -> Any:
        if job.request.url:
            raise RuntimeError(job.request.url)
        return {}

    with caplog.at_level(logging.DEBUG), jobs_of(work) as jobs:
        failed = ended(jobs, jobs.create(CreateRequest({}, url="http://127.0.0.1/?secret")))
        assert ended(jobs, jobs.create(REQUEST)).status == "completed"
    assert failed.status == "error"
    assert "secret" not in caplog.text + str(failed.outcome)
