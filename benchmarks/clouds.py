"""Stacks on an embedded cloud of their own, for as long as something is measured there."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import cache
from pathlib import Path

from transcription.speeds import Speed

from benchmarks.machine import ROOT
from dropscribe.local.assembly import Assembly
from dropscribe.local.cloud import Cloud
from dropscribe.local.home import Home
from dropscribe.local.settings import Settings
from tests.stack import Stack

API_KEY = "the-key-of-the-benchmarks"
MODEL = "#g1_whisper-small"
PATIENCE = 600.0  # seconds for whatever is waited for
LIMIT = 30  # the setting maxInFlight, wherever that is not what is asked
MINUTE = 60.0  # after which Dispatch is run, as its schedule would


@contextmanager
def deployed(assembly: Assembly, api_url: str, scale: float) -> Iterator[Stack]:
    """A stack that calls the API at `api_url`, with its waits so much shorter.

    Its scheduled functions don't run: what is measured is what uploads themselves set going.
    """
    stop_when_told()
    settings = Settings(api_base_url=f"{api_url}/v1", scale=scale, persist=False)
    with (
        tempfile.TemporaryDirectory() as folder,
        Cloud.on_free_ports(Home(Path(folder) / "home"), settings) as cloud,
    ):
        stack = Stack(cloud.connection.session(), cloud.deploy(assembly), PATIENCE)
        stack.switch_schedules_off()
        if secret := stack.outputs.get("ApiKeySecretArn"):
            secrets = stack.session.client("secretsmanager")
            secrets.put_secret_value(SecretId=secret, SecretString=API_KEY)
        yield stack


def teach(stack: Stack, speed: Speed) -> None:
    """Have the stack know how long the model takes, as if so many jobs had shown it."""
    overhead, per_second = (Decimal(f"{it:.6g}") for it in (speed.overhead, speed.per_second))
    known = {"overhead": overhead, "per_second": per_second, "jobs": speed.jobs}
    item = {"job_id": f"#speed {MODEL}", "revision": speed.jobs, **known}
    stack.table.put_item(Item=item)


def stop_when_told() -> None:
    """Have SIGTERM end this program as an error does: no emulator is left running behind it."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))


def wait(stack: Stack, is_so: Callable[[], bool], patience: float = PATIENCE) -> None:
    """Wait until something is so, and run Dispatch each minute; raises TimeoutError."""
    started = minute = time.monotonic()
    while not is_so():
        now = time.monotonic()
        if now > started + patience:
            raise TimeoutError
        if now > minute + MINUTE and "DispatchFunctionName" in stack.outputs:
            dispatch(stack)
            minute = now
        time.sleep(2)  # to look costs the machine something, too


def dispatch(stack: Stack) -> None:
    """Run Dispatch as its schedule does: nobody waits for its end, which may take minutes."""
    stack.session.client("lambda").invoke(
        FunctionName=stack.outputs["DispatchFunctionName"], InvocationType="Event", Payload=b"{}"
    )


def synthesized(module: str = "infra.app") -> Assembly:
    """What a CDK program of ours writes; ours with `maxInFlight` LIMIT, all else as in cdk.json."""
    return Assembly.read(Path(_written(module).name))


@cache
def _written(module: str) -> tempfile.TemporaryDirectory[str]:
    """The folder, which is gone with this process."""
    folder = tempfile.TemporaryDirectory()
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    given = json.dumps(context | {"dropscribe:maxInFlight": LIMIT})
    subprocess.run(  # noqa: S603 our own program
        [sys.executable, "-m", module],
        cwd=ROOT,
        env={**os.environ, "CDK_OUTDIR": folder.name, "CDK_CONTEXT_JSON": given},
        check=True,
        capture_output=True,
    )
    return folder
