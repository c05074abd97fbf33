"""The deployed pipeline, upload to transcript, against a speech API that does as it is told."""

import json
from typing import Any

import pytest

from tests.conftest import SAMPLE
from tests.scripted_api import Reply, ScriptedApi
from tests.stack import Stack
from tests.workflow.conftest import KEY

SPEECH = SAMPLE.read_bytes()


def test_an_upload_becomes_a_transcript_next_door(stack: Stack, api: ScriptedApi) -> None:
    """Through S3, SQS, Lambda, Step Functions and DynamoDB, pending twice on the way."""
    api.on_fetch(Reply.pending(), Reply.pending("active"), Reply.completed("It works."))
    row = stack.wait(stack.put(SPEECH, "calls/2026/a b.wav"))
    assert (row["status"], row["polls"], row["attempt"]) == ("COMPLETED", 3, 1)
    assert stack.rendition(row, "txt") == "It works.\n"
    assert set(row["outputs"]) == {"txt", "md", "srt", "vtt", "json"}
    assert api.creates[0].headers["Authorization"] == f"Bearer {KEY}"


def test_a_file_found_at_the_first_look_costs_four_states(stack: Stack, api: ScriptedApi) -> None:
    """What the README says that AWS is paid for: Wait, Poll, Look?, Publish."""
    row = stack.wait(stack.put(SPEECH))
    assert stack.ended(row["execution_arn"]) == "SUCCEEDED"
    history = stack.session.client("stepfunctions").get_execution_history(
        executionArn=row["execution_arn"]
    )
    entered = [event for event in history["events"] if event["type"].endswith("StateEntered")]
    assert (len(entered), row["polls"]) == (4, 1)


def test_an_execution_that_was_not_told_when_to_look_comes_to_its_end(stack: Stack) -> None:
    """As whoever started it did before executions were told: here, for a job that is over."""
    row = stack.wait(stack.put(SPEECH))
    told = {"job_id": row["job_id"], "attempt": int(row["attempt"])}
    started = stack.session.client("stepfunctions").start_execution(
        stateMachineArn=stack.outputs["StateMachineArn"], input=json.dumps(told)
    )
    assert stack.ended(started["executionArn"]) == "SUCCEEDED"


def test_the_same_event_five_times_creates_once(stack: Stack, api: ScriptedApi) -> None:
    """S3's own event and four more of the same version."""
    put = stack.put(SPEECH)
    for _ in range(4):
        stack.notify(put)
    assert stack.wait(put)["status"] == "COMPLETED"
    stack.drained()
    assert len(api.creates) == 1


def test_an_overwritten_key_ends_with_the_newest_transcript(stack: Stack, api: ScriptedApi) -> None:
    """One create for each version, even when the older one takes longer."""
    api.on_fetch(Reply.pending().but(lasting=True))
    old, new = stack.put(SPEECH, "news.wav"), stack.put(SPEECH, "news.wav")
    for put, words in ((new, "New news."), (old, "Old news.")):
        sent = stack.wait(put, "SUBMITTED")
        api.on_fetch(Reply.completed(words), generation_id=sent["generation_id"])
        row = stack.wait(put, "COMPLETED")
    assert "newer version" in row["reason"]
    assert stack.rendition(stack.wait(new), "txt") == "New news.\n"
    assert len(api.creates) == 2


def test_a_job_that_the_provider_fails(stack: Stack, api: ScriptedApi) -> None:
    """The row and the execution both end as failed, with the provider's reason."""
    api.on_fetch(Reply.failed())
    row = stack.wait(stack.put(SPEECH))
    assert (row["status"], row["stage"]) == ("FAILED", "transcribe")
    assert "It cannot be decoded." in row["reason"]
    assert stack.ended(row["execution_arn"]) == "FAILED"


def test_a_wrong_key_waits_until_it_is_mended(stack: Stack, api: ScriptedApi) -> None:
    """A new key in the secret, and Dispatch sends what waits: no deployment, no retry."""
    api.key = "the-new-key"
    put = stack.put(SPEECH)
    assert stack.wait(put, "WAITING")["wait_reason"] == "key"
    with stack.api_key("the-new-key"):
        stack.dispatch(now=True)
        row = stack.wait(put, "SUBMITTED", "COMPLETED")
        api.key = None
        row = stack.wait(put)
    assert (row["status"], row["attempt"]) == ("COMPLETED", 1)


def test_a_slow_down_waits_and_then_goes(stack: Stack, api: ScriptedApi) -> None:
    """A row in the waiting room, not a message that burns its receives."""
    given_up = stack.dead_letters()
    api.on_create(Reply.refused(429).but(headers={"Retry-After": "1"}))
    put = stack.put(SPEECH)
    assert stack.wait(put, "WAITING")["wait_reason"] == "slow-down"
    stack.dispatch(now=True)
    row = stack.wait(put)
    assert (row["status"], row["attempt"], len(api.creates)) == ("COMPLETED", 1, 2)
    assert stack.dead_letters() == given_up


def test_a_broken_connection_is_ambiguous(stack: Stack, api: ScriptedApi) -> None:
    """It says so and waits its minute; a person may send it at once."""
    api.on_create(Reply.dropped())
    put = stack.put(SPEECH)
    row = stack.wait(put, "AMBIGUOUS")
    assert "may have been billed" in row["reason"]
    stack.send({"retry": row["job_id"], "revision": int(row["revision"])})
    row = stack.wait(put)
    assert (row["status"], row["attempt"], row["ambiguous"]) == ("COMPLETED", 2, 1)


