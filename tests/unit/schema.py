"""The JSON Schemas that this repository publishes, and what of a document breaks them.

Only the keywords that our schemas use, by the rules of JSON Schema 2020-12; another is an error.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"
TYPES: Mapping[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "number": (int, float),
    "integer": int,
    "null": type(None),
}
SAID = {"$schema", "$id", "$defs", "title", "description"}
# What holds of a value (of the type it is about) and a keyword's argument.
RULES: Mapping[str, tuple[Any, Callable[[Any, Any], bool]]] = {
    "type": (object, lambda value, names: any(_is(value, n) for n in _listed(names))),
    "const": (object, lambda value, only: value == only and type(value) is type(only)),
    "enum": (object, lambda value, choices: value in choices),
    "pattern": (str, lambda value, pattern: re.search(pattern, value) is not None),
    "minLength": (str, lambda value, least: len(value) >= least),
    "minimum": ((int, float), lambda value, least: value >= least),
    "exclusiveMinimum": ((int, float), lambda value, bound: value > bound),
    "minItems": (list, lambda value, least: len(value) >= least),
    "minProperties": (dict, lambda value, least: len(value) >= least),
    "required": (dict, lambda value, names: value.keys() >= set(names)),
    "additionalProperties": (dict, lambda _value, _schema: True),
}


def faults(schema: str, document: Any) -> list[str]:
    """Where a document, having been through JSON, breaks a schema given by its file name."""
    return list(_faults(json.loads(json.dumps(document)), read(schema), read(schema), "$"))


@cache
def read(schema: str) -> dict[str, Any]:
    """A schema by its file name."""
    found: dict[str, Any] = json.loads((SCHEMAS / f"{schema}.json").read_text(encoding="utf-8"))
    return found


def _faults(value: Any, schema: Any, root: Any, at: str) -> Iterator[str]:
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].removeprefix("#/$defs/")]
    for keyword in schema.keys() - SAID - {"properties", "items", "propertyNames"}:
        kind, holds = RULES[keyword]
        if isinstance(value, kind) and not holds(value, schema[keyword]):
            yield f"{at}: {keyword}"
    for part, inner, where in _parts(value, schema):
        if inner is False:
            yield f"{at}: {where} is not foreseen"
        else:
            yield from _faults(part, inner, root, f"{at}.{where}")


def _parts(value: Any, schema: Any) -> Iterator[tuple[Any, Any, str]]:
    """The values inside a value, each with the schema that it is held against."""
    if isinstance(value, dict):
        known, others = schema.get("properties", {}), schema.get("additionalProperties", {})
        for name, inner in value.items():
            yield inner, known.get(name, others), name
            yield name, schema.get("propertyNames", {}), name
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield inner, schema.get("items", {}), str(number)


def _is(value: Any, name: str) -> bool:
    return isinstance(value, TYPES[name]) and not isinstance(value, bool)


def _listed(names: Any) -> list[str]:
    return names if isinstance(names, list) else [names]
