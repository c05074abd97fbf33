"""Reconcile as it is deployed: with the rights that it has, and no more."""

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

from transcription.job import Job, Status, object_job_id
from transcription.ledger import Ledger

from tests.conftest import SAMPLE
from tests.scripted_api import Reply, ScriptedApi
from tests.stack import Put, Stack

SPEECH = SAMPLE.read_bytes()


def test_reconcile_closes_gaps_where_it_is_deployed(stack: Stack, api: ScriptedApi) -> None:
    """A stale claim is sent, and a saved id whose execution is lost is fetched, not paid again."""
    ledger, now = Ledger(stack.table), datetime.now(UTC)
    executions = stack.outputs["StateMachineArn"].replace(":stateMachine:", ":execution:")
    api.on_fetch(Reply.completed(), generation_id="lost")
    with stack.submit_held_back():
        stale, lost = stack.put(SPEECH), stack.put(SPEECH)
        ledger.add(_row(stack, stale, Status.CLAIMED))
        gone = _row(stack, lost, Status.SUBMITTED, generation_id="lost", submitted_at=now)
        ledger.add(dataclasses.replace(gone, execution_arn=f"{executions}:{gone.name}"))
        stack.reconcile()
        rows = stack.wait_all([stale, lost])
    assert [(row["status"], row["attempt"]) for row in rows] == [("COMPLETED", 1), ("COMPLETED", 2)]
    assert [request.names(stale.key) for request in api.creates] == [True]


def _row(stack: Stack, put: Put, status: Status, **facts: Any) -> Job:
    """A row that somebody left behind an hour ago."""
    bucket, now = stack.outputs["UploadBucketName"], datetime.now(UTC)
    left: dict[str, Any] = {
        "job_id": object_job_id(bucket, put.key, put.version_id, "", now),
        "bucket": bucket,
        "key": put.key,
        "version_id": put.version_id,
        "status": status,
        "uploaded_at": now,
        "model": "#g1_whisper-small",
        "due_at": now - timedelta(hours=1),
    }
    return Job(**(left | facts))
