"""`dropscribe options`: what a file may ask for, out of the table that the stack refuses by."""

import difflib
from collections.abc import Iterator
from typing import Any

import click
from click.shell_completion import CompletionItem
from transcription.parameters import KNOWN

from dropscribe.exits import JobFailed
from dropscribe.screen import say_json, say_rows
from dropscribe.settings import CloudCommand, Settings, pass_settings


def names_beginning(
    _ctx: click.Context, _param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The parameters that a name may become, for the shell's completion."""
    return [
        CompletionItem(name, help=known.meaning)
        for name, known in KNOWN.items()
        if name.startswith(incomplete.replace("-", "_"))
    ]


def options_beginning(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """What `-o` may become: `language=`, and after the sign the few values where there are few."""
    name, equals, value = incomplete.partition("=")
    if not equals:
        found = names_beginning(ctx, param, name)
        return [CompletionItem(f"{item.value}=", help=item.help) for item in found]
    known = KNOWN.get(name.replace("-", "_"))
    choices = known.kind.choices if known else ()
    return [CompletionItem(f"{name}={one}") for one in choices if one.startswith(value)]


@click.command(
    cls=CloudCommand,
    examples=["dropscribe options", "dropscribe options keywords", "dropscribe options --json"],
)
@click.argument("name", required=False, shell_complete=names_beginning)
@pass_settings
def options(settings: Settings, name: str | None) -> None:
    """List the transcription options that a file may have, or explain one.

    A file gets them from `put -o`, from its metadata or tags (stt-language), from the rules for
    its key, or from the stack. What this list lacks is passed on to the API as pass-NAME.
    """
    chosen = [_known(name)] if name else list(KNOWN)
    if settings.as_json:
        say_json({"options": [facts(one) for one in chosen]})
    elif name:
        say_rows(("", ""), list(lines(chosen[0])))
    else:
        say_rows(("NAME", "TAKES", "MEANING"), [_row(one) for one in chosen])


def facts(name: str) -> dict[str, Any]:
    """All that the table knows of a parameter."""
    known = KNOWN[name]
    return {
        "name": name,
        "sent_as": known.kind.sent_as,
        "takes": known.kind.takes,
        "meaning": known.meaning,
        "needs": list(known.needs),
        "ignored_by": [str(family) for family in known.ignored_by],
        "english_only": known.english,
        "overruled_by": known.overruled_by or None,
    }


def lines(name: str) -> Iterator[tuple[str, str]]:
    """A parameter explained, a line for each fact."""
    known = KNOWN[name]
    yield "name", name
    yield "meaning", known.meaning
    yield "takes", known.kind.takes
    yield "sent as", known.kind.sent_as
    if known.remarks:
        yield "but", known.remarks


def _row(name: str) -> tuple[str, str, str]:
    known = KNOWN[name]
    remarks = f" ({known.remarks})" if known.remarks else ""
    return name, known.kind.takes, known.meaning + remarks


def _known(name: str) -> str:
    written = name.lower().removeprefix("stt-").replace("-", "_")
    if written in KNOWN:
        return written
    near = difflib.get_close_matches(written, KNOWN, 1)
    hint = f"did you mean {near[0]}?" if near else "`dropscribe options` lists them all."
    raise JobFailed(f"There is no option {name!r}: {hint}")
