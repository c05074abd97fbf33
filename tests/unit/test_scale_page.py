"""docs/scale.md says what its simulation and its arithmetic say."""

import pytest

from benchmarks import queueing_tables, quotas, scale_page
from benchmarks.queueing import a_day, beside_backfill

PAGE = scale_page.PAGE.read_text(encoding="utf-8")
SIMULATED = ("million",)  # which takes a while: one row of it stands for all


@pytest.mark.parametrize("name", scale_page.TABLES.keys() - SIMULATED)
def test_a_table_is_the_one_that_is_made_today(name: str) -> None:
    """`python -m benchmarks.scale_page` writes it."""
    assert scale_page.TABLES[name]() in PAGE


def test_a_simulated_day_comes_out_as_the_page_says() -> None:
    """The same seed, the same waits."""
    assert queueing_tables.million_row(1, 2.8) in PAGE


def test_every_table_has_its_place() -> None:
    """None is made that nobody sees."""
    assert [place[2] for place in scale_page.PLACE.finditer(PAGE)] == list(scale_page.TABLES)


def test_the_api_binds_first() -> None:
    """Before anything in AWS does."""
    first, *others = quotas.quotas()
    assert "API" in first.what
    assert all(first.files_a_day < other.files_a_day for other in others)


def test_fresh_files_hardly_wait_for_a_backfill() -> None:
    """They go first, and one slot is kept for them."""
    alone, beside = a_day(500, 60.0, 5), beside_backfill(500, 60.0, 5, 1)
    assert beside.fresh.mean < alone.mean + 1
    assert beside.done > 0
    assert beside.fresh.mean < beside_backfill(500, 60.0, 5, 0).fresh.mean
