"""Publish: make what people read out of the raw answer, complete the row, tell others.

`dropscribe render` calls it, too, for a job that is completed: then renditions are made again,
with other names of speakers perhaps, and nobody is told.
"""

from typing import Any

import starting
import wiring
from aws_lambda_powertools.utilities.typing import LambdaContext
from telemetry import failures_logged, logger, metrics, observe, observe_render, renders_counted
from transcription.job import Job

starting.ahead(wiring.publisher)


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, str]:
    logger.append_keys(job_id=event["job_id"])
    with failures_logged():
        job = _rendered(event) if event.get("render") else _published(event)
    return {"status": str(job.status)}


def _published(event: dict[str, Any]) -> Job:
    job = wiring.publisher().publish(event["job_id"], event["attempt"])
    observe(job)
    return job


def _rendered(event: dict[str, Any]) -> Job:
    with renders_counted():
        job = wiring.publisher().render(event["job_id"], event.get("speakers"))
    observe_render(job)
    return job
