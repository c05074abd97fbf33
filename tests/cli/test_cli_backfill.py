"""`dropscribe backfill` against real buckets, rows, queues and executions that only stand there."""

import gzip
import json
from datetime import timedelta
from typing import Any

import pytest

from dropscribe.jobs import job_id_of
from tests.cli.conftest import Run
from tests.cli.small_stack import SmallStack

ROWS = '"{bucket}","calls/{key}","{size}","2022-11-16T00:29:32.000Z"\n'


@pytest.fixture
def files(stack: SmallStack) -> None:
    """Two new recordings, a known one, and three things that nobody wants."""
    bodies = {"a.mp3": 960_000, "b.wav": 1, "known.mp3": 1, "notes.txt": 1, "empty.mp3": 0, "c/": 0}
    for name, size in bodies.items():
        put = stack.s3.put_object(Bucket=stack.bucket, Key=f"calls/{name}", Body=bytes(size))
        if name == "known.mp3":
            version = put["VersionId"]
            stack.plant("calls/known.mp3", job_id=job_id_of(stack.bucket, put_key(name), version))


def put_key(name: str) -> str:
    return f"calls/{name}"


def inventory(stack: SmallStack, **changes: Any) -> str:
    """An inventory of the uploads bucket, as S3 delivers it; returns its manifest's key."""
    rows = [("a%2B1.mp3", 960_000), ("b.txt", 5), ("c/", 0)]
    text = "".join(ROWS.format(bucket=stack.bucket, key=key, size=size) for key, size in rows)
    manifest = {
        "sourceBucket": stack.bucket,
        "fileFormat": "CSV",
        "fileSchema": "Bucket, Key, Size, LastModifiedDate",
        "files": [{"key": "inventory/data/1.csv.gz"}],
    }
    body = {
        "inventory/data/1.csv.gz": gzip.compress(text.encode()),
        "inventory/2026/manifest.json": json.dumps(manifest | changes).encode(),
    }
    for key, content in body.items():
        stack.s3.put_object(Bucket=stack.outputs["AnswerBucketName"], Key=key, Body=content)
    return "inventory/2026/manifest.json"


@pytest.mark.usefixtures("files")
def test_a_dry_run_says_what_it_would_come_to(stack: SmallStack, run: Run) -> None:
    """New and known files apart; hours are guessed from sizes, and it says so."""
    result = run("backfill", f"s3://{stack.bucket}/calls/", "--dry-run")
    figures = dict(line.split("\t") for line in result.stdout.splitlines())
    assert (figures["FILES"], figures["KNOWN"], figures["LEFT OUT"]) == ("2", "1", "3")
    assert float(figures["HOURS"]) == pytest.approx(1 / 60, abs=0.001)
    assert "guessed from sizes" in result.stderr
    assert "pricePerMinute" in result.stderr
    assert (result.exit_code, stack.backfills()) == (0, [])


@pytest.mark.usefixtures("files")
def test_a_dry_run_for_machines(stack: SmallStack, run: Run) -> None:
    """The same figures; a backfill leaves a slot of the five to new uploads."""
    found = json.loads(run("backfill", "calls/", "--suffix", ".mp3", "--dry-run", "--json").stdout)
    assert (found["files"], found["known"], found["left_out"]) == (1, 1, 4)
    assert (found["speech_dollars"], found["seconds"]) == (None, 60.0)
    assert found["lasts"] > 0


@pytest.mark.usefixtures("files")
def test_nothing_is_paid_without_a_yes(stack: SmallStack, run: Run) -> None:
    """Where there is no terminal to ask on, only --yes starts it."""
    result = run("backfill", "calls/")
    assert (result.exit_code, stack.backfills()) == (2, [])
    assert "2 new files would be sent to the speech API and paid for" in result.stderr
    assert "add --yes" in result.stderr


@pytest.mark.usefixtures("files")
def test_with_a_yes_it_begins_at_once(stack: SmallStack, run: Run) -> None:
    """The state machine is told what is wanted, and lists the files itself."""
    result = run("backfill", "calls/", "--since", "2026-11-01", "--suffix", ".mp3", "--yes")
    assert result.exit_code == 0, result.output
    [told] = stack.backfills()
    assert told == {"prefix": "calls/", "since": 1793491200, "suffixes": [".mp3"]}
    assert "has begun" in result.stderr


