"""`dropscribe render` against real rows, answers and a function that does as Publish does."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from transcription.job import iso

from dropscribe.exits import ExitCode
from dropscribe.jobs import Job
from dropscribe.published import NewestOfEachKey
from dropscribe.render import exit_code
from dropscribe.renders import Outcome, outcome_of
from tests.cli.conftest import Run
from tests.cli.small_stack import SmallStack

NOON = "2026-11-22T12:00:00.000Z"


def answered(stack: SmallStack, key: str, **more: Any) -> str:
    """Plant a completed job whose raw answer is there; returns its id."""
    answer = f"{key}.answer"
    stack.s3.put_object(Bucket=stack.outputs["AnswerBucketName"], Key=answer, Body=b"{}")
    return stack.publish(key, {"txt": b"Hello"}, answer=answer, **more)


def row(stack: SmallStack, run: Run, job_id: str) -> Any:
    return json.loads(run("show", job_id, "--json").stdout)


def test_a_key_is_made_again_with_other_names(stack: SmallStack, run: Run) -> None:
    """Publish is told the job and the names, its row is followed, and stdout says how it ended."""
    job_id = answered(stack, "a.wav")
    result = run("render", "a.wav", "--speakers", "Agent, Customer")
    assert (result.exit_code, result.stdout) == (0, f"made\ta.wav\t{job_id}\n")
    assert row(stack, run, job_id)["asked"] == {
        "job_id": job_id,
        "attempt": 1,
        "render": True,
        "speakers": ["Agent", "Customer"],
    }


def test_a_prefix_means_the_newest_completed_version_of_each_key(
    stack: SmallStack, run: Run
) -> None:
    """Neither other keys, nor older versions, nor what is not completed; names stay."""
    old, new = answered(stack, "calls/a.wav", days_ago=1), answered(stack, "calls/a.wav")
    other = answered(stack, "calls/b.wav", days_ago=2)
    answered(stack, "talks/c.wav")
    stack.plant("calls/a.wav", "SUBMITTED")
    result = run("render", "--prefix", "calls/", "--since", "1w", "--json")
    made = {job["job_id"]: job["outcome"] for job in json.loads(result.stdout)["jobs"]}
    assert made == {new: "made", other: "made"}
    assert "Left out: 1 older version" in result.stderr
    assert "speakers" not in row(stack, run, new)["asked"]
    assert "rendered_at" not in row(stack, run, old)


OWN, GIVEN = None, ["A"]


@pytest.mark.parametrize(
    ("args", "named"),
    [
        (["--all"], {"with.wav": OWN, "tag.wav": OWN, "rule.wav": GIVEN, "without.wav": GIVEN}),
        (["--all", "--replace"], {"with.wav": GIVEN, "tag.wav": GIVEN, "without.wav": GIVEN}),
        (["with.wav"], {"with.wav": GIVEN}),
    ],
)
def test_names_of_the_upload_are_not_lost_unasked(
    stack: SmallStack, run: Run, args: list[str], named: dict[str, list[str] | None]
) -> None:
    """Nobody could bring them back; those of a rule, or of a render before, can be given again."""
    sources = {"with.wav": "metadata", "tag.wav": "tag", "rule.wav": "rule "}
    ids = {"without.wav": answered(stack, "without.wav")}
    for key, source in sources.items():
        own = {"speaker_names": ["Ann"], "option_sources": {"speakers": source}}
        ids[key] = answered(stack, key, **own)
    result = run("render", *args, "--speakers", "A")
    asked = {key: row(stack, run, ids[key])["asked"].get("speakers") for key in named}
    assert (result.exit_code, asked) == (0, named)
    assert ("which stay: 2 files." in result.stderr) == (OWN in named.values())


def test_all_begins_when_the_stack_was_made(stack: SmallStack, run: Run) -> None:
    """Unless --since goes further back, for a bucket that was there before."""
    before, after = answered(stack, "a.wav", days_ago=2), answered(stack, "b.wav")
    everything = json.loads(run("render", "--all", "--json").stdout)["jobs"]
    further = json.loads(run("render", "--all", "--since", "3d", "--json").stdout)["jobs"]
    assert {job["job_id"] for job in everything} == {after}
    assert {job["job_id"] for job in further} == {before, after}


def test_an_answer_that_is_gone_is_told_at_once(stack: SmallStack, run: Run) -> None:
    """Nothing can be made of it, so nobody waits for it; the others are made."""
    gone, there = stack.publish("a.wav", {"txt": b"a"}, answer="gone"), answered(stack, "b.wav")
    result = run("render", "a.wav", "b.wav")
    assert sorted(result.stdout.splitlines()) == [f"gone\ta.wav\t{gone}", f"made\tb.wav\t{there}"]
    assert (result.exit_code, "a.wav has no raw answer" in result.stderr) == (1, True)


def test_what_is_not_completed_stops_all(stack: SmallStack, run: Run) -> None:
    """One that can't be made again refuses the others, too, and says what to do instead."""
    done = answered(stack, "a.wav")
    failed = stack.plant("b.wav", "FAILED", stage="publish", answer="b")
    result = run("render", "a.wav", "b.wav")
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"dropscribe retry {failed}" in result.stderr
    assert "asked" not in row(stack, run, done)


