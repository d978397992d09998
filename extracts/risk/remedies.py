"""The cheapest ways to bring a table under the ceiling: steps up the ladders, or leaving variables out.

Each way is counted exactly. The table is grouped once by every quasi-identifier at every level from the agreed one up;
a choice of levels is then a grouping of these groups.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

import duckdb

from extracts.risk.assess import rows_of
from extracts.risk.classes import CLASSES, classed
from extracts.risk.coding import coded
from extracts.risk.report import RiskReport, TableReport
from extracts.specification import ColumnSpec, ExtractSpec, TableSpec
from governance.catalogue.catalogue import Catalogue
from governance.catalogue.risk_rules import Ceiling

MOST_STEPS = 3
LEFT_OUT = ""  # the level of a variable that is not there


@dataclass(frozen=True)
class Step:
    """One variable at a coarser level; `level` is LEFT_OUT where it is left out."""

    variable: str
    before: str
    level: str


@dataclass(frozen=True)
class Remedy:
    """What to make coarser in one table, and what it would single out then.

    lost    bits of information on a row that are given up: the entropy of the variables before, less that after
    enough  whether the table is under the ceiling then
    """

    table: str
    steps: tuple[Step, ...]
    unique_share: float
    under_share: float
    lost: float
    enough: bool

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Remedy:
        return cls(**{**stored, "steps": tuple(Step(**step) for step in stored["steps"])})


def remedies(
    connection: duckdb.DuckDBPyConnection, spec: ExtractSpec, catalogue: Catalogue, report: RiskReport
) -> tuple[Remedy, ...]:
    """For every table that `report` has above the ceiling, what would bring it under: cheapest first.

    The cost is the number of steps, then the detail that is lost. Where no single step is enough, two ways of up to
    three steps are looked for, each step the one that helps most: one by coarser levels, one by leaving out as well.
    Where neither is enough the better one is told all the same. Empty when no table is above.
    """
    found: list[Remedy] = []
    for table in report.above:
        if report.ceiling is None:
            continue
        with _laid_out(connection, table, spec, catalogue, report) as search:
            found += search.ways()
    return tuple(found)


Choice = dict[str, str]  # variable -> level


@dataclass(frozen=True)
class _Search:
    """The groups of one table on a connection, and where among their columns each variable at each level is."""

    connection: duckdb.DuckDBPyConnection
    table: TableReport
    ladders: Mapping[str, tuple[str, ...]]
    ceiling: Ceiling
    threshold: int

    @property
    def places(self) -> dict[tuple[str, str], int]:
        columns = [(name, level) for name, levels in self.ladders.items() for level in levels]
        return {column: place for place, column in enumerate(columns)}

    def ways(self) -> list[Remedy]:
        agreed = {name: levels[0] for name, levels in self.ladders.items()}
        singles = [self.remedy([step]) for step in self.steps(agreed, leaving_out=True)]
        if enough := [one for one in singles if one.enough]:
            return sorted(enough, key=lambda one: one.lost)
        ways = [self.greedy(agreed, leaving_out=also) for also in (False, True)]
        enough = [way for way in ways if way.enough]
        kept = enough or [min(ways, key=self.excess)]
        return sorted(dict.fromkeys(kept), key=lambda way: (len(way.steps), way.lost))

    def greedy(self, agreed: Choice, *, leaving_out: bool) -> Remedy:
        """Up to three steps, each the one that helps most of those that are possible after the ones before."""
        taken: list[Step] = []
        best = self.remedy([])
        while not best.enough and len(taken) < MOST_STEPS:
            steps = list(self.steps(_after(agreed, taken), leaving_out=leaving_out))
            if not steps:
                break
            tried = [self.remedy([*taken, step]) for step in steps]
            best = min(tried, key=lambda one: (not one.enough, self.excess(one) if not one.enough else 0.0, one.lost))
            taken = list(best.steps)
        return best

    def steps(self, now: Choice, *, leaving_out: bool) -> Iterator[Step]:
        """One level up for each variable; leaving it out where there is no level above, or always if asked for."""
        for name, level in now.items():
            above = self.ladders[name][self.ladders[name].index(level) + 1 :]
            if above:
                yield Step(name, level, above[0])
            if leaving_out or not above:
                yield Step(name, level, LEFT_OUT)

    def excess(self, way: Remedy) -> float:
        """By how many times the ceiling the worse of the two shares is above it."""
        pairs = ((way.unique_share, self.ceiling.unique), (way.under_share, self.ceiling.under))
        return max(share / limit if limit else share * 1e9 for share, limit in pairs)

    def remedy(self, steps: list[Step]) -> Remedy:
        agreed = {name: levels[0] for name, levels in self.ladders.items()}
        after = _after(agreed, steps)
        unique, under = self.shares(after)
        changed = {step.variable for step in steps}
        lost = sum(
            self.entropy(name, agreed[name]) - (self.entropy(name, after[name]) if name in after else 0.0)
            for name in changed
        )
        enough = unique <= self.ceiling.unique and under <= self.ceiling.under
        return Remedy(self.table.table, tuple(_joined(steps)), unique, under, round(lost, 6), enough)

    def shares(self, choice: Choice) -> tuple[float, float]:
        columns = ", ".join(f"q{self.places[item]}" for item in choice.items())
        counted = f"SELECT sum(n) AS n FROM {CLASSES}" + (f" GROUP BY {columns}" if columns else "")
        rows = (f"coalesce(sum(n) FILTER (WHERE n < {limit}), 0)" for limit in (2, self.threshold))
        unique, under = self.connection.execute(f"SELECT {', '.join(rows)} FROM ({counted})").fetchall()[0]
        return int(unique) / self.table.rows, int(under) / self.table.rows

    def entropy(self, name: str, level: str) -> float:
        counted = f"SELECT sum(n) / {self.table.rows} AS p FROM {CLASSES} GROUP BY q{self.places[name, level]}"
        return float(self.connection.execute(f"SELECT sum(-p * log2(p)) FROM ({counted})").fetchall()[0][0])


@contextmanager
def _laid_out(
    connection: duckdb.DuckDBPyConnection,
    table: TableReport,
    spec: ExtractSpec,
    catalogue: Catalogue,
    report: RiskReport,
) -> Iterator[_Search]:
    ladders = {name: _levels_from(table.table, name, level, catalogue) for name, level in table.quasi}
    columns = tuple(ColumnSpec(name, level) for name, levels in ladders.items() for level in levels)
    rows = rows_of(connection, TableSpec(table.table, columns), spec, catalogue)
    with coded(connection, rows, len(columns), len(columns)) as seen, classed(connection, seen, len(columns)):
        assert report.ceiling is not None
        yield _Search(connection, table, ladders, report.ceiling, report.threshold)


def _levels_from(table: str, name: str, level: str, catalogue: Catalogue) -> tuple[str, ...]:
    """The level that was agreed and every coarser one; for a variable without a ladder the one that it has."""
    levels = [step.name for step in catalogue.levels(catalogue[table][name])]
    return tuple(levels[levels.index(level) :]) if levels else (level,)


def _after(choice: Choice, steps: list[Step]) -> Choice:
    """The levels after these steps, without what is left out."""
    changed = {step.variable: step.level for step in steps}
    after = choice | changed
    return {name: level for name, level in after.items() if not (name in changed and level == LEFT_OUT)}


def _joined(steps: list[Step]) -> list[Step]:
    """Two steps of one variable as one, from where it was to where it comes."""
    joined: dict[str, Step] = {}
    for step in steps:
        first = joined.get(step.variable)
        joined[step.variable] = Step(step.variable, first.before if first else step.before, step.level)
    return list(joined.values())
