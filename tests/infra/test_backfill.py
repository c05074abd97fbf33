"""The backfill's state machine and queue, as CloudFormation would make them."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonata import Jsonata
from transcription.s3_events import Upload, read
from transcription.sending import BATCH, SUBMIT_TIMEOUT

from dropscribe import backfill, backfill_inventory
from dropscribe.backfill_files import Wanted
from infra import storage
from infra.backfill import wanted_of
from infra.settings import PREFIX, Settings
from tests.infra.conftest import Synthesize
from tests.infra.template import Template

MAPS = ("Listed", "Picked", "Inventoried")
LISTED = {"Key": "a.mp3", "Etag": '"e"', "Size": 5, "LastModified": 100, "StorageClass": "STANDARD"}
KEYS = st.text("ab./é🎤", max_size=5)
PARTS = st.lists(KEYS.filter(bool), max_size=2)
IN_INVENTORY = {
    "Bucket": "uploads",
    "Key": "S%C3%A3o+Paulo%2B1.mp3",
    "Size": "34",
    "LastModifiedDate": "2022-11-16T00:29:32.000Z",
    "ETag": "e",
}


@pytest.fixture(scope="module")
def machine(template: Template) -> dict[str, Any]:
    """The whole definition."""
    made = template.properties("BackfillStateMachine")
    return dict(json.loads(made["DefinitionString"]))


def listed_as(
    item: dict[str, Any], since: int = 0, suffixes: tuple[str, ...] = ()
) -> dict[str, Any]:
    """What a map gives a child for one file."""
    return {"item": item, "bucket": "uploads", "since": since, "suffixes": list(suffixes)}


def sent(child: dict[str, Any], **chosen: str) -> list[Upload]:
    """What Submit gets for a child's input, by the expression that Step Functions evaluates."""
    known = Settings.read({f"{PREFIX}{name}": value for name, value in chosen.items()})
    found = [request for it in messages(child, known) for request in read(json.dumps(it))]
    return [request for request in found if isinstance(request, Upload)]


def messages(child: dict[str, Any], known: Settings) -> list[dict[str, Any]]:
    """What Step Functions sends for a child's input, evaluated as it does."""
    expression = wanted_of(known).removeprefix("{%").removesuffix("%}")
    found: list[dict[str, Any]] = Jsonata.jsonata(expression).evaluate(
        None, {"states": {"input": child}}
    )
    return found


def test_a_listed_file_becomes_an_upload_of_the_lane(template: Template) -> None:
    """Named as an event names it, but without a version, which no listing tells."""
    [upload] = sent(listed_as(LISTED))
    assert (upload.bucket, upload.key, upload.version_id) == ("uploads", "a.mp3", None)
    assert (upload.etag, upload.size, upload.lane) == ("e", 5, "backfill")
    assert upload.seen_at.timestamp() == 100


def test_an_inventorys_row_says_the_same_in_its_own_way() -> None:
    """Its keys are encoded, its numbers text, its times ISO 8601."""
    [upload] = sent(listed_as(IN_INVENTORY))
    assert (upload.key, upload.size, upload.etag) == ("São Paulo+1.mp3", 34, "e")
    assert upload.seen_at.isoformat() == "2022-11-16T00:29:32+00:00"


@pytest.mark.parametrize(
    "facts",
    [{"IsLatest": "false"}, {"IsLatest": "true", "IsDeleteMarker": "true", "Size": ""}],
)
def test_an_inventorys_older_versions_and_marks_are_left_out(facts: dict[str, str]) -> None:
    """Only what is there now is transcribed."""
    assert sent(listed_as(IN_INVENTORY | facts)) == []


@pytest.mark.parametrize(
    ("item", "since", "suffixes", "count"),
    [
        ({"Key": "a/", "Size": 0}, 0, (), 0),
        ({"Key": "empty.mp3", "Size": 0}, 0, (), 0),
        ({"LastModified": 99}, 100, (), 0),
        ({"LastModified": 100}, 100, (), 1),
        ({}, 0, (".mp3",), 1),
        ({}, 0, (".wav",), 0),
        ({}, 0, (".wav", ".mp3"), 1),
        ({"Key": "3"}, 0, (".mp3",), 0),
        ({"Key": "é🎤.mp3"}, 0, ("🎤.mp3",), 1),
    ],
)
def test_what_nobody_asked_for_is_not_sent(
    item: dict[str, Any], since: int, suffixes: tuple[str, ...], count: int
) -> None:
    """Folders' markers, empty files, older ones, and keys that end otherwise."""
    assert len(sent(listed_as(LISTED | item, since, suffixes))) == count


