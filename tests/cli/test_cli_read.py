"""`dropscribe ls`, `get` and `show` against real rows and objects."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from transcription.job import iso

from tests.cli.conftest import Run
from tests.cli.small_stack import SmallStack

TRANSCRIPT = "Größe: “x”\r\n\tno newline at the end".encode()


def test_jobs_are_listed_newest_first(stack: SmallStack, run: Run) -> None:
    """All statuses of all days since a week ago, the newest on top."""
    for days, status in ((1, "FAILED"), (0, "COMPLETED"), (9, "COMPLETED"), (2, "WAITING")):
        stack.plant(f"{days}.wav", status, days_ago=days)
    listed = run("ls").stdout.splitlines()
    assert [line.split("\t")[:2] for line in listed] == [
        ["COMPLETED", "0.wav"],
        ["FAILED", "1.wav"],
        ["WAITING", "2.wav"],
    ]


def test_a_list_is_narrowed(stack: SmallStack, run: Run) -> None:
    """--status, --prefix and --since each leave out what they should."""
    stack.plant("calls/a.wav", "FAILED", reason="upstream gave up")
    stack.plant("calls/b.wav", "COMPLETED")
    stack.plant("talks/c.wav", "FAILED")
    stack.plant("calls/d.wav", "FAILED", days_ago=1)
    result = run("ls", "--status", "failed", "--prefix", "calls/", "--since", "2h", "--json")
    [job] = json.loads(result.stdout)["jobs"]
    assert (job["key"], job["reason"]) == ("calls/a.wav", "upstream gave up")


def test_a_list_may_end_before_now(stack: SmallStack, run: Run) -> None:
    """--until leaves out what was uploaded later, and must not lie before --since."""
    for days in range(4):
        stack.plant(f"{days}.wav", days_ago=days)
    listed = run("ls", "--since", "60h", "--until", "12h").stdout.splitlines()
    assert [line.split("\t")[1] for line in listed] == ["1.wav", "2.wav"]
    assert run("ls", "--since", "1d", "--until", "2d").exit_code == 2


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_a_list_of_the_future_is_empty_for_a_reason(
    stack: SmallStack, run: Run, more: tuple[str, ...]
) -> None:
    """It says so, not to look further back; a program still has its document."""
    stack.plant("a.wav")
    result = run("ls", "--since", "2999-01-01", *more)
    assert (result.exit_code, "a.wav" in result.stdout) == (0, False)
    assert "--since 2999-01-01 00:00 lies in the future" in result.stderr
    assert "further back" not in result.stderr
    assert json.loads(result.stdout or "{}") == ({"jobs": [], "more": False} if more else {})


def test_no_list_has_an_erased_job(stack: SmallStack, run: Run) -> None:
    """It has no day to be listed under: its id finds it, and beside it others are listed."""
    job_id = "0" * 32
    stack.plant_item({"job_id": job_id, "key": "", "status": "ERASED", "bucket": stack.bucket})
    alone = run("ls", "--status", "ERASED")
    assert (alone.exit_code, alone.stdout) == (0, "")
    assert "dropscribe show JOB_ID" in alone.stderr
    assert "further back" not in alone.stderr
    beside = run("ls", "--status", "ERASED", "--status", "FAILED", "--json")
    assert json.loads(beside.stdout) == {"jobs": [], "more": False}
    assert "dropscribe show JOB_ID" in beside.stderr
    assert "further back" in run("ls", "--status", "ERASED", "--status", "FAILED").stderr


@pytest.mark.parametrize(
    ("asked", "listed"),
    [("pt", ["br.wav", "pt.wav"]), ("PT_br", ["br.wav"]), ("es", [])],
)
def test_a_language_includes_its_dialects(
    stack: SmallStack, run: Run, asked: str, listed: list[str]
) -> None:
    """pt is pt-BR, too, however it is written; what has no language yet has none."""
    stack.plant("pt.wav", language="pt")
    stack.plant("br.wav", language="pt-BR")
    stack.plant("ptx.wav", language="ptx")
    stack.plant("open.wav", "SUBMITTED")
    found = json.loads(run("ls", "--language", asked, "--json").stdout)["jobs"]
    assert sorted(job["key"] for job in found) == listed


def test_a_limit_is_told(stack: SmallStack, run: Run) -> None:
    """--limit keeps the newest, and stderr says that there are more."""
    for number in range(5):
        stack.plant(f"{number}.wav", days_ago=number)
    result = run("ls", "--limit", "2")
    assert [line.split("\t")[1] for line in result.stdout.splitlines()] == ["0.wav", "1.wav"]
    assert "raise --limit" in result.stderr


def test_jobs_that_wait_for_a_key_say_so(stack: SmallStack, run: Run) -> None:
    """What only a person can do is told beside the list."""
    stack.plant("a.wav", "WAITING", wait_reason="key")
    assert "dropscribe key set" in run("ls").stderr


def test_helper_items_are_not_jobs(stack: SmallStack, run: Run) -> None:
    """An item without `key` shares the table, but is in no list and cannot be shown."""
    now = datetime.now(UTC)
    indexed = {"status_day": f"FAILED#{now:%Y-%m-%d}", "uploaded_at": iso(now)}
    stack.plant_item({"job_id": "0" * 32} | indexed)
    assert run("ls").stdout == ""
    assert run("show", "0" * 32).exit_code == 1


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("[red]x[/red].wav", "[red]x[/red].wav"),
        (":smile:.wav", ":smile:.wav"),
        ("a\x1b[2Jb\tc\nd.wav", r"a\x1b[2Jb\tc\nd.wav"),
        ("\u202egpj.wav", r"\u202egpj.wav"),
        ("Gruß 👩‍👩‍👧.wav", "Gruß 👩‍👩‍👧.wav"),
    ],
)
def test_any_key_prints_safely(stack: SmallStack, run: Run, key: str, shown: str) -> None:
    """Markup shows as it is, control characters and text turners are escaped."""
    stack.plant(key)
    assert run("ls").stdout.split("\t")[1] == shown
    assert json.loads(run("show", key, "--json").stdout)["key"] == key


def test_get_prints_the_bytes_untouched(stack: SmallStack, run: Run) -> None:
    """A transcript reaches stdout byte for byte."""
    stack.publish("talk.wav", {"txt": TRANSCRIPT})
    result = run("get", "talk.wav")
    assert (result.exit_code, result.stdout_bytes, result.stderr) == (0, TRANSCRIPT, "")


def test_get_takes_the_newest_job_of_a_key(stack: SmallStack, run: Run) -> None:
    """A key means its newest job, a job id an older one, s3://bucket/key the key."""
    old = stack.publish("talk.wav", {"md": b"old"}, days_ago=1)
    stack.publish("talk.wav", {"txt": b"new"})
    assert run("get", "talk.wav").stdout == "new"
    assert run("get", old, "--format", "md").stdout == "old"
    assert run("get", f"s3://{stack.bucket}/talk.wav").stdout == "new"


