"""Counts of people over everything that a cohort can be chosen by, rounded so that they may be shown and added up.

A member is one row of a role's table and one crime that it belongs to. Members are counted in cells, one for each
combination of values. The cells stand in a fixed order; their running total, shifted by a constant that only who
knows all counts can work out, is rounded down to tens, and a cell is given the difference of two of these. So

- a cell of the file is a multiple of ten within ten of the truth, and 0 may be up to nine people;
- cells that are neighbours add up to within ten of the truth, however many they are;
- other sums are off by no more than the rounding of each cell would be, and in neither direction on average.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from hashlib import blake2b
from math import prod
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
from sqlglot import exp

from extracts.figures.cells import YEARS
from extracts.figures.safe import STEP, THRESHOLD
from governance.catalogue.catalogue import Catalogue
from governance.catalogue.cohort_frame import ROLE, CohortFrame, Dimension, Role

NAME = "cohort_cube.json"
RULE = (
    f"People in a role on a crime, counted in cells. Cells are multiples of {STEP}, within {STEP} of the truth each "
    f"and over any stretch of them; sums under {THRESHOLD} are not told."
)
MOST_YEARS = 40

Integers = npt.NDArray[np.int64]


def cube_of(
    folder: Path, catalogue: Catalogue, tables: Collection[str], connection: duckdb.DuckDBPyConnection
) -> dict[str, Any]:
    """The content of `cohort_cube.json`; {} for a dataset without a frame or a release without its tables."""
    frame = catalogue.cohort_frame
    if frame is None or not set(_needed(frame)) <= set(tables):
        return {}
    maker = _Maker(folder, catalogue, frame, connection)
    axes = [(dimension, maker.values(dimension)) for dimension in frame.dimensions]
    index, counts = maker.counted(axes)
    tens = rounded_cells(counts) // STEP
    there = tens > 0
    return {
        "rule": RULE,
        "dimensions": [
            {"name": one.name, "values": values, "kind": YEARS if one.is_period else "values"} for one, values in axes
        ],
        "gaps": np.diff(index[there], prepend=0).tolist(),
        "tens": tens[there].tolist(),
    }


def rounded_cells(counts: Integers) -> Integers:
    """The differences of the shifted running total, rounded down to tens."""
    shift = int.from_bytes(blake2b(counts.tobytes(), digest_size=8).digest()) % STEP
    return np.diff((np.cumsum(counts) + shift) // STEP * STEP, prepend=0)


def _needed(frame: CohortFrame) -> Iterator[str]:
    yield from (frame.case_table, frame.case_links)
    yield from (role.table for role in frame.roles)
    yield from (table for dimension in frame.dimensions for table, _ in dimension.columns)


class _Maker:
    def __init__(
        self, folder: Path, catalogue: Catalogue, frame: CohortFrame, connection: duckdb.DuckDBPyConnection
    ) -> None:
        self.folder, self.catalogue, self.frame, self.connection = folder, catalogue, frame, connection
        self.case_domain = catalogue[frame.case_table][frame.case_key].key_domain

    def source(self, table: str) -> str:
        path = str(self.folder / f"{table}.parquet").replace("'", "''")
        return f"read_parquet('{path}')"

    def values(self, dimension: Dimension) -> list[str]:
        """What the axis of a dimension holds: its values, or the years that enough rows lie in."""
        if not dimension.is_period:
            return [value for value, _ in dimension.values]
        ((table, column),) = dimension.columns
        rows = self.connection.execute(
            f"SELECT year({quoted(column)}) AS y FROM {self.source(table)} WHERE y IS NOT NULL "
            f"GROUP BY y HAVING count(*) >= {THRESHOLD} ORDER BY y DESC LIMIT {MOST_YEARS}"
        ).fetchall()
        return sorted(str(row[0]) for row in rows)

    def counted(self, axes: list[tuple[Dimension, list[str]]]) -> tuple[Integers, Integers]:
        """The cells that hold anybody, in order, and how many each."""
        members = " UNION ALL ".join(self.members(role, axes) for role in self.frame.roles)
        sizes = [len(values) + 1 for _, values in axes]
        steps = [prod(sizes[number + 1 :]) for number in range(len(sizes))]
        cell = " + ".join(f"{step}::BIGINT * a{number}" for number, step in enumerate(steps))
        found = self.connection.execute(
            f"SELECT {cell} AS cell, count(*) AS members FROM ({members}) GROUP BY cell ORDER BY cell"
        ).fetchnumpy()
        return np.asarray(found["cell"], np.int64), np.asarray(found["members"], np.int64)

    def members(self, role: Role, axes: list[tuple[Dimension, list[str]]]) -> str:
        """One row a member, with its place on every axis."""
        places = [f"{self.place(role, *axis)} AS a{number}" for number, axis in enumerate(axes)]
        joins = [f"JOIN {self.source(self.frame.case_table)} AS cases ON cases.{quoted(self.frame.case_key)} = crime"]
        elsewhere: dict[str, list[str]] = {}
        for dimension, _ in axes:
            if not dimension.about_people and dimension.columns[0][0] != self.frame.case_table:
                elsewhere.setdefault(dimension.columns[0][0], []).append(dimension.columns[0][1])
        for table, columns in elsewhere.items():
            key = next(one.name for one in self.catalogue[table].variables if one.key_domain == self.case_domain)
            picked = ", ".join(f"min({quoted(one)}) AS {quoted(one)}" for one in columns)
            rows = f"SELECT {quoted(key)} AS crime, {picked} FROM {self.source(table)} GROUP BY crime"
            joins.append(f"LEFT JOIN ({rows}) AS {quoted(table)} USING (crime)")
        return f"SELECT {', '.join(places)} FROM ({self.rows(role)}) AS member {' '.join(joins)}"

    def rows(self, role: Role) -> str:
        """The rows of a role's table with each crime that they belong to, as `crime`."""
        table, source = self.catalogue[role.table], self.source(role.table)
        if own := [one.name for one in table.variables if one.key_domain == self.case_domain]:
            return f"SELECT *, {quoted(own[0])} AS crime FROM {source}"
        links = self.catalogue[self.frame.case_links]
        pairs = [
            (mine.name, theirs.name) for mine in table.variables for theirs in links.variables
            if mine.key_domain and mine.key_domain == theirs.key_domain
        ]  # fmt: skip
        ways = [
            f"SELECT {quoted(theirs)} AS own, {quoted(self.frame.case_key)} AS crime FROM {self.source(links.name)}"
            for _, theirs in pairs
        ]
        mine = quoted(pairs[0][0])
        known = f"SELECT DISTINCT own, crime FROM ({' UNION ALL '.join(ways)}) WHERE crime IS NOT NULL"
        return f"SELECT rows.*, crime FROM {source} AS rows JOIN ({known}) AS ways ON rows.{mine} = ways.own"

    def place(self, role: Role, dimension: Dimension, values: list[str]) -> str:
        """The place of a member on an axis: from 1 on in the order of its values, 0 for none of them."""
        if dimension.name == ROLE:
            return str(values.index(role.name) + 1)
        table = role.table if dimension.about_people else dimension.columns[0][0]
        name = dimension.column_in(table) or ""
        alias = {role.table: "member", self.frame.case_table: "cases"} if dimension.about_people else {}
        alias |= {self.frame.case_table: "cases"}
        column = f"{alias.get(table, quoted(table))}.{quoted(name)}"
        if dimension.is_period:
            return _case(f"CAST(year({column}) AS VARCHAR)", {value: value for value in values}, values)
        variable = self.catalogue[table][name]
        level = self.catalogue.ladder(variable.ladder)[dimension.level] if dimension.level else None
        if level is not None and level.method == "band":
            bands = [(band.lower, values.index(band.label) + 1) for band in reversed(level.bands)]
            return f"CASE {' '.join(f'WHEN {column} >= {lower} THEN {place}' for lower, place in bands)} ELSE 0 END"
        codes = {value: value for value in values}
        if level is not None and level.method == "codelist":
            codes = self.catalogue.code_list(variable.codelist).mapping(level.argument)
        return _case(f"CAST({column} AS VARCHAR)", codes, values)


def quoted(name: str) -> str:
    return exp.to_identifier(name, quoted=True).sql("duckdb")


def _case(column: str, codes: dict[str, str], values: list[str]) -> str:
    """Code to place, as a CASE; what is no code of a value is at 0."""
    whens = [
        "WHEN '{}' THEN {}".format(code.replace("'", "''"), values.index(value) + 1)
        for code, value in codes.items()
        if value in values
    ]
    return f"CASE {column} {' '.join(whens)} ELSE 0 END" if whens else "0"
