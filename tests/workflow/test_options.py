"""Rules and tags on the deployed stack, with its roles enforced and its caches warm."""

import dataclasses
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner
from transcription.rules import EMPTY

from dropscribe.cli import cli
from dropscribe.local.cloud import Cloud
from tests.conftest import SAMPLE
from tests.scripted_api import ScriptedApi
from tests.stack import Row, Stack

SPEECH = SAMPLE.read_bytes()
SetRules = Callable[[str], None]


def rules(prefix: str, **options: Any) -> str:
    return json.dumps({"version": 1, "rules": [{"prefix": prefix, "options": options}]})


@pytest.fixture
def set_rules(cloud: Cloud, stack: Stack, tmp_path: Path) -> Iterator[SetRules]:
    """`dropscribe rules set`, as an operator types it; afterwards there are no rules again."""
    file = tmp_path / "rules.json"

    def run(text: str) -> None:
        file.write_text(text)
        arguments = ["rules", "set", str(file)]
        result = CliRunner().invoke(cli, arguments, env=dict(cloud.connection.environment()))
        assert result.exit_code == 0, result.output

    yield run
    run(EMPTY)
    _with_fresh_workers(stack)


def test_rules_change_a_prefix_without_a_deployment(
    stack: Stack, api: ScriptedApi, set_rules: SetRules
) -> None:
    """Within the minute that Submit remembers them for, and for no other prefix."""
    before = stack.wait(stack.put(SPEECH, "ruled/pt/before.wav"))
    set_rules(rules("ruled/pt/", language="pt"))
    row = _first_in_portuguese(dataclasses.replace(stack, patience=90))
    assert (row["status"], row["option_sources"]["language"]) == ("COMPLETED", "rule ruled/pt/")
    other = stack.wait(stack.put(SPEECH, "ruled/en/after.wav"))
    assert "language" not in before["options"] | other["options"]
    assert [it.parameters.get("language") for it in api.creates[-2:]] == ["pt", None]


def test_a_large_rule_set_is_read_too(stack: Stack, api: ScriptedApi, set_rules: SetRules) -> None:
    """Submit may read rule sets beside the answers."""
    set_rules(rules("large/", language="pt", custom_topic=[f"topic {n}" * 5 for n in range(100)]))
    _with_fresh_workers(stack)
    row = stack.wait(stack.put(SPEECH, "large/a.wav"))
    assert (row["status"], row["options"]["language"]) == ("COMPLETED", "pt")
    assert len(api.creates[-1].parameters["custom_topic"]) == 100


def test_rules_broken_by_hand_stop_nothing(
    stack: Stack, api: ScriptedApi, set_rules: SetRules
) -> None:
    """The file goes on, its row warns, and an operator is told by two metrics."""
    stack.session.client("ssm").put_parameter(
        Name=stack.outputs["RulesParameterName"], Value="{", Type="String", Overwrite=True
    )
    _with_fresh_workers(stack)
    row = stack.wait(stack.put(SPEECH, "broken/a.wav"))
    assert row["status"] == "COMPLETED"
    assert row["warnings"][0].startswith("The rules are broken, so none was applied")
    lines = [line for line in stack.logs("Submit").splitlines() if '"BrokenRules":[1' in line]
    assert lines
    assert all('"OperatorMustAct":[1' in line for line in lines)


def test_tags_are_options(stack: Stack, api: ScriptedApi) -> None:
    """Submit may read the tags of a version."""
    row = stack.wait(stack.put(SPEECH, Tagging="stt-language=de&stt-custom-topic=a%2Fb"))
    assert (
        row["option_sources"] | {"custom_topic": "tag", "language": "tag"}
        == (row["option_sources"])
    )
    assert api.creates[-1].parameters["custom_topic"] == ["a", "b"]


def test_a_bad_option_is_rejected_and_told(stack: Stack, api: ScriptedApi) -> None:
    """The row's reason names the option, its place, its value and what is allowed."""
    row = stack.wait(stack.put(SPEECH, Metadata={"stt-language": "portuguese"}))
    assert (row["status"], row["stage"], api.creates) == ("REJECTED", "inspect", ())
    assert row["reason"] == (
        "The option language in the object's metadata is 'portuguese', "
        "but takes a BCP-47 language tag, such as en, pt or pt-BR"
    )


def _first_in_portuguese(stack: Stack) -> Row:
    """Upload until the rules hold."""

    def ruled() -> Row | None:
        row = stack.wait(stack.put(SPEECH, "ruled/pt/after.wav"))
        return row if row["options"].get("language") == "pt" else None

    return stack.until(ruled, lambda: "the rules don't hold yet")


def _with_fresh_workers(stack: Stack) -> None:
    """Submit as after a cold start: it remembers no rules."""
    functions = stack.session.client("lambda")
    (submit,) = [
        it for it in functions.list_functions()["Functions"] if it["Handler"] == "submit.handler"
    ]
    variables = submit["Environment"]["Variables"] | {"FRESH": uuid4().hex}
    functions.update_function_configuration(
        FunctionName=submit["FunctionName"], Environment={"Variables": variables}
    )