def test_silence_is_completed(stack: Stack, api: ScriptedApi) -> None:
    """Nobody spoke: an empty transcript, not a failure."""
    api.on_fetch(Reply.silence())
    row = stack.wait(stack.put(SPEECH))
    assert (row["status"], row["words"]) == ("COMPLETED", 0)
    assert stack.rendition(row, "txt") == ""


def test_a_stopped_execution_closes_its_row_and_is_resumed_for_free(
    stack: Stack, api: ScriptedApi
) -> None:
    """A Catch sees no abort: the status change event does. The saved id is polled again."""
    api.on_fetch(Reply.pending().but(lasting=True))
    put = stack.put(SPEECH)
    row = stack.wait(put, "SUBMITTED")
    arn = stack.until(lambda: (stack.row(put) or {}).get("execution_arn"), lambda: "no execution")
    stack.session.client("stepfunctions").stop_execution(executionArn=arn, cause="by hand")
    row = stack.wait(put)
    assert (row["status"], row["stage"]) == ("FAILED", "poll")
    assert "stopped" in row["reason"]
    api.on_fetch(Reply.completed("Resumed."))
    stack.send({"retry": row["job_id"], "revision": int(row["revision"])})
    row = stack.wait(put, "COMPLETED")
    assert (row["attempt"], len(api.creates)) == (2, 1)


def test_a_message_that_nobody_sends_lands_in_the_dead_letter_queue(stack: Stack) -> None:
    """It does not stop its neighbours, and it does not disappear."""
    with stack.redelivering_soon():
        stack.send({"hello": "world"})
        put = stack.put(SPEECH)
        stack.until(lambda: stack.dead_letters() or None, lambda: "nothing is there")
    assert stack.wait(put)["status"] == "COMPLETED"


def test_others_are_told(stack: Stack, api: ScriptedApi) -> None:
    """A rule on the bus receives both events, with pointers and without a word of speech."""
    queue = _subscribe(stack)
    good, bad = stack.put(SPEECH, "told/good.wav"), stack.put(b"", "told/bad.wav")
    stack.wait_all([good, bad])
    events = {event["detail"]["key"]: event for event in _received(stack, queue, 2)}
    assert events[good.key]["detail-type"] == "Transcription Completed"
    assert events[good.key]["detail"]["transcripts"]["keys"]["txt"] == "told/good.wav.txt"
    assert events[bad.key]["detail-type"] == "Transcription Failed"
    assert events[bad.key]["detail"]["reason"] == "The object is empty"
    assert "scripted speech" not in json.dumps(events)


def test_nothing_secret_is_logged(stack: Stack, api: ScriptedApi) -> None:
    """Neither key nor URL nor a word of the transcript nor a name, in any log of any part."""
    api.on_fetch(Reply.completed("Zanzibar quizzically whispered."))
    api.when("secret").on_create(Reply.dropped())
    api.when("busy").on_create(Reply.refused(429))
    api.when("broken").on_fetch(Reply.failed())
    names = ("logged", "secret", "busy", "broken")
    puts = [stack.put(SPEECH, f"Jane Doe/{name}.wav") for name in names]
    for put, status in zip(puts, ("COMPLETED", "AMBIGUOUS", "WAITING", "FAILED"), strict=True):
        stack.wait(put, status)
    stack.dispatch(now=True)
    stack.reconcile()
    stack.wait(puts[2], "COMPLETED")
    doubtful = stack.wait(puts[1], "AMBIGUOUS")
    stack.send({"retry": doubtful["job_id"], "revision": int(doubtful["revision"])})
    stack.wait(puts[1])
    for part in ("Submit", "Dispatch", "Reconcile", "Poll", "Publish", "RecordFailure"):
        assert stack.logs(part)
    logged = stack.logs()
    assert "JobMoved" in logged
    for secret in (KEY, "X-Amz-Signature", "Zanzibar", "Jane"):
        assert secret not in logged


def test_every_log_line_of_a_job_carries_its_id(stack: Stack) -> None:
    """So that a file can be followed from the upload to its transcript."""
    row = stack.wait(stack.put(SPEECH))
    lines = [json.loads(line) for line in stack.logs().splitlines() if line.startswith('{"level"')]
    services = {line["service"] for line in lines if line.get("job_id") == row["job_id"]}
    assert services >= {"submit", "poll", "publish"}


def _subscribe(stack: Stack) -> str:
    """A queue that receives every event of the stack's bus."""
    sqs, events = stack.session.client("sqs"), stack.session.client("events")
    queue = sqs.create_queue(QueueName="told")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    bus = stack.outputs["EventBusName"]
    pattern = json.dumps({"source": ["dropscribe"]})
    events.put_rule(Name="tell", EventBusName=bus, EventPattern=pattern)
    target = {"Id": "queue", "Arn": arn["Attributes"]["QueueArn"]}
    events.put_targets(Rule="tell", EventBusName=bus, Targets=[target])  # type: ignore[list-item]
    return queue


def _received(stack: Stack, queue: str, count: int) -> list[dict[str, Any]]:
    got: list[dict[str, Any]] = []

    def enough() -> bool | None:
        answer = stack.session.client("sqs").receive_message(
            QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=1
        )
        got.extend(json.loads(message["Body"]) for message in answer.get("Messages", []))
        told = [event for event in got if event["detail"]["key"].startswith("told/")]
        return True if len(told) >= count else None

    stack.until(enough, lambda: f"only {got} came")
    return got


@pytest.fixture(autouse=True)
def _quiet(stack: Stack) -> None:
    """Tests share the stack: each begins with an empty upload queue."""
    stack.drained()
