"""Ask pip-audit for known vulnerabilities of everything that is pinned; `make check` runs it.

A vulnerability ends it with 1. A service that can't be reached, or that doesn't know a package,
is told in one sentence and fails nobody's build: a machine without a network proves nothing.
"""

import json
import re
import subprocess
import sys
from typing import Any

PINNED = ("requirements.txt", "requirements-uv.txt", "functions/requirements.txt")
# Seconds: for one answer of the service, and for all of them.
PATIENCE, ALL = 5, 120
# How pip-audit says that it reached nobody, which is nothing that we did wrong.
UNREACHABLE = re.compile(r"^requests\.exceptions\.|Could not connect to", re.MULTILINE)


def main() -> None:
    asked = [argument for file in PINNED for argument in ("--requirement", file)]
    command = ["pip-audit", *asked, "--require-hashes", "--disable-pip", "--format=json"]
    quiet = ["--progress-spinner=off", f"--timeout={PATIENCE}"]
    try:
        done = subprocess.run(  # noqa: S603 the environment's own pip-audit
            [*command, *quiet], capture_output=True, text=True, check=False, timeout=ALL
        )
    except subprocess.TimeoutExpired:
        sys.exit(_unheard(f"it took longer than {ALL} s"))
    sys.exit(_told(done.stdout, done.stderr))


def _told(answer: str, log: str) -> int:
    """Say what pip-audit found; returns the exit code."""
    try:
        packages = json.loads(answer)["dependencies"]
    except (ValueError, KeyError):
        if UNREACHABLE.search(log):
            return _unheard("it can't be reached")
        _say(log)
        return 1
    known = [found for package in packages for found in _vulnerabilities(package)]
    unknown = sum("skip_reason" in package for package in packages)
    if unknown:
        _unheard(f"it doesn't know {unknown} of {len(packages)} packages")
    _say(*known, f"{len(packages) - unknown} packages audited, {len(known)} known vulnerabilities.")
    return 1 if known else 0


def _vulnerabilities(package: dict[str, Any]) -> list[str]:
    return [
        f"{package['name']} {package['version']}: {found['id']}, mended in "
        f"{', '.join(found['fix_versions']) or 'no version yet'}"
        for found in package.get("vulns", [])
    ]


def _unheard(why: str) -> int:
    _say(f"Not everything was audited for known vulnerabilities; the advisory service: {why}.")
    return 0


def _say(*sentences: str) -> None:
    sys.stdout.writelines(f"{sentence}\n" for sentence in sentences)


if __name__ == "__main__":
    main()
