"""The page about the settings says what the settings say."""

from infra.app import ROOT
from infra.settings_page import page


def test_the_page_is_what_the_settings_make_of_it() -> None:
    """After a change of a setting: make docs."""
    assert (ROOT / "docs" / "settings.md").read_text() == page()
