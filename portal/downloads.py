"""Rows of a public page as a file to download."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse

FORMATS = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_file(kind: str, name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """Rows to download, as CSV or as a JSON list of objects."""
    response = HttpResponse(content_type=FORMATS[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    if kind == "json":
        told = [{column: plain(value) for column, value in zip(columns, row, strict=True)} for row in rows]
        json.dump(told, response, ensure_ascii=False, indent=1)
        return response
    written = csv.writer(response)
    written.writerow(columns)
    for row in rows:
        written.writerow([harmless(value) for value in row])
    return response


def plain(value: Any) -> str | None:
    """The value as JSON holds it: null for nothing, everything else as text."""
    return None if value in (None, "") else str(value)


def harmless(value: Any) -> str:
    """The value as text that a spreadsheet will not take for a formula: such a cell is given a leading quote."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
