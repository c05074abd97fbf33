"""`dropscribe backfill`: recordings that were there before, transcribed on demand."""

import json
import shlex
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple
from uuid import uuid4

import click

from dropscribe.backfill_estimate import Found, look, say
from dropscribe.backfill_files import Survey, Wanted, as_listed, listed, watched
from dropscribe.backfill_following import follow, tell, tell_nothing
from dropscribe.backfill_inventory import read_inventory
from dropscribe.backfill_runs import Runs
from dropscribe.exits import ExitCode, JobFailed
from dropscribe.ls import When
from dropscribe.screen import counted, note, visible
from dropscribe.settings import CloudCommand, Settings, pass_settings
from dropscribe.stack import Stack, find_stack
from dropscribe.target import target_of

# infra/storage.py has the same: the state machine reads choices there.
CHOICES: Final = "backfill/"


class Asked(NamedTuple):
    """What a person wants: files below a place, and how many of them, or those of an inventory."""

    place: str
    begin: datetime | None
    suffixes: tuple[str, ...]
    limit: int | None
    inventory: str | None

    def check(self) -> None:
        """Refuse what cannot be meant."""
        if bool(self.place) == bool(self.inventory):
            raise click.UsageError("Name a prefix (s3://bucket is all of it), or give --inventory.")
        if self.inventory and self.limit:
            raise click.UsageError("--limit goes with a prefix: an inventory is taken whole.")

    def wanted(self, stack: Stack) -> Wanted:
        """The files, by what a listing tells of them; raises JobFailed."""
        return Wanted(_prefix(stack, self.place), self.begin, self.suffixes, watched(stack))


@click.command(
    cls=CloudCommand,
    examples=[
        "dropscribe backfill calls/ --dry-run",
        "dropscribe backfill calls/2019/ --suffix .mp3 --suffix .wav --wait",
        "dropscribe backfill calls/ --since 2024-01-01 --limit 100",
        "dropscribe backfill --status",
        "dropscribe backfill --stop",
    ],
)
@click.argument("place", metavar="[PREFIX]", default="")
@click.option(
    "--since",
    "begin",
    type=When(),
    metavar="WHEN",
    help="Only files uploaded since: 12h, 7d, 2w, or a date or time in UTC.",
)
@click.option(
    "--suffix",
    "suffixes",
    multiple=True,
    metavar="S",
    help="Only keys that end so, as they are written; repeat for more.",
)
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only the first N new ones.")
@click.option(
    "--inventory",
    metavar="KEY",
    help="The manifest.json of an S3 Inventory, in the answers bucket below inventory/.",
)
@click.option("--dry-run", is_flag=True, help="Only say how many there are, and what they cost.")
@click.option("--yes", is_flag=True, help="Do not ask; without --limit, do not add up first.")
@click.option("--wait/--no-wait", default=False, help="Wait until all is done.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0),
    default=24 * 3600,
    show_default=True,
    metavar="SECONDS",
    help="With --wait: how long.",
)
@click.option("--status", is_flag=True, help="Say how far the last one is.")
@click.option("--stop", is_flag=True, help="Stop it: nothing more is sent.")
@pass_settings
@click.pass_context
def backfill(
    ctx: click.Context,
    settings: Settings,
    /,
    status: bool,
    stop: bool,
    dry_run: bool,
    yes: bool,
    **more: Any,
) -> None:
    """Transcribe recordings that were in the uploads bucket before the stack watched it.

    PREFIX is s3://bucket/prefix or a prefix in the uploads bucket; s3://bucket is all of it. Files
    that have a job already are left alone, so starting again takes up what is left. New uploads
    go first. You are told what it costs, and asked. docs/backfill.md has more.

    --stop takes back what was not sent yet; what the speech API has already is transcribed. In a
    pipe --status prints a tab-separated name and value a line. Exits 1 where there is no file at
    all, 0 where none of them is new; --json then has the status NOTHING_NEW.
    """
    wait, timeout = more.pop("wait"), more.pop("timeout")
    asked = Asked(**more)
    if status or stop:
        if (status and stop) or asked.place or asked.inventory:
            raise click.UsageError("--status and --stop stand alone.")
        ctx.exit(_look_after(settings, Runs(find_stack(settings)), stop))
    asked.check()
    ctx.exit(_begin(settings, asked, dry_run=dry_run, yes=yes, patience=timeout if wait else None))


