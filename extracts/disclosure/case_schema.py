"""The form of a case: the files of one output and what is known of them, as a JSON schema (draft 2020-12).

A case is what `python -m extracts.disclosure check` reads, what the researchers' helper writes and what ACRO's
folders are turned into. `docs/reference/disclosure-case.schema.json` is this schema, written by
`python -m extracts.disclosure.case_schema`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from extracts.disclosure.case_fields import (
    CLAIM,
    CONTEXT,
    CONTROL,
    DOMINANCE,
    FILE,
    KEY,
    LAYOUT,
    NESTING,
    OVERRIDES,
    POPULATION,
)
from extracts.disclosure.case_words import KINDS
from extracts.disclosure.schema_parts import Schema, either, list_of, one_of, text
from extracts.disclosure.schema_sentences import sentences, unknown_fields

SCHEMA: Schema = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "an object with named fields",
    "type": "object",
    "description": "One case of the disclosure engine: the files of one output and what is known of them.",
    "required": ["files"],
    "properties": {
        "id": text("A short name by which reports call the case."),
        "title": text("What the output shows, for the checkers."),
        "kind": one_of(KINDS, "What kind of output it is. May be missing: then it is inferred and reported."),
        "files": list_of({"$ref": "#/$defs/file"}, "a list of files", "At least one has the role output.")
                 | {"minItems": 1, "title": "a list of one file or more"},
        "layout": {"$ref": "#/$defs/layout"},
        "context": CONTEXT,
        "policy": either("The policy to judge by; srs-10 when missing.",
                          {"type": "string", "title": "the name of a policy", "minLength": 1}, OVERRIDES),
        "claims": list_of({"$ref": "#/$defs/claim"}, "a list of claims", "What other tools say."),
        "expect": text("Ignored: what a test expects.") | {"type": "object", "title": "an object",
                                                            "additionalProperties": {}},
        "source": text("Ignored: where a test case comes from."),
    },
    "$defs": {
        "layout": LAYOUT, "file": FILE, "population": POPULATION, "nesting": NESTING, "key": KEY,
        "control": CONTROL, "dominance": DOMINANCE, "claim": CLAIM,
    },
}  # fmt: skip


def problems(case: Any) -> tuple[str, ...]:
    """What must be put right before a case can be checked, in sentences; none when it is one.

    Fields that no case has are no problem here: `not_understood` names them.
    """
    found = tuple(sentences(case, SCHEMA, SCHEMA, "The case"))
    return found or (*_of_files(case["files"]), *_of_populations(case), *_of_numbers(case))


def not_understood(case: Any) -> tuple[str, ...]:
    """A sentence for each field that the form does not have: perhaps a slip of the pen, so a person should see it."""
    return tuple(unknown_fields(case, SCHEMA, SCHEMA, "The case"))


def _of_files(files: list[dict[str, Any]]) -> Iterator[str]:
    """What no schema can say of files."""
    paths = [file["path"] for file in files]
    if not any(file["role"] == "output" for file in files):
        yield "No file has the role output: say which file is to be released."
    for path in sorted({path for path in paths if paths.count(path) > 1}):
        yield f"The file {path} is named twice."
    for path in paths:
        if "\\" in path or "\0" in path or PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
            yield f"The path {path!r} leads out of the folder of the description."


def _of_populations(case: dict[str, Any]) -> Iterator[str]:
    """A file is of one population: with two, differencing would compare it as one of them only."""
    names = [one["file"] for one in (case.get("context") or {}).get("populations") or ()]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"The file {name} has two populations: name the one that it is of."


def _of_numbers(value: Any) -> Iterator[str]:
    """Python reads NaN and Infinity, which are no JSON and no limits of anything."""
    if isinstance(value, float) and not math.isfinite(value):
        yield "The case holds a number that is not finite."
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _of_numbers(inner)


def as_text() -> str:
    """The schema as the reference page holds it."""
    return json.dumps(SCHEMA, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    print(as_text(), end="")
