"""The published schemas keep what they have promised; a change that breaks readers fails here.

What was promised first stands in tests/schemas/. If a test here fails after a change of a schema,
the change breaks whoever reads our documents: make it version 2 in a file of its own, or undo it.
What a release adds is promised from then on: copy the schema to tests/schemas/ with the release.
"""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.schema import read
from tests.unit.schema_changes import broken

PROMISED = Path(__file__).parents[1] / "schemas"
SCHEMAS = ("transcript-1", "event-1")


def promised(schema: str) -> dict[str, Any]:
    """A schema as it was first published."""
    found: dict[str, Any] = json.loads((PROMISED / f"{schema}.json").read_text(encoding="utf-8"))
    return found


def places(schema: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every schema within a schema that says something of a value."""
    if isinstance(schema, dict):
        if path[-2:-1] in {("properties",), ("$defs",)} or path[-1:] == ("items",) or not path:
            yield path
        for name, inner in schema.items():
            yield from places(inner, (*path, name))


def at(schema: Any, path: tuple[Any, ...]) -> Any:
    for name in path:
        schema = schema[name]
    return schema


def breaking(schema: str) -> Iterator[dict[str, Any]]:
    """Every way to break a schema in one place."""
    old = promised(schema)
    for path in places(old):
        here = at(old, path)
        for name in here.get("properties", ()):
            yield changed(old, path, lambda it, name=name: it["properties"].pop(name))
        for name in here.get("required", ()):
            yield changed(old, path, lambda it, name=name: it["required"].remove(name))
        for word in ("type", "enum", "const", "pattern", "minimum", "minLength", "minItems"):
            if word in here:
                yield changed(old, path, lambda it, word=word: it.pop(word))
        if "enum" in here:
            yield changed(old, path, lambda it: it["enum"].append("NEW"))


def changed(schema: Any, path: tuple[Any, ...], change: Any) -> dict[str, Any]:
    """A copy with a change in one place."""
    new: dict[str, Any] = copy.deepcopy(schema)
    change(at(new, path))
    return new


@pytest.mark.parametrize("schema", SCHEMAS)
def test_no_reader_is_broken(schema: str) -> None:
    """Who reads by the first published form can read what we write today."""
    assert broken(promised(schema), read(schema)) == [], (
        f"docs/schemas/{schema}.json breaks its readers: publish the change as another version"
    )


@pytest.mark.parametrize("schema", SCHEMAS)
def test_every_broken_promise_is_found(schema: str) -> None:
    """Whatever is removed, made optional or wider, anywhere in the schema."""
    ways = list(breaking(schema))
    assert len(ways) > 40
    for way in ways:
        assert broken(promised(schema), way) != []


@pytest.mark.parametrize("schema", SCHEMAS)
def test_more_promises_break_nobody(schema: str) -> None:
    """A property that is added, required or not, and a description in other words."""
    new = promised(schema)
    new["properties"]["more"] = {"type": "string"}
    new["required"].append("more")
    new["description"] = "Better said."
    assert broken(promised(schema), new) == []
