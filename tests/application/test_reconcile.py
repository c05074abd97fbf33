"""Reconcile closes what the happy path cannot see, and does no harm to what it can.

Nothing else closes these gaps: Dispatch, which runs before Reconcile here, leaves each of them as
it is. S3's events are taken for lost, because their delivery alone would mend some.
"""

import dataclasses
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from transcription.job import Job, Status
from transcription.reconciler import Report
from transcription.rows import to_job

from tests.application.conftest import new_bucket, new_table
from tests.application.gaps import GAPS, Planter, ending_machine, wait_for_ends
from tests.application.house import House, Places
from tests.scripted_api import RecordedRequest, Reply, ScriptedApi

if TYPE_CHECKING:
    import boto3

Items = dict[str, dict[str, Any]]
PLANTED, DISPATCHED, RECONCILED, AGAIN = range(4)


class Story(NamedTuple):
    """What became of the gaps: the table as planted and after each run, reports, creates."""

    house: House
    planted: dict[str, str]
    tables: list[Items]
    reports: list[Report]
    creates: tuple[RecordedRequest, ...]

    def row(self, name: str, run: int = RECONCILED) -> Job:
        return to_job(self.tables[run][self.planted[name]])


@pytest.fixture(scope="module")
def story(session: "boto3.Session", places: Places) -> Iterator[Story]:
    """All gaps planted in one house; then Dispatch, Reconcile, and Reconcile once more."""
    with ScriptedApi() as api:
        api.on_fetch(Reply.completed().but(lasting=True))
        machine, table = ending_machine(session, places.machine), new_table(session)
        own = dataclasses.replace(places, uploads=new_bucket(session), machine=machine.arn)
        house = House(session, own, table, api.base_url)
        planter, items = Planter(house), session.resource("dynamodb").Table(table)
        planted = {name: gap.plant(planter) for name, gap in GAPS.items()}
        wait_for_ends(house.desk.workflow)
        tables, reports = [_scanned(items)], []
        house.later(minutes=20)
        house.dispatch()
        tables.append(_scanned(items))
        for _ in range(2):
            reports.append(house.reconcile())
            tables.append(_scanned(items))
        yield Story(house, planted, tables, reports, api.creates)


def test_nothing_else_closes_a_gap(story: Story) -> None:
    """Dispatch looks after what waits: without Reconcile all this would stay as it is."""
    assert story.tables[DISPATCHED] == story.tables[PLANTED]


def test_the_documentation_has_each_gap() -> None:
    """The table in docs/recovery.md names what is planted here, in this order."""
    page = (Path(__file__).parents[2] / "docs" / "recovery.md").read_text(encoding="utf-8")
    table = page.split("| gap | how it is closed |\n|---|---|\n")[1].split("\n\n")[0]
    assert [line.split(" | ")[0].strip("| ") for line in table.splitlines()] == list(GAPS)


@pytest.mark.parametrize("name", GAPS)
def test_one_run_closes(story: Story, name: str) -> None:
    """The job goes on from where it stood, or has its end; whatever ended was announced."""
    row = story.row(name)
    assert (row.status, row.attempt) == (GAPS[name].status, GAPS[name].attempt)
    if row.is_terminal:
        assert row.announced_at
    elif row.status is not Status.AMBIGUOUS:
        assert row.execution_arn
        assert row.execution_arn.endswith(row.name)


def test_a_second_run_changes_nothing(story: Story) -> None:
    """Not one attribute of one item."""
    assert story.tables[AGAIN] == story.tables[RECONCILED]
    assert story.reports[1].rows.moved == []


def test_only_what_was_never_sent_is_sent(story: Story) -> None:
    """Each version of these once, and nothing that was paid for, or may have been."""
    claim, unseen = story.row("a stale claim").key, story.row("an object without a row").key
    twice = story.row("an overwritten object without a row").key
    sent = Counter(
        key for key in (claim, unseen, twice) for create in story.creates if create.names(key)
    )
    assert sent == {claim: 1, unseen: 1, twice: 2}
    assert len(story.creates) == sent.total()


def test_what_a_run_found_is_counted(story: Story) -> None:
    """Objects without a row once, and how many executions a job has had at most."""
    first, second = story.reports
    assert (first.unaccounted, second.unaccounted) == (4, 0)
    assert (first.executions, len(first.rows.errors)) == (2, 0)
    assert first.oldest.total_seconds() == pytest.approx(20 * 60, abs=60)


def test_an_end_says_why(story: Story) -> None:
    """As the event about the execution would have said it, or the provider did."""
    stopped, late = story.row("an execution that was stopped"), story.row(LATE)
    assert stopped.reason == "The execution was stopped"
    assert (late.stage, late.reason) == ("poll", "The execution is gone")
    assert "taken over 2 times" in (story.row("taken over twice in vain").reason or "")
    unrecorded = story.row("a failure that nobody recorded")
    assert (unrecorded.stage, unrecorded.reason) == ("transcribe", "No sound")


def test_what_was_taken_over_completes(story: Story) -> None:
    """Polled or published again: nothing more is created."""
    taken = [story.row(name) for name, gap in GAPS.items() if gap.attempt == 2]
    for job in taken:
        story.house.look(job)
        assert story.house.publish(job).status is Status.COMPLETED
    assert len(taken) == 5


LATE = "an execution noticed too late"


def _scanned(table: Any) -> Items:
    """The whole table."""
    return {item["job_id"]: item for item in table.scan(ConsistentRead=True)["Items"]}
