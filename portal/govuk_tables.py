"""Tables as templates write them: short heads, and rows that become cards on a phone."""

from __future__ import annotations

from typing import Any


def as_card(row: Any, columns: list[Any]) -> dict[str, Any]:
    """The row with what its cells need to stand alone; roles, because browsers forget tables that are not laid out."""
    cells = [
        {
            **cell,
            "attributes": {
                **(cell.get("attributes") or {}),
                "role": "rowheader" if cell.get("is_header") else "cell",
                "data-label": column["text"],
            },
        }
        for cell, column in zip(row["cells"], columns, strict=True)
    ]
    return {**row, "cells": cells, "attributes": {**(row.get("attributes") or {}), "role": "row"}}


def heads(head: Any) -> list[Any]:
    """Column heads, from a list or from "Name|Rows:numeric"."""
    if not isinstance(head, str):
        return list(head)
    columns = (column.partition(":") for column in head.split("|"))
    return [{"text": text, "format": column_format} for text, _, column_format in columns]
