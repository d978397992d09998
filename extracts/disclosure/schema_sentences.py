"""What is wrong with a piece of JSON, measured against a JSON schema, in sentences for people.

Only the keywords of `KEYWORDS` are understood; a schema that uses another is refused, so that nothing
is silently left unchecked. Every part of a schema that a sentence may be about has a `title`, which is
what the part must be: "a text", "a whole number of 1 or more".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]

TYPES: Mapping[str, Callable[[Any], bool]] = {
    "object":  lambda value: isinstance(value, dict),
    "array":   lambda value: isinstance(value, list),
    "string":  lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "number":  lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "integer": lambda value: isinstance(value, int | float) and not isinstance(value, bool) and value % 1 == 0,
}  # fmt: skip

# Keyword -> whether a value of the right type keeps it. NaN keeps no limit.
LIMITS: Mapping[str, Callable[[Any, Any], bool]] = {
    "enum":             lambda value, allowed: value in allowed,
    "minLength":        lambda value, least: not isinstance(value, str) or len(value) >= least,
    "pattern":          lambda value, pattern: not isinstance(value, str) or re.search(pattern, value) is not None,
    "minItems":         lambda value, least: not isinstance(value, list) or len(value) >= least,
    "minProperties":    lambda value, least: not isinstance(value, dict) or len(value) >= least,
    "minimum":          lambda value, least: not TYPES["number"](value) or value >= least,
    "maximum":          lambda value, most: not TYPES["number"](value) or value <= most,
    "exclusiveMinimum": lambda value, least: not TYPES["number"](value) or value > least,
}  # fmt: skip

ANNOTATIONS = frozenset(["$schema", "$id", "$defs", "title", "description", "examples"])
KEYWORDS = ANNOTATIONS | set(LIMITS) | {
    "$ref", "type", "anyOf", "required", "properties", "additionalProperties", "items",
}  # fmt: skip


class UnknownKeyword(ValueError):
    """The schema uses a keyword that is not understood here."""


def sentences(value: Any, schema: Schema, whole: Schema, where: str) -> Iterator[str]:
    """A sentence for each fault of a value. `whole` is the schema that holds the `$defs`.

    where  what the value is called, for example "layout" or "role of file 2"
    Raises UnknownKeyword.
    """
    schema = resolved(schema, whole)
    if unknown := set(schema) - KEYWORDS:
        raise UnknownKeyword(", ".join(sorted(unknown)))
    if "anyOf" in schema:
        yield from _of_several(value, schema, whole, where)
    elif not _fits(value, schema):
        yield f"{where} must be {schema['title']}."
    elif isinstance(value, dict):
        yield from _fields(value, schema, whole, where)
    elif isinstance(value, list) and "items" in schema:
        for place, item in enumerate(value, start=1):
            yield from sentences(item, schema["items"], whole, f"{where}, item {place}")


def resolved(schema: Schema, whole: Schema) -> Schema:
    """The schema that a `$ref` to one of the `$defs` stands for."""
    while "$ref" in schema:
        schema = whole["$defs"][schema["$ref"].removeprefix("#/$defs/")]
    return schema


def _fits(value: Any, schema: Schema) -> bool:
    """Whether a value has the type that is asked for and keeps every limit."""
    if "type" in schema and not TYPES[schema["type"]](value):
        return False
    return all(keeps(value, schema[keyword]) for keyword, keeps in LIMITS.items() if keyword in schema)


def _of_several(value: Any, schema: Schema, whole: Schema, where: str) -> Iterator[str]:
    """What is wrong when none of several schemas fits: the faults under the only one of this type, if there is one."""
    choices = [resolved(choice, whole) for choice in schema["anyOf"]]
    faults = [list(sentences(value, choice, whole, where)) for choice in choices]
    if not all(faults):
        return
    alike = [fault for choice, fault in zip(choices, faults, strict=True) if TYPES[choice["type"]](value)]
    if len(alike) == 1:
        yield from alike[0]
    else:
        yield f"{where} must be {' or '.join(choice['title'] for choice in choices)}."


def _fields(value: Mapping[str, Any], schema: Schema, whole: Schema, where: str) -> Iterator[str]:
    """The faults of an object's fields."""
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{where} lacks {name}."
    known, others = schema.get("properties", {}), schema.get("additionalProperties", {})
    for name, field in value.items():
        yield from sentences(field, known.get(name, others), whole, f"{where}, {name}")


def unknown_fields(value: Any, schema: Schema, whole: Schema, where: str) -> Iterator[str]:
    """A sentence for each field that the schema does not name, where it names some and allows others."""
    schema = resolved(schema, whole)
    for choice in schema.get("anyOf", ()):
        if TYPES[resolved(choice, whole)["type"]](value):
            yield from unknown_fields(value, choice, whole, where)
    if isinstance(value, dict) and "additionalProperties" not in schema:
        known = schema.get("properties", {})
        for name, field in value.items():
            if name in known:
                yield from unknown_fields(field, known[name], whole, f"{where}, {name}")
            elif known:
                yield f"{where} has no field called {name}."
    elif isinstance(value, list) and "items" in schema:
        for place, item in enumerate(value, start=1):
            yield from unknown_fields(item, schema["items"], whole, f"{where}, item {place}")
