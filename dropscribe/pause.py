"""`dropscribe pause` and `resume`: nothing is sent any more, and then again all that waits."""

from datetime import UTC, datetime

import click

from dropscribe.dispatch import dispatch
from dropscribe.screen import note, say_json
from dropscribe.settings import CloudCommand, Settings, pass_settings
from dropscribe.stack import Stack, find_stack


@click.command(
    cls=CloudCommand, examples=["dropscribe pause", "dropscribe pause --json | jq -r .since"]
)
@pass_settings
def pause(settings: Settings) -> None:
    """Send nothing to the speech API until `dropscribe resume`.

    Uploads are taken in and wait. What was sent already goes on: it is paid for.
    """
    stack = find_stack(settings)
    if stack.jobs.paused_since() is None:
        stack.ledger.pause(datetime.now(UTC))
    if settings.as_json:
        say_json({"paused": True, "since": stack.jobs.paused_since()})
    else:
        note("Paused: nothing is sent until you say `dropscribe resume`. What was sent goes on.")


@click.command(cls=CloudCommand, examples=["dropscribe resume"])
@pass_settings
def resume(settings: Settings) -> None:
    """Send again, first of all what waits. Does no harm where nothing was paused."""
    stack = find_stack(settings)
    stack.ledger.unpause()
    woken = dispatch(stack)
    if settings.as_json:
        say_json({"paused": False, "dispatched": woken})
        return
    now = "is sent now" if woken else "goes within minutes (the stack could not be told)"
    note(f"Resumed. Whatever waited {now}.")


def tell_paused(stack: Stack) -> None:
    """Say beside the result that the stack is paused, where it is."""
    if since := stack.jobs.paused_since():
        note(f"The stack is paused since {since}, so nothing is sent: dropscribe resume")
