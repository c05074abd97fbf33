"""`dropscribe put` against a real bucket."""

import json
from email.header import decode_header, make_header
from pathlib import Path

import pytest

from dropscribe.jobs import job_id_of
from tests.cli.conftest import Run
from tests.cli.small_stack import SmallStack


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """A file that is named like a recording."""
    path = tmp_path / "talk.m4a"
    path.write_bytes(b"sound" * 1000)
    return path


def test_a_recording_is_uploaded_under_prefix_and_name(
    stack: SmallStack, run: Run, recording: Path
) -> None:
    """The key is prefix and name, the content type comes from the name, the job id is printed."""
    result = run("put", str(recording), "--prefix", "calls/2026")
    head = stack.s3.head_object(Bucket=stack.bucket, Key="calls/2026/talk.m4a")
    job_id = job_id_of(stack.bucket, "calls/2026/talk.m4a", head["VersionId"])
    assert (result.exit_code, result.stdout) == (0, f"{job_id}\tcalls/2026/talk.m4a\n")
    assert head["ContentType"] == "audio/mp4"


def test_options_travel_as_metadata(stack: SmallStack, run: Run, recording: Path) -> None:
    """Options are metadata, and what is not ASCII survives the wire."""
    run("put", str(recording), "-o", "smart_format=true", "-o", "keywords=Jürgen,Zoë")
    metadata = stack.s3.head_object(Bucket=stack.bucket, Key="talk.m4a")["Metadata"]
    assert metadata["stt-smart-format"] == "true"
    assert str(make_header(decode_header(metadata["stt-keywords"]))) == "Jürgen,Zoë"


def test_waiting_ends_when_the_job_is_completed(
    stack: SmallStack, run: Run, recording: Path
) -> None:
    """--wait prints the terminal status and exits 0."""
    with stack.pipeline("COMPLETED", audio_seconds=7):
        result = run("put", str(recording), "--wait", "--timeout", "60")
    assert (result.exit_code, result.stdout) == (0, "COMPLETED\ttalk.m4a\t7\t\n")


def test_waiting_for_a_job_that_is_rejected_exits_1(
    stack: SmallStack, run: Run, recording: Path
) -> None:
    """A job that ends otherwise gives its reason and exit code 1."""
    with stack.pipeline("REJECTED", reason="not audio"):
        result = run("put", str(recording), "--wait", "--timeout", "60")
    assert (result.exit_code, result.stdout) == (1, "REJECTED\ttalk.m4a\t\tnot audio\n")


def test_waiting_gives_up_after_the_timeout(stack: SmallStack, run: Run, recording: Path) -> None:
    """A job that does not end in time exits 3 and goes on."""
    result = run("put", str(recording), "--wait", "--timeout", "0.2")
    assert result.exit_code == 3
    assert result.stdout == "uploaded\ttalk.m4a\t\t\n"
    assert "they go on" in result.stderr


def test_without_versions_the_job_is_found_by_its_object(
    stack: SmallStack, run: Run, recording: Path
) -> None:
    """Where no version id comes back, the newest job of the object with its entity tag counts."""
    stack.s3.put_bucket_versioning(
        Bucket=stack.bucket, VersioningConfiguration={"Status": "Suspended"}
    )
    stack.plant("talk.m4a", "FAILED", etag="of another upload", days_ago=1)
    with stack.pipeline("COMPLETED"):
        result = run("put", str(recording), "--wait", "--timeout", "60", "--json")
    [job] = json.loads(result.stdout)["jobs"]
    assert (result.exit_code, job["status"]) == (0, "COMPLETED")


def test_many_files_give_one_document(stack: SmallStack, run: Run, tmp_path: Path) -> None:
    """--json prints one document with a job for each file, in the order given."""
    names = [f"{number}.wav" for number in range(12)]
    for name in names:
        (tmp_path / name).write_bytes(name.encode())
    result = run("put", *names, "--json")
    document = json.loads(result.stdout)
    assert [job["key"] for job in document["jobs"]] == names
    assert len({job["job_id"] for job in document["jobs"]}) == 12


def test_a_large_file_goes_up_in_parts(stack: SmallStack, run: Run, tmp_path: Path) -> None:
    """The version, and so the job id, is known of a multipart upload too."""
    (tmp_path / "long.wav").write_bytes(bytes(9 << 20))
    result = run("put", "long.wav")
    head = stack.s3.head_object(Bucket=stack.bucket, Key="long.wav")
    assert head["ETag"].endswith('-2"')
    assert result.stdout.startswith(job_id_of(stack.bucket, "long.wav", head["VersionId"]))


def test_a_directory_needs_recursive(stack: SmallStack, run: Run, tmp_path: Path) -> None:
    """A directory is refused in a sentence; with --recursive its files go up, hidden ones not."""
    (tmp_path / "meetings" / "may").mkdir(parents=True)
    (tmp_path / "meetings" / "may" / "a.wav").write_bytes(b"a")
    (tmp_path / "meetings" / ".DS_Store").write_bytes(b"b")
    refused = run("put", "meetings")
    assert (refused.exit_code, "add --recursive" in refused.stderr) == (2, True)
    uploaded = run("put", "--recursive", "meetings", "--json")
    assert [job["key"] for job in json.loads(uploaded.stdout)["jobs"]] == ["meetings/may/a.wav"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["-o", "language"], "write parameter=value"),
        (["-o", "tag=a", "-o", "tag=b"], "given twice"),
        (["-o", f"tag={','.join(['x' * 99] * 30)}"], "S3 takes 2048"),
        (["-o", "language=portuguese"], "takes a BCP-47 language tag"),
        (["-o", "diarise=true"], "did you mean diarize?"),
        (["-o", "url=https://example.org"], "leave it out"),
        (["--key", "a", "--prefix", "b"], "leave --prefix out"),
        (["--key", "k" * 1025], "1 to 1024 bytes"),
    ],
)
def test_wrong_usage_is_told_before_anything_is_sent(
    run: Run, recording: Path, arguments: list[str], sentence: str
) -> None:
    """What cannot work is told in a sentence, without asking the cloud."""
    result = run("put", str(recording), *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.stderr


def test_a_bucket_that_is_gone(stack: SmallStack, run: Run, recording: Path) -> None:
    """What could not be sent is in the document, why is a sentence, and the exit code is 4."""
    stack.s3.delete_bucket(Bucket=stack.bucket)
    result = run("put", str(recording), "--json")
    assert result.exit_code == 4
    assert json.loads(result.stdout)["failed"][0]["file"] == str(recording)
    assert "deploy it again" in result.stderr
