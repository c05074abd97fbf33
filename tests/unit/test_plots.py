"""Pictures of what was measured."""

from pathlib import Path

from benchmarks import plots
from benchmarks.burst_figures import Burst
from benchmarks.rendering import FIVE
from benchmarks.rendering import Figure as Rendered

POINTS = {"ours": [(1.5, 2.0)], "200 other settings": [(1.0 + n / 100, 9.0) for n in range(200)]}


def test_the_same_figures_make_the_same_picture(tmp_path: Path) -> None:
    """To the byte: a picture changes only where its figures do."""
    one, other = tmp_path / "one.svg", tmp_path / "other.svg"
    plots.waiting(POINTS, one)
    plots.waiting(POINTS, other)
    assert one.read_bytes() == other.read_bytes()
    assert "<dc:date>" not in one.read_text()


def test_a_burst_is_drawn_with_its_limit(tmp_path: Path) -> None:
    """Both stacks' names are to be read in it."""
    burst = Burst(
        {}, created=[0.1, 0.2], over=[1.5, 1.6], completed=[2.0, 2.1], processor=1, memory=1
    )
    plots.burst(burst, burst, 20, tmp_path / "burst.svg")
    drawn = (tmp_path / "burst.svg").read_text()
    assert "Dropscribe" in drawn
    assert "bare" in drawn


def test_in_flight_is_counted_from_create_to_the_end_of_the_work() -> None:
    """Whoever arrives when another ends takes its place."""
    burst = Burst({}, created=[0, 1, 2], over=[2, 3, 4], completed=[5, 6, 7], processor=1, memory=1)
    assert burst.most_in_flight == 2
    assert burst.a_second == 3 / 7


def test_growth_is_drawn(tmp_path: Path) -> None:
    """With every number of words."""
    figures = {words: [Rendered(dict.fromkeys(FIVE, words / 1e5), 1)] for words in (1_000, 10_000)}
    plots.rendering(figures, tmp_path / "growth.svg")
    assert "all five renditions" in (tmp_path / "growth.svg").read_text()
