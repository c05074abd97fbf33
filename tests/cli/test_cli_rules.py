"""`dropscribe rules` against a real parameter and a real bucket."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.cli.small_stack import SmallStack

PORTUGUESE = {"prefix": "calls/pt/", "options": {"language": "pt", "keywords": ["Lisboa"]}}


def rules(*given: Any) -> str:
    return json.dumps({"version": 1, "rules": given})


def written(text: str) -> str:
    """A file with this text."""
    Path("rules.json").write_text(text)
    return "rules.json"


def test_rules_are_set_and_shown(stack: SmallStack, run: Run) -> None:
    """What was set is in the parameter, and comes back in the form that `set` takes."""
    result = run("rules", "set", written(rules(PORTUGUESE)))
    assert (result.exit_code, result.stdout) == (0, "")
    assert "1 rule set" in result.stderr
    assert json.loads(stack.rules()) == json.loads(rules(PORTUGUESE))
    assert json.loads(run("rules", "show").stdout) == json.loads(rules(PORTUGUESE))


def test_rules_come_from_stdin_too(stack: SmallStack, run: Run) -> None:
    """`rules show | rules set -` changes nothing."""
    result = run("rules", "set", "-", "--json", text=run("rules", "show").stdout)
    assert json.loads(result.stdout) == {"rules": 0}


def test_a_large_rule_set_becomes_an_object(stack: SmallStack, run: Run) -> None:
    """A parameter holds 4 KB; it names the object then, and all commands follow it."""
    many = rules(*({"prefix": f"{n}/", "options": {"language": "pt"}} for n in range(200)))
    assert run("rules", "set", written(many)).exit_code == 0
    named = json.loads(stack.rules())
    listed = stack.s3.list_objects_v2(Bucket=stack.outputs["AnswerBucketName"])["Contents"]
    assert [it["Key"] for it in listed] == [named["object"]]
    assert json.loads(run("rules", "show").stdout) == json.loads(many)
    assert "language\tpt\trule 7/\n" in run("rules", "test", "7/a.wav").stdout


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "The rule set is not JSON"),
        (rules({"prefix": "a", "options": {"language": "portuguese"}}), "'portuguese', but takes"),
        (rules({"prefix": "a", "options": {"custom_topic_mode": "strict"}}), "needs custom_topic"),
        (rules({"prefix": "a", "options": {"utterances": False, "utt_split": 1}}), "utterances=f"),
        (json.dumps({"version": 1, "object": "rules/x"}), "has a field 'object'"),
        (" " * (1 << 20) + rules(), "takes up to 1,048,576 bytes"),
    ],
)
def test_wrong_rules_change_nothing(stack: SmallStack, run: Run, text: str, said: str) -> None:
    """They are checked with the stack's own options before they are written."""
    before = stack.rules()
    result = run("rules", "set", written(text))
    assert (result.exit_code, stack.rules()) == (1, before)
    assert said in result.stderr


def test_a_key_is_tested(stack: SmallStack, run: Run) -> None:
    """Each option with its place; what does nothing is told beside."""
    run("rules", "set", written(rules(PORTUGUESE)))
    result = run("rules", "test", "calls/pt/monday.mp3")
    assert result.stdout.splitlines() == [
        "model\t#g1_whisper-small\tstack",
        "utterances\ttrue\tstack",
        "language\tpt\trule calls/pt/",
        'keywords\t["Lisboa"]\trule calls/pt/',
    ]
    assert "keywords=Lisboa (rule calls/pt/) does nothing on the model" in result.stderr


def test_a_key_is_tested_for_machines(stack: SmallStack, run: Run) -> None:
    """The fields of a row."""
    found = json.loads(run("rules", "test", "calls/en/a.wav", "--json").stdout)
    assert found == {
        "key": "calls/en/a.wav",
        "model": "#g1_whisper-small",
        "options": {"utterances": True},
        "option_sources": {"model": "stack", "utterances": "stack"},
        "speaker_names": [],
        "warnings": [],
    }


def test_rules_that_were_broken_by_hand_are_told(stack: SmallStack, run: Run) -> None:
    """`test` says what is wrong, and so does `show` where it can't be shown as JSON."""
    stack.break_rules("{")
    assert "not JSON" in run("rules", "test", "a.wav").stderr
    assert "The rules are broken" in run("rules", "show").stderr
    stack.break_rules(json.dumps({"version": 1, "object": f"rules/{'0' * 64}.json"}))
    gone = run("rules", "test", "a.wav")
    assert (gone.exit_code, "is gone. Set them again." in gone.stderr) == (1, True)


def test_a_file_that_is_no_text(stack: SmallStack, run: Run) -> None:
    """A recording instead of rules is a sentence, not a traceback."""
    Path("rules.json").write_bytes(b"\xff\xfe\x00")
    result = run("rules", "set", "rules.json")
    assert (result.exit_code, "is not UTF-8 text" in result.stderr) == (1, True)
