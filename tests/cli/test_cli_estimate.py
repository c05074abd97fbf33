"""`dropscribe estimate`, of local files and of what lies in a bucket."""

import json
import wave
from pathlib import Path

import pytest

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


def test_an_empty_folder(run: Run, tmp_path: Path) -> None:
    """Is named, too."""
    (tmp_path / "talks").mkdir()
    result = run("estimate", "talks", *TERMS)
    assert (result.exit_code, result.stderr) == (1, "Error: talks: There is no file in there.\n")


def test_a_bucket_that_is_not_there(stack: SmallStack, run: Run) -> None:
    """Which says nothing of the stack."""
    result = run("estimate", "s3://no-such-bucket/calls/", *TERMS)
    assert (result.exit_code, result.stderr) == (1, "Error: There is no bucket no-such-bucket.\n")