@pytest.mark.parametrize(
    ("key", "count"), [("calls/a.mp3", 1), ("calls/a.txt", 0), ("b/a.mp3", 0), ("ca", 0)]
)
def test_only_what_the_stack_watches_is_sent(key: str, count: int) -> None:
    """A backfill of everything takes no more than uploads would."""
    chosen = {"watchPrefixes": "calls/,talks/", "watchSuffixes": ".wav,.mp3"}
    assert len(sent(listed_as(LISTED | {"Key": key}), **chosen)) == count


@settings(max_examples=100, deadline=None)
@given(key=KEYS.filter(bool), size=st.integers(0, 2), starts=PARTS, ends=PARTS, asked=PARTS)
def test_the_command_line_decides_alike(
    key: str, size: int, starts: list[str], ends: list[str], asked: list[str]
) -> None:
    """What a dry run counts is what is sent then."""
    wanted = Wanted("", None, asked, {"prefixes": starts, "suffixes": ends})
    upload = Upload("uploads", key, None, "e", size, None, datetime.fromtimestamp(100, UTC))
    known = Settings(watch_prefixes=tuple(starts), watch_suffixes=tuple(ends))
    item = LISTED | {"Key": key, "Size": size}
    assert len(messages(listed_as(item, suffixes=tuple(asked)), known)) == wanted.takes(upload)


def test_a_batch_sends_each_of_its_files() -> None:
    """Step Functions gives a child many files, the emulator one."""
    files = [listed_as(LISTED | {"Key": key, "Size": size}) for key, size in (("a", 1), ("b/", 0))]
    batch = {"Items": [*files, listed_as(LISTED | {"Key": "c"})]}
    assert [upload.key for upload in sent(batch)] == ["a", "c"]


def test_the_graph_is_the_one_in_the_picture(machine: dict[str, Any]) -> None:
    """A choice or an inventory where one is named, else the listing."""
    which = machine["States"]["Which?"]
    assert machine["StartAt"] == "Asked"
    assert machine["States"]["Asked"]["Next"] == "Which?"
    assert [choice["Next"] for choice in which["Choices"]] == ["Picked", "Inventoried"]
    assert which["Default"] == "Listed"


@pytest.mark.parametrize("name", MAPS)
def test_a_map_is_cheap_and_gentle(machine: dict[str, Any], name: str) -> None:
    """A hundred files for a transition, a few children at a time, and no results gathered."""
    every = machine["States"][name]
    assert every["ItemProcessor"]["ProcessorConfig"] == {
        "Mode": "DISTRIBUTED",
        "ExecutionType": "EXPRESS",
    }
    assert every["ItemBatcher"] == {"MaxItemsPerBatch": 100, "MaxInputBytesPerBatch": 200_000}
    assert every["MaxConcurrency"] == 4
    assert every["ResultPath"] is None
    assert 0 < every["ToleratedFailurePercentage"] < 100


@pytest.mark.parametrize("name", MAPS)
def test_reader_and_selector_are_in_jsonpath(machine: dict[str, Any], name: str) -> None:
    """In JSONata the emulator would read nothing, and say that it succeeded."""
    every = machine["States"][name]
    assert "QueryLanguage" not in every
    assert "QueryLanguage" not in machine
    assert all("{%" not in str(it) for it in (every["ItemReader"], every["ItemSelector"]))


@pytest.mark.parametrize("name", MAPS)
def test_a_message_that_cannot_be_sent_is_tried_again(machine: dict[str, Any], name: str) -> None:
    """Before its whole batch counts as failed."""
    child = machine["States"][name]["ItemProcessor"]["States"][f"Wanted of {name}"]
    send = child["ItemProcessor"]["States"][f"Send {name}"]
    assert send["Resource"].endswith(":states:::sqs:sendMessage")
    assert send["Arguments"]["QueueUrl"] == "BackfillQueue"
    assert send["Retry"][0]["MaxAttempts"] > 3


