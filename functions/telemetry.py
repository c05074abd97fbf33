"""What every function says of a job: one log line with its id, one metric without it."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from transcription.job import Job, Status, WaitReason

if TYPE_CHECKING:
    from transcription.poller import Look

# S3's test message and a pending look have nothing to count, which is no reason to warn.
warnings.filterwarnings("ignore", "No application metrics to publish")
logger = Logger()
metrics = Metrics()

OPERATOR_MUST_ACT = frozenset({WaitReason.KEY, WaitReason.CREDITS})


def report_broken_rules(reason: str) -> None:
    """Say that files go on without the prefix rules until an operator has mended them."""
    logger.error("BrokenRules", reason=reason)
    metrics.add_metric("BrokenRules", MetricUnit.Count, 1)
    metrics.add_metric("OperatorMustAct", MetricUnit.Count, 1)


@contextmanager
def failures_logged(message_id: str | None = None) -> Iterator[None]:
    """Log what is raised, with the job's id where it is known, and let it go on."""
    try:
        yield
    except Exception:
        logger.exception("Failed", extra={"message_id": message_id} if message_id else {})
        raise


def observe_look(look: "Look") -> None:
    """Log how a look ended, and count it where the key or its account stood in the way."""
    logger.info("Polled", **look)
    if look.get("wait_reason") in OPERATOR_MUST_ACT:
        metrics.add_metric("OperatorMustAct", MetricUnit.Count, 1)


def observe(job: Job) -> None:
    """Log and count where a job stands now. Never a word, a URL or a key (of either kind)."""
    logger.info(
        "JobMoved",
        job_id=job.job_id,
        status=str(job.status),
        attempt=job.attempt,
        stage=job.stage,
        reason=job.reason,
        wait_reason=job.wait_reason,
    )
    metrics.add_metric(f"Jobs{job.status.capitalize()}", MetricUnit.Count, 1)
    if job.status is Status.AMBIGUOUS:
        metrics.add_metric("AmbiguousSubmits", MetricUnit.Count, 1)
    if job.wait_reason in OPERATOR_MUST_ACT:
        metrics.add_metric("OperatorMustAct", MetricUnit.Count, 1)
    if job.status is Status.COMPLETED and job.audio_seconds:
        metrics.add_metric("AudioSeconds", MetricUnit.Seconds, job.audio_seconds)
