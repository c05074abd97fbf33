"""The Lambdas' bundle: small, complete, the same each time."""

import hashlib
import importlib.metadata
import os
import re
import shutil
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from infra.lambda_asset import FUNCTIONS, PYTHON, bundle

# How bytecode for Lambda's Python is named.
TAG = "cpython-" + PYTHON.replace(".", "")
# Bytes, unpacked: with bytecode, where this Python is Lambda's.
MOST = 6 * 1024 * 1024


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


def test_two_builds_are_the_same(built: Path, tmp_path: Path) -> None:
    """The same sources give the same files, byte for byte and mode for mode."""
    again = tmp_path / "again"
    bundle(again)
    assert contents(again) == contents(built)
    shutil.rmtree(again)


def test_the_bundle_holds_nothing_that_never_runs(built: Path) -> None:
    """No bytecode of another Python, no compiled code of another machine, no commands."""
    names = [path.relative_to(built) for path in files(built)]
    assert not [name for name in names if name.suffix in {".so", ".pyd"}]
    others = [name for name in names if name.suffix == ".pyc" and not name.match(f"*.{TAG}.pyc")]
    assert not others
    assert not [name for name in names if name.parts[0] in {"bin", "boto3", "botocore"}]
    assert not [name for name in names if name.name.startswith("requirements")]


def test_everybody_may_read_it(tmp_path: Path) -> None:
    """Lambda runs as another user than whoever built it, perhaps under a strict umask."""
    before = os.umask(0o077)
    try:
        bundle(tmp_path / "task")
    finally:
        os.umask(before)
    modes = {
        (path.is_dir(), path.stat().st_mode & 0o777) for path in (tmp_path / "task").rglob("*")
    }
    assert modes == {(True, 0o755), (False, 0o644)}


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
