"""What stays of a job that was erased."""

from hypothesis import given
from transcription.erasing import tombstone, withdrawn
from transcription.job import Job, Status
from transcription.rows import to_job, to_row

from tests.unit.examples import NOON, a_job
from tests.unit.test_ledger import jobs

STAYS = {
    *("job_id", "bucket", "key", "status", "uploaded_at", "attempt", "revision"),
    *("completed_at", "announced_at"),
}
COUNTERS = {"ambiguous", "waits", "polls", "resumes"}


@given(jobs)
def test_a_tombstone_says_that_there_was_a_job_and_not_what(job: Job) -> None:
    """No name, no option, no word, and no index finds it."""
    row = to_row(tombstone(job, NOON))
    assert row.keys() - COUNTERS == STAYS
    assert (row["key"], row["status"]) == ("", "ERASED")
    assert not any(row[name] for name in COUNTERS)


def test_a_tombstone_is_read_as_a_job_that_is_over() -> None:
    """Duplicates and recovery find nothing to do, and nobody to tell."""
    job = to_job(to_row(tombstone(a_job(status=Status.SUBMITTED), NOON)))
    assert job.is_terminal
    assert (job.announced_at, job.due_at) == (NOON, None)


def test_while_it_is_erased_a_job_is_still_found_by_its_key() -> None:
    """Whoever was interrupted can finish; no index of open jobs has it."""
    row = to_row(withdrawn(a_job(), NOON))
    assert row["source"] == f"{a_job().bucket}/{a_job().key}"
    assert "open" not in row


def test_each_write_is_a_revision_of_its_own() -> None:
    """Whoever read the row before is overtaken."""
    job = a_job(revision=7)
    assert (withdrawn(job, NOON).revision, tombstone(job, NOON).revision) == (8, 8)
