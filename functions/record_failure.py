"""RecordFailure: what went wrong, in the row; from the state machine or about its execution."""

from typing import Any

import starting
import wiring
from aws_lambda_powertools.utilities.typing import LambdaContext
from telemetry import failures_logged, logger, metrics, observe
from transcription import failure

starting.ahead(wiring.failure_recorder)


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, str]:
    found = failure.read(event)
    logger.append_keys(job_id=found.job_id)
    with failures_logged():
        job = wiring.failure_recorder().record(found)
    if job is None:
        return {"status": "over"}
    observe(job)
    return {"status": str(job.status)}