def test_whoever_starts_it_may_leave_everything_out(machine: dict[str, Any]) -> None:
    """A map's fields must be there: what is not said is everything."""
    assert set(machine["States"]["Asked"]["Output"]) == {
        "prefix",
        "since",
        "suffixes",
        "picked",
        "inventory",
    }


def test_the_machine_may_list_and_send_and_run_its_children(template: Template) -> None:
    """Of recordings it sees the names alone, and of the answers bucket the lists alone."""
    allowed = template.allowed("BackfillStateMachineRole")
    data = {(act, where) for act, where in allowed if act.split(":")[0] in {"s3", "sqs", "kms"}}
    assert data == {
        ("s3:ListBucket", "Uploads.Arn"),
        ("s3:GetObject", "Answers.Arn/backfill/*"),
        ("s3:GetObject", "Answers.Arn/inventory/*"),
        ("sqs:SendMessage", "BackfillQueue.Arn"),
    }
    states = {act for act, _ in allowed if act.startswith("states:")}
    assert states >= {"states:StartExecution", "states:DescribeExecution", "states:StopExecution"}
    assert ("states:StartExecution", "BackfillStateMachine") in allowed


def test_an_existing_bucket_is_listed(existing: Template) -> None:
    """With the same right, on the bucket of somebody else."""
    allowed = existing.allowed("BackfillStateMachineRole")
    [listed] = [where for act, where in allowed if act == "s3:ListBucket"]
    assert listed.endswith(":s3:::their-recordings")


def test_submit_takes_two_files_at_a_time(template: Template) -> None:
    """The fewest that Lambda allows: uploads have their own, and more of them."""
    mapping = template.event_source("BackfillQueue")
    assert (mapping["FunctionName"], mapping["BatchSize"]) == ("Submit", BATCH)
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": 2}
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_the_queue_is_as_safe_as_the_other(template: Template) -> None:
    """The same patience, the same end in the dead letter queue."""
    ours, other = (template.properties(f"{name}Queue") for name in ("Backfill", "Upload"))
    assert ours == other
    assert ours["VisibilityTimeout"] == 6 * SUBMIT_TIMEOUT


def test_it_is_traced_and_its_errors_logged_without_data(template: Template) -> None:
    """Which files there are is nobody's log's business."""
    made = template.properties("BackfillStateMachine")
    logging = made["LoggingConfiguration"]
    assert made["TracingConfiguration"] == {"Enabled": True}
    assert (logging["Level"], logging["IncludeExecutionData"]) == ("ERROR", False)


def test_s3_may_write_inventories_of_the_uploads(template: Template) -> None:
    """Of this bucket, for this account, below one prefix."""
    statements = template.properties("AnswersPolicy")["PolicyDocument"]["Statement"]
    [statement] = [it for it in statements if it["Effect"] == "Allow"]
    assert statement["Principal"] == {"Service": "s3.amazonaws.com"}
    assert (statement["Action"], statement["Resource"]) == (
        "s3:PutObject",
        "Answers.Arn/inventory/*",
    )
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "AWS::AccountId"},
        "ArnLike": {"aws:SourceArn": "Uploads.Arn"},
    }


def test_lists_of_files_are_not_kept(template: Template) -> None:
    """They name recordings that may be erased."""
    rules = template.properties("Answers")["LifecycleConfiguration"]["Rules"]
    days = {it["Prefix"]: it["ExpirationInDays"] for it in rules if "Prefix" in it}
    assert days == {"backfill/": 7, "inventory/": 30}


def test_the_command_line_writes_where_the_machine_reads() -> None:
    """Both name the same places."""
    assert backfill.CHOICES == storage.CHOICES
    assert backfill_inventory.INVENTORIES == storage.INVENTORIES


def test_the_command_line_knows_what_is_watched(synthesize: Synthesize) -> None:
    """It looks before it starts anything."""
    made = synthesize(watchPrefixes="calls/", watchSuffixes=".mp3")
    told = json.loads(made.body["Outputs"]["WatchedKeys"]["Value"])
    assert told == {"prefixes": ["calls/"], "suffixes": [".mp3"]}
