"""Read a table drawn in text: what `governance.workflow.grid` gives, as a person would write it."""

from __future__ import annotations

from collections.abc import Mapping


def parse(text: str) -> dict[str, dict[str, list[str]]]:
    """State -> role -> actions. The first line names the roles; an empty cell is no action."""
    lines = [line for line in text.strip("\n").splitlines() if line.strip()]
    head, *rows = ([cell.strip() for cell in line.split("|")] for line in lines)
    roles = head[1:]
    table = {}
    for state, *cells in rows:
        actions = ([action.strip() for action in cell.split(",") if action.strip()] for cell in cells)
        table[state] = {role: given for role, given in zip(roles, actions, strict=False) if given}
    return table


def sorted_cells(table: Mapping[str, Mapping[str, list[str]]]) -> dict[str, dict[str, list[str]]]:
    """The same table with the actions of each cell in alphabetical order."""
    return {state: {role: sorted(actions) for role, actions in row.items()} for state, row in table.items()}
