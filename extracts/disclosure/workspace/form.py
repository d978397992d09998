"""From a case that a session wrote to what the request form asks of each file, so that it fills itself.

What has no place in the form is left for the researcher, who reads all of it before it is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from extracts.disclosure.case import described_output, populations_of
from extracts.disclosure.description import FileDescription
from extracts.disclosure.policy import SRS_10

CONTROLS = {
    "suppression": "{cells} cells with fewer than {threshold} units are hidden.",
    "rounding": "Numbers are rounded to {base}.",
}


def descriptions(case: Mapping[str, Any], contents: Mapping[str, bytes]) -> tuple[FileDescription, ...]:
    """What the form says of each output of a case: what the check would read of it, in words too.

    case      one that `manifest.listed_cases` gave
    contents  the bytes of its files by path: headings of outputs and sizes of models are read from them

    Of a file whose kind the case does not say the kind is left open.
    """
    return tuple(_description(case, file, contents) for file in case["files"] if file["role"] == "output")


def _description(case: Mapping[str, Any], file: Mapping[str, Any], contents: Mapping[str, bytes]) -> FileDescription:
    context = case.get("context", {})
    found = described_output(case, file, contents, SRS_10)
    return replace(
        found,
        output_type="" if found.inferred else found.output_type,
        text=in_words(case),
        unit=in_the_plural(context.get("unit")),
        population=next((one.filter for one in populations_of(context) if one.file == file["path"]), ""),
        inferred=False,
    )


def in_words(case: Mapping[str, Any]) -> str:
    """What a checker is told of an output: its title, and what was done to its numbers."""
    context = case.get("context", {})
    said = [f"{str(case.get('title', '')).rstrip('.')}."]
    for control in context.get("controls", ()):
        words = {"cells": "Some", "threshold": "some", "base": "something", **control}
        said += [CONTROLS[control["control"]].format(**words)] if control["control"] in CONTROLS else []
    return " ".join(said)


def in_the_plural(unit: str | None) -> str:
    """What is counted, from the column that names it: person_id is people, case_id is cases; rows are records."""
    if not unit:
        return "records"
    name = unit.lower().removesuffix("_id").removesuffix("_no").replace("_", " ").strip()
    return {"person": "people", "id": "", "": ""}.get(name, f"{name}s")
