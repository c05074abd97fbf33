"""Prefix rules: which apply to a key, and which sets are refused with which sentence."""

import json
from typing import Any

import pytest
from transcription.rules import EMPTY, BrokenRules, matching, name_for, object_name, parse

PORTUGUESE = {"prefix": "calls/pt/", "options": {"language": "pt", "diarize": "yes"}}
CALLS = {"prefix": "calls/", "options": {"tag": ["a, b"]}, "pass": {"keyterm": ["Dashwood"]}}
ALL = {"prefix": "", "options": {"smart-format": True}}


def rules(*given: Any) -> str:
    return json.dumps({"version": 1, "rules": given})


@pytest.mark.parametrize(
    ("key", "applied"),
    [
        ("calls/pt/a.wav", ["rule for every key", "rule calls/", "rule calls/pt/"]),
        ("calls/en/a.wav", ["rule for every key", "rule calls/"]),
        ("calls", ["rule for every key"]),
        ("Calls/pt/a.wav", ["rule for every key"]),
    ],
)
def test_all_rules_whose_prefix_begins_the_key_apply(key: str, applied: list[str]) -> None:
    """From the shortest to the longest, whatever their order; letters count as they are."""
    found = matching(parse(rules(PORTUGUESE, ALL, CALLS)), key)
    assert [layer.place.source for layer in found] == applied


def test_a_rules_values_are_typed() -> None:
    """JSON's own types, or text as people write it; an item of a list may hold a comma."""
    (first, second) = matching(parse(rules(PORTUGUESE, CALLS)), "calls/pt/a.wav")
    assert first.options == {"tag": ["a, b"], "keyterm": ["Dashwood"]}
    assert second.options == {"language": "pt", "diarize": True}


def test_the_empty_set_is_one() -> None:
    """What the stack begins with."""
    assert parse(EMPTY) == ()


FORM = 'takes the form {"version": 1, "rules": [...]}'
BROKEN = [
    ("", "The rule set is not JSON"),
    ("[" * 100_000, "The rule set is not JSON"),
    ("[]", FORM),
    ('{"rules": []}', FORM),
    ('{"version": 2, "rules": []}', FORM),
    ('{"version": 1}', "`rules` is None, but takes a list of rules"),
    ('{"version": 1, "rules": {}}', "`rules` is {}, but takes a list of rules"),
    ('{"version": 1, "rule": []}', "has a field 'rule', but takes `rules`, `version`"),
    (rules(7), "Rule 1 is 7, but takes an object with a `prefix`"),
    (rules(ALL, {"options": {}}), "Rule 2 has no `prefix`"),
    (rules({"prefix": 7}), "Rule 1 has the prefix 7, but takes text"),
    (rules({"prefix": "x" * 1025}), "but takes text of up to 1,024 bytes"),
    (rules({"prefix": "a", "option": {}}), "a field 'option', but takes `options`, `pass`"),
    (rules({"prefix": "a", "options": []}), 'but takes an object such as {"language": "pt"}'),
    (rules({"prefix": "a", "pass": 1}), 'but takes an object such as {"keyterm": ["Dashwood"]}'),
    (rules(ALL, ALL), "The prefix '' has two rules: make them one"),
    (
        rules({"prefix": "calls/pt/", "options": {"language": "portuguese"}}),
        "The option language in the rule calls/pt/ is 'portuguese', but takes a BCP-47",
    ),
    (rules({"prefix": "a", "options": {"keyterm": 1}}), "is written keyterm in its `pass`"),
    (rules({"prefix": "a", "pass": {"url": "x"}}), "since it says where the recording is"),
    (rules({"prefix": "a", "pass": {"topics": 1}}), "write topics, not topics in its `pass`"),
    (rules({"prefix": "a", "options": {"tag": ["\ud800"]}}), "with a control character in it"),
    (rules({"prefix": "a", "pass": {"x": float("nan")}}), "is nan, but takes text, or JSON"),
]


@pytest.mark.parametrize(("text", "said"), BROKEN)
def test_a_broken_set_is_refused_with_a_sentence(text: str, said: str) -> None:
    """It says which rule, what is wrong there, and what may be."""
    with pytest.raises(BrokenRules) as caught:
        parse(text)
    assert said in str(caught.value)
    assert len(str(caught.value)) < 300


def test_a_large_set_is_named_by_its_hash() -> None:
    """The parameter names the object, and nothing but such an object."""
    name = name_for(rules(ALL))
    assert object_name(json.dumps({"version": 1, "object": name})) == name
    assert object_name(rules(ALL)) is None


@pytest.mark.parametrize("name", ["rules/x.json", "../secret", 7, None, f"rules/{'0' * 63}.json"])
def test_a_set_names_no_other_object(name: Any) -> None:
    """Nobody makes Submit read what is no rule set."""
    with pytest.raises(BrokenRules, match="takes rules/<64 hex digits>"):
        object_name(json.dumps({"version": 1, "object": name}))
