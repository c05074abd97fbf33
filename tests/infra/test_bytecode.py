"""Bytecode in the bundle: made where a Python can make what Lambda's can use, and always used."""

import importlib.util
import marshal
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from infra.lambda_asset import FUNCTIONS, RUNNING, bundle, prepare

UNCHECKED = 0b01  # PEP 552: no date, and nobody compares the source's hash
IMPORT = "import sys; sys.path[:0] = sys.argv[1:]; import transcription.job"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle for a Lambda whose Python is this one."""
    target = tmp_path_factory.mktemp("prepared") / "task"
    bundle(target, RUNNING)
    return target


def bytecode(source: Path) -> bytes:
    return Path(importlib.util.cache_from_source(str(source))).read_bytes()


def test_every_source_has_bytecode_that_nothing_makes_stale(prepared: Path) -> None:
    """The CDK sets every date back, for which Python would compile everything again."""
    flags = {bytecode(source)[4:8] for source in prepared.rglob("*.py")}
    assert flags == {UNCHECKED.to_bytes(4, "little")}


def test_bytecode_is_used_instead_of_its_source(prepared: Path, tmp_path: Path) -> None:
    """Even one that has changed since: nothing is compiled at a cold start."""
    task = shutil.copytree(prepared, tmp_path / "task")
    (task / "transcription" / "job.py").write_text("raise SystemExit('It was compiled')")
    subprocess.run([sys.executable, "-I", "-S", "-B", "-c", IMPORT, str(task)], check=True)


def test_a_traceback_names_the_folder_in_lambda(prepared: Path) -> None:
    """No path of the machine that built it is in the bundle."""
    code = marshal.loads(bytecode(prepared / "poll.py")[16:])
    assert code.co_filename == "/var/task/poll.py"


def test_the_same_sources_give_the_same_bytecode(prepared: Path, tmp_path: Path) -> None:
    """Byte for byte, in whatever folder: a deployment of nothing new uploads nothing."""
    ours = shutil.ignore_patterns("__pycache__", "requirements*")
    again = shutil.copytree(FUNCTIONS, tmp_path / "elsewhere", ignore=ours)
    prepare(again, sys.executable)
    for source in again.rglob("*.py"):
        assert bytecode(source) == bytecode(prepared / source.relative_to(again))


def test_without_its_python_there_are_only_sources(tmp_path: Path) -> None:
    """Bytecode of another version would be carried along, and never be read."""
    bundle(tmp_path / "task", "0.0")
    assert not list((tmp_path / "task").rglob("*.pyc"))
