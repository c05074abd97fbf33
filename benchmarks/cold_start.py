"""What it takes to start a function, beside the least and beside the usual."""

import compileall
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any, Final, NamedTuple

from benchmarks.lambda_place import RUNTIME, environments, lay, run
from benchmarks.machine import ROOT
from benchmarks.start_programs import CLIENTS, FLOOR, IMPORT, NAIVE, USUAL
from infra.lambda_asset import PYTHON, RUNNING, bundle

RUNS: Final = 5
AT_ONCE: Final = 2
# Of what is told for comparison only.
FEW_RUNS: Final = 1
HEAD: Final = f"""## Cold starts

What importing a function costs, with all the clients of AWS that it makes while Lambda starts it,
in milliseconds of CPU: from the built bundle, in an isolated process of its own, in the environment
that the template gives it. The floor is `boto3` with the same clients, and nothing else. The naive
function imports the usual things, and makes the same clients, DynamoDB's as a resource: `requests`,
pydantic models, Powertools' `Tracer` and its parser with the models of events. It has nothing of
ours in it. Our bytecode is prepared, as the bundle's is where Python {PYTHON} builds it; the naive
one has none that counts, as any bundle that the CDK zips: the date of its files is not theirs.
The last two columns are the other way round, each, and of {FEW_RUNS} process; all others are
medians of {RUNS}, taken in turns, {AT_ONCE} at a time.

| function | import | floor | ratio | naive | ratio | naive, with bytecode | ours, without |
|---|---|---|---|---|---|---|---|
"""


# What is started, and the folders that it is imported from.
SHAPES: Final = {
    "ours": ("", "prepared"),
    "floor": ("floor_", "compared"),
    "naive": ("naive_", "compared", "usual"),
    "naive_prepared": ("naive_", "compared", "usual_prepared"),
    "plain": ("", "sources"),
}


class Start(NamedTuple):
    """Milliseconds of CPU that a function takes to start, and what it is compared with."""

    function: str
    ours: float
    floor: float
    naive: float
    naive_prepared: float
    plain: float


class Place(NamedTuple):
    """The folders to import from, and the functions' environments."""

    root: Path
    environments: Mapping[str, Mapping[str, str]]

    def milliseconds(self, function: str, module: str, *folders: str) -> float:
        """What importing a module takes in a fresh process, of CPU."""
        return 1000 * float(self.run(IMPORT, function, module, *folders))

    def run(self, program: str, function: str, module: str, *folders: str) -> str:
        paths = [str(self.root / folder) for folder in (*folders, "runtime")]
        done = run(program, module, *paths, environment=self.environments[function])
        if done.returncode:
            raise ChildProcessError(done.stderr)
        return done.stdout


def measure() -> list[Start]:
    """The start of every function."""
    with tempfile.TemporaryDirectory() as folder:
        place = _place(Path(folder))
        rounds = [_round(place, number) for number in range(RUNS)]
    return [
        Start(name, **{kind: median(_taken(rounds, name, kind)) for kind in Start._fields[1:]})
        for name in place.environments
    ]


def _taken(rounds: list[dict[str, dict[str, float]]], name: str, kind: str) -> list[float]:
    return [one[name][kind] for one in rounds if kind in one[name]]


def _round(place: Place, number: int) -> dict[str, dict[str, float]]:
    """Every function once, in all its shapes; in later rounds only in those that count."""
    kinds = [kind for kind in SHAPES if number < FEW_RUNS or kind in {"ours", "floor", "naive"}]

    def taken(name: str) -> dict[str, float]:
        shapes = ((kind, *SHAPES[kind]) for kind in kinds)
        return {
            kind: place.milliseconds(name, f"{prefix}{name}", *folders)
            for kind, prefix, *folders in shapes
        }

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip(place.environments, pool.map(taken, place.environments), strict=True))


def _place(root: Path) -> Place:
    """Everything that is imported, with its bytecode but for our sources alone."""
    bundle(root / "prepared", RUNNING)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(root / "prepared", root / "sources", ignore=ignored)
    lay(root / "runtime", (*RUNTIME, "urllib3"))
    lay(root / "usual", USUAL)
    lay(root / "usual_prepared", USUAL)
    place = Place(root, environments(_template(root / "assembly")))
    (root / "compared").mkdir()
    for function in place.environments:
        clients = json.loads(place.run(CLIENTS, function, function, "prepared"))
        for name, source in (("floor", FLOOR), ("naive", NAIVE)):
            made = root / "compared" / f"{name}_{function}.py"
            made.write_text(source.format(clients=clients))
    for folder in ("compared", "usual_prepared", "runtime"):
        compileall.compile_dir(root / folder, quiet=2, workers=0)
    return place


def _template(outdir: Path) -> dict[str, Any]:
    """What CloudFormation would get."""
    unbundled = json.dumps({"aws:cdk:bundling-stacks": []})
    subprocess.run(
        [sys.executable, "-m", "infra.app"],
        cwd=ROOT,
        env=os.environ | {"CDK_OUTDIR": str(outdir), "CDK_CONTEXT_JSON": unbundled},
        check=True,
        capture_output=True,
    )
    return dict(json.loads((outdir / "Dropscribe.template.json").read_text()))


def table(starts: list[Start] | None = None) -> str:
    """The figures as Markdown."""
    return HEAD + "".join(map(_row, starts or measure()))


def _row(start: Start) -> str:
    cells = (
        start.function,
        f"{start.ours:.0f}",
        f"{start.floor:.0f}",
        f"{start.ours / start.floor:.2f}",
        f"{start.naive:.0f}",
        f"{start.ours / start.naive:.2f}",
        f"{start.naive_prepared:.0f}",
        f"{start.plain:.0f}",
    )
    return f"| {' | '.join(cells)} |\n"
