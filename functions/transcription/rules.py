"""Prefix rules: options for every file whose key begins so, changed without a deployment.

    {"version": 1, "rules": [
        {"prefix": "calls/pt/", "options": {"language": "pt"}, "speakers": ["Agent"], "pass": {}}
    ]}

A set too large for its parameter is an object beside the answers, which the parameter names:
{"version": 1, "object": "rules/<sha256>.json"}.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from transcription.foreign import read_json
from transcription.kinds import shown
from transcription.layers import BadOption, Layer, of_rule, read

EMPTY: Final = '{"version": 1, "rules": []}'
# What a standard parameter holds, and what we read of an object; in bytes.
LARGEST_PARAMETER: Final = 4096
LARGEST_OBJECT: Final = 1024 * 1024
OBJECT: Final = re.compile(r"rules/[0-9a-f]{64}\.json")
LONGEST_KEY: Final = 1024  # bytes


class BrokenRules(Exception):
    """A rule set that can't be used; the message says where it is wrong and what it may be."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What the keys that begin with `prefix` ask for."""

    prefix: str
    layer: Layer


def object_name(text: str) -> str | None:
    """The object that holds the rules, where a parameter only names it; raises BrokenRules."""
    document = _document(text)
    if "object" not in document:
        return None
    name = document["object"]
    if document.keys() != {"version", "object"} or not OBJECT.fullmatch(str(name)):
        raise BrokenRules(f"`object` is {shown(name)}, but takes rules/<64 hex digits>.json alone")
    return str(name)


def name_for(text: str) -> str:
    """The object that a large rule set is written to."""
    return f"rules/{hashlib.sha256(text.encode()).hexdigest()}.json"


# One set serves file after file; reading a large one takes a while.
@lru_cache(maxsize=1)
def parse(text: str) -> tuple[Rule, ...]:
    """The rules of a set, the shortest prefix first; raises BrokenRules."""
    document = _document(text)
    _refuse_fields(document, {"version", "rules"}, "The rule set")
    if not isinstance(document.get("rules"), list):
        raise BrokenRules(f"`rules` is {shown(document.get('rules'))}, but takes a list of rules")
    found = [_rule(number, rule) for number, rule in enumerate(document["rules"], 1)]
    for prefix in _doubled([rule.prefix for rule in found]):
        raise BrokenRules(f"The prefix {shown(prefix)} has two rules: make them one")
    return tuple(sorted(found, key=lambda rule: len(rule.prefix)))


def matching(rules: Sequence[Rule], key: str) -> list[Layer]:
    """What the rules ask for a key, the shortest prefix, which is the weakest, first."""
    return [rule.layer for rule in rules if key.startswith(rule.prefix)]


def _rule(number: int, rule: Any) -> Rule:
    where = f"Rule {number}"
    if not isinstance(rule, dict):
        raise BrokenRules(f"{where} is {shown(rule)}, but takes an object with a `prefix`")
    _refuse_fields(rule, {"prefix", "options", "speakers", "pass"}, where)
    if "prefix" not in rule:
        raise BrokenRules(
            f'{where} has no `prefix`, which says how its keys begin; "" is every key'
        )
    prefix = rule["prefix"]
    if not isinstance(prefix, str) or len(prefix.encode(errors="replace")) > LONGEST_KEY:
        raise BrokenRules(
            f"{where} has the prefix {shown(prefix)}, but takes text of up to {LONGEST_KEY:,} bytes"
        )
    options, to_pass = (_object(rule, name, where) for name in ("options", "pass"))
    asked = [*options.items(), *((f"pass-{name}", value) for name, value in to_pass.items())]
    asked += [("speakers", rule["speakers"])] if "speakers" in rule else []
    try:
        return Rule(prefix, read(of_rule(prefix), asked))
    except BadOption as error:
        raise BrokenRules(str(error)) from error


def _object(rule: Mapping[str, Any], name: str, where: str) -> Mapping[str, Any]:
    value = rule.get(name, {})
    if not isinstance(value, dict):
        raise BrokenRules(
            f"{where} has `{name}` {shown(value)}, but takes an object such as "
            + ('{"language": "pt"}' if name == "options" else '{"keyterm": ["Dashwood"]}')
        )
    return value


def _document(text: str) -> Mapping[str, Any]:
    try:
        document = read_json(text)
    except ValueError as error:
        raise BrokenRules(f"The rule set is not JSON: {error}") from error
    if not isinstance(document, dict) or document.get("version") != 1:
        raise BrokenRules('The rule set takes the form {"version": 1, "rules": [...]}')
    return document


def _refuse_fields(given: Mapping[str, Any], known: set[str], where: str) -> None:
    if unknown := sorted(given.keys() - known):
        takes = ", ".join(f"`{name}`" for name in sorted(known))
        raise BrokenRules(f"{where} has a field {shown(unknown[0])}, but takes {takes}")


def _doubled(prefixes: Sequence[str]) -> Iterator[str]:
    return (prefix for prefix, times in Counter(prefixes).items() if times > 1)
