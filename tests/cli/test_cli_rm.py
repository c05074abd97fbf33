"""`dropscribe rm` against real buckets, rows and queues."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from transcription.job import Job, Status, iso

from dropscribe.exits import ExitCode
from dropscribe.jobs import job_id_of
from dropscribe.rm import still_at_work
from tests.cli.conftest import Run
from tests.cli.small_stack import SmallStack

KEY = "calls/a.wav"
# Where the inventory has stopped in the listing of the bucket.
PLACE = {"job_id": "#inventory", "prefix": "", "behind": KEY, "version": "v"}
TOMBSTONE = {
    *("job_id", "bucket", "key", "status", "uploaded_at", "attempt", "revision"),
    *("completed_at", "announced_at", "ambiguous", "waits", "polls", "resumes"),
}


def record(stack: SmallStack, key: str = KEY, status: str = "COMPLETED", **more: Any) -> str:
    """Upload a recording, and plant what its job has made of it; returns the job's id."""
    version = stack.s3.put_object(Bucket=stack.bucket, Key=key, Body=b"sound")["VersionId"]
    job_id = job_id_of(stack.bucket, key, version)
    answers, transcripts = (stack.outputs[f"{it}BucketName"] for it in ("Answer", "Transcript"))
    stack.s3.put_object(Bucket=answers, Key=f"{job_id}/1.json", Body=b"{}")
    metadata = {"job-id": job_id}
    for suffix in ("txt", "srt"):
        name = f"{key}.{suffix}"
        stack.s3.put_object(Bucket=transcripts, Key=name, Body=b"words", Metadata=metadata)
    return stack.plant(key, status, job_id=job_id, preview="words", **more)


def created(stack: SmallStack, key: str) -> dict[str, Any]:
    """What S3 says of an upload."""
    told = {"bucket": {"name": stack.bucket}, "object": {"key": key}}
    return {"eventTime": iso(datetime.now(UTC)), "s3": told}


def everything(stack: SmallStack) -> list[str]:
    """The keys of every version, and mark of deletion, in every bucket."""
    pages = [
        stack.s3.list_object_versions(Bucket=stack.outputs[f"{name}BucketName"])
        for name in ("Upload", "Answer", "Transcript")
    ]
    kinds = ("Versions", "DeleteMarkers")
    return [it["Key"] for page in pages for kind in kinds for it in page.get(kind, [])]  # type: ignore[attr-defined]


def test_nothing_is_left_but_tombstones(stack: SmallStack, run: Run) -> None:
    """Every version, answer and rendition goes, of each job a row stays without a name."""
    ids = [record(stack), record(stack)]
    stack.plant_item(PLACE)
    stack.s3.delete_object(Bucket=stack.bucket, Key=KEY)
    result = run("rm", KEY, "--yes", "--json")
    erased = {"jobs": 2, "recordings": 3, "answers": 2, "renditions": 2, "messages": 0}
    assert (result.exit_code, json.loads(result.stdout)["erased"]) == (0, erased)
    assert everything(stack) == []
    for job_id in ids:
        row = stack.row(job_id)
        assert (row["status"], row["key"], set(row)) == ("ERASED", "", TOMBSTONE)
    assert (run("ls").stdout, stack.row("#inventory")) == ("", {"job_id": "#inventory"})


def test_neighbours_are_spared(stack: SmallStack, run: Run) -> None:
    """Keys that begin alike, a rendition that another job has put there, the inventory's place."""
    record(stack)
    stack.plant_item(place := PLACE | {"behind": "other.wav"})
    other = record(stack, KEY + ".bak")
    transcripts, name = stack.outputs["TranscriptBucketName"], f"{KEY}.json"
    stack.s3.put_object(Bucket=transcripts, Key=name, Body=b"", Metadata={"job-id": other})
    run("rm", KEY, "--yes")
    left = [f"{KEY}.bak", f"{other}/1.json", f"{KEY}.bak.srt", f"{KEY}.bak.txt", f"{KEY}.json"]
    assert everything(stack) == left
    assert (stack.row(other)["status"], stack.row("#inventory")) == ("COMPLETED", place)


def test_messages_about_it_are_taken_out_of_both_queues(stack: SmallStack, run: Run) -> None:
    """An upload by its key, a request by its job; the others stay, and lose nothing."""
    job_id = record(stack)
    about, other = created(stack, KEY), created(stack, "other.wav")
    stack.send("UploadQueueUrl", {"Records": [about]}, {"Records": [other, about]})
    stack.send(
        "DeadLetterQueueUrl", {"retry": job_id, "revision": 0}, {"retry": "x", "revision": 0}
    )
    result = run("rm", KEY, "--yes", "--json")
    assert json.loads(result.stdout)["erased"]["messages"] == 3
    assert stack.messages() == [{"Records": [other]}]
    assert stack.left_in("DeadLetterQueueUrl") == 1


