"""What every function says of a job: one log line with its id, one metric without it."""

import json
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from transcription.costs import aws_dollars, speech_dollars
from transcription.discretion import hide_keys
from transcription.job import Job, Status, WaitReason

if TYPE_CHECKING:
    from transcription.poller import Look
    from transcription.reconciler import Report

# S3's test message and a pending look have nothing to count, which is no reason to warn.
warnings.filterwarnings("ignore", "No application metrics to publish")
# In ASCII, so that whatever a file's name or an API says acts on nobody's terminal.
logger = Logger(json_serializer=partial(json.dumps, default=str))
# A log line names its function; a metric names the stack, so that two of them share no series.
metrics = Metrics(service=os.environ.get("STACK_NAME"))

OPERATOR_MUST_ACT = frozenset({WaitReason.KEY, WaitReason.CREDITS})
# What the API, or the way to it, answers when it does not do as asked.
API_ERRORS = OPERATOR_MUST_ACT | {WaitReason.SLOW_DOWN, WaitReason.OUTAGE}


def report_broken_rules(reason: str) -> None:
    """Say that files go on without the prefix rules until an operator has mended them."""
    logger.error("BrokenRules", reason=reason)
    metrics.add_metric("BrokenRules", MetricUnit.Count, 1)
    metrics.add_metric("OperatorMustAct", MetricUnit.Count, 1)


@contextmanager
def failures_logged(message_id: str | None = None) -> Iterator[None]:
    """Log what is raised, with the job's id where it is known, and let it go on.

    No key of an object is in it, neither here nor in what Lambda itself tells of it.
    """
    try:
        yield
    except Exception as error:
        hide_keys(error)
        logger.exception("Failed", extra={"message_id": message_id} if message_id else {})
        raise


@contextmanager
def renders_counted() -> Iterator[None]:
    """Count renditions made again, and those that could not be: they have no row's status."""
    try:
        yield
    except Exception:
        metrics.add_metric("RendersFailed", MetricUnit.Count, 1)
        raise
    metrics.add_metric("Renders", MetricUnit.Count, 1)


def observe_render(job: Job) -> None:
    """Log which renditions were made again."""
    logger.info("Rendered", job_id=job.job_id, outputs=sorted(job.outputs))


def observe_look(look: "Look") -> None:
    """Log how a look ended, and count it where the API didn't answer well."""
    logger.info("Polled", **look)
    _count_wait(look.get("wait_reason"))


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
    _count_wait(job.wait_reason)
    if job.status is Status.AMBIGUOUS:
        metrics.add_metric("AmbiguousSubmits", MetricUnit.Count, 1)
        metrics.add_metric("ApiErrors", MetricUnit.Count, 1)
    if job.is_terminal:
        _measure(job)


def observe_run(report: "Report") -> None:
    """Log and count what a run of Reconcile found and did, which is also its sign of life.

    One that cannot list the bucket gives none: lost events would stay lost without an alarm.
    """
    for job in (*report.rows.moved, *report.objects.moved):
        observe(job)
    for error in report.objects.errors:
        hide_keys(error)
        logger.error("ObjectNotTaken", exc_info=error)
    if not report.blind:
        metrics.add_metric("Reconciled", MetricUnit.Count, 1)
    metrics.add_metric("UnaccountedObjects", MetricUnit.Count, report.unaccounted)
    metrics.add_metric("OldestOpenJobSeconds", MetricUnit.Seconds, report.oldest.total_seconds())
    metrics.add_metric("ExecutionsPerObject", MetricUnit.Count, report.executions)
    if report.held:
        metrics.add_metric("AmbiguousSubmits", MetricUnit.Count, report.held)


def _count_wait(reason: str | None) -> None:
    """Count what the API didn't take or tell, and what only a person can mend."""
    if reason in API_ERRORS:
        metrics.add_metric("ApiErrors", MetricUnit.Count, 1)
    if reason in OPERATOR_MUST_ACT:
        metrics.add_metric("OperatorMustAct", MetricUnit.Count, 1)
    if reason == WaitReason.BUDGET:
        metrics.add_metric("BudgetReached", MetricUnit.Count, 1)
    if reason == WaitReason.SLOT:
        metrics.add_metric("SlotWaits", MetricUnit.Count, 1)


def _measure(job: Job) -> None:
    """What an ended job cost, and how long its owner waited."""
    metrics.add_metric("AwsDollars", MetricUnit.NoUnit, aws_dollars(job))
    if paid := speech_dollars(job):
        metrics.add_metric("SpeechDollars", MetricUnit.NoUnit, paid)
    if job.polls:
        metrics.add_metric("Polls", MetricUnit.Count, job.polls)
    if job.status is not Status.COMPLETED:
        return
    if job.audio_seconds:
        metrics.add_metric("AudioSeconds", MetricUnit.Seconds, job.audio_seconds)
    if job.completed_at:
        waited = (job.completed_at - job.uploaded_at).total_seconds()
        metrics.add_metric("TimeToTranscriptSeconds", MetricUnit.Seconds, waited)
