"""The JSON Schemas that this repository publishes, and what of a document breaks them.

The published ones let readers meet properties that they don't know. In tests they are closed:
what we write and don't document is a fault.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"


def faults(schema: str, document: Any) -> list[str]:
    """Where a document, having been through JSON, breaks a schema given by its file name."""
    found = _validator(schema).iter_errors(json.loads(json.dumps(document)))
    return [f"{error.json_path}: {error.message}" for error in found]


@cache
def read(schema: str) -> dict[str, Any]:
    """A schema by its file name."""
    found: dict[str, Any] = json.loads((SCHEMAS / f"{schema}.json").read_text(encoding="utf-8"))
    return found


def closed(schema: Any) -> Any:
    """A schema that takes no property which it doesn't name."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: closed(item) for name, item in schema.items()}
    is_object = schema.get("type") == "object" and isinstance(schema.get("properties"), dict)
    return {"additionalProperties": False, **inner} if is_object else inner


@cache
def _validator(schema: str) -> Draft202012Validator:
    Draft202012Validator.check_schema(read(schema))
    return Draft202012Validator(closed(read(schema)))
