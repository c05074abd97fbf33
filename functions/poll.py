"""Poll: look at the speech API for one job's answer, and say when to look again."""

from typing import Any

import starting
import wiring
from aws_lambda_powertools.utilities.typing import LambdaContext
from telemetry import failures_logged, logger, metrics, observe_look
from transcription.poller import Look

starting.ahead(wiring.poller)


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], _context: LambdaContext) -> Look:
    logger.append_keys(job_id=event["job_id"])
    with failures_logged():
        which = (event["job_id"], event["attempt"], event["look"], event.get("course"))
        look = wiring.poller().poll(*which)
    observe_look(look)
    return look
