"""Earlier versions of this repository, out of its history: their stacks, and their own code."""

import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from dropscribe.local.assembly import Assembly
from dropscribe.local.home import REPOSITORY
from dropscribe.local.synthesis import synthesize

# What a stack is made of.
STACK = ("functions", "infra", "cdk.json")
MISSING = (
    "This checkout has no {0}, from which the upgrade is tested. In a shallow clone "
    "`git fetch --unshallow` brings it; without a history (an unpacked archive) there is nothing "
    "to upgrade from: clone the repository."
)


@dataclass(frozen=True)
class Earlier:
    """The sources of one commit, unpacked in a folder."""

    folder: Path

    @classmethod
    def of(cls, revision: str, folder: Path) -> "Earlier":
        """Unpack a commit into a new folder, unless it lies there; skips the test without it."""
        what = f"commit {revision}"
        commit = _git(what, "rev-parse", "--verify", f"{revision}^{{commit}}").decode().strip()
        target = folder / commit
        if not target.exists():
            staging = folder / f"{commit}.{os.getpid()}"
            packed = _git(what, "archive", "--format=zip", commit)
            zipfile.ZipFile(io.BytesIO(packed)).extractall(staging)
            staging.rename(target)
        return cls(target)

    def assembly(self, monkeypatch: pytest.MonkeyPatch) -> Assembly:
        """What this version deploys, made by its own code and its own bundle."""
        with monkeypatch.context() as patched:
            patched.setenv("PYTHONPATH", self._path)
            return Assembly.read(synthesize(self.folder))

    def run(self, script: Path, environment: Mapping[str, str], *arguments: str) -> int:
        """Run a script with this version's functions in the place of ours; returns how it ended."""
        command = [sys.executable, str(script), *arguments]
        environment = {**os.environ, **environment, "PYTHONPATH": self._path}
        return subprocess.run(command, env=environment, cwd=self.folder, check=False).returncode

    @property
    def _path(self) -> str:
        return os.pathsep.join([str(self.folder), str(self.folder / "functions")])


def previous() -> str:
    """The newest commit whose stack is not the one that lies in the working tree."""
    what = "commit with an earlier stack"
    for revision in _git(what, "rev-list", "HEAD", "--", *STACK).decode().split():
        if _run("diff", "--quiet", revision, "--", *STACK).returncode:
            return revision
    pytest.skip(MISSING.format(what))


def _git(what: str, *arguments: str) -> bytes:
    """What git prints; the test is skipped where it can't, for want of `what`."""
    done = _run(*arguments)
    if done.returncode:
        pytest.skip(f"{MISSING.format(what)} (git: {done.stderr.decode().strip()})")
    return done.stdout


def _run(*arguments: str) -> "subprocess.CompletedProcess[bytes]":
    command = ["git", "-C", str(REPOSITORY), *arguments]
    return subprocess.run(command, capture_output=True, check=False)
