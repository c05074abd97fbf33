"""Reconcile: close what stopped moving, and take in what nobody saw; every five minutes."""

from typing import Any

import starting
import wiring
from aws_lambda_powertools.utilities.typing import LambdaContext
from telemetry import failures_logged, logger, metrics, observe_run
from transcription import sending

# Milliseconds that sending one more job may take.
ONE_JOB = sending.ONE_JOB * 1000

starting.ahead(wiring.reconciler)


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(_event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    report = wiring.reconciler().run(lambda: context.get_remaining_time_in_millis() > ONE_JOB)
    observe_run(report)
    if report.rows.errors:
        with failures_logged():
            raise ExceptionGroup("Some gaps could not be closed", report.rows.errors)
    return {
        "moved": len(report.rows.moved),
        "unaccounted": report.unaccounted,
        "taken": len(report.objects.moved),
    }