def test_a_job_under_way_is_fenced_and_stopped(stack: SmallStack, run: Run) -> None:
    """Its execution ends, and what a function writes to its row is refused."""
    job_id = record(stack, status="SUBMITTED", revision=4)
    execution = stack.executes(f"{job_id}-1")
    result = run("rm", KEY, "--yes", "--grace", "0.1")
    assert (result.exit_code, stack.ending(execution)) == (0, "ABORTED")
    assert "1 job under way: it may be billed all the same." in result.stderr
    assert (stack.row(job_id)["status"], everything(stack)) == ("ERASED", [])
    assert stack.row(job_id)["revision"] > 5


def test_a_version_that_nobody_has_claimed_never_will_be(stack: SmallStack, run: Run) -> None:
    """Its event is still on its way: a tombstone stands where its row would."""
    version = stack.s3.put_object(Bucket=stack.bucket, Key=KEY, Body=b"sound")["VersionId"]
    assert run("rm", KEY, "--yes").exit_code == 0
    assert stack.row(job_id_of(stack.bucket, KEY, version))["status"] == "ERASED"


def test_what_was_interrupted_is_finished(stack: SmallStack, run: Run) -> None:
    """The row had been withdrawn, the recording was gone already, the answer was not."""
    job_id = record(stack, status="ERASED", completed_at="2026-11-22T10:00:00.000Z")
    for version in stack.s3.list_object_versions(Bucket=stack.bucket)["Versions"]:
        stack.s3.delete_object(Bucket=stack.bucket, Key=KEY, VersionId=version["VersionId"])
    assert run("rm", KEY, "--yes", "--grace", "0").exit_code == 0
    assert (everything(stack), stack.row(job_id)["key"]) == ([], "")


def test_what_is_not_there_is_told(stack: SmallStack, run: Run) -> None:
    """A slip in the key must not look like an erasure; nor must a second one."""
    record(stack)
    assert run("rm", KEY, "--yes").exit_code == 0
    result = run("rm", KEY, "--yes")
    assert (result.exit_code, "There is nothing of" in result.stderr) == (1, True)


def test_nobody_is_asked_where_there_is_no_terminal(stack: SmallStack, run: Run) -> None:
    """It says what it would erase, and erases nothing."""
    record(stack)
    result = run("rm", KEY)
    assert result.exit_code == ExitCode.WRONG_USAGE
    assert "1 version, 1 job, 1 raw answer, 2 renditions" in result.stderr
    assert len(everything(stack)) == 4


def test_an_erased_job_is_known_by_its_id_alone(stack: SmallStack, run: Run) -> None:
    """It can be shown, and neither retried nor erased again."""
    job_id = record(stack)
    assert run("rm", job_id, "--yes").exit_code == 0
    assert json.loads(run("show", job_id, "--json").stdout)["status"] == "ERASED"
    for command in ("retry", "rm"):
        result = run(command, job_id)
        assert (result.exit_code, job_id in result.stderr) == (1, True)


def test_what_is_just_being_rendered_again_goes_too(stack: SmallStack, run: Run) -> None:
    """A render that has read the answer puts what it made after all else is deleted."""
    until = datetime.now(UTC) + timedelta(seconds=8)
    job_id = record(stack, rendering_until=iso(until))

    def render() -> None:
        for _ in range(300):
            if not everything(stack):
                break
            time.sleep(0.1)
        bucket = stack.outputs["TranscriptBucketName"]
        late: dict[str, Any] = {"Body": b"words", "Metadata": {"job-id": job_id}}
        stack.s3.put_object(Bucket=bucket, Key=f"{KEY}.txt", **late)

    with ThreadPoolExecutor() as pool:
        rendering = pool.submit(render)
        result = run("rm", KEY, "--yes", "--json")
        rendering.result()
    assert (result.exit_code, json.loads(result.stdout)["erased"]["renditions"]) == (0, 3)
    assert (everything(stack), stack.row(job_id)["key"]) == ([], "")


@pytest.mark.parametrize(
    ("status", "ended", "rendering", "seconds"),
    [
        (Status.SUBMITTED, None, None, 90),
        (Status.FAILED, -30, None, 60),
        (Status.ERASED, -100, None, 0),
        (Status.COMPLETED, -1, None, 0),
        (Status.COMPLETED, -1000, 40, 40),
        (Status.COMPLETED, -1000, -40, 0),
    ],
)
def test_what_may_still_be_written_is_waited_for(
    status: Status, ended: int | None, rendering: int | None, seconds: int
) -> None:
    """As long as a function lives that did not know of the end."""
    now = datetime.now(UTC)

    def at(moment: int | None) -> datetime | None:
        return None if moment is None else now + timedelta(seconds=moment)

    until = at(rendering)
    job = Job("0" * 32, "b", "k", status, now, completed_at=at(ended), rendering_until=until)
    assert max(0, still_at_work([job], 90)) == pytest.approx(seconds, abs=5)
