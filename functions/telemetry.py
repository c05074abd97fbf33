"""What every function says of a job: one log line with its id, one metric without it."""

import warnings

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from transcription.job import Job, Status, WaitReason

# S3's test message and a pending look have nothing to count, which is no reason to warn.
warnings.filterwarnings("ignore", "No application metrics to publish")
logger = Logger()
metrics = Metrics()

OPERATOR_MUST_ACT = frozenset({WaitReason.KEY, WaitReason.CREDITS})


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
