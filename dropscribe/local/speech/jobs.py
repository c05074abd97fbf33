"""Jobs: one worker takes them in order, and each is forgotten an hour after it was created."""

import logging
import queue
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from dropscribe.local.speech.errors import JobError

RETENTION = 3600.0
"""Seconds from creation, as with the provider."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class CreateRequest:
    """What a client asked for: the audio, by URL or as an uploaded file, and the parameters."""

    parameters: Mapping[str, Any]
    url: str | None = None
    upload: Path | None = None


@dataclass(frozen=True)
class Job:
    """One transcription: ``queued``, then ``active``, then ``completed`` or ``error``."""

    id: str
    request: CreateRequest
    created: float
    """Seconds since 1970."""
    status: str = "queued"
    outcome: Mapping[str, Any] = field(default_factory=dict)
    """What the status adds to the answer: ``result`` or ``error``."""


Work = Callable[[Job], Mapping[str, Any]]
"""Turns a job into its result, or raises JobError."""


class Jobs:
    """All jobs of the last hour, and the thread that works on them."""

    def __init__(self, work: Work, clock: Callable[[], float] = time.time) -> None:
        self._work, self._clock = work, clock
        self._jobs: dict[str, Job] = {}
        self._waiting: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._closing = False
        # A daemon, for nothing can interrupt a model in the middle of a long recording.
        self._worker = threading.Thread(target=self._run, name="transcribe", daemon=True)
        self._worker.start()

    def create(self, request: CreateRequest) -> Job:
        """Queue a request under a fresh id of 21 URL-safe characters."""
        job = Job(secrets.token_urlsafe(16)[:21], request, self._clock())
        with self._lock:
            self._forget_old()
            self._jobs[job.id] = job
        self._waiting.put(job)
        return job

    def find(self, job_id: str) -> Job | None:
        """The job as it stands, or None when it is unknown or older than an hour."""
        with self._lock:
            self._forget_old()
            return self._jobs.get(job_id)

    def close(self, seconds: float) -> bool:
        """Take no more jobs; False when the one at work did not end in time."""
        self._closing = True
        self._waiting.put(None)
        self._worker.join(seconds)
        return not self._worker.is_alive()

    def _forget_old(self) -> None:
        for job in list(self._jobs.values()):  # oldest first
            if self._clock() - job.created < RETENTION:
                return
            del self._jobs[job.id]

    def _run(self) -> None:
        while (job := self._waiting.get()) and not self._closing:
            self._note(replace(job, status="active"))
            self._note(self._finished(job))

    def _note(self, job: Job) -> None:
        with self._lock:
            if job.id in self._jobs:
                self._jobs[job.id] = job
        _log.info("job %s is %s", job.id, job.status)

    def _finished(self, job: Job) -> Job:
        try:
            return replace(job, status="completed", outcome={"result": self._work(job)})
        except JobError as error:
            name, message = error.name, error.message
        except Exception as error:  # noqa: BLE001 the worker must outlive every job
            # Its text may quote words or a URL: the class has to do.
            _log.error("job %s failed with %s", job.id, type(error).__name__)
            name, message = "InternalError", "The local speech server failed on this recording."
        return replace(job, status="error", outcome={"error": {"name": name, "message": message}})
