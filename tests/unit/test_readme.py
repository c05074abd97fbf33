"""What the README says can be typed can be typed, and what it quotes was measured."""

import re
from pathlib import Path

import pytest

from dropscribe.cli import COMMANDS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_make_verb_exists() -> None:
    """In the README, and in the Makefile with its help."""
    verbs = set(re.findall(r"`make ([a-z0-9]+)|^\$ make ([a-z0-9]+)", README, re.MULTILINE))
    named = {verb for pair in verbs for verb in pair if verb}
    made = set(re.findall(r"^([a-z0-9]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert named
    assert named <= made


def test_every_command_exists() -> None:
    """After `dropscribe` stands one of its commands."""
    named = set(re.findall(r"[`(\"$/]\s*(?:bin/)?dropscribe ([a-z]+)", README))
    assert named >= {"put", "ls", "get", "key", "retry", "local"}
    assert named <= set(COMMANDS)


def test_every_figure_of_the_benchmark_stands_in_its_results() -> None:
    """The README quotes, it does not round or remember."""
    (paragraph,) = re.findall(r"By URL, the default, .*?way a file goes", README, re.DOTALL)
    results = (ROOT / "benchmarks" / "results.md").read_text(encoding="utf-8")
    figures = re.findall(r"\d+\.\d+ s|\d+ MiB more", paragraph)
    assert len(figures) == 5
    for figure in figures:
        number = figure.split()[0]
        assert f" {number} |" in results or f"+{number} MiB" in results


NUMBER = r"\d[\d,]*(?:\.\d+)?"
QUOTED = rf"({NUMBER})(?= (?:ms|s|MiB|GiB|%|times|looks)\b)|(\d[\d,]*\.\d+)"


@pytest.mark.parametrize(
    "paragraph",
    [each for each in README.split("\n\n") if "benchmarks/results.md" in each],
    ids=lambda paragraph: paragraph[:30],
)
def test_a_paragraph_that_names_the_results_quotes_them(paragraph: str) -> None:
    """Each number in it that has a unit or a fraction stands in the results, too."""
    measured = set(re.findall(NUMBER, (ROOT / "benchmarks" / "results.md").read_text("utf-8")))
    quoted = {one or other for one, other in re.findall(QUOTED, paragraph)}
    assert quoted <= measured, quoted - measured
