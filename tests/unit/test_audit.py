"""What `make check` makes of pip-audit's answer."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

AUDIT = Path(__file__).parents[2] / ".ci" / "audit.py"
FINE = {"name": "fine", "version": "1.0", "vulns": []}
BROKEN = {
    "name": "broken",
    "version": "2.0",
    "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["2.1"], "aliases": []}],
}
UNKNOWN = {"name": "ours", "skip_reason": "Dependency not found"}


def audit(folder: Path, says: str, to: str = "stdout") -> tuple[int, str]:
    """Run the check with a pip-audit that says this; returns its exit code and its words."""
    (folder / "said").write_text(says)
    tool = folder / "pip-audit"
    tool.write_text(
        f"#!{sys.executable}\nimport sys\nsys.{to}.write(open({str(folder / 'said')!r}).read())\n"
    )
    tool.chmod(0o755)
    path = f"{folder}:{os.environ['PATH']}"
    done = subprocess.run(
        [sys.executable, AUDIT],
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def found(*packages: dict[str, Any]) -> str:
    """pip-audit's answer about packages."""
    return json.dumps({"dependencies": list(packages), "fixes": []})


def test_without_vulnerabilities_it_passes(tmp_path: Path) -> None:
    """And says how many packages that is worth."""
    assert audit(tmp_path, found(FINE)) == (
        0,
        "1 packages audited, 0 known vulnerabilities.\n",
    )


def test_a_vulnerability_fails(tmp_path: Path) -> None:
    """With its name and the version that mends it."""
    code, said = audit(tmp_path, found(FINE, BROKEN))
    assert code == 1
    assert "broken 2.0: PYSEC-2026-1, mended in 2.1" in said


def test_what_the_service_does_not_know_is_told(tmp_path: Path) -> None:
    """It was not audited, and nobody is to believe that it was."""
    code, said = audit(tmp_path, found(FINE, UNKNOWN))
    assert code == 0
    assert "it doesn't know 1 of 2 packages" in said


@pytest.mark.parametrize(
    "log",
    [
        "Traceback ...\nrequests.exceptions.ConnectionError: HTTPSConnectionPool(...)",
        "ERROR:pip_audit._cli:Could not connect to PyPI's vulnerability feed",
    ],
)
def test_without_a_network_it_passes_with_a_sentence(tmp_path: Path, log: str) -> None:
    """An unreachable service is no vulnerability, and no proof that there is none."""
    code, said = audit(tmp_path, log, to="stderr")
    assert (code, "can't be reached" in said) == (0, True)


def test_a_mistake_of_ours_fails(tmp_path: Path) -> None:
    """Such as a pinned file that pip-audit can't read."""
    log = "ERROR:pip_audit._cli:requirement urllib3==2.8.0 does not contain a hash"
    code, said = audit(tmp_path, log, to="stderr")
    assert (code, log in said) == (1, True)
