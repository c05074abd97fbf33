"""What it takes to start a function, beside the least and beside the usual."""

import compileall
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any, Final, NamedTuple

from benchmarks.lambda_place import RUNTIME, environments, lay, run
from benchmarks.machine import ROOT
from infra.lambda_asset import PYTHON, RUNNING, bundle

RUNS: Final = 11
PLAIN_RUNS: Final = 3
HEAD: Final = f"""## Cold starts

What importing a function costs, with all the clients of AWS that it makes while Lambda starts it,
in milliseconds of CPU: from the built bundle, in an isolated process of its own, in the environment
that the template gives it. The floor is `boto3` with the same clients, and nothing else. The naive
function makes the same clients, DynamoDB's as a resource, and takes what many take: `requests`,
pydantic models, Powertools' `Tracer` and its parser with the envelopes and models of events. All
have their bytecode prepared, as the bundle has where Python {PYTHON} builds it; the last column is
ours without. Medians of {RUNS} processes each ({PLAIN_RUNS} for the last column), taken in turns.

| function | import | floor | ratio | naive | ratio | without bytecode |
|---|---|---|---|---|---|---|
"""
# What a function of the usual kind is packed with.
USUAL: Final = (
    *("requests", "certifi", "charset-normalizer", "idna", "urllib3"),
    *("pydantic", "pydantic-core", "annotated-types", "typing-inspection", "typing-extensions"),
    *("aws-lambda-powertools", "jmespath", "aws-xray-sdk", "wrapt"),
)
NAIVE: Final = """
from typing import Any, Optional

import boto3
import requests
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.utilities.parser import BaseModel, envelopes, event_parser
from aws_lambda_powertools.utilities.parser.models import S3SqsEventNotificationModel
from aws_lambda_powertools.utilities.typing import LambdaContext

class Word(BaseModel):
    word: str
    start: float
    end: float
    confidence: float

class Answer(BaseModel):
    status: str
    text: Optional[str] = None
    words: list[Word] = []

class Job(BaseModel):
    job_id: str
    bucket: str
    key: str
    status: str
    answer: Optional[Answer] = None

logger, metrics, tracer, session = Logger(), Metrics(), Tracer(), requests.Session()
table = boto3.resource("dynamodb").Table("jobs")
made = [boto3.client(service) for service in {clients!r} if service != "dynamodb"]

@logger.inject_lambda_context
@metrics.log_metrics
@tracer.capture_lambda_handler
@event_parser(model=Job)
def handler(event: Job, context: LambdaContext) -> Any: ...
"""
FLOOR: Final = "import boto3\nmade = [boto3.client(service) for service in {clients!r}]\n"
IMPORT: Final = """
import sys, time
sys.path[:0] = sys.argv[2:]
started = time.process_time()
__import__(sys.argv[1])
print(time.process_time() - started)
"""
CLIENTS: Final = """
import sys
sys.path[:0] = sys.argv[2:]
import json, botocore.session
made, create = [], botocore.session.Session.create_client
def watched(self, service, *args, **kwargs):
    made.append(service)
    return create(self, service, *args, **kwargs)
botocore.session.Session.create_client = watched
__import__(sys.argv[1])
print(json.dumps(made))
"""


class Start(NamedTuple):
    """Milliseconds of CPU that a function takes to start, and what it is compared with."""

    function: str
    ours: float
    floor: float
    naive: float
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
        functions = list(place.environments)
        rounds = [{name: _once(name, place) for name in functions} for _ in range(RUNS)]
        plain = [{name: _plain(name, place) for name in functions} for _ in range(PLAIN_RUNS)]
    return [
        Start(
            name,
            ours=median(one[name][0] for one in rounds),
            floor=median(one[name][1] for one in rounds),
            naive=median(one[name][2] for one in rounds),
            plain=median(one[name] for one in plain),
        )
        for name in functions
    ]


def _once(function: str, place: Place) -> tuple[float, float, float]:
    return (
        place.milliseconds(function, function, "prepared"),
        place.milliseconds(function, f"floor_{function}", "compared"),
        place.milliseconds(function, f"naive_{function}", "compared", "usual"),
    )


def _plain(function: str, place: Place) -> float:
    return place.milliseconds(function, function, "sources")


def _place(root: Path) -> Place:
    """Everything that is imported, with its bytecode but for our sources alone."""
    bundle(root / "prepared", RUNNING)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(root / "prepared", root / "sources", ignore=ignored)
    lay(root / "runtime", (*RUNTIME, "urllib3"))
    lay(root / "usual", USUAL)
    place = Place(root, environments(_template(root / "assembly")))
    (root / "compared").mkdir()
    for function in place.environments:
        clients = json.loads(place.run(CLIENTS, function, function, "prepared"))
        for name, source in (("floor", FLOOR), ("naive", NAIVE)):
            made = root / "compared" / f"{name}_{function}.py"
            made.write_text(source.format(clients=clients))
    for folder in ("compared", "usual", "runtime"):
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
        f"{start.plain:.0f}",
    )
    return f"| {' | '.join(cells)} |\n"
