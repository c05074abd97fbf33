"""Submit: recordings were uploaded. Claim each, send it, start its wait."""

from typing import Any

import wiring
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.typing import LambdaContext
from telemetry import failures_logged, logger, metrics, observe
from transcription import s3_events

# One bad message must not fail its neighbours, nor all bad ones raise: they return to the queue.
processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)


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


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    return process_partial_response(event, take, processor, context)
