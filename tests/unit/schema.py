"""The JSON Schemas that this repository publishes, to hold documents against."""

import json
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"


def faults(schema: str, document: Any) -> list[str]:
    """What is wrong with a document, having been through JSON, by a schema's file name."""
    errors = _validator(schema).iter_errors(json.loads(json.dumps(document)))
    return [f"{list(error.path)}: {error.message}" for error in errors]


@cache
def _validator(schema: str) -> Any:
    # The JSON Schema validator that cfn-lint brings is not typed.
    validator = import_module("cfnlint.jsonschema").StandardValidator
    return validator(json.loads((SCHEMAS / f"{schema}.json").read_text(encoding="utf-8")))
