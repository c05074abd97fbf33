"""docs/security.md names a test for each threat, and each of these tests is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text()
NAMED = sorted(set(re.findall(r"`(test_\w+)`", PAGE)))
WRITTEN = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))


@pytest.mark.parametrize("name", NAMED)
def test_a_named_test_is_there(name: str) -> None:
    """Under the name that the page gives it."""
    assert f"def {name}(" in WRITTEN


def test_every_threat_names_its_test() -> None:
    """A line without one would be a promise."""
    threats = PAGE.split("## Threats")[1].split("\n## ")[0]
    lines = [line for line in threats.splitlines() if line.startswith("| ")][1:]
    assert len(lines) > 15
    assert [line for line in lines if not re.search(r"`test_\w+`", line)] == []
