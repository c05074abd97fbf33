"""An import budget: what each function loads, and what it must not."""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FUNCTIONS = ROOT / "functions"
HANDLERS = ("submit", "poll", "publish", "dispatch", "reconcile", "record_failure")
# Tracing's SDK alone costs more than all the rest; `infra` and `dropscribe` are not deployed.
TOO_DEAR = ("pydantic", "requests", "aws_xray_sdk", "httpx", "numpy")
NOT_THERE = ("infra", "dropscribe", "tests")
LIST = "import json, sys; import {0}; {0}.handler; print(json.dumps(sorted(sys.modules)))"


@cache
def loaded(handler: str) -> frozenset[str]:
    """The modules that a process has which only imports a handler, without any environment."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", LIST.format(handler)],
        cwd=FUNCTIONS,
        env={"PYTHONPATH": str(FUNCTIONS), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        check=True,
        text=True,
    )
    return frozenset(json.loads(done.stdout))


@pytest.mark.parametrize("module", TOO_DEAR)
@pytest.mark.parametrize("handler", HANDLERS)
def test_a_cold_start_does_not_pay_for(handler: str, module: str) -> None:
    """These cost more time than the function itself."""
    assert module not in loaded(handler)


@pytest.mark.parametrize("module", NOT_THERE)
@pytest.mark.parametrize("handler", HANDLERS)
def test_what_runs_does_not_know(handler: str, module: str) -> None:
    """What deploys and what a person types is not in the bundle."""
    assert module not in loaded(handler)


@pytest.mark.parametrize("handler", HANDLERS)
def test_a_function_is_named_like_its_file(handler: str) -> None:
    """Importing it needs no setting, no region and no credentials."""
    assert {handler, "wiring", "transcription.job"} <= loaded(handler)


PURE = ("options", "rules", "parameters", "next_step", "job")


def test_what_the_command_line_borrows_needs_nothing_installed() -> None:
    """The decisions that `dropscribe` shares with the functions load no package at all."""
    imports = "; ".join(f"import transcription.{module}" for module in PURE)
    listed = f"import json, sys; {imports}; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", listed], cwd=FUNCTIONS, capture_output=True, check=True, text=True
    )
    assert {"boto3", "botocore", "urllib3", "aws_lambda_powertools"}.isdisjoint(
        json.loads(done.stdout)
    )