def test_an_earlier_transcript_of_a_key_is_named(stack: SmallStack, run: Run) -> None:
    """A new upload that was rejected leaves it standing: it can still be had by its job."""
    old = stack.publish("talk.wav", {"txt": b"old"}, days_ago=1)
    first = stack.plant("talk.wav", "REJECTED", days_ago=2, reason="no such model")
    stack.plant("talk.wav", "REJECTED", reason="no such model")
    result = run("get", "talk.wav")
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"Of an earlier upload there is: dropscribe get {old} --format txt" in result.stderr
    assert run("get", old).stdout == "old"
    assert "earlier upload" not in run("get", first).stderr
    assert "earlier upload" not in run("get", "talk.wav", "--format", "srt").stderr


def test_get_writes_a_file(stack: SmallStack, run: Run, tmp_path: Path) -> None:
    """--output writes the whole file and nothing to stdout."""
    stack.publish("talk.wav", {"srt": TRANSCRIPT})
    result = run("get", "talk.wav", "--format", "srt", "--output", "talk.srt")
    assert (result.exit_code, result.stdout) == (0, "")
    assert (tmp_path / "talk.srt").read_bytes() == TRANSCRIPT
    assert [path.name for path in tmp_path.iterdir()] == ["talk.srt"]


def test_get_into_a_folder_that_is_not_there(stack: SmallStack, run: Run) -> None:
    """It is refused by the folder's name, before anything is written."""
    stack.publish("talk.wav", {"txt": b"a"})
    result = run("get", "talk.wav", "--output", "nowhere/talk.txt")
    assert (result.exit_code, "There is no folder nowhere" in result.stderr) == (2, True)


