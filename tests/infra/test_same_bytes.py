"""The same sources give the same template, whoever asks for it."""

import json
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from infra.app import ROOT
from tests.infra.conftest import run_app

# What CDK CLI 2.1148.1 adds to the context of our cdk.json.
ADDED = {
    "aws:cdk:disable-version-reporting": True,
    "aws:cdk:bundling-stacks": ["**"],
    "@aws-cdk/core:failSynthOnValidationErrors": False,
}
WRITTEN = ("Dropscribe.template.json", "Dropscribe.assets.json")


@pytest.fixture(scope="module")
def outdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder for an assembly."""
    return tmp_path_factory.mktemp("called")


@pytest.fixture(scope="module")
def called(outdir: Path) -> CompletedProcess[str]:
    """The app, called as the CDK CLI calls it."""
    said = json.loads((ROOT / "cdk.json").read_text())["context"] | ADDED
    done = run_app(outdir, CDK_CONTEXT_JSON=json.dumps(said), PYTHONHASHSEED="7")
    assert done.returncode == 0, done.stderr
    return done


@pytest.mark.usefixtures("called")
@pytest.mark.parametrize("name", WRITTEN)
def test_the_cdk_cli_gets_the_same_bytes(synthesized: Path, outdir: Path, name: str) -> None:
    """`python -m infra.app`, and again as the CLI calls it: neither template nor hashes differ."""
    assert (outdir / name).read_bytes() == (synthesized / name).read_bytes()


@pytest.mark.usefixtures("called")
def test_the_asset_is_the_bundle(outdir: Path, built: Path) -> None:
    """The folder that functions are deployed from is what `bundle` makes."""
    [asset] = outdir.glob("asset.*")
    found = {path.relative_to(asset) for path in asset.rglob("*") if path.is_file()}
    assert found == {path.relative_to(built) for path in built.rglob("*") if path.is_file()}


def test_the_cdk_has_a_node_that_it_likes(called: CompletedProcess[str]) -> None:
    """The environment brings a Node.js: no warning about the machine's own, old or missing."""
    assert "end-of-life" not in called.stderr
    assert "node version" not in called.stderr.lower()