@pytest.mark.parametrize(
    "args",
    [
        *([], ["a.wav", "--all"], ["--all", "--prefix", "a"], ["a.wav", "--since", "1d"]),
        ["--all", "--replace"],
    ],
)
def test_it_must_be_clear_what_is_meant(run: Run, args: list[str]) -> None:
    """Keys and jobs, or a prefix, or all."""
    assert run("render", *args).exit_code == ExitCode.WRONG_USAGE


def test_names_are_those_that_a_file_may_have(run: Run) -> None:
    """The same sentence as for the option of a file."""
    result = run("render", "--all", "--speakers", "A\u202eB")
    assert (result.exit_code, "turns the direction" in result.stderr) == (2, True)


def a_job(key: str = "a.wav", uploaded_at: str = NOON, **row: Any) -> Job:
    return Job(f"{key}{row}", "b", key, "COMPLETED", uploaded_at, row=row)


def test_versions_of_one_second_are_told_apart_by_their_sequencers() -> None:
    """As the shelf does it: the later one's renditions stand there."""
    newest = NewestOfEachKey()
    early, late = a_job(sequencer="00A"), a_job(sequencer="00A1")
    older = a_job(uploaded_at=iso(datetime(2026, 11, 21, tzinfo=UTC)))
    assert list(newest([early, late, a_job("b.wav"), older])) == [late, a_job("b.wav")]
    assert newest.left_out == 2


def test_a_render_is_over_when_the_row_says_so() -> None:
    """Another time in `rendered_at`; with outputs it is made, without a newer version is there."""
    before = a_job(rendered_at="1")
    made = Job("j", "b", "k", "COMPLETED", NOON, outputs={"txt": "k"}, row={"rendered_at": "2"})
    assert outcome_of(before, before) is None
    assert outcome_of(before, made) is Outcome.MADE
    assert outcome_of(before, a_job(rendered_at="2")) is Outcome.OLDER


@pytest.mark.parametrize(
    ("counts", "code"),
    [
        ({Outcome.MADE: 3, Outcome.OLDER: 1}, ExitCode.FINE),
        ({Outcome.MADE: 3, Outcome.LATE: 1}, ExitCode.NOT_READY),
        ({Outcome.GONE: 1, Outcome.LATE: 1}, ExitCode.JOB_FAILED),
    ],
)
def test_what_is_gone_weighs_more_than_what_is_late(
    counts: dict[Outcome, int], code: ExitCode
) -> None:
    """One exit code for all of them."""
    assert exit_code(counts) is code