def test_get_into_a_folder_itself(stack: SmallStack, run: Run) -> None:
    """Which is no file; one in it is meant."""
    stack.publish("talk.wav", {"txt": TRANSCRIPT})
    result = run("get", "talk.wav", "--output", ".")
    assert (result.exit_code, "name a file in it" in result.stderr) == (2, True)


def test_get_as_json_is_one_document(stack: SmallStack, run: Run) -> None:
    """--json wraps the text, with its job and where it lies."""
    job_id = stack.publish("talk.wav", {"txt": b"Hello"})
    document = json.loads(run("--json", "get", "talk.wav").stdout)
    assert (document["job_id"], document["text"]) == (job_id, "Hello")


def test_a_missing_rendition_says_why(stack: SmallStack, run: Run) -> None:
    """Captions that could not be made are explained, and what there is is named."""
    stack.publish("talk.wav", {"txt": b"a", "json": b"{}"})
    result = run("get", "talk.wav", "--format", "srt")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "no timings" in result.stderr
    assert "There is: txt, json." in result.stderr


@pytest.mark.parametrize(
    ("status", "why", "code"),
    [("WAITING", {"wait_reason": "key"}, 3), ("FAILED", {"reason": "bad audio"}, 1)],
)
def test_an_unfinished_job_has_no_transcript(
    stack: SmallStack, run: Run, status: str, why: dict[str, str], code: int
) -> None:
    """Status and reason are told; open jobs exit 3, failed ones 1."""
    stack.plant("talk.wav", status, **why)
    result = run("get", "talk.wav")
    assert (result.exit_code, result.stdout) == (code, "")
    assert f"is {status} ({next(iter(why.values()))})" in result.stderr


@pytest.mark.parametrize(
    ("status", "advice"),
    [("FAILED", "retry"), ("EXPIRED", "retry"), ("REJECTED", "show"), ("ERASED", "show")],
)
def test_what_was_rejected_is_to_be_mended_first(
    stack: SmallStack, run: Run, status: str, advice: str
) -> None:
    """To try again would end as it did."""
    stack.plant("talk.wav", status, reason="The object is empty")
    assert f"See: dropscribe {advice} " in run("get", "talk.wav").stderr


def test_the_raw_answer_is_there_even_of_a_failed_job(stack: SmallStack, run: Run) -> None:
    """`--format raw` gives the saved answer, whatever became of the job afterwards."""
    stack.s3.put_object(Bucket=stack.outputs["AnswerBucketName"], Key="j/1.json", Body=b'{"a": 1}')
    stack.plant("talk.wav", "FAILED", answer="j/1.json")
    assert run("get", "talk.wav", "--format", "raw").stdout == '{"a": 1}'


def test_a_transcript_that_was_deleted(stack: SmallStack, run: Run) -> None:
    """An object that is gone is told as such."""
    stack.plant("talk.wav", outputs={"txt": "talk.wav.txt"})
    result = run("get", "talk.wav")
    assert (result.exit_code, "deleted it" in result.stderr) == (1, True)


@pytest.mark.parametrize("command", ["get", "show", "retry"])
@pytest.mark.parametrize("name", ["nothing.wav", "0" * 32, "s3://elsewhere/a.wav"])
def test_nothing_is_known_of_it(stack: SmallStack, run: Run, command: str, name: str) -> None:
    """A key or job without a row exits 1 with a sentence."""
    result = run(command, name)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Nothing is known" in result.stderr


def test_show_puts_what_matters_first(stack: SmallStack, run: Run) -> None:
    """The row is readable, a map takes a line for each of its entries."""
    job_id = stack.plant("talk.wav", options={"language": "pt"}, audio_seconds=7)
    lines = run("show", job_id).stdout.splitlines()
    assert lines[0] == "key\ttalk.wav"
    assert "options.language\tpt" in lines
    assert "audio_seconds\t7" in lines
