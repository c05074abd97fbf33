"""`dropscribe key`: the speech API's key, which is stored and never shown."""

import os
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from enum import Enum
from itertools import islice
from typing import Final

import click
from transcription.job import iso

from dropscribe.days import QUERIES, newest_first
from dropscribe.dispatch import dispatch
from dropscribe.exits import ExitCode
from dropscribe.jobs import Job, Wanted
from dropscribe.screen import counted, note, say_json
from dropscribe.settings import CloudCommand, Settings, pass_settings
from dropscribe.stack import Stack, find_stack

PLACEHOLDER: Final = "PUT-YOUR-API-KEY-HERE"
# How far back, and at how many waiting recordings, a check looks.
LONGEST: Final = timedelta(days=14)
MOST: Final = 1000


class State(Enum):
    """What is known of the key; the value is what `dropscribe key check` says."""

    SET = "set"
    PLACEHOLDER = "placeholder: store a key with `dropscribe key set`"
    REFUSED = "refused by the speech API: store another with `dropscribe key set`"


def cleaned(text: str) -> str:
    """The key without the blanks round it; raises UsageError where it cannot be one."""
    key = text.strip()
    if not key or key == PLACEHOLDER:
        raise click.UsageError("That is no key: nothing was stored.")
    if not (key.isascii() and key.isprintable() and " " not in key):
        raise click.UsageError("A key is one word of ASCII letters and signs: nothing was stored.")
    return key


@click.group()
def key() -> None:
    """Set or check the API key of the speech service.

    It lies in Secrets Manager; no command prints it.

    \b
    Examples:
      dropscribe key set
      dropscribe key check
    """


@key.command(
    "set",
    cls=CloudCommand,
    examples=[
        "dropscribe key set",
        "dropscribe key set --from-env AIML_API_KEY",
        "pass show aimlapi | dropscribe key set --from-stdin",
    ],
)
@click.option("--from-stdin", is_flag=True, help="Read it from the first line of stdin.")
@click.option("--from-env", metavar="NAME", help="Read it from this environment variable.")
@pass_settings
def set_key(settings: Settings, from_stdin: bool, from_env: str | None) -> None:
    """Store the key, then send at once what waits for one.

    Asks for it without showing what is typed, unless it is read from elsewhere.
    """
    if from_stdin and from_env:
        raise click.UsageError("Take one of --from-stdin and --from-env.")
    secret = cleaned(_given(from_stdin, from_env))
    stack = find_stack(settings)
    arn = stack.output("ApiKeySecretArn")
    stack.secrets.put_secret_value(SecretId=arn, SecretString=secret)
    woken = dispatch(stack)
    if settings.as_json:
        say_json({"secret": arn, "dispatched": woken})
        return
    now = "is sent now" if woken else "goes within minutes (the stack could not be told)"
    note(f"The key is stored. Whatever waited for it {now}.")


@key.command("check", cls=CloudCommand, examples=["dropscribe key check && echo ready"])
@pass_settings
@click.pass_context
def check(ctx: click.Context, settings: Settings) -> None:
    """Say whether a key is set, and whether the speech API refused it; exits 3 in both cases.

    That it was refused is known from recordings that wait for another key. For a minute after a
    new one is set, a function may still use the one before.
    """
    stack = find_stack(settings)
    arn = stack.output("ApiKeySecretArn")
    secret = stack.secrets.get_secret_value(SecretId=arn)
    waiting = list(islice(_waiting_for_a_key(stack), MOST))
    state = state_of(secret["SecretString"], secret["CreatedDate"], waiting)
    if settings.as_json:
        is_set, is_refused = state is not State.PLACEHOLDER, state is State.REFUSED
        told = {"secret": arn, "set": is_set, "refused": is_refused, "waiting": len(waiting)}
        say_json(told)
    else:
        click.echo(state.value)
        if waiting:
            note(f"Waiting for a key that works: {counted(len(waiting), 'recording')}.")
    ctx.exit(ExitCode.FINE if state is State.SET else ExitCode.NOT_READY)


def state_of(secret: str, since: datetime, waiting: Iterable[Job]) -> State:
    """What is known of a key that was stored at `since`, by the jobs that wait for one."""
    if secret == PLACEHOLDER:
        return State.PLACEHOLDER
    refused = any(_is_fetched(job) or _sent_at(job) >= iso(since) for job in waiting)
    return State.REFUSED if refused else State.SET


def _is_fetched(job: Job) -> bool:
    """Whether its result is asked for all the time, and so by the key that is stored."""
    return job.status == "SUBMITTED"


def _sent_at(job: Job) -> str:
    return str(job.row.get("sending_at", ""))


# What may wait for a key: to be sent, or to be fetched.
WAIT: Final = ("WAITING", "SUBMITTED")


def _waiting_for_a_key(stack: Stack) -> Iterator[Job]:
    began = datetime.now(UTC) - LONGEST
    with ThreadPoolExecutor(QUERIES) as pool:
        for job in newest_first(stack.jobs, pool, WAIT, Wanted(began)):
            if job.wait_reason == "key":
                yield job


def _given(from_stdin: bool, from_env: str | None) -> str:
    if from_stdin:
        return sys.stdin.readline()
    if from_env:
        if from_env not in os.environ:
            raise click.UsageError(f"There is no environment variable {from_env}.")
        return os.environ[from_env]
    if not sys.stdin.isatty():
        raise click.UsageError("There is no terminal to ask on: use --from-stdin or --from-env.")
    return str(click.prompt("API key", hide_input=True, err=True))
