"""What is still missing from the data that an application asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def missing_data(requested: Mapping[str, Any]) -> list[str]:
    """What the choice of data still lacks, as short phrases; empty when it can be submitted.

    requested  table -> {"reason": text, "variables": {name: {"level": ..., "reason": text}}}
    """
    if not requested:
        return ["at least one table"]
    return [phrase for table, wish in requested.items() for phrase in missing_of_table(table, wish)]


def missing_of_table(table: str, wish: Mapping[str, Any]) -> list[str]:
    """What the choice of variables of one table still lacks."""
    lacking = [] if wish.get("reason", "").strip() else [f"a reason for table {table}"]
    chosen = wish.get("variables", {})
    if not chosen:
        lacking.append(f"at least one variable of {table}")
    bare = [name for name, variable in chosen.items() if not variable.get("reason", "").strip()]
    if bare:
        lacking.append(f"a reason for {', '.join(f'{table}.{name}' for name in bare)}")
    return lacking
