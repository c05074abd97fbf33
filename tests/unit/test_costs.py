"""What a job costs at AWS: from its row alone, at prices that docs/cost.md shows."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from transcription import costs
from transcription.costs import FILE, LOOK, MONTHLY, OUT, PRICES, UNSENT, aws_dollars, priced
from transcription.job import Job, Status

from infra.functions import Functions
from tests.unit.examples import NOON, a_job

PAGE = (Path(__file__).parents[2] / "docs" / "cost.md").read_text()
# One minute of audio, found at the first look.
MINUTE = a_job(
    status=Status.COMPLETED, submitted_at=NOON, polls=1, size=960_000, sent_by="url", price=0.006
)


def derived(heading: str) -> float:
    """The sum of a table of the page."""
    section = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    found = re.search(r"\*\*all of it\*\* \| \| \| \*\*([\d.]+)\*\*", section)
    assert found, heading
    return float(found[1])


def test_a_minute_costs_what_was_counted() -> None:
    """The estimate of such a job is the derivation's sum, within a few percent."""
    assert aws_dollars(MINUTE) == pytest.approx(derived("One minute of audio"), rel=0.05)


def test_a_look_costs_what_was_counted() -> None:
    """Another look adds what the derivation says, within a few percent."""
    more = aws_dollars(replace(MINUTE, polls=2)) - aws_dollars(MINUTE)
    assert more == pytest.approx(derived("Each further look"), rel=0.05)


def test_a_minute_costs_little() -> None:
    """At most $0.0006 before its way out of AWS, even with two looks."""
    assert aws_dollars(replace(MINUTE, polls=2)) <= 0.0006


@pytest.mark.parametrize("price", [*PRICES.values(), OUT], ids=lambda price: price.what)
def test_the_page_shows_each_price(price: costs.Price) -> None:
    """What the page derives from is what the estimate knows."""
    row = rf"^\| {re.escape(price.what)} \| ([\d.]+) \| {re.escape(price.page)} \|$"
    [shown] = re.findall(row, PAGE, re.MULTILINE)
    assert float(shown) == pytest.approx(price.dollars, rel=1e-4)


def test_the_page_shows_what_a_month_costs() -> None:
    """Secrets, alarms, dashboard and metrics have their price there, and the prices their date."""
    for price in MONTHLY.values():
        assert f"| {price.what}, a month |" in PAGE
    assert costs.AS_OF.isoformat() in PAGE


def test_every_call_has_a_price() -> None:
    """Nothing that was counted is left out."""
    assert {*FILE, *LOOK, *UNSENT} <= PRICES.keys()


def test_the_lambdas_have_as_much_memory_as_they_are_paid_for() -> None:
    """GB-seconds are counted with the memory that is deployed."""
    assert costs.MEMORY == Functions.MEMORY / 1024


def test_what_was_never_sent_costs_less() -> None:
    """It has no execution, no look and no rendition."""
    rejected = a_job(status=Status.REJECTED)
    assert aws_dollars(rejected) == priced(UNSENT) < priced(FILE) / 2


def test_an_attempt_costs_the_way_again() -> None:
    """Another execution, with a first look of its own."""
    assert aws_dollars(replace(MINUTE, attempt=2, polls=2)) == 2 * aws_dollars(MINUTE)


def test_going_by_upload_takes_the_time_of_a_lambda() -> None:
    """A gigabyte is carried through one for most of a minute."""
    large = replace(MINUTE, size=1_000_000_000)
    by_upload = aws_dollars(replace(large, sent_by="upload"))
    assert 0.0002 < by_upload - aws_dollars(large) < 0.001


def test_a_recording_leaves_aws() -> None:
    """Nine cents for a GiB."""
    assert costs.transfer_dollars(1024**3) == pytest.approx(0.09)


@pytest.mark.parametrize(
    ("job", "dollars"),
    [
        (MINUTE, 0.006),
        (replace(MINUTE, status=Status.EXPIRED), 0.006),
        (replace(MINUTE, status=Status.FAILED, stage="publish"), 0.006),
        (replace(MINUTE, status=Status.FAILED, stage="transcribe"), 0),
        (replace(MINUTE, status=Status.REJECTED, submitted_at=None), 0),
        (replace(MINUTE, price=None), 0),
    ],
)
def test_the_speech_api_is_paid_for_what_it_did(job: Job, dollars: float) -> None:
    """Not for what failed there, nor for what it never took."""
    assert costs.speech_dollars(job) == dollars
