"""What an amendment changes, who must decide on it, and what the agreement comes to with it.

The light kinds (a person, a later end) are decided by research support. Data go to the owners of what is added, and to
the panel as well where something of a special category or sensitive by context is among it. A changed purpose goes to
every owner and the panel. Source: approval stages of the design, amendment types.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from governance.agreements.scope import GrantedTable, GrantedVariable, Scope
from governance.catalogue.catalogue import Catalogue, Sensitivity
from governance.projects.boards import owners_of

FOR_THE_PANEL = frozenset({Sensitivity.SC, Sensitivity.SV})


class Kind(StrEnum):
    PERSON = "person"
    END = "end"
    DATA = "data"
    PURPOSE = "purpose"

    @property
    def label(self) -> str:
        return LABELS[self]

    @property
    def is_light(self) -> bool:
        """Whether research support decides alone."""
        return self in {Kind.PERSON, Kind.END}


LABELS = {
    Kind.PERSON: "Add a person to the team",
    Kind.END: "Extend the project",
    Kind.DATA: "Add variables or tables",
    Kind.PURPOSE: "Change the purpose",
}


@dataclass(frozen=True)
class Path:
    """Who must decide: the owners, and whether the panel does after them."""

    owners: tuple[str, ...]
    panel: bool


def path_of(kind: Kind, added: Mapping[str, Any], owners: Collection[str], catalogue: Catalogue) -> Path:
    """The way of an amendment.

    added   table -> {"variables": {name: {"level": ...}}}, of a change of data
    owners  those of the project as it is
    """
    if kind is Kind.PURPOSE:
        return Path(tuple(owners), panel=True)
    if kind is not Kind.DATA:
        return Path((), panel=False)
    chosen = [catalogue[table][name] for table, wish in added.items() for name in wish["variables"]]
    return Path(owners_of(added, catalogue), panel=any(one.sensitivity in FOR_THE_PANEL for one in chosen))


def without(
    added: Mapping[str, Any], refused: Collection[str], owners: Collection[str], catalogue: Catalogue
) -> dict[str, Any]:
    """What is left of added data without the refused variables ("table.variable") and the refusing owners' tables."""
    left: dict[str, Any] = {}
    for table, wish in added.items():
        kept = {name: one for name, one in wish["variables"].items() if f"{table}.{name}" not in refused}
        if kept and catalogue[table].owner not in owners:
            left[table] = {**wish, "variables": kept}
    return left


def merged(scope: Scope, added: Mapping[str, Any]) -> Scope:
    """The scope with the added variables; one that it holds already takes the level of the amendment."""
    tables = {table.name: {one.name: one.level for one in table.variables} for table in scope.tables}
    for table, wish in added.items():
        tables.setdefault(table, {}).update({name: one["level"] for name, one in wish["variables"].items()})
    granted = tuple(
        GrantedTable(table, tuple(GrantedVariable(name, level) for name, level in variables.items()))
        for table, variables in tables.items()
    )
    return replace(scope, tables=granted)


def merged_wish(requested: Mapping[str, Any], added: Mapping[str, Any]) -> dict[str, Any]:
    """The project's wish with the added variables, reasons with them."""
    wishes = {table: {**wish, "variables": dict(wish["variables"])} for table, wish in requested.items()}
    for table, wish in added.items():
        known = wishes.setdefault(table, {"reason": wish["reason"], "variables": {}})
        known["variables"].update(wish["variables"])
    return wishes


def already(scope: Scope, table: str, name: str, level: str) -> bool:
    """Whether the scope holds this variable at this very level."""
    granted = scope.table(table)
    return granted is not None and granted.level_of(name) == level
