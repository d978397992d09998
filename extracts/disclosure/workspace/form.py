"""From a case that a session wrote to what the request form asks of each file, so that it fills itself.

What has no place in the form is left for the researcher, who reads all of it before it is sent.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from typing import Any

from extracts.disclosure.description import TOTAL_LABELS, FileDescription, Regression
from extracts.disclosure.layout import Layout, Percentage

# Kind of a case -> code of OUTPUT_TYPES. Other kinds are for the researcher to choose.
TYPES = {
    "frequency": "FREQ", "histogram": "FREQ", "percentage": "RATIO", "magnitude": "MAGN", "shape": "MAGN",
    "quantile": "QUANT", "min_max": "MINMAX", "mode": "MINMAX", "regression": "REGR", "survival": "SURV",
    "text": "TEXT",
}  # fmt: skip

# Heading of a column, or statistic of a table, -> the part of a layout that it belongs in.
PLACES = {
    "count": "counts", "n": "counts", "sum": "totals", "mean": "means",
    "num_at_risk": "counts", "num_events": "counts", "num_censored": "counts",
}  # fmt: skip

CONTROLS = {
    "suppression": "{cells} cells with fewer than {threshold} units are hidden.",
    "rounding": "Numbers are rounded to {base}.",
}


def descriptions(case: Mapping[str, Any], contents: Mapping[str, bytes]) -> tuple[FileDescription, ...]:
    """What the form says of each output of a case.

    case      one that `manifest.cases_of` gave
    contents  the bytes of its files by path: headings of outputs and sizes of models are read from them
    """
    outputs = [file for file in case["files"] if file["role"] == "output"]
    return tuple(_description(case, file, contents) for file in outputs)


def _description(case: Mapping[str, Any], file: Mapping[str, Any], contents: Mapping[str, bytes]) -> FileDescription:
    path, context = str(file["path"]), case.get("context", {})
    behind = {
        one["role"]: one["path"] for one in case["files"] if one["role"] != "output" and one.get("for", path) == path
    }
    layout = layout_of(case, file.get("layout") or case.get("layout") or {}, headings(contents.get(path, b"")))
    zeros = ({name: str(label) for name, label in key.items()} for key in context.get("structural_zeros", ()))
    labels = (case.get("layout") or {}).get("total_labels", ())
    return FileDescription(
        name=path,
        output_type=TYPES.get(str(case.get("kind")), ""),
        text=in_words(case),
        layout=layout,
        unit=in_the_plural(context.get("unit")),
        sensitive=bool(context.get("sensitive")) or bool(context.get("children")),
        total_labels=tuple(dict.fromkeys((*TOTAL_LABELS, *labels))),
        structural_zeros=tuple(key for key in zeros if set(key) <= set(layout.dimensions)),
        evidence=behind.get("evidence", ""),
        regression=size_of(contents.get(behind.get("metadata", ""), b"")),
    )


def layout_of(case: Mapping[str, Any], said: Mapping[str, Any], columns: Sequence[str]) -> Layout:
    """The layout of the form. Columns of numbers that have no place in it are left out, and so asked for."""
    wide = said.get("form") == "wide"
    rows = tuple(said.get("row_dims" if wide else "dims", ()))
    others = tuple(said.get("others", ()))
    shares = tuple(
        Percentage(str(said["percent_column"]), str(said.get("base_column", "")), said.get("out_of", 100))
        for _ in range("percent_column" in said)
    )
    taken = {*rows, *others, *(share.column for share in shares), *(share.base for share in shares)}
    statistic = str(case.get("context", {}).get("statistic", ""))
    found: dict[str, Any] = {}
    for name in (column for column in columns if column not in taken):
        place = PLACES.get(statistic) if wide else PLACES.get(name)
        if place:
            found[place] = (*found.get(place, ()), name)
    across = str(said.get("col_dim", "")) if wide else ""
    form = "wide" if wide else "long"
    return Layout(form=form, rows=rows, columns=across, percentages=shares, others=others, **found)


def headings(content: bytes) -> tuple[str, ...]:
    """The headings of a CSV; none when it is something else."""
    try:
        first = content.split(b"\n", 1)[0].decode("utf-8-sig")
        return tuple(next(csv.reader([first.rstrip("\r")], strict=True), ()))
    except (UnicodeDecodeError, csv.Error):
        return ()


def size_of(content: bytes) -> Regression:
    """The size of a model, as its JSON says it; nothing when it says nothing."""
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        return Regression()
    said = {field: data.get(name) if isinstance(data, dict) else None for field, name in SIZES.items()}
    whole: dict[str, Any] = {
        field: value for field, value in said.items() if isinstance(value, int) and not isinstance(value, bool)
    }
    return Regression(**whole)


SIZES = {"n_obs": "n_obs", "parameters": "k", "df_residual": "df_resid"}


def in_words(case: Mapping[str, Any]) -> str:
    """What a checker is told of an output: its title, who is counted in it, and what was done to its numbers."""
    context = case.get("context", {})
    said = [f"{str(case.get('title', '')).rstrip('.')}."]
    said += [f"Counted: {one['filter']}." for one in context.get("populations", ()) if one["filter"]]
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