def _look_after(settings: Settings, runs: Runs, stop: bool) -> ExitCode:
    if stop:
        _stop(runs)
    arn = runs.newest()
    if arn is None:
        raise JobFailed("There was no backfill yet.")
    return tell(settings, runs.progress(arn))


def _stop(runs: Runs) -> None:
    listed = runs.running()
    taken_back = runs.stop()
    if listed or taken_back:
        note(f"Stopped. {counted(taken_back, 'file')} taken back that only waited.")
    else:
        note("Nothing of a backfill was left to stop, but for what the speech API has already.")


def _begin(
    settings: Settings, asked: Asked, *, dry_run: bool, yes: bool, patience: float | None
) -> ExitCode:
    """Say what it costs, ask, start it, and wait so many seconds; None does not wait."""
    stack = find_stack(settings)
    runs, wanted = Runs(stack), asked.wanted(stack)
    if not dry_run and runs.running():
        raise JobFailed("A backfill is under way: dropscribe backfill --status, or --stop it.")
    found = _found(stack, asked, wanted, blindly=yes and not (dry_run or asked.limit))
    if found:
        say(settings, found, dry_run)
    if dry_run:
        return ExitCode.FINE
    if found and not found.estimate.files:
        return tell_nothing(settings)
    _ask(yes)
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{uuid4().hex[:8]}"
    arn = runs.start(name, _input(stack, name, asked, wanted, found))
    note(f"The backfill {name} has begun. See: dropscribe backfill --status")
    if patience is None:
        return tell(settings, runs.progress(arn)) if settings.as_json else ExitCode.FINE
    return follow(settings, runs, arn, patience)


def _found(stack: Stack, asked: Asked, wanted: Wanted, *, blindly: bool) -> Found | None:
    """What is there, None if only something has to be; raises JobFailed where nothing is at all."""
    inventory = read_inventory(stack, asked.inventory) if asked.inventory else None
    pages = inventory.pages() if inventory else listed(stack, wanted.prefix)
    found = None if blindly else look(Survey(stack, wanted, pages), asked.limit)
    if not (any(pages) if found is None else found.files):
        place = visible(asked.inventory or asked.place)
        raise JobFailed(f"There is no file in {place}: nothing was sent.")
    return found


def _ask(yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise click.UsageError("There is no terminal to ask on: add --yes. Nothing was sent.")
    if not click.confirm("Transcribe them?", err=True):
        raise JobFailed("Nothing was sent.")


def _input(
    stack: Stack, name: str, asked: Asked, wanted: Wanted, found: Found | None
) -> Mapping[str, Any]:
    """What the state machine is told; the files that were chosen lie in the answers bucket."""
    told = {
        "prefix": wanted.prefix,
        "since": wanted.since_seconds,
        "suffixes": list(asked.suffixes),
    }
    if asked.inventory:
        return told | {"inventory": asked.inventory}
    if found is None or found.chosen is None:
        return told
    key = f"{CHOICES}{name}.json"
    body = json.dumps([as_listed(upload) for upload in found.chosen]).encode()
    stack.s3.put_object(Bucket=stack.output("AnswerBucketName"), Key=key, Body=body)
    return told | {"picked": key}


def _prefix(stack: Stack, place: str) -> str:
    """The prefix in the uploads bucket that a place names; raises JobFailed for another bucket."""
    target, ours = target_of(place), stack.output("UploadBucketName")
    if target.bucket not in {None, ours}:
        theirs = visible(target.bucket or "")
        folder = visible(target.key[: target.key.rfind("/") + 1])  # all that `aws s3 cp` can name
        places = [shlex.quote(f"s3://{bucket}/{folder}") for bucket in (theirs, ours)]
        raise JobFailed(
            f"The functions of this stack read s3://{ours} alone. Deploy one for s3://{theirs}, "
            f"with -c dropscribe:existingBucket={theirs}, or copy the files, all of which are "
            f"transcribed, and paid for, as they arrive: aws s3 cp --recursive {' '.join(places)}"
        )
    return target.key if target.job_id is None else place
