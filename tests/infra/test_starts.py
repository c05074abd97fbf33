"""An import budget, on the very bundle: what each function loads and makes while it starts."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from benchmarks.lambda_place import LAMBDA, RUNTIME, environments, lay, run
from tests.infra.template import Template

SENDERS = {"submit", "dispatch", "reconcile"}
CLIENTS = {
    "submit": {"dynamodb", "secretsmanager", "s3", "stepfunctions", "events", "ssm"},
    "dispatch": {"dynamodb", "secretsmanager", "s3", "stepfunctions", "events"},
    "reconcile": {"dynamodb", "secretsmanager", "s3", "stepfunctions", "events", "ssm"},
    "poll": {"dynamodb", "secretsmanager", "s3"},
    "publish": {"dynamodb", "s3", "events"},
    "record_failure": {"dynamodb", "events"},
}
# Tracing's SDK alone costs more than all the rest; what deploys is not there at all. Powertools'
# batches bring every kind of event; boto3 looks through all services to make a table of its own.
NEVER = {
    *("pydantic", "requests", "aws_xray_sdk", "httpx", "numpy", "infra", "dropscribe", "tests"),
    *("aws_lambda_powertools.utilities.batch", "aws_lambda_powertools.utilities.data_classes"),
    "boto3.dynamodb.table",
}
# What is dear, and who may load it.
ONLY = {
    "transcription.captions": {"publish"},
    "transcription.markdown": {"publish"},
    "transcription.reading": {"publish"},
    "transcription.shelf": {"publish", "poll"},
    "transcription.poller": {"poll"},
    "transcription.speech_api": {*SENDERS, "poll"},
    "transcription.desk": SENDERS,
    "transcription.media": SENDERS,
    "tinytag": SENDERS,
    "transcription.options": {"submit", "reconcile"},
    "transcription.rules": {"submit", "reconcile"},
    "transcription.inventory": {"reconcile"},
    "transcription.failure": {"record_failure", "reconcile"},
    "aws_lambda_powertools.utilities.parameters": {*SENDERS, "poll"},
}
START = """
import sys
sys.path[:0] = sys.argv[2:]
import gc, json, botocore.session
made, create = [], botocore.session.Session.create_client
def watched(self, service, *args, **kwargs):
    made.append(service)
    return create(self, service, *args, **kwargs)
botocore.session.Session.create_client = watched
__import__(sys.argv[1]).handler
print(json.dumps([sorted(sys.modules), made, gc.isenabled()]))
"""


class Started(NamedTuple):
    """What a process has that has imported a handler as Lambda does."""

    modules: frozenset[str]
    clients: list[str]
    collects: bool


def start(handler: str, *folders: Path, environment: Mapping[str, str]) -> Started:
    done = run(START, handler, *map(str, folders), environment=environment)
    assert done.returncode == 0, done.stderr
    modules, clients, collects = json.loads(done.stdout)
    return Started(frozenset(modules), clients, collects)


@pytest.fixture(scope="session")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the Lambda runtime brings, and nothing more."""
    return lay(tmp_path_factory.mktemp("runtime"), RUNTIME)


@pytest.fixture(scope="session")
def started(built: Path, runtime: Path, template: Template) -> dict[str, Started]:
    """Every function, started from the bundle in the environment that the template gives it."""
    return {
        handler: start(handler, built, runtime, environment=environment)
        for handler, environment in environments(template.body).items()
    }


def test_every_handler_starts_with_only_the_bundle_and_boto3(started: dict[str, Started]) -> None:
    """They import where nothing else is installed, and have what they need in their settings."""
    assert started.keys() == CLIENTS.keys()


def test_the_isolated_interpreter_sees_no_other_packages(runtime: Path, tmp_path: Path) -> None:
    """The proof above would fail for a bundle that lacks a package."""
    (tmp_path / "submit.py").write_text("import boto3, aws_lambda_powertools")
    imported = run(START, "submit", str(tmp_path), str(runtime), environment=LAMBDA)
    assert imported.returncode != 0
    assert "No module named" in imported.stderr


@pytest.mark.parametrize("handler", CLIENTS)
def test_clients_are_made_at_the_start_and_once(started: dict[str, Started], handler: str) -> None:
    """While Lambda starts a function it has the most CPU: what each path needs is made then."""
    assert sorted(started[handler].clients) == sorted(CLIENTS[handler])


@pytest.mark.parametrize("handler", CLIENTS)
def test_a_cold_start_does_not_pay_for(started: dict[str, Started], handler: str) -> None:
    """These cost more time than the function itself."""
    assert started[handler].modules.isdisjoint(NEVER)


@pytest.mark.parametrize("module", ONLY)
def test_what_is_dear_is_loaded_where_it_is_used(started: dict[str, Started], module: str) -> None:
    """A function loads what its own path uses: no other reads media or cuts captions."""
    assert {name for name, it in started.items() if module in it.modules} == ONLY[module]


@pytest.mark.parametrize("handler", CLIENTS)
def test_garbage_is_collected_again_after_the_start(
    started: dict[str, Started], handler: str
) -> None:
    """It is left alone while everything is loaded, and no longer."""
    assert started[handler].collects
