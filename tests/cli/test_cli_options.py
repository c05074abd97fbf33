"""`dropscribe options`, its page, and what the shell completes: all out of one table."""

import json
from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete
from transcription.parameters import KNOWN

from dropscribe.cli import cli
from dropscribe.options_page import page
from tests.cli.conftest import Run

ROOT = Path(__file__).parents[2]


def completed(*args: str, incomplete: str) -> list[str]:
    """What a shell would offer."""
    shell = ShellComplete(cli, {}, "dropscribe", "_DROPSCRIBE_COMPLETE")
    return [item.value for item in shell.get_completions(list(args), incomplete)]


def test_the_list_has_every_parameter(run: Run) -> None:
    """A line each, with what it takes; no stack is asked."""
    result = run("options")
    assert result.exit_code == 0
    assert [line.split("\t")[0] for line in result.stdout.splitlines()] == list(KNOWN)
    assert "keywords\ta list of up to 100 words" in result.stdout


def test_one_parameter_is_explained(run: Run) -> None:
    """By its name as people write it; what it needs is told."""
    result = run("options", "stt-utt-split")
    assert "takes\ta number of seconds from 0.001 to 3600" in result.stdout
    assert "but\tneeds utterances" in result.stdout


def test_the_list_for_machines(run: Run) -> None:
    """All that the table knows."""
    (found,) = json.loads(run("options", "keywords", "--json").stdout)["options"]
    assert (found["sent_as"], found["ignored_by"]) == ("list of strings", ["Whisper"])


def test_an_unknown_parameter_is_told_with_a_hint(run: Run) -> None:
    """A slip of the pen."""
    result = run("options", "diarise")
    assert (result.exit_code, "did you mean diarize?" in result.stderr) == (1, True)


def test_the_page_is_what_the_table_makes_of_it() -> None:
    """After a change of the table: make docs."""
    assert (ROOT / "docs" / "options.md").read_text() == page()


def test_the_page_shows_a_row_for_each_parameter() -> None:
    """Whole rows: no cell breaks the table."""
    rows = [line for line in page().splitlines() if line.startswith("| `")]
    assert len(rows) == len(KNOWN)
    assert {row.count("|") for row in rows} == {6}


@pytest.mark.parametrize(
    ("args", "incomplete", "offered"),
    [
        (("put", "-o"), "custom_i", ["custom_intent=", "custom_intent_mode="]),
        (("put", "-o"), "utt-", ["utt_split="]),
        (("put", "--option"), "diarize=", ["diarize=true", "diarize=false"]),
        (("put", "-o"), "summarize=v", ["summarize=v2"]),
        (("put", "-o"), "nothing=x", []),
        (("options",), "smart", ["smart_format"]),
        ((), "ru", ["rules"]),
    ],
)
def test_the_shell_completes(args: tuple[str, ...], incomplete: str, offered: list[str]) -> None:
    """Names, and values where there are few."""
    assert completed(*args, incomplete=incomplete) == offered


def test_the_help_of_put_names_every_parameter(run: Run) -> None:
    """Nobody has to guess."""
    told = " ".join(click.unstyle(run("put", "--help").stdout).split())
    assert all(name in told for name in KNOWN)
