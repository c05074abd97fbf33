"""Publish: make what people read out of the raw answer, complete the row, tell others."""

from typing import Any

import wiring
from aws_lambda_powertools.utilities.typing import LambdaContext
from telemetry import failures_logged, logger, metrics, observe


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, str]:
    logger.append_keys(job_id=event["job_id"])
    with failures_logged():
        job = wiring.publisher().publish(event["job_id"], event["attempt"])
    observe(job)
    return {"status": str(job.status)}
