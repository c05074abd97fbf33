"""`dropscribe key`: the speech API's key, which is stored and never shown."""

import json
import os
import sys
from typing import Final

import click
from botocore.exceptions import BotoCoreError, ClientError

from dropscribe.exits import ExitCode
from dropscribe.screen import note, say_json
from dropscribe.settings import CloudCommand, Settings, pass_settings
from dropscribe.stack import Stack, find_stack

PLACEHOLDER: Final = "PUT-YOUR-API-KEY-HERE"


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
    woken = _dispatch(stack)
    if settings.as_json:
        say_json({"secret": arn, "dispatched": woken})
        return
    now = "is sent now" if woken else "goes within minutes (the stack could not be told)"
    note(f"The key is stored. What waited for it {now}.")


@key.command("check", cls=CloudCommand, examples=["dropscribe key check && echo ready"])
@pass_settings
@click.pass_context
def check(ctx: click.Context, settings: Settings) -> None:
    """Say whether a key is set; exits 3 while it is not."""
    stack = find_stack(settings)
    arn = stack.output("ApiKeySecretArn")
    is_set = stack.secrets.get_secret_value(SecretId=arn).get("SecretString") != PLACEHOLDER
    if settings.as_json:
        say_json({"secret": arn, "set": is_set})
    else:
        click.echo("set" if is_set else "placeholder: store a key with `dropscribe key set`")
    ctx.exit(ExitCode.FINE if is_set else ExitCode.NOT_READY)


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


def _dispatch(stack: Stack) -> bool:
    # The key is stored by now, so this only makes it quicker: dispatch runs each minute anyway.
    try:
        stack.functions.invoke(
            FunctionName=stack.output("DispatchFunctionName"),
            InvocationType="Event",
            Payload=json.dumps({"now": True}).encode(),
        )
    except (BotoCoreError, ClientError):
        return False
    return True