@pytest.mark.usefixtures("files")
def test_a_limit_is_of_new_files(stack: SmallStack, run: Run) -> None:
    """They are chosen here, and named in a file that the state machine reads."""
    result = run("backfill", "calls/", "--limit", "1", "--yes")
    assert result.exit_code == 0, result.output
    [told] = stack.backfills()
    found = stack.s3.get_object(Bucket=stack.outputs["AnswerBucketName"], Key=told["picked"])
    [chosen] = json.loads(found["Body"].read())
    assert (chosen["Key"], chosen["Size"]) == ("calls/a.mp3", 960_000)
    assert isinstance(chosen["LastModified"], int)


def test_another_bucket_is_refused(stack: SmallStack, run: Run) -> None:
    """The functions may not read it; the sentence names both ways out."""
    result = run("backfill", "s3://their-recordings/calls/", "--yes")
    assert (result.exit_code, stack.backfills()) == (1, [])
    assert "existingBucket=their-recordings" in result.stderr
    copy = f"aws s3 cp --recursive s3://their-recordings/calls/ s3://{stack.bucket}/calls/"
    assert copy in result.stderr
    assert "paid for" in result.stderr


@pytest.mark.usefixtures("files")
def test_one_runs_at_a_time(stack: SmallStack, run: Run) -> None:
    """A dry run disturbs nothing."""
    assert run("backfill", "calls/", "--yes").exit_code == 0
    again = run("backfill", "calls/a", "--yes")
    assert (again.exit_code, len(stack.backfills())) == (1, 1)
    assert "--stop" in again.stderr
    assert run("backfill", "calls/a", "--dry-run").exit_code == 0


@pytest.fixture
def nothing_new(stack: SmallStack) -> None:
    """A folder of which every file is known, and one of which none is wanted."""
    known = stack.s3.put_object(Bucket=stack.bucket, Key="known/a.mp3", Body=b"1")["VersionId"]
    stack.plant("known/a.mp3", job_id=job_id_of(stack.bucket, "known/a.mp3", known))
    stack.s3.put_object(Bucket=stack.bucket, Key="notes/a.txt", Body=b"1")


@pytest.mark.usefixtures("nothing_new")
@pytest.mark.parametrize(("prefix", "why"), [("known/", "nothing new"), ("notes/", "is wanted")])
def test_where_nothing_is_new_nothing_begins(
    stack: SmallStack, run: Run, prefix: str, why: str
) -> None:
    """Which is no failure."""
    result = run("backfill", prefix)
    assert (result.exit_code, stack.backfills(), why in result.stderr) == (0, [], True)


@pytest.mark.usefixtures("nothing_new")
def test_machines_are_told_that_nothing_is_new(stack: SmallStack, run: Run) -> None:
    """In a document of the shape that a run has; it is over before it began."""
    nothing = json.loads(run("backfill", "known/", "--limit", "1", "--yes", "--json").stdout)
    begun = json.loads(run("backfill", f"s3://{stack.bucket}", "--yes", "--json").stdout)
    assert nothing.keys() == begun.keys()
    assert (nothing["status"], nothing["name"], nothing["is_over"]) == ("NOTHING_NEW", None, True)


@pytest.mark.parametrize("more", [(), ("--dry-run",), ("--limit", "1"), ("--yes",), ("--json",)])
def test_a_slip_in_a_prefix_is_told(stack: SmallStack, run: Run, more: tuple[str, ...]) -> None:
    """As other commands do of what is not there; nothing begins."""
    result = run("backfill", "cals/", *more)
    assert (result.exit_code, result.stdout, stack.backfills()) == (1, "", [])
    assert "There is no file in cals/" in result.stderr


@pytest.mark.usefixtures("files")
def test_the_status_tells_how_far_it_is(stack: SmallStack, run: Run) -> None:
    """By the queue and the rows, and by Step Functions once it has begun to list."""
    assert run("backfill", "--status").exit_code == 1
    run("backfill", "calls/", "--yes")
    stack.send("BackfillQueueUrl", {"backfill": {}}, {"backfill": {}})
    line = {"lane": "backfill", "open": "open#backfill", "wait_reason": "slot"}
    stack.plant_open("calls/w.mp3", "WAITING", timedelta(), **line)
    stack.plant_open("calls/s.mp3", "SUBMITTED", timedelta(), lane="backfill")
    stack.plant_open("fresh.mp3", "SUBMITTED", timedelta())
    found = json.loads(run("backfill", "--status", "--json").stdout)
    assert (found["status"], found["is_over"]) == ("RUNNING", False)
    assert (found["queued"], found["waiting"], found["at_work"]) == (2, 1, 1)


