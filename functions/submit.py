"""Submit: recordings were uploaded. Claim each, send it, start its wait."""

from contextlib import suppress
from typing import Any

import starting
import wiring
from aws_lambda_powertools.utilities.typing import LambdaContext
from telemetry import failures_logged, logger, metrics, observe
from transcription import s3_events

starting.ahead(wiring.intake)


def take(record: dict[str, Any]) -> None:
    """One message. What goes wrong is said here: the batch only returns it to the queue."""
    logger.append_keys(job_id=None)
    with failures_logged(message_id=record["messageId"]):
        for request in s3_events.read(record["body"]):
            # A failure, too, is found by its job; of an unversioned object only a look tells it.
            logger.append_keys(job_id=request.job_id)
            if job := wiring.intake().handle(request):
                observe(job)
            else:
                logger.info("NotMoved", message_id=record["messageId"])


def taken(record: dict[str, Any]) -> bool:
    """Whether one message was taken; what it raised has been logged."""
    with suppress(Exception):
        take(record)
        return True
    return False


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    # A bad message must not fail its neighbours, nor all bad ones raise: they go back to the queue.
    failed = [record["messageId"] for record in event["Records"] if not taken(record)]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}
