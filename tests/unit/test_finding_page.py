"""What docs/finding.md shows can be typed."""

import re
import shlex
from pathlib import Path

import pytest

from dropscribe.cli import load

PAGE = (Path(__file__).parents[2] / "docs" / "finding.md").read_text(encoding="utf-8")
TYPED = re.findall(r"^(?:\$ )?dropscribe (\w+)(.*)$", PAGE, re.MULTILINE)
QUOTED = re.findall(r"`dropscribe (\w+)([^`]*)`", PAGE)


def test_every_command_of_the_page_is_on_it() -> None:
    """In a block or in a sentence."""
    assert {name for name, _ in TYPED} == {"ls", "search", "render"}
    assert {name for name, _ in QUOTED} == {"show", "get"}


@pytest.mark.parametrize(("name", "words"), TYPED + QUOTED)
def test_a_command_takes_what_is_shown(name: str, words: str) -> None:
    """Its options exist, and their values are such."""
    assert load(name).make_context(name, shlex.split(words)).params
