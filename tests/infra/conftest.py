"""Synthesis, as rarely as can be: the CDK's start alone takes seconds."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Validations
from cdk_nag import AwsSolutionsChecks

from infra.app import ROOT, build
from infra.lambda_asset import bundle
from tests.infra.template import Template

Synthesize = Callable[..., Template]
# The bundle has tests of its own.
UNBUNDLED: dict[str, Any] = {"aws:cdk:bundling-stacks": []}


@pytest.fixture(scope="session")
def synthesize(tmp_path_factory: pytest.TempPathFactory) -> Synthesize:
    """Synthesise with settings, under cdk-nag's eyes: `synthesize(ambiguous="hold")`."""

    @cache
    def once(settings: str) -> Template:
        outdir = tmp_path_factory.mktemp("assembly")
        given = {f"dropscribe:{name}": value for name, value in json.loads(settings).items()}
        app = App(outdir=str(outdir), context=given | UNBUNDLED, analytics_reporting=False)
        stack = build(app)
        Validations.of(app).add_plugins(AwsSolutionsChecks(app))
        app.synth()
        return Template.read(outdir, stack.stack_name)

    def with_settings(**settings: Any) -> Template:
        return once(json.dumps(settings, sort_keys=True))

    return with_settings


@pytest.fixture(scope="session")
def template(synthesize: Synthesize) -> Template:
    """The template with every setting at its default."""
    return synthesize()


@pytest.fixture(scope="session")
def existing(synthesize: Synthesize) -> Template:
    """The template that watches a bucket of somebody else's."""
    return synthesize(existingBucket="their-recordings")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Lambdas' bundle."""
    target = tmp_path_factory.mktemp("bundle") / "task"
    bundle(target)
    return target


def run_app(outdir: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m infra.app` as people do."""
    said = {name: value for name, value in os.environ.items() if not name.startswith("CDK_")}
    return subprocess.run(
        [sys.executable, "-m", "infra.app"],
        cwd=ROOT,
        env={**said, "CDK_OUTDIR": str(outdir), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
