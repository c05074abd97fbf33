"""A place on this machine like the one where Lambda starts a function: its folders, its settings.

What is imported there comes from the bundle and from what the runtime brings, and from nowhere
else: `python -I -S` sees no other package, and `-B` leaves no bytecode behind.
"""

import importlib.metadata
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from infra.lambda_asset import FUNCTIONS

# What the Lambda runtime brings. urllib3 it has too, but ours comes first.
RUNTIME: Final = ("boto3", "botocore", "s3transfer", "python-dateutil", "six", "jmespath")
ISOLATED: Final = (sys.executable, "-I", "-S", "-B", "-c")
# What Lambda itself sets.
LAMBDA: Final[Mapping[str, str]] = {
    "AWS_LAMBDA_FUNCTION_NAME": "Function",
    "LAMBDA_TASK_ROOT": "/var/task",
    "AWS_REGION": "eu-west-1",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_ACCESS_KEY_ID": "ASIAEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_SESSION_TOKEN": "token",
}
# What stands for a setting that only a deployed stack knows.
ELSEWHERE: Final = "https://127.0.0.1"


def lay(folder: Path, packages: Iterable[str]) -> Path:
    """Fill a folder with links to packages that are installed here, without their bytecode."""
    for name in packages:
        for file in importlib.metadata.files(name) or []:
            if ".." not in file.parts and "__pycache__" not in file.parts:
                target = folder / file
                target.parent.mkdir(parents=True, exist_ok=True)
                target.symlink_to(str(file.locate()))
    return folder


def environments(template: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """What each of our handlers finds in its environment, by the handler's file."""
    found = [resource.get("Properties", {}) for resource in template["Resources"].values()]
    named = {str(it["Handler"]).removesuffix(".handler"): it for it in found if "Handler" in it}
    return {
        handler: {**LAMBDA, **_settings(properties["Environment"]["Variables"])}
        for handler, properties in named.items()
        if (FUNCTIONS / f"{handler}.py").exists()
    }


def _settings(variables: Mapping[str, Any]) -> dict[str, str]:
    return {n: said if isinstance(said, str) else ELSEWHERE for n, said in variables.items()}


def run(
    program: str, *arguments: str, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run a program in a fresh process there; the first argument tells it where to import from."""
    return subprocess.run(  # noqa: S603 this very Python
        [*ISOLATED, program, *arguments],
        env=dict(environment),
        capture_output=True,
        text=True,
        check=False,
    )
