"""`dropscribe local`: the embedded cloud for people."""

import functools
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from dropscribe.local import parts, process
from dropscribe.local.assembly import Assembly
from dropscribe.local.cloud import Cloud, Progress
from dropscribe.local.connection import FOREIGN
from dropscribe.local.demo import demonstrate
from dropscribe.local.errors import NotRunning
from dropscribe.local.home import HOME_VARIABLE, Home
from dropscribe.local.settings import Settings
from dropscribe.local.status import Status
from dropscribe.local.synthesis import synthesize
from dropscribe.screen import note, progress_console, say_json

STACK = "Dropscribe"
HOME_HELP = f"Folder of the embedded cloud, else ${HOME_VARIABLE}, else .dropscribe here."

home_option = click.option("--home", type=click.Path(file_okay=False), help=HOME_HELP)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


def up_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of `up`; what is not given stays as it was, and at first as shown."""
    port = click.IntRange(1, 65535)
    options = [
        click.option("--port", type=port, help="Port of the emulated AWS.  [4566]"),
        click.option("--speech-port", type=port, help="Port of the speech server.  [4567]"),
        click.option("--model", help="Whisper model.  [tiny.en]"),
        click.option(
            "--scale",
            type=click.FloatRange(0, 1),
            help="How much of each wait is waited: 0.1 makes a minute six seconds.  [0.1]",
        ),
        click.option(
            "--api-base-url",
            metavar="URL",
            help="Send recordings to this API, at its price; '' is the local Whisper again.",
        ),
        click.option(
            "--wait",
            type=click.FloatRange(min=1),
            default=600,
            show_default=True,
            metavar="SECONDS",
            help="How long a part may take to start; a model may have to be downloaded.",
        ),
        home_option,
    ]
    return functools.reduce(lambda inner, option: option(inner), reversed(options), command)


@click.group()
def local() -> None:
    """Run an embedded cloud on this machine: an emulated AWS and a real Whisper.

    Nothing leaves the machine, nothing costs anything, and what is deployed is byte for byte the
    template that AWS would get. It listens on 127.0.0.1 only.

    \b
    Examples:
      dropscribe local demo                  transcribe the sample
      dropscribe local up                    start it, deploy, and leave it running
      eval "$(dropscribe local env)"         let this shell's AWS tools use it
      dropscribe local down                  stop it; what it holds stays
    """


@local.command()
@up_options
@json_option
def up(as_json: bool, **options: Any) -> None:
    """Start the embedded cloud and deploy the stack; again, to update both.

    A second `up` deploys what changed and starts what crashed.

    \b
    Examples:
      dropscribe local up
      dropscribe local up --model small --scale 1
      dropscribe local up --port 5566 --speech-port 5567 --home /tmp/another
    """
    cloud, outputs = _bring_up(**options)
    if as_json:
        say_json({"endpoint": cloud.connection.url, "stack": STACK, "outputs": outputs})
        return
    note(f"The embedded cloud is ready at {cloud.connection.url}.")
    note(f'Use it:  eval "$({_command("env", cloud)})"')
    note(f"Stop it: {_command('down', cloud)}")


@local.command()
@home_option
@click.option("--purge", is_flag=True, help="Forget all that it holds, too.")
@json_option
def down(home: str | None, purge: bool, as_json: bool) -> None:
    """Stop what `up` started, and nothing else; what it holds stays for the next `up`.

    \b
    Examples:
      dropscribe local down
      dropscribe local down --purge          and forget every object and row
    """
    cloud = Cloud(Home.find(home))
    stopped = []
    if cloud.home.is_ours():
        with cloud.home.locked(), _progress() as say:
            say("stopping the embedded cloud")
            stopped = cloud.stop()
    if purge:
        cloud.home.purge()
    if as_json:
        say_json({"stopped": stopped, "purged": purge})
        return
    note(f"Stopped: {', '.join(stopped)}." if stopped else "Nothing was running.")
    if purge:
        note(f"Forgot all that was in {cloud.home.path}.")


@local.command()
@home_option
@json_option
def status(home: str | None, as_json: bool) -> None:
    """Show what runs, where, and what is deployed; exit code 3 when something of it is not.

    \b
    Examples:
      dropscribe local status
      dropscribe local status --json | jq -r .outputs.UploadBucketName
    """
    cloud = Cloud(Home.find(home))
    found = Status.of(cloud, STACK)
    if as_json:
        say_json(found.document())
    else:
        for line in found.lines():
            click.echo(line)
    cloud.require_running()
    if found.lacks:
        raise NotRunning(
            f"The embedded cloud in {cloud.home.path} is half up, it lacks: "
            f"{', '.join(found.lacks)}. Mend it with: dropscribe local up"
        )


@local.command()
@home_option
@json_option
def env(home: str | None, as_json: bool) -> None:
    """Print what a shell needs to use the embedded cloud, with any AWS tool.

    \b
    Examples:
      eval "$(dropscribe local env)"
      aws s3 ls                              then just works, and so does boto3
    """
    cloud = Cloud(Home.find(home))
    cloud.require_running()
    variables = {**cloud.connection.environment(), "DROPSCRIBE_STACK": STACK}
    if as_json:
        say_json(variables)
        return
    for name, value in variables.items():
        click.echo(f"export {name}={shlex.quote(value)}")
    click.echo(f"unset {' '.join(FOREIGN)}")


@local.command()
@click.argument("part", type=click.Choice(parts.NAMES), required=False)
@click.option("--lines", type=click.IntRange(1), default=20, show_default=True, help="How many.")
@home_option
def logs(part: str | None, lines: int, home: str | None) -> None:
    """Show the end of a part's log, or of both.

    \b
    Examples:
      dropscribe local logs
      dropscribe local logs cloud --lines 200
    """
    for name in (part,) if part else parts.NAMES:
        log = Home.find(home).log(name)
        note(f"==> {log}" if log.exists() else f"There is no log of the {name} part yet: {log}")
        if end := process.tail(log, lines):
            click.echo(end)


@local.command()
@up_options
def demo(**options: Any) -> None:
    """Start the embedded cloud, transcribe the sample and show where everything lies.

    Ends with 0 only when the transcript is there. The cloud is left running.

    \b
    Examples:
      dropscribe local demo
      dropscribe local demo --model base
    """
    cloud, outputs = _bring_up(**options)
    demonstrate(cloud.connection, STACK, outputs)
    note("")
    note("The embedded cloud is still running.")
    note(f'  use it:  eval "$({_command("env", cloud)})"   then: {_program()} put FILE --wait')
    note(f"  stop it: {_command('down', cloud)}   (or, with all that was made: make clean)")


def _bring_up(
    home: str | None, wait: float, api_base_url: str | None, **options: Any
) -> tuple[Cloud, dict[str, str]]:
    """Start or update the cloud in `home` and the stack in it; returns the stack's outputs."""
    place = Home.find(home)
    given = {name: value for name, value in options.items() if value is not None}
    if api_base_url is not None:
        given["api_base_url"] = api_base_url or None
    cloud = Cloud(place, replace(Settings.load(place.settings), **given))
    with place.locked(), _progress() as say:
        cloud.start(say, wait)
        say("synthesising the stack, which takes a moment when its sources have changed")
        assembly = Assembly.read(synthesize())
        say(f"deploying the stack {STACK}")
        return cloud, cloud.deploy(assembly, say)


def _command(name: str, cloud: Cloud) -> str:
    """How to call a command of this group for this cloud, in any shell."""
    return f"{_program()} local {name}{cloud.home.option}"


def _program() -> str:
    """How this program was called, for a shell whose PATH may lack it."""
    called = Path(sys.argv[0]).absolute()
    if called.name != "dropscribe":
        return "dropscribe"
    here = Path.cwd()
    return shlex.quote(str(called.relative_to(here) if called.is_relative_to(here) else called))


@contextmanager
def _progress() -> Iterator[Progress]:
    """Say what is being done: on a terminal in one line that moves, elsewhere a line for each."""
    console = progress_console()
    if console.is_terminal:
        with console.status("") as moving:
            yield moving.update
        return
    said = [""]

    def say(sentence: str) -> None:
        if sentence != said[-1]:
            said.append(sentence)
            note(sentence)

    yield say
