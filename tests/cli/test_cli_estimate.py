"""`dropscribe estimate`, of local files and of what lies in a bucket."""

import json
import socket
import wave
from pathlib import Path

import pytest
from transcription.sending import LARGEST, Way

from dropscribe import lengths
from tests.cli.conftest import Run
from tests.cli.small_stack import SmallStack

TERMS = ("--price", "0.006", "--in-flight", "5")


def a_wav(path: Path, seconds: int) -> Path:
    """A silent recording."""
    path.parent.mkdir(exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(bytes(32_000 * seconds))
    return path


def test_local_files_need_no_stack(run: Run, tmp_path: Path) -> None:
    """Their headers tell how long they are; folders are walked."""
    a_wav(tmp_path / "talks" / "a.wav", 60)
    a_wav(tmp_path / "b.wav", 30)
    result = run("estimate", "talks", "b.wav", *TERMS, "--json")
    found = json.loads(result.stdout)
    assert (found["files"], found["seconds"], found["guessed"]) == (2, 90, 0)
    assert (found["speech_dollars"], result.stderr) == (0.009, "")


def test_without_tinytag_sizes_tell(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command line works without it, and says what it did instead."""
    monkeypatch.setattr(lengths, "find_spec", lambda _: None)
    a_wav(tmp_path / "a.wav", 60)
    result = run("estimate", "a.wav", *TERMS, "--json")
    assert json.loads(result.stdout)["guessed"] == 1
    assert run("estimate", "a.wav", *TERMS).stderr.count("tinytag") == 1


def test_a_prefix_of_the_uploads_bucket(stack: SmallStack, run: Run) -> None:
    """Or of any bucket; lengths are guessed from sizes, which is said."""
    stack.s3.put_object(Bucket=stack.bucket, Key="calls/", Body=b"")
    for key in ("calls/a.mp3", "calls/b.mp3", "other.mp3"):
        stack.s3.put_object(Bucket=stack.bucket, Key=key, Body=bytes(16_000))
    for place in ("calls/", f"s3://{stack.bucket}/calls/"):
        result = run("estimate", place, *TERMS)
        assert result.stdout.splitlines()[0] == "FILES\t2"
        assert "guessed from their sizes" in result.stderr


def test_the_stack_settles_price_and_limit(stack: SmallStack, run: Run) -> None:
    """How long a second takes at five at a time; what no setting tells is unknown, and said so."""
    stack.s3.put_object(Bucket=stack.bucket, Key="a.mp3", Body=bytes(16_000))
    told = dict(line.split("\t") for line in run("estimate", "a.mp3").stdout.splitlines())
    assert (told["SPEECH API"], told["LASTS"]) == ("", "3.025")
    assert "--price" in run("estimate", "a.mp3").stderr


def test_nothing_there_is_told(stack: SmallStack, run: Run) -> None:
    """A slip in a prefix is not free of charge."""
    result = run("estimate", "cals/", *TERMS)
    assert (result.exit_code, "There is no file cals/" in result.stderr) == (1, True)


@pytest.mark.parametrize("bad", ["cals/", "s3://no-such-bucket/calls/", "closed", "door.wav"])
def test_a_bad_place_among_good_ones_is_told(
    stack: SmallStack, run: Run, tmp_path: Path, bad: str
) -> None:
    """The others are added up; one that is missing, empty or can't be read fails the whole."""
    a_wav(tmp_path / "a.wav", 60)
    (tmp_path / "closed").mkdir()
    # Nobody can open the file that a socket leaves, whatever rights they have.
    with socket.socket(socket.AF_UNIX) as door:
        door.bind("door.wav")
    result = run("estimate", "a.wav", bad, *TERMS, "--json")
    found = json.loads(result.stdout)
    assert (result.exit_code, found["files"], found["seconds"]) == (1, 1, 60)
    [failed] = found["failed"]
    assert (failed["place"], result.stderr) == (bad, f"Error: {failed['reason']}\n")


def test_what_would_be_rejected_costs_nothing(run: Run, tmp_path: Path) -> None:
    """Local files are looked at as the stack does, and how many are left out is said, and why."""
    a_wav(tmp_path / "talks" / "a.wav", 60)
    (tmp_path / "talks" / "empty.mp3").touch()
    for name in ("notes.txt", "more.txt", "page.mp3"):
        (tmp_path / "talks" / name).write_text("These are words. " * 100)
    with (tmp_path / "talks" / "huge.mp3").open("wb") as huge:
        huge.write(b"ID3\x04")
        huge.truncate(LARGEST[Way.URL] + 1)
    found = json.loads(run("estimate", "talks", *TERMS, "--json").stdout)
    assert (found["files"], found["seconds"], found["left_out"]) == (1, 60, 5)
    assert found["left_out_because"] == {
        "The object is empty": 1,
        "The recording is too large to be sent": 1,
        "The object is text, not a recording": 3,
    }
    told = run("estimate", "talks", *TERMS)
    assert (told.exit_code, told.stdout.splitlines()[-1]) == (0, "LEFT OUT\t5")
    assert "3 files. The object is text, not a recording." in told.stderr


def test_where_all_would_be_rejected_it_is_free(stack: SmallStack, run: Run) -> None:
    """Of what lies in a bucket only the size tells, for nothing is read there."""
    stack.s3.put_object(Bucket=stack.bucket, Key="calls/empty.mp3", Body=b"")
    alone = json.loads(run("estimate", "calls/", *TERMS, "--json").stdout)
    assert (alone["files"], alone["speech_dollars"], alone["left_out"]) == (0, 0.0, 1)
    stack.s3.put_object(Bucket=stack.bucket, Key="calls/notes.txt", Body=b"words")
    assert json.loads(run("estimate", "calls/", *TERMS, "--json").stdout)["files"] == 1


def test_an_empty_folder(run: Run, tmp_path: Path) -> None:
    """Is named, too."""
    (tmp_path / "talks").mkdir()
    result = run("estimate", "talks", *TERMS)
    assert (result.exit_code, result.stderr) == (1, "Error: talks: There is no file in there.\n")


def test_a_bucket_that_is_not_there(stack: SmallStack, run: Run) -> None:
    """Which says nothing of the stack."""
    result = run("estimate", "s3://no-such-bucket/calls/", *TERMS)
    assert (result.exit_code, result.stderr) == (1, "Error: There is no bucket no-such-bucket.\n")
