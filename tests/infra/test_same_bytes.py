"""The same sources give the same template, whoever asks for it."""

import json
from pathlib import Path

import pytest

from infra.app import ROOT
from tests.infra.conftest import run_app

# What CDK CLI 2.1148.1 adds to the context of our cdk.json.
ADDED = json.loads((Path(__file__).parent / "called_by_cli.json").read_text())


@pytest.fixture(scope="module")
def by_cli(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the app writes when it is called as the CDK CLI calls it."""
    outdir = tmp_path_factory.mktemp("called")
    said = json.loads((ROOT / "cdk.json").read_text())["context"] | ADDED
    done = run_app(outdir, CDK_CONTEXT_JSON=json.dumps(said), PYTHONHASHSEED="7")
    assert done.returncode == 0, done.stderr
    return outdir


def test_the_template_is_the_same_bytes_each_time(assembly: Path, by_cli: Path) -> None:
    """`python -m infra.app`, and once more as the CDK CLI would: not a byte differs."""
    one, other = (it / "Dropscribe.template.json" for it in (assembly, by_cli))
    assert one.read_bytes() == other.read_bytes()


def test_the_assets_have_the_same_hashes_each_time(assembly: Path, by_cli: Path) -> None:
    """What is already in the asset bucket is not uploaded again."""
    one, other = (it / "Dropscribe.assets.json" for it in (assembly, by_cli))
    assert one.read_bytes() == other.read_bytes()


def test_the_asset_is_the_bundle(assembly: Path, built: Path) -> None:
    """The folder that functions are deployed from is what `bundle` makes."""
    [asset] = assembly.glob("asset.*")
    found = {path.relative_to(asset) for path in asset.rglob("*") if path.is_file()}
    assert found == {path.relative_to(built) for path in built.rglob("*") if path.is_file()}


def test_the_cdk_has_a_node_that_it_likes(assembly: Path) -> None:
    """The environment brings a Node.js: no warning about the machine's own, old or missing."""
    said = (assembly / "stderr").read_text().lower()
    assert "node" not in said.replace("node_modules", "")