@pytest.mark.usefixtures("files")
def test_a_stop_leaves_only_what_was_sent(stack: SmallStack, run: Run) -> None:
    """The execution ends, the queue is emptied, claims that only wait are taken back."""
    run("backfill", "calls/", "--yes")
    stack.send("BackfillQueueUrl", {"backfill": {}})
    line = {"lane": "backfill", "open": "open#backfill", "wait_reason": "slot"}
    waiting = stack.plant_open("calls/w.mp3", "WAITING", timedelta(), **line)
    sent = stack.plant_open("calls/s.mp3", "SUBMITTED", timedelta(), lane="backfill")
    fresh = stack.plant_open("fresh.mp3", "WAITING", timedelta(), wait_reason="outage")
    result = run("backfill", "--stop")
    assert (result.exit_code, "Stopped. 1 file taken back" in result.stderr) == (0, True)
    assert stack.left_in("BackfillQueueUrl") == 0
    assert (stack.row(waiting), bool(stack.row(sent)), bool(stack.row(fresh))) == ({}, True, True)
    assert json.loads(run("backfill", "--status", "--json").stdout)["status"] == "ABORTED"


@pytest.mark.usefixtures("files")
def test_there_may_be_nothing_to_stop(stack: SmallStack, run: Run) -> None:
    """Before the first backfill, and after the last."""
    result = run("backfill", "--stop")
    assert (result.exit_code, "Stopped" in result.stderr) == (1, False)
    run("backfill", "calls/", "--yes")
    assert "Stopped." in run("backfill", "--stop").stderr
    assert "Nothing of a backfill was left" in run("backfill", "--stop").stderr


@pytest.mark.usefixtures("files")
def test_waiting_ends_in_time(stack: SmallStack, run: Run) -> None:
    """It goes on, and the exit code says that it isn't over."""
    result = run("backfill", "calls/", "--yes", "--wait", "--timeout", "0.1")
    assert (result.exit_code, "it goes on" in result.stderr) == (3, True)


def test_an_inventory_is_looked_through(stack: SmallStack, run: Run) -> None:
    """Its keys are encoded, and what it names is counted as a listing's is."""
    key = inventory(stack)
    dry = json.loads(run("backfill", "--inventory", key, "--dry-run", "--json").stdout)
    assert (dry["files"], dry["left_out"], dry["seconds"]) == (1, 2, 60.0)
    assert run("backfill", "--inventory", key, "--yes").exit_code == 0
    [told] = stack.backfills()
    assert told["inventory"] == key


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"fileFormat": "ORC"}, "it is not CSV"),
        ({"sourceBucket": "another"}, "it is not of s3://"),
        ({"fileSchema": "Bucket, Key"}, "it lacks Size and LastModifiedDate"),
    ],
)
def test_an_inventory_that_is_of_no_use_is_refused(
    stack: SmallStack, run: Run, changes: dict[str, str], said: str
) -> None:
    """Before Step Functions would fail on it."""
    result = run("backfill", "--inventory", inventory(stack, **changes), "--yes")
    assert (result.exit_code, stack.backfills()) == (1, [])
    assert said in result.stderr


@pytest.mark.parametrize("key", ["elsewhere/manifest.json", "inventory/none/manifest.json"])
def test_an_inventory_lies_where_it_is_read(stack: SmallStack, run: Run, key: str) -> None:
    """Below one prefix of the answers bucket."""
    result = run("backfill", "--inventory", key, "--yes")
    assert (result.exit_code, stack.backfills()) == (1, [])
    assert "answers bucket" in result.stderr


@pytest.mark.parametrize(
    "args",
    [
        (),
        ("calls/", "--inventory", "inventory/manifest.json"),
        ("--inventory", "inventory/manifest.json", "--limit", "1"),
        ("calls/", "--status"),
        ("--status", "--stop"),
        ("calls/", "--limit", "0"),
    ],
)
def test_what_cannot_be_meant_is_wrong_usage(run: Run, args: tuple[str, ...]) -> None:
    """Before anything is looked up."""
    assert run("backfill", *args).exit_code == 2


def test_letters_of_a_backfill_go_back_to_its_queue(stack: SmallStack, run: Run) -> None:
    """Not to that of the uploads, which go first."""
    body = {"bucket": stack.bucket, "key": "a.mp3", "etag": "e", "size": 5, "modified": 0}
    stack.send("DeadLetterQueueUrl", {"backfill": body})
    assert run("redrive").exit_code == 0
    assert (stack.left_in("BackfillQueueUrl"), stack.left_in("UploadQueueUrl")) == (1, 0)
