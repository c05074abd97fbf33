"""The golden files: what people read, kept letter by letter.

If a test here fails after a change that was meant, `make golden` keeps the new renditions and
`make docs` shows them: look at both differences before you commit them.
"""

import json
import re
from pathlib import Path

import pytest
from transcription.formats import CONTENT_TYPES

from tests.golden import CALL, GOLDEN, Golden
from tests.golden.page import page
from tests.unit.schema import faults

ROOT = Path(__file__).parents[2]
by_name = pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden.name)


@by_name
def test_renditions_are_as_they_were(golden: Golden) -> None:
    """Every letter of every file; where that is no longer wanted: make golden."""
    assert golden.made() == golden.kept()


@by_name
def test_every_rendition_is_kept(golden: Golden) -> None:
    """None was forgotten, and the schema holds."""
    kept = golden.kept()
    assert kept.keys() == CONTENT_TYPES.keys()
    assert faults("transcript-1", json.loads(kept["json"])) == []


def test_the_rich_one_has_everything() -> None:
    """All that an answer may bring is in it, so that all of it is looked at."""
    found = json.loads(CALL.kept()["json"])
    kinds = {"summary", "topics", "intents", "sentiments", "entities", "search", "warnings"}
    assert found["understood"].keys() == kinds
    assert (found["channels"], len(found["speakers"])) == (2, 3)


def test_the_page_shows_what_came_out() -> None:
    """docs/renditions.md is made of the golden files: make docs."""
    assert (ROOT / "docs" / "renditions.md").read_text(encoding="utf-8") == page()


def test_what_the_page_points_at_is_there() -> None:
    """A page without dead ends."""
    linked = re.findall(r"\]\(([^)#]+)\)", page())
    assert linked
    for name in linked:
        assert (ROOT / "docs" / name).exists() or name.startswith("http"), name
