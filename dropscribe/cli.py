"""The `dropscribe` command: which commands there are, and how any of them may end.

Commands are imported when they are called, so that help is quick and the command line works
against AWS where the embedded cloud's packages are not installed.
"""

import importlib
import os
import sys
from typing import Any, Final, NamedTuple, NoReturn

import click

from dropscribe.exits import ExitCode, Failure, NotInstalled
from dropscribe.settings import shared_options


class Place(NamedTuple):
    """Where a command is written, and its line in the list of commands."""

    module: str
    attribute: str
    summary: str


COMMANDS: Final = {
    "put": Place("dropscribe.put", "put", "Upload recordings, and wait for their transcripts."),
    "ls": Place("dropscribe.ls", "ls", "List jobs, newest first."),
    "get": Place("dropscribe.get", "get", "Print a transcript."),
    "search": Place("dropscribe.search", "search", "Find where words were said."),
    "render": Place("dropscribe.render", "render", "Make transcripts' files again, for nothing."),
    "show": Place("dropscribe.show", "show", "Show all that is known about a job."),
    "cost": Place("dropscribe.cost", "cost", "Add up what files have cost."),
    "estimate": Place("dropscribe.estimate", "estimate_", "Say what files would cost."),
    "retry": Place("dropscribe.retry", "retry", "Try jobs again, after saying what it costs."),
    "cancel": Place("dropscribe.cancel", "cancel", "End jobs that are under way."),
    "pause": Place("dropscribe.pause", "pause", "Send nothing to the speech API."),
    "resume": Place("dropscribe.pause", "resume", "Send again, first what waits."),
    "backfill": Place("dropscribe.backfill", "backfill", "Transcribe what was there before."),
    "doctor": Place("dropscribe.doctor", "doctor", "Look what is wrong, and say what to do."),
    "logs": Place("dropscribe.logs", "logs", "Follow a job through every function's log."),
    "redrive": Place("dropscribe.redrive", "redrive", "Take up what the stack has given up."),
    "rm": Place("dropscribe.rm", "rm", "Erase a recording, and all that came of it."),
    "options": Place("dropscribe.options", "options", "List the options that a file may have."),
    "rules": Place("dropscribe.rules", "rules", "Options for all keys that begin alike."),
    "key": Place("dropscribe.key", "key", "Set or check the API key."),
    "local": Place("dropscribe.local.commands", "local", "Run the embedded cloud on this machine."),
}


class Commands(click.Group):
    """The top level: imports a command when it is called, and gives every end its exit code."""

    def __init__(self, **kwargs: Any) -> None:
        # What the list of commands needs to know, without an import.
        stubs = [click.Command(name, short_help=place.summary) for name, place in COMMANDS.items()]
        super().__init__(**kwargs | {"commands": stubs})

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - Click's signature
        """Name the commands in the order in which they are used."""
        return list(COMMANDS)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Import the command that is about to run."""
        name, stub, rest = super().resolve_command(ctx, args)
        return name, load(name) if name in COMMANDS and name else stub, rest

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; whatever it ends with becomes an exit code and, at most, a sentence."""
        try:
            result = super().invoke(ctx)
            # A reader that went away is noticed here, not while the interpreter shuts down.
            sys.stdout.flush()
        except (KeyboardInterrupt, click.Abort):
            click.echo("Stopped.", err=True)
            ctx.exit(ExitCode.INTERRUPTED)
        except BrokenPipeError:
            _leave_quietly()
        except (click.ClickException, click.exceptions.Exit):
            raise
        except Exception as error:
            if sentence := _explained(error):
                raise sentence from error
            raise
        return result

    def format_epilog(
        self,
        ctx: click.Context,  # noqa: ARG002 - Click's signature
        formatter: click.HelpFormatter,
    ) -> None:
        """End the help with the exit codes."""
        with formatter.section("Exit codes"):
            formatter.write_dl([(str(int(code)), code.meaning) for code in ExitCode])


def load(name: str) -> click.Command:
    """Import the command called `name`; raises NotInstalled where its packages are not here."""
    place = COMMANDS[name]
    try:
        command: click.Command = getattr(importlib.import_module(place.module), place.attribute)
    except ModuleNotFoundError as error:
        raise _not_installed(error) or error from error
    return command


def _not_installed(error: ModuleNotFoundError) -> Failure | None:
    missing = (error.name or "").partition(".")[0]
    if missing in ("", "dropscribe"):
        return None
    return NotInstalled(
        f"This needs the package {missing}, which is not installed: "
        'pip install "dropscribe[functions,infra,local]"',
    )


def _explained(error: Exception) -> Failure | None:
    from dropscribe.refusals import explained  # noqa: PLC0415 - botocore, only when it is needed

    if isinstance(error, ModuleNotFoundError):
        return _not_installed(error)
    return explained(error)


def _leave_quietly() -> NoReturn:
    # The interpreter flushes stdout once more on its way out, which must not fail loudly.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    raise click.exceptions.Exit(ExitCode.BROKEN_PIPE)


@click.command(
    cls=Commands,
    params=shared_options("DROPSCRIBE_STACK"),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="dropscribe", prog_name="dropscribe")
def cli() -> None:
    """Drop a recording into a bucket; find its transcript next door.

    Everything is found through the outputs of a CloudFormation stack, in the account and region
    that your AWS settings name. For the embedded cloud of this folder:

    \b
      eval "$(dropscribe local env)"

    \b
    Examples:
      dropscribe put interview.mp3 --wait
      dropscribe get interview.mp3
    """


def main() -> NoReturn:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        # Keys are any Unicode; a terminal that cannot show a character shows its number.
        getattr(stream, "reconfigure", lambda **_: None)(errors="backslashreplace")
    cli(prog_name="dropscribe")
    raise AssertionError("a Click command never returns")
