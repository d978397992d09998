"""Support: the cells of a table with their contributors counted anew from the records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from extracts.disclosure.microdata.cube import MEASURES, cube
from extracts.disclosure.microdata.expected import expected
from extracts.disclosure.microdata.labels import as_key, column_of, expressions
from extracts.disclosure.microdata.records import Records, quoted
from extracts.disclosure.microdata.shares import Beneath, with_bases
from extracts.disclosure.microdata.sharing import sharing
from extracts.disclosure.reading.cells import EVIDENCE_COLUMNS, Cells
from extracts.disclosure.reading.triage import CannotRead
from extracts.disclosure.recipe import Recipe

MOST_DIMENSIONS = 8
# A share may be taken of the total over any dimensions, in tables of so few.
MOST_SHARED = 4
FLAG = "_flag"
ABSENT = {"units": 0.0, "n": 0.0, "filled": 0.0, "rows": 0.0, "total": 0.0, "absolute_total": 0.0}

Key = tuple[str, ...]
Known = Mapping[Key, Mapping[Any, float]]


def add_support(cells: Cells, records: Records, recipe: Recipe, *, apart: Sequence[str] = ()) -> Cells:
    """The cells with evidence from the records: distinct units, contributors, sums, two largest, extremes.

    apart  dimensions of the table that are none of the records, such as the one that names the statistic

    A mean of zeros and ones is a proportion, and their sum a count: they get those kinds. Percentages without a base
    get the one that explains them. `expected_low` and `expected_high` are between which the records have the number.
    Raises CannotRead where a dimension or the value is no column of the records, or a label none of its values.
    """
    value = column_of(records, recipe.value) if recipe.value else ""
    if value and not records.is_number(value):
        raise CannotRead(f"The microdata's column {value} does not hold numbers.", "Correct the description.")
    behind = _Behind(cells, records, recipe, value, expressions(cells, records, value, apart))
    facts = cells.facts.assign(**behind.evidence())
    flags = bool(value) and records.is_dummy(value)
    if flags:
        facts = behind.as_proportions(facts)
    if value:
        facts = facts.assign(sharing=sharing(cells, records, behind.labels, value, recipe))
    if value or recipe.weight:
        facts = facts.assign(
            **expected(Cells(cells.labels, cells.totals, facts), records, behind.labels, value, recipe)
        )
    return with_bases(Cells(cells.labels, cells.totals, facts), behind.shares(flags=flags))


@dataclass(frozen=True)
class _Behind:
    """A table and the records behind it. `labels` are SQL, for the dimensions that the records have."""

    cells: Cells
    records: Records
    recipe: Recipe
    value: str
    labels: Mapping[str, str]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.labels)

    def keys(self, over: frozenset[str] = frozenset(), *more: str) -> list[Key]:
        """The key of each cell: "" for what is summed over, by the table or by `over`."""
        columns = [
            ["" if total or name in over else as_key(label) for label, total in zip(labels, totals, strict=True)]
            for name, labels, totals in (
                (name, self.cells.labels[name], self.cells.is_total(name)) for name in self.names
            )
        ]
        return [(*key, *more) for key in zip(*columns, strict=True)] if columns else [more] * len(self.cells)

    def known(self, sets: set[frozenset[str]], labels: Mapping[str, str]) -> Known:
        """Key of each cell that holds a record -> its measures."""
        where = self.recipe.where or "TRUE"
        # By place, since a dimension may be called as a measure is: total, rows, n.
        names = {name: f"_{place}" for place, name in enumerate(labels)}
        over = {frozenset(names[name] for name in one if name in names) for one in sets}
        by_place = {names[name]: label for name, label in labels.items()}
        found = cube(self.records, by_place, value=self.value, margins=over, where=where)
        keys = keys_of(found, list(by_place))
        return dict(zip(keys, found[list(MEASURES)].to_dict("records"), strict=True))

    def margins(self) -> set[frozenset[str]]:
        """The sets of dimensions over which some cell of the table is a total."""
        if len(self.names) > MOST_DIMENSIONS:
            raise CannotRead(f"The table has more than {MOST_DIMENSIONS} dimensions.", "Split it into smaller tables.")
        patterns = self.cells.totals[list(self.names)].drop_duplicates().to_numpy(dtype=bool).tolist() or [[]]
        return {frozenset(name for name, total in zip(self.names, row, strict=False) if total) for row in patterns}

    def evidence(self) -> dict[str, pd.Series[float]]:
        """A column for each of EVIDENCE_COLUMNS: counts are of units, amounts of those with a value."""
        known = self.known(self.margins(), self.labels)
        kinds = self.cells.facts["kind"].tolist()
        rows = [_of_cell(known.get(key), kind, bool(self.value)) for key, kind in zip(self.keys(), kinds, strict=True)]
        table = pd.DataFrame(rows, columns=list(EVIDENCE_COLUMNS), index=self.cells.facts.index, dtype=float)
        return {name: table[name] for name in EVIDENCE_COLUMNS}

    def as_proportions(self, facts: pd.DataFrame) -> pd.DataFrame:
        """Means of zeros and ones as shares of those with a value, sums of them as counts of the ones."""
        ones = self._with_flag(1.0, frozenset(), "units").part
        kind, shown = facts["kind"], facts["state"] == "number"
        counted = (kind == "total") & shown
        facts = facts.assign(kind=kind.replace({"mean": "percentage", "total": "count"}))
        for name in ("low", "high"):
            facts[name] = facts[name].where(~counted, facts["value"])
        return facts.assign(n=facts["n"].where(~counted, pd.Series(ones, index=facts.index)))

    def shares(self, *, flags: bool) -> list[Beneath]:
        """The counts that percentages without a base may be shares of."""
        facts = self.cells.facts
        wanted = facts["kind"].isin(["percentage", *(["mean"] if flags else [])]) & facts["base"].isna()
        if not wanted.any() or len(self.names) > MOST_SHARED:
            return []
        over = [frozenset(some) for size in range(len(self.names) + 1) for some in combinations(self.names, size)]
        if flags:
            return [self._with_flag(one, some, of) for of in ("units", "rows") for some in over for one in (1.0, 0.0)]
        known = self.known(set(over) | {one | some for one in self.margins() for some in over}, self.labels)
        return [
            Beneath(_numbers(known, self.keys(), of), _numbers(known, self.keys(some), of))
            for of in ("units", "rows")
            for some in over
            if some
        ]

    def _with_flag(self, one: float, over: frozenset[str], of: str) -> Beneath:
        """Of each cell those whose value is `one`, and those with a value in its total over some dimensions."""
        flagged = {**self.labels, FLAG: f"CAST({quoted(self.value)} AS DOUBLE)"}
        sets = {margin | over | extra for margin in self.margins() for extra in (frozenset[str](), frozenset({FLAG}))}
        known = self.known(sets | {margin for margin in self.margins()}, flagged)
        part = _numbers(known, self.keys(frozenset(), as_key(one)), of)
        return Beneath(part, _numbers(known, self.keys(over, ""), "n" if of == "units" else "filled"))


def _numbers(known: Known, keys: Sequence[Key], measure: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    """A measure of each cell: 0 where no record is."""
    return np.array([known.get(key, ABSENT)[measure] for key in keys], dtype=np.float64)


def _of_cell(row: Mapping[Any, float] | None, kind: str, amounts: bool) -> dict[str, float]:
    """The evidence of one cell; a combination that no record has is held by nobody."""
    known: Mapping[Any, float] = ABSENT if row is None else row
    if kind in ("count", "percentage", "weighted") or not amounts:
        return {"n": float(known["units"]), "rows": float(known["rows"])}
    names = ("total", "absolute_total", "largest", "second_largest", "minimum", "maximum")
    amount = {name: float(known.get(name, np.nan)) for name in names}
    return {"n": float(known["n"]), "rows": float(known["filled"]), **amount}


def keys_of(found: pd.DataFrame, names: Sequence[str]) -> list[Key]:
    """Key of each row of a cube: "" where it is summed over. GROUPING's first argument is its highest bit."""
    summed = found["summed"].to_numpy(dtype=np.int64)
    columns = []
    for place, name in enumerate(names):
        over = (summed >> (len(names) - 1 - place)) & 1
        labels = {label: as_key(label) for label in found[name].unique().tolist()}
        columns.append(
            ["" if gone else labels.get(label, as_key(label)) for gone, label in zip(over, found[name], strict=True)]
        )
    return list(zip(*columns, strict=True)) if columns else [()] * len(found)
