"""Parts of a JSON schema, each with a title that says what a value must be, for sentences about those that are not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]


def listed(words: Mapping[str, str]) -> str:
    """Words and their meanings in one line."""
    return "; ".join(f"{word}: {meaning}" for word, meaning in words.items())


def one_of(words: Mapping[str, str], description: str) -> Schema:
    """A text that is one of these words; the description says what each means."""
    title = f"one of {', '.join(words)}"
    return {"type": "string", "enum": list(words), "title": title, "description": f"{description} {listed(words)}."}


def object_of(description: str, properties: Schema, required: tuple[str, ...] = ()) -> Schema:
    """An object with named fields. Others are allowed; `schema_sentences.unknown_fields` names them."""
    found = {"type": "object", "title": "an object with named fields", "description": description}
    return found | {"properties": properties} | ({"required": list(required)} if required else {})


def list_of(items: Schema, title: str, description: str = "") -> Schema:
    """A list whose items are all of one kind."""
    return {"type": "array", "title": title, "items": items} | ({"description": description} if description else {})


def text(description: str) -> Schema:
    """Any text."""
    return {"type": "string", "title": "a text", "description": description}


def names(description: str) -> Schema:
    """A list of texts, none empty."""
    name = {"type": "string", "title": "a text", "minLength": 1}
    return list_of(name, "a list of texts", description)


def yes_or_no(description: str) -> Schema:
    """True or false."""
    return {"type": "boolean", "title": "true or false", "description": description}


def number(title: str, description: str, **limits: float) -> Schema:
    """A number within the limits, which are keywords of JSON schema."""
    return {"type": "number", "title": title, "description": description, **limits}


def whole(description: str, least: int = 1) -> Schema:
    """A whole number from `least` upwards."""
    limit = {"minimum": least}
    return {"type": "integer", "title": f"a whole number of {least} or more", "description": description, **limit}


def either(description: str, *choices: Schema) -> Schema:
    """A value that fits one of several schemas."""
    return {"anyOf": list(choices), "description": description}
