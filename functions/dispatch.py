"""Dispatch: send what waits when its time has come; each minute, or at once when asked.

Whoever frees a slot that others wait for calls it, too: then only those have a turn.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import starting
import wiring
from aws_lambda_powertools.utilities.typing import LambdaContext
from telemetry import failures_logged, logger, metrics, observe
from transcription import sending

if TYPE_CHECKING:
    from transcription.waiting_room import Visit

# Milliseconds that sending one more job may take.
ONE_JOB = sending.ONE_JOB * 1000

starting.ahead(wiring.waiting_room)


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    at_once = event.get("now") is True
    if at_once:
        wiring.api_key().forget()  # somebody may just have set a new one
    visit = _visit(event, at_once, lambda: context.get_remaining_time_in_millis() > ONE_JOB)
    for job in visit.moved:
        observe(job)
    if visit.errors:
        with failures_logged():  # Lambda itself tells of a group, not of what is in it
            raise ExceptionGroup("Some jobs could not be taken further", visit.errors)
    return {"moved": len(visit.moved)}


def _visit(event: dict[str, Any], at_once: bool, has_time: Callable[[], bool]) -> "Visit":
    room = wiring.waiting_room()
    return room.fill(has_time) if event.get("freed") is True else room.visit(at_once, has_time)
