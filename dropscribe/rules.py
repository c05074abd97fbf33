"""`dropscribe rules`: options for all keys that begin alike, changed without a deployment."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import click
from transcription.layers import BadOption
from transcription.options import Effective
from transcription.rules import BrokenRules, parse

from dropscribe.exits import JobFailed
from dropscribe.rule_store import checked, for_key, in_force, stack_layer, write
from dropscribe.screen import note, say_json, say_rows, visible
from dropscribe.settings import CloudCommand, Settings, pass_settings
from dropscribe.stack import find_stack

HEADINGS: Final = ("OPTION", "VALUE", "FROM")


@click.group()
def rules() -> None:
    """Set, show or test the rules: options for all keys that begin alike.

    \b
    Examples:
      dropscribe rules set rules.json
      dropscribe rules test calls/pt/monday.mp3
    """


@rules.command(
    "set",
    cls=CloudCommand,
    examples=["dropscribe rules set rules.json", "dropscribe rules show | dropscribe rules set -"],
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@pass_settings
def set_rules(settings: Settings, file: str) -> None:
    """Check the rules in FILE (- is stdin) and put them in force within a minute.

    \b
    {"version": 1, "rules": [{"prefix": "calls/pt/", "options": {"language": "pt"}}]}

    Nothing is changed where one of them is wrong, or clashes with the stack's own options.
    """
    text = sys.stdin.read() if file == "-" else _text_of(Path(file))
    stack = find_stack(settings)
    found = checked(stack, text)
    write(stack, text)
    if settings.as_json:
        say_json({"rules": len(found)})
    else:
        plural = "" if len(found) == 1 else "s"
        note(f"{len(found)} rule{plural} set; new files follow them within a minute.")


@rules.command("show", cls=CloudCommand, examples=["dropscribe rules show > rules.json"])
@pass_settings
def show(settings: Settings) -> None:
    """Print the rules as `rules set` takes them."""
    text = in_force(find_stack(settings))
    try:
        say_json(json.loads(text))
    except ValueError as error:
        raise JobFailed(f"The rules are broken, they are not JSON: {visible(text)}") from error


@rules.command(
    "test",
    cls=CloudCommand,
    examples=["dropscribe rules test calls/pt/monday.mp3"],
)
@click.argument("key")
@pass_settings
def test(settings: Settings, key: str) -> None:
    """Show which options a file under KEY gets, and where each comes from.

    The file's own tags and metadata come on top of these. KEY need not exist.
    """
    stack = find_stack(settings)
    try:
        chosen = for_key(stack_layer(stack), parse(in_force(stack)), key)
    except (BrokenRules, BadOption) as error:
        raise JobFailed(visible(str(error))) from error
    if settings.as_json:
        say_json(_document(key, chosen))
        return
    say_rows(HEADINGS, list(_rows(chosen)))
    for warning in chosen.warnings:
        note(visible(warning))


def _text_of(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise JobFailed(f"{visible(str(path))} is not UTF-8 text.") from error


def _rows(chosen: Effective) -> Iterator[tuple[str, str, str]]:
    named = {"speakers": list(chosen.speaker_names)} if chosen.speaker_names else {}
    for name, value in ({"model": chosen.model} | dict(chosen.options) | named).items():
        written = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        yield name, visible(written), visible(chosen.sources[name])


def _document(key: str, chosen: Effective) -> dict[str, Any]:
    return {
        "key": key,
        "model": chosen.model,
        "options": dict(chosen.options),
        "option_sources": dict(chosen.sources),
        "speaker_names": list(chosen.speaker_names),
        "warnings": list(chosen.warnings),
    }
