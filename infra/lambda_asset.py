"""The Lambdas' code, built without Docker: functions/ and its pinned dependencies, no boto3."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import jsii
from aws_cdk import BundlingOptions, DockerImage, ILocalBundling
from aws_cdk import aws_lambda as lambda_

FUNCTIONS: Final = Path(__file__).parent.parent / "functions"
RUNTIME: Final = lambda_.Runtime.PYTHON_3_13
# The version of that Python, as in `python3.13`.
PYTHON: Final = RUNTIME.name.removeprefix("python")
RUNNING: Final = f"{sys.version_info.major}.{sys.version_info.minor}"
# What may lie in functions/ and never runs.
LEFT_OUT: Final = ("__pycache__", "*.pyc", ".*_cache", "requirements.in")
# What the packages bring and never runs: commands, records of the installation, and the parts of
# Powertools for web requests and others' events, which are most of its bytes.
TRIMMED: Final = (
    *("bin", "*.dist-info", "aws_lambda_powertools/event_handler"),
    *("aws_lambda_powertools/utilities/data_classes", "aws_lambda_powertools/utilities/parser"),
)


@jsii.implements(ILocalBundling)
class PinnedPackages:
    """Installs what functions/requirements.txt pins by hash, next to the source."""

    def try_bundle(
        self,
        output_dir: str,
        *,
        image: DockerImage,  # noqa: ARG002 jsii calls it by this name
        **_options: Any,
    ) -> bool:
        bundle(Path(output_dir))
        return True


def bundle(target: Path, python: str = PYTHON) -> None:
    """Fill a folder with what lies in /var/task: the same files for the same sources.

    `python` is the version that will run them: where there is one here, it prepares its bytecode.
    """
    install = f"{sys.executable} -m pip install --quiet --disable-pip-version-check".split()
    pinned = ["--no-deps", "--no-compile", "--only-binary=:all:", "--require-hashes"]
    where = ["--requirement", str(FUNCTIONS / "requirements.txt"), "--target", str(target)]
    subprocess.run([*install, *pinned, *where], check=True, stdout=sys.stderr)  # noqa: S603
    for pattern in TRIMMED:
        for unused in target.glob(pattern):
            shutil.rmtree(unused)
    ignored = shutil.ignore_patterns(*LEFT_OUT, "requirements.txt")
    shutil.copytree(FUNCTIONS, target, dirs_exist_ok=True, ignore=ignored)
    if compiler := _interpreter(python):
        prepare(target, compiler)
    open_to_all(target)


def open_to_all(target: Path) -> None:
    """Let everybody read: Lambda runs as another user than whoever builds, under any umask."""
    for path in (target, *target.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def _interpreter(python: str) -> str | None:
    """A Python of that version: the running one, or one on the PATH that runs; None without."""
    if python == RUNNING:
        return sys.executable
    found = shutil.which(f"python{python}")
    return found if found and _version(found) else None


def _version(python: str) -> str:
    """The whole version of an interpreter, which decides on the bytes; empty if it doesn't run."""
    asked = [python, "-I", "-c", "import sys; print(sys.version)"]
    return subprocess.run(asked, check=False, capture_output=True, text=True).stdout.strip()  # noqa: S603


def prepare(target: Path, python: str) -> None:
    """Lay bytecode beside the sources, for which a cold start would otherwise compile each.

    Ordinary bytecode names its source's date, which the CDK sets back for every file in the zip:
    it would always be stale. Unchecked, it is taken as it is. Another minor version of Python
    passes it over and reads the sources, so it is only made by one that can use it. No order of
    a set and no path of this machine gets into it: a traceback names /var/task.
    """
    environment = {name: said for name, said in os.environ.items() if not name.startswith("PYTHON")}
    unchecked = ["-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
    named = ["-s", str(target), "-p", "/var/task", str(target)]
    subprocess.run(  # noqa: S603 an interpreter of this machine
        [python, "-s", "-P", *unchecked, *named],
        env=environment | {"PYTHONHASHSEED": "0"},
        check=True,
        stdout=sys.stderr,
    )


def code() -> lambda_.Code:
    """The asset. Its hash, by which a build is found again, is of the sources, this recipe and
    the Python that prepares the bytecode, if there is one.
    """
    recipe = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
    python = _interpreter(PYTHON)
    return lambda_.Code.from_asset(
        str(FUNCTIONS),
        exclude=[*LEFT_OUT, *(f"**/{pattern}" for pattern in LEFT_OUT)],
        bundling=BundlingOptions(
            image=DockerImage.from_registry("unused"),
            local=PinnedPackages(),
            environment={"RECIPE": recipe, "BYTECODE": _version(python) if python else "none"},
        ),
    )
