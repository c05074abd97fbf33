"""The event that tells others: pointers, and none of the words."""

from typing import Any, cast

import pytest
from hypothesis import given
from transcription.announcer import Announcer, detail_type
from transcription.job import TERMINAL, Job, Status

from tests.unit.examples import NOON, a_job
from tests.unit.schema import faults, read
from tests.unit.test_ledger import jobs

ANNOUNCER = Announcer(
    ledger=cast("Any", None),
    events=cast("Any", None),
    bus="bus",
    transcripts_bucket="transcripts",
    answers_bucket="answers",
    now=lambda: NOON,
)
DONE = a_job(
    status=Status.COMPLETED,
    completed_at=NOON,
    audio_seconds=7.1,
    version_id="v",
    language="en",
    preview="It was the best of times",
    answer="0/1.json",
    outputs={"txt": "calls/2026/a.mp3.txt", "vtt": "calls/2026/a.mp3.vtt"},
)
STAGES = ("inspect", "create", "poll", "transcribe", "publish", "cancel")


@pytest.mark.parametrize("status", sorted(TERMINAL))
def test_there_are_two_kinds_of_event(status: Status) -> None:
    """Completed, or not."""
    kind = "Completed" if status is Status.COMPLETED else "Failed"
    assert detail_type(a_job(status=status)) == f"Transcription {kind}"


def test_a_completed_event_points_to_its_files() -> None:
    """Where the renditions and the raw answer lie."""
    detail = ANNOUNCER.detail(DONE)
    assert detail["transcripts"] == {"bucket": "transcripts", "keys": DONE.outputs}
    assert detail["answer"] == {"bucket": "answers", "key": "0/1.json"}
    assert faults("event-1", detail) == []


@pytest.mark.parametrize("stage", [None, *STAGES])
@pytest.mark.parametrize("status", sorted(TERMINAL - {Status.COMPLETED}))
def test_a_failed_event_says_why(status: Status, stage: str | None) -> None:
    """Every end at every stage is what the schema says."""
    ended = a_job(status=status, stage=stage, reason="no", completed_at=NOON, model=None)
    detail = ANNOUNCER.detail(ended)
    assert (detail["status"], detail["reason"]) == (status, "no")
    assert faults("event-1", detail) == []


@given(jobs)
def test_every_ended_job_has_a_valid_event(job: Job) -> None:
    """Whatever the row holds."""
    facts = {name: getattr(job, name) for name in ("key", "version_id", "audio_seconds", "outputs")}
    ended = a_job(status=Status.FAILED, completed_at=NOON, attempt=job.attempt, **facts)
    assert faults("event-1", ANNOUNCER.detail(ended)) == []


def test_no_word_of_a_transcript_is_in_an_event() -> None:
    """Only pointers travel."""
    assert DONE.preview
    assert DONE.preview not in str(ANNOUNCER.detail(DONE))


def test_the_schema_knows_every_end() -> None:
    """A new terminal status is a change of the published contract."""
    assert set(read("event-1")["properties"]["status"]["enum"]) == TERMINAL


@pytest.mark.parametrize(
    "change",
    [{"version": "2"}, {"status": "SENDING"}, {"attempt": "1"}, {"text": "x"}, {"key": None}],
)
def test_the_schema_refuses_what_is_wrong(change: dict[str, Any]) -> None:
    """A schema that takes anything would prove nothing."""
    assert faults("event-1", ANNOUNCER.detail(DONE) | change) != []
