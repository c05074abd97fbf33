"""What docs/events.md shows works as it stands there."""

import ast
import inspect
import json
import re
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Stack

from infra.notifications import DETAIL_TYPES, SOURCE
from tests.events_page import EXAMPLE, PATTERN, STACKS
from tests.infra.conftest import UNBUNDLED
from tests.unit.schema import faults


def synthesized(name: str, folder: Path) -> dict[str, Any]:
    """The resources of a stack on the page, by type; its arguments named as they are called."""
    made: dict[str, Any] = {}
    exec(compile(STACKS[name], f"docs/events.md {name}", "exec"), made)
    app = App(outdir=str(folder), context=UNBUNDLED, analytics_reporting=False)
    _, _, *asked = inspect.signature(made[name].__init__).parameters
    stack: Stack = made[name](app, *asked)
    app.synth()
    template = json.loads((folder / f"{stack.stack_name}.template.json").read_text())
    return {it["Type"]: it.get("Properties") for it in template["Resources"].values()}


def test_the_example_is_an_event() -> None:
    """As its schema says."""
    assert faults("event-1", EXAMPLE) == []


def test_the_pattern_is_that_of_the_setting() -> None:
    """Our own rule and everybody's match the same events."""
    ours = {"source": [SOURCE], "detail-type": list(DETAIL_TYPES)}
    assert ours == PATTERN


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("ToQueue", "AWS::SQS::Queue"),
        ("ToFunction", "AWS::Lambda::Function"),
        ("ToEmail", "AWS::SNS::Topic"),
    ],
)
def test_each_stack_is_a_stack(name: str, target: str, tmp_path: Path) -> None:
    """It synthesises, with a rule on the given bus for events that there are, and a target."""
    made = synthesized(name, tmp_path)
    rule = made["AWS::Events::Rule"]
    assert target in made
    assert rule["EventBusName"] == "bus_name"
    assert rule["EventPattern"]["source"] == [SOURCE]
    assert set(rule["EventPattern"]["detail-type"]) <= set(DETAIL_TYPES)


def test_every_stack_on_the_page_is_tested() -> None:
    """And the code within one is Python."""
    assert set(STACKS) == {"ToQueue", "ToFunction", "ToEmail"}
    [code] = re.findall(r'CODE = """(.*?)"""', STACKS["ToFunction"], re.DOTALL)
    assert ast.parse(code)
