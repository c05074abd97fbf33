"""`dropscribe redrive` against real queues."""

import json
from pathlib import Path
from typing import Any

from tests.cli.conftest import Run
from tests.cli.small_stack import SmallStack

EVENTS = Path(__file__).parents[1] / "events"
PUT = json.loads((EVENTS / "s3-put.json").read_text())
ABORTED = json.loads((EVENTS / "execution-aborted.json").read_text())


def ended(cause: str) -> dict[str, Any]:
    """An execution's end that EventBridge could not tell."""
    return {**ABORTED, "detail": {**ABORTED["detail"], "cause": cause}}


def test_uploads_and_requests_go_back_to_the_upload_queue(stack: SmallStack, run: Run) -> None:
    """To the byte; more than one batch of them."""
    asked = [{"retry": f"{number:032x}", "revision": 0} for number in range(12)]
    stack.send("DeadLetterQueueUrl", PUT, *asked)
    result = run("redrive")
    assert (result.exit_code, stack.left_in("DeadLetterQueueUrl")) == (0, 0)
    assert stack.left_in("UploadQueueUrl") == 13
    assert "13 messages moved." in result.stderr


def test_a_dry_run_shows_what_is_there_and_leaves_it(stack: SmallStack, run: Run) -> None:
    """Whose it is, how often it was tried, and why EventBridge gave it up."""
    stack.send("DeadLetterQueueUrl", PUT, ERROR_CODE="NO_PERMISSIONS", ERROR_MESSAGE="denied")
    result = run("redrive", "--dry-run")
    what, key, job_id, received, *_, why, _message_id = result.stdout.rstrip().split("\t")
    assert (what, key, received) == ("upload", "calls/2026/a.mp3", "0")
    assert (len(job_id), why) == (32, "NO_PERMISSIONS: denied")
    assert (result.exit_code, stack.left_in("DeadLetterQueueUrl")) == (1, 1)
    assert stack.left_in("UploadQueueUrl") == 0


def test_an_ended_execution_is_told_to_record_failure(stack: SmallStack, run: Run) -> None:
    """What RecordFailure refuses stays a dead letter."""
    stack.send("DeadLetterQueueUrl", ended("by hand"), ended("refuse"))
    document = json.loads(run("redrive", "--json").stdout)
    assert [it["what"] for it in document["messages"]] == ["execution ended"] * 2
    assert (document["moved"], document["left"]) == (1, 1)
    assert (stack.left_in("DeadLetterQueueUrl"), stack.left_in("UploadQueueUrl")) == (1, 0)


def test_what_nobody_here_sends_stays_until_it_is_discarded(stack: SmallStack, run: Run) -> None:
    """It is shown as unknown, with no word of what it says."""
    stack.send("DeadLetterQueueUrl", {"hello": "world"})
    kept = run("redrive")
    assert (kept.exit_code, stack.left_in("DeadLetterQueueUrl")) == (1, 1)
    assert "unknown" in kept.stdout
    assert "world" not in kept.output
    assert run("redrive", "--discard-unknown").exit_code == 0
    assert stack.left_in("DeadLetterQueueUrl") + stack.left_in("UploadQueueUrl") == 0


def test_the_log_tells_why_a_message_was_given_up(stack: SmallStack, run: Run) -> None:
    """What Submit raised last, found by the message's id; a request's key comes from its row."""
    job_id = stack.plant("a.wav", "FAILED", reason="It broke")
    stack.send("DeadLetterQueueUrl", {"retry": job_id, "revision": 0})
    [message] = json.loads(run("redrive", "--dry-run", "--json").stdout)["messages"]
    assert (message["key"], message["why"]) == ("a.wav", "It broke")
    failed = {"message": "Failed", "message_id": message["message_id"]}
    trace = "Traceback (most recent call last):\n  File ...\nNotAnnounced: the bus is full"
    stack.log("Submit", failed | {"exception": trace, "exception_name": "NotAnnounced"})
    [message] = json.loads(run("redrive", "--dry-run", "--json").stdout)["messages"]
    assert message["why"] == "NotAnnounced: the bus is full"


def test_nothing_to_redrive_is_fine(stack: SmallStack, run: Run) -> None:
    """An empty queue is told as such."""
    result = run("redrive")
    assert (result.exit_code, "is empty" in result.stderr) == (0, True)
