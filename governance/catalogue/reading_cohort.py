"""The frame of cohorts: `cohort.json` of a description, read and checked. A dataset without it offers no cohort."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from governance.catalogue.cohort_frame import ROLE, CohortFrame, Dimension, Role, Through
from governance.catalogue.csvfiles import BadCatalogue
from governance.catalogue.entries import CodeList, Table, Variable
from governance.catalogue.ladders import Ladder, UnknownName, named

COHORT = "cohort.json"


class _Reader:
    """Reads one `cohort.json` against the tables that the description holds."""

    def __init__(self, tables: Sequence[Table], code_lists: Sequence[CodeList], ladders: Sequence[Ladder]) -> None:
        self.tables, self.code_lists, self.ladders = tables, code_lists, ladders

    def frame(self, stored: dict[str, Any]) -> CohortFrame:
        case, person = stored["case"], stored["person"]
        roles = tuple(Role(name, one["label"], self.table(one["table"]).name) for name, one in stored["roles"].items())
        self.variable(case["table"], case["key"])
        self.variable(person["links"], person["record"])
        self.variable(person["links"], person["person"])
        return CohortFrame(
            case["table"], case["key"], case["label"], self.table(case["links"]).name,
            tuple(self.table(name).name for name in case["tables"]),
            person["links"], person["record"], person["person"], roles,
            tuple(self.through(name, parent) for name, parent in stored["through"].items()),
            tuple(self.dimension(one, roles, case["table"]) for one in stored["dimensions"]),
        )  # fmt: skip

    def through(self, table: str, parent: str) -> Through:
        name, _, columns = parent.partition(".")
        for column in columns.split("+"):
            self.variable(table, column)
            self.variable(name, column)
        return Through(table, name, tuple(columns.split("+")))

    def dimension(self, stored: dict[str, Any], roles: Sequence[Role], case_table: str) -> Dimension:
        name, columns = stored["name"], tuple(_split(column) for column in stored.get("columns", []))
        about_people = stored["about"] == "people"
        if name == ROLE:
            values = tuple((role.name, role.label) for role in roles)
        else:
            values = tuple(self.values(columns, stored.get("level", "")))
        if about_people and name != ROLE and {table for table, _ in columns} != {role.table for role in roles}:
            raise ValueError(f"{name} must name one column in the table of each role")
        if not about_people and len(columns) != 1:
            raise ValueError(f"{name} must name one column")
        return Dimension(
            name, stored["label"], stored.get("hint", ""), about_people, columns, stored.get("level", ""), values
        )

    def values(self, columns: Sequence[tuple[str, str]], level: str) -> Iterator[tuple[str, str]]:
        """Code and label of what can be chosen, the same for each of the columns."""
        variables = [self.variable(*column) for column in columns]
        offered = [tuple(self.values_of(variable, level)) for variable in variables]
        if len(set(offered)) != 1:
            raise ValueError(f"{variables[0].name} has other values in other tables")
        return iter(offered[0])

    def values_of(self, variable: Variable, level: str) -> Iterator[tuple[str, str]]:
        if level:
            step = named(variable.ladder, self.ladders, f"There is no ladder {variable.ladder}.")[level]
            if step.method == "band":
                yield from ((band.label, band.label) for band in step.bands)
            elif step.method == "codelist":
                labels = self.codes(variable).mapping(step.argument).values()
                yield from ((label, label) for label in dict.fromkeys(labels) if label)
            elif step.method != "source":
                raise ValueError(f"{variable.name} cannot be chosen by {level}")
        if not level or step.method == "source":
            if variable.codelist:
                codes = self.codes(variable)
                yield from ((code, codes.label(code)) for code in codes.codes)
            elif variable.dtype != "date":
                yield from ((choice, choice) for choice in variable.choices)

    def codes(self, variable: Variable) -> CodeList:
        return named(variable.codelist, self.code_lists, f"There is no code list {variable.codelist}.")

    def table(self, name: str) -> Table:
        return named(name, self.tables, f"There is no table {name}.")

    def variable(self, table: str, name: str) -> Variable:
        return self.table(table)[name]


def _split(column: str) -> tuple[str, str]:
    table, _, variable = column.partition(".")
    return table, variable


def read_cohort_frame(
    path: Path, tables: Sequence[Table], code_lists: Sequence[CodeList], ladders: Sequence[Ladder]
) -> CohortFrame | None:
    """The frame of a description, or None when it has none. Raises BadCatalogue for names that are not there."""
    if not path.exists():
        return None
    try:
        frame = _Reader(tables, code_lists, ladders).frame(json.loads(path.read_text(encoding="utf-8")))
    except (KeyError, TypeError, ValueError, AttributeError, UnknownName) as problem:
        raise BadCatalogue(path.name, 0, f"The frame of cohorts cannot be read ({problem}).") from problem
    if empty := [one.name for one in frame.dimensions if one.is_period and not _is_date(one, tables)]:
        raise BadCatalogue(path.name, 0, f"{', '.join(empty)} offers no value.")
    return frame


def _is_date(dimension: Dimension, tables: Sequence[Table]) -> bool:
    return all(named(table, tables, "")[variable].dtype == "date" for table, variable in dimension.columns)
