"""The JSON Schemas that this repository publishes, and what of a document breaks them."""

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


@cache
def _validator(schema: str) -> Draft202012Validator:
    Draft202012Validator.check_schema(read(schema))
    return Draft202012Validator(read(schema))
