"""Contributions: what each unit gives to each cell, where units have several records, added up by sorting once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from extracts.disclosure.microdata.coded import Coded

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
MOST = 2**62  # keys of cell and unit are one number below this
MEASURES = (
    "rows", "units", "n", "filled", "total", "absolute_total", "largest", "second_largest", "minimum", "maximum",
)  # fmt: skip


@dataclass(frozen=True)
class Given:
    """What each unit gives to each cell, cell by cell.

    cell    number of the cell, ascending;  unit  number of the unit
    given   sum of the unit's values in the cell; NaN where it has none
    """

    cell: Codes
    unit: Codes
    given: Numbers

    def joined(self, cell_of: Codes, units: int) -> Given:
        """The same for larger cells: `cell_of` says in which of them each cell lies."""
        key = cell_of[self.cell] * units + self.unit
        order = np.argsort(key)
        key = key[order]
        given, starts = self.given[order], _starts(key)
        if len(starts) < len(key):
            given = _sums(given, starts)
        cell, unit = np.divmod(key[starts], units)
        return Given(cell, unit, given)

    @property
    def starts(self) -> Codes:
        """Where each cell begins."""
        return _starts(self.cell)


def summaries(coded: Coded, names: Sequence[str], sets: Sequence[Sequence[str]], *, amounts: bool) -> pd.DataFrame:
    """The cube of `coded`: a row for each cell of each set of dimensions; columns as `cube.cube` describes them.

    The records are sorted by cell and unit once. What a margin holds is added up from the cells, but for what has to
    be known of each unit (how many there are, what each gives), for which the contributions are sorted again.
    Source: dominance is of contributors, not of rows (SDC Handbook, section 4.2).
    """
    if not len(coded.unit):
        return pd.DataFrame(columns=[*names, "summed", *MEASURES])
    cell, first = _cells([coded.codes[name] for name in names], len(coded.unit), MOST // coded.units)
    codes = {name: coded.codes[name][first] for name in names}
    records, given = _by_cell_and_unit(cell, coded)
    found = []
    for kept in sets:
        margin, first = _cells([codes[name] for name in kept], len(records), MOST // coded.units)
        parts = given if len(first) == len(records) else given.joined(margin, coded.units)
        labels = {name: _labels(coded, codes, name, first, kept=name in kept) for name in names}
        bits = sum(1 << (len(names) - 1 - place) for place, name in enumerate(names) if name not in kept)
        measured = {**_of_records(records, margin), **_of_units(parts, amounts=amounts)}
        found.append(pd.DataFrame({**labels, "summed": bits, **{name: measured[name] for name in MEASURES}}))
    return pd.concat(found, ignore_index=True)


def _labels(
    coded: Coded, codes: Mapping[str, Codes], name: str, first: Codes, *, kept: bool
) -> npt.NDArray[np.object_]:
    return coded.labels[name][codes[name][first]] if kept else np.full(len(first), None, dtype=object)


def _cells(codes: Sequence[Codes], size: int, most: int) -> tuple[Codes, Codes]:
    """For each row the number of its cell, from 0 and without gaps, and for each cell a row that is in it."""
    cell, bound = np.zeros(size, dtype=np.int64), 1
    for code in codes:
        width = int(code.max()) + 1
        if bound * width >= most:
            cell = np.unique(cell, return_inverse=True)[1].astype(np.int64)
            bound = int(cell.max()) + 1
        cell, bound = cell * width + code, bound * width
    if bound > 4 * size:
        first, cell = np.unique(cell, return_index=True, return_inverse=True)[1:]
        return cell.astype(np.int64), first
    where = np.full(bound, -1, dtype=np.int64)
    where[cell] = np.arange(size)
    used = np.flatnonzero(where >= 0)
    number = np.zeros(bound, dtype=np.int64)
    number[used] = np.arange(len(used))
    return number[cell], where[used]


def _by_cell_and_unit(cell: Codes, coded: Coded) -> tuple[pd.DataFrame, Given]:
    """Of each cell its records, values and extremes; and what each unit gives."""
    key = cell * coded.units + coded.unit
    order = np.argsort(key)
    key, value = key[order], coded.value[order]
    starts = _starts(key)
    cell, unit = np.divmod(key[starts], coded.units)
    of_cell = starts[_starts(cell)]
    known = ~np.isnan(value)
    records = pd.DataFrame({
        "rows": np.diff(np.append(of_cell, len(key))),
        "filled": np.add.reduceat(known.astype(np.int64), of_cell),
        "total": np.add.reduceat(np.where(known, value, 0.0), of_cell),
        "minimum": np.minimum.reduceat(np.where(known, value, np.inf), of_cell),
        "maximum": np.maximum.reduceat(np.where(known, value, -np.inf), of_cell),
    })  # fmt: skip
    return records, Given(cell, unit, _sums(value, starts) if len(starts) < len(key) else value)


def _of_records(records: pd.DataFrame, margin: Codes) -> dict[str, npt.NDArray[np.generic]]:
    """Records, values and extremes of each cell of a margin."""
    ways = {"rows": "sum", "filled": "sum", "total": "sum", "minimum": "min", "maximum": "max"}
    by = records.groupby(margin, sort=True).agg(ways)
    some = by["filled"].to_numpy() > 0
    amounts = {name: np.where(some, by[name].to_numpy(), np.nan) for name in ("total", "minimum", "maximum")}
    return {"rows": by["rows"].to_numpy(), "filled": by["filled"].to_numpy(), **amounts}


def _of_units(parts: Given, *, amounts: bool) -> dict[str, npt.NDArray[np.generic]]:
    """Units of each cell, those with a value, the sum of what they give at its absolute size, and the two largest."""
    starts, known, size = parts.starts, ~np.isnan(parts.given), np.abs(parts.given)
    units = np.diff(np.append(starts, len(known)))
    n = np.add.reduceat(known.astype(np.int64), starts)
    largest, second = _two_largest(np.where(known, size, -np.inf), starts)
    return {
        "units": units,
        "n": n if amounts else units,
        "absolute_total": np.where(n > 0, np.add.reduceat(np.where(known, size, 0.0), starts), np.nan),
        "largest": np.where(n > 0, largest, np.nan),
        "second_largest": np.where(n > 1, second, np.nan),
    }


def _starts(ascending: Codes) -> Codes:
    """Where each run of equal numbers begins."""
    return np.flatnonzero(np.concatenate([[True], ascending[1:] != ascending[:-1]]))


def _sums(value: Numbers, starts: Codes) -> Numbers:
    """The sum of each run, leaving out what is missing; NaN where all is."""
    known = ~np.isnan(value)
    total = np.add.reduceat(np.where(known, value, 0.0), starts)
    return np.where(np.logical_or.reduceat(known, starts), total, np.nan)


def _two_largest(size: Numbers, starts: Codes) -> tuple[Numbers, Numbers]:
    """The largest and the second largest of each run."""
    largest = np.maximum.reduceat(size, starts)
    at = np.flatnonzero(size == np.repeat(largest, np.diff(np.append(starts, len(size)))))
    run = np.searchsorted(starts, at, side="right") - 1
    rest = size.copy()
    rest[at[_starts(run)]] = -np.inf
    return largest, np.maximum.reduceat(rest, starts)
