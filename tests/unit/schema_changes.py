"""Whether a new form of a published schema breaks those who read by the old one.

A reader relies on what the old form promises of every document: that a property is there, what
type it has, which values it may take. New promises break nobody; fewer do. So a property may be
added, a type or a range made narrower; but nothing may be removed, renamed, made optional or
wider, for that is another document, and another version of the schema.
"""

from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]

# What limits a value from below, and from above.
LEAST = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
MOST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
TYPES = {"array", "boolean", "integer", "null", "number", "object", "string"}


def broken(old: Schema, new: Schema) -> list[str]:
    """Each promise of the old form that the new one does not keep."""
    return list(_broken(old, new, (old, new), "$"))


def _broken(old: Schema, new: Schema, roots: tuple[Schema, Schema], at: str) -> Iterator[str]:
    old, new = _resolved(old, roots[0]), _resolved(new, roots[1])
    yield from _wider(old, new, at)
    for name in sorted(set(old.get("required", ())) - set(new.get("required", ()))):
        yield f"{at}.{name} is no longer required"
    for name, schema in old.get("properties", {}).items():
        if name in new.get("properties", {}):
            yield from _broken(schema, new["properties"][name], roots, f"{at}.{name}")
        else:
            yield f"{at}.{name} is gone"
    for inner in ("items", "additionalProperties", "propertyNames"):
        if isinstance(old.get(inner), Mapping):
            yield from _broken(old[inner], new.get(inner, {}), roots, f"{at}.{inner}")


def _wider(old: Schema, new: Schema, at: str) -> Iterator[str]:
    """What a value may be now that it could not be before."""
    if more := _types(new) - _types(old):
        yield f"{at} may be {', '.join(sorted(more))}"
    if more := _values(new) - _values(old) if _values(old) else frozenset():
        yield f"{at} may be {', '.join(sorted(more))}"
    if _values(old) and not _values(new):
        yield f"{at} may be anything"
    if "pattern" in old and old["pattern"] != new.get("pattern"):
        yield f"{at} has another form"
    for limit, sign in [*((least, 1) for least in LEAST), *((most, -1) for most in MOST)]:
        if limit in old and (limit not in new or sign * new[limit] < sign * old[limit]):
            yield f"{at} has another {limit}"


def _types(schema: Schema) -> frozenset[str]:
    told = schema.get("type", sorted(TYPES))
    found = {told} if isinstance(told, str) else {*told}
    return frozenset(found | {"integer"} if "number" in found else found)


def _values(schema: Schema) -> frozenset[str]:
    """The values that are allowed where they are listed."""
    listed = schema.get("enum", [schema["const"]] if "const" in schema else [])
    return frozenset(map(str, listed))


def _resolved(schema: Schema, root: Schema) -> Schema:
    """The schema with what it refers to; what stands beside the reference is added."""
    if "$ref" not in schema:
        return schema
    referred: Any = root
    for part in schema["$ref"].removeprefix("#/").split("/"):
        referred = referred[part]
    required = [*referred.get("required", ()), *schema.get("required", ())]
    return {**referred, **schema, "required": required}
