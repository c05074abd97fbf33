"""When the stack is synthesised, with which Node.js, and what is said when it fails."""

import importlib.util
import os
import sys
from pathlib import Path

import pytest

import infra  # noqa: F401 it points the CDK to its Node.js
from dropscribe.local.errors import LocalError
from dropscribe.local.synthesis import synthesize

# Stands for the CDK: writes an assembly and counts how often it ran.
APP = """
import pathlib
out = pathlib.Path("cdk.out")
out.mkdir(exist_ok=True)
(out / "manifest.json").write_text("{}")
with pathlib.Path("runs").open("a") as runs:
    runs.write("ran" + chr(10))
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "__init__.py").touch()
    (tmp_path / "infra" / "app.py").write_text(APP)
    (tmp_path / "functions").mkdir()
    return tmp_path


def runs(repository: Path) -> list[str]:
    """A line for each run."""
    return (repository / "runs").read_text().splitlines()


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


def test_the_cdk_runs_on_the_node_of_the_environment() -> None:
    """Whatever Node.js the machine has, or none."""
    assert Path(os.environ["JSII_NODE"]).is_relative_to(Path(sys.prefix).resolve())


def test_without_any_node_it_is_told(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither in the environment nor on the machine: a sentence, not a traceback."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    monkeypatch.setenv("PATH", str(repository))
    with pytest.raises(LocalError, match=r"needs Node\.js and there is none"):
        synthesize(repository)
