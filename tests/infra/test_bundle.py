"""The Lambdas' bundle: small, complete, the same each time."""

import hashlib
import importlib.metadata
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.lambda_asset import FUNCTIONS, bundle

HANDLERS = ("submit", "dispatch", "poll", "publish", "record_failure")
# What the Lambda runtime brings. urllib3 it has too, but ours comes first.
RUNTIME = ("boto3", "botocore", "s3transfer", "python-dateutil", "six", "jmespath")
NEVER = ("pydantic", "requests", "aws_xray_sdk", "httpx", "infra", "dropscribe")
MOST = 6 * 1024 * 1024  # bytes, unpacked
ENVIRONMENT = {"AWS_DEFAULT_REGION": "eu-west-1", "POWERTOOLS_METRICS_NAMESPACE": "Dropscribe"}
IMPORT = """
import sys
sys.path[:0] = sys.argv[2:]
__import__(sys.argv[1])
import json
print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))
"""


@pytest.fixture(scope="session")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the Lambda runtime brings, and nothing more."""
    folder = tmp_path_factory.mktemp("runtime")
    for name in RUNTIME:
        for file in importlib.metadata.files(name) or []:
            if ".." not in file.parts and "__pycache__" not in file.parts:
                target = folder / file
                target.parent.mkdir(parents=True, exist_ok=True)
                target.symlink_to(str(file.locate()))
    return folder


def files(folder: Path) -> Iterator[Path]:
    yield from (path for path in sorted(folder.rglob("*")) if path.is_file())


def contents(folder: Path) -> dict[str, tuple[str, int]]:
    """The hash and the mode of every file."""
    return {
        str(path.relative_to(folder)): (
            hashlib.sha256(path.read_bytes()).hexdigest(),
            path.stat().st_mode,
        )
        for path in files(folder)
    }


def test_the_bundle_is_small(built: Path, tmp_path: Path) -> None:
    """Under 6 MB unpacked, so that a cold start has little to fetch."""
    packed = tmp_path / "bundle.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in files(built):
            archive.write(path, path.relative_to(built))
    unpacked = sum(path.stat().st_size for path in files(built))
    sys.stdout.write(f"bundle: {unpacked} bytes, zipped {packed.stat().st_size}\n")
    assert packed.stat().st_size < unpacked < MOST


@pytest.mark.parametrize("handler", HANDLERS)
def test_a_handler_needs_only_the_bundle_and_boto3(
    built: Path, runtime: Path, handler: str
) -> None:
    """It imports where nothing else is installed, and loads nothing that costs a cold start."""
    imported = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", IMPORT, handler, str(built), str(runtime)],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert imported.returncode == 0, imported.stderr
    assert set(json.loads(imported.stdout)).isdisjoint(NEVER)


def test_the_isolated_interpreter_sees_no_other_packages(runtime: Path, tmp_path: Path) -> None:
    """The proof above would fail for a bundle that lacks a package."""
    lone = tmp_path / "submit.py"
    lone.write_text("import boto3, aws_lambda_powertools")
    imported = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", IMPORT, "submit", str(tmp_path), str(runtime)],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert imported.returncode != 0
    assert "No module named" in imported.stderr


def test_two_builds_are_the_same(built: Path, tmp_path: Path) -> None:
    """The same sources give the same files, byte for byte and mode for mode."""
    again = tmp_path / "again"
    bundle(again)
    assert contents(again) == contents(built)
    shutil.rmtree(again)


def test_the_bundle_holds_nothing_that_never_runs(built: Path) -> None:
    """No bytecode of another Python, no compiled code of another machine, no commands."""
    names = [path.relative_to(built) for path in files(built)]
    assert not [name for name in names if name.suffix in {".pyc", ".so", ".pyd"}]
    assert not [name for name in names if name.parts[0] in {"bin", "boto3", "botocore"}]
    assert not [name for name in names if name.name.startswith("requirements")]


def test_every_handler_lies_at_the_top(built: Path) -> None:
    """The bundle is /var/task: the sources of functions/ as they are."""
    for path in FUNCTIONS.rglob("*.py"):
        assert (built / path.relative_to(FUNCTIONS)).read_bytes() == path.read_bytes()


def test_every_package_is_pinned_by_hash() -> None:
    """functions/requirements.txt names versions and hashes, and no index to fetch them from."""
    text = (FUNCTIONS / "requirements.txt").read_text()
    pins = re.findall(r"^(\S+)==(\S+) \\$", text, re.MULTILINE)
    blocks = re.split(r"^(?=\S+==)", text, flags=re.MULTILINE)[1:]
    assert len(pins) == len(blocks) > 0
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in text
    assert "index" not in text


def test_the_bundle_is_what_the_tests_ran_with() -> None:
    """Each pinned version is the one installed here."""
    text = (FUNCTIONS / "requirements.txt").read_text()
    pins = dict(re.findall(r"^(\S+)==(\S+) \\$", text, re.MULTILINE))
    assert {name: importlib.metadata.version(name) for name in pins} == pins
