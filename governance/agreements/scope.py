"""What an agreement allows: tables, variables at a level of detail, a period, and of whom: the cohort."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from governance.catalogue.cohort import EVERYTHING, BadCohort, Cohort


class BadScope(ValueError):
    """The stored scope is not of the form that `Scope.to_json` writes."""


@dataclass(frozen=True)
class GrantedVariable:
    """One variable at one level of its ladder; `level` is "" when it has no ladder."""

    name: str
    level: str = ""


@dataclass(frozen=True)
class GrantedTable:
    name: str
    variables: tuple[GrantedVariable, ...]

    def level_of(self, variable: str) -> str | None:
        """The agreed level of a variable, or None when the variable was not granted."""
        return next((granted.level for granted in self.variables if granted.name == variable), None)


@dataclass(frozen=True)
class Scope:
    """Exactly what was agreed. The period holds both of its end days; the cohort says whose rows."""

    dataset: str
    tables: tuple[GrantedTable, ...]
    period_from: date
    period_to: date
    cohort: Cohort = EVERYTHING

    def __post_init__(self) -> None:
        if self.period_from > self.period_to:
            raise BadScope("The period ends before it begins.")

    def table(self, name: str) -> GrantedTable | None:
        """The granted table of that name, or None."""
        return next((table for table in self.tables if table.name == name), None)

    def without_tables(self, names: frozenset[str]) -> Scope:
        """The same scope less the named tables, as when one owner refuses."""
        kept = tuple(table for table in self.tables if table.name not in names)
        return replace(self, tables=kept)

    def without_variables(self, names: Collection[str]) -> Scope:
        """The same scope less the named variables ("table.variable"); a table without any goes with them."""
        kept = (
            GrantedTable(table.name, tuple(one for one in table.variables if f"{table.name}.{one.name}" not in names))
            for table in self.tables
        )
        return replace(self, tables=tuple(table for table in kept if table.variables))

    def at_levels(self, levels: Mapping[str, str]) -> Scope:
        """The same scope with other levels for the named variables ("table.variable" -> level)."""
        tables = tuple(
            GrantedTable(
                table.name,
                tuple(
                    GrantedVariable(one.name, levels.get(f"{table.name}.{one.name}", one.level))
                    for one in table.variables
                ),
            )
            for table in self.tables
        )
        return replace(self, tables=tables)

    def to_json(self) -> dict[str, Any]:
        return {
            "dataset": self.dataset,
            "period_from": self.period_from.isoformat(),
            "period_to": self.period_to.isoformat(),
            "tables": {table.name: {v.name: v.level for v in table.variables} for table in self.tables},
            "cohort": self.cohort.to_json(),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Scope:
        """Read what `to_json` wrote. Raises BadScope for anything else.

        A scope from before there were cohorts names none: it was agreed for everybody.
        """
        try:
            tables = tuple(
                GrantedTable(name, tuple(GrantedVariable(variable, level) for variable, level in chosen.items()))
                for name, chosen in stored["tables"].items()
            )
            period = date.fromisoformat(stored["period_from"]), date.fromisoformat(stored["period_to"])
            return cls(stored["dataset"], tables, *period, Cohort.from_json(stored.get("cohort", {})))
        except (AttributeError, KeyError, TypeError, ValueError, BadCohort) as problem:
            raise BadScope("The stored scope cannot be read.") from problem
