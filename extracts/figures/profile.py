"""How many rows a few quasi-identifiers single out: cells counted for every set of up to three of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from math import prod
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from extracts.figures.classes import ROWS_AT_ONCE, shares
from extracts.figures.levels import Codes, Levels, codes_at
from extracts.figures.safe import ENOUGH_ROWS, whole_percent
from extracts.figures.spread import spread_of
from extracts.figures.tally import Tally, as_integers, batches
from governance.catalogue.catalogue import Catalogue, Sensitivity, Table, Variable

RECORD = "person_record"  # the domain of keys of a person's record in one source
MOST_TOGETHER = 3
# Sets that hold one with at least this share of small cells are as bad or worse, and need no counting.
NEARLY_ALL = 0.9
MOST_CELLS = 1 << 24


def profile_of(
    path: Path,
    table: Table,
    catalogue: Catalogue,
    tallies: Mapping[str, Tally],
    *,
    connection: duckdb.DuckDBPyConnection,
    spill: Path,
) -> dict[str, Any]:
    """The quasi-identifiers of a table with their levels, what each set of them singles out, and how values spread.

    A table with few rows has no sets: shares of few rows tell single ones.
    """
    variables = [variable for variable in table.variables if variable.sensitivity is Sensitivity.QI]
    rows = tallies[variables[0].name].rows if variables else 0
    found: dict[str, Any] = {
        "variables": [{"name": variable.name, "level": variable.default_level} for variable in variables],
        "sets": [],
    }
    if rows < ENOUGH_ROWS:
        return found
    finest = _finest(path, {v.name: tallies[v.name].values for v in variables}, rows, spill)
    steps = _steps(variables, catalogue, tallies, connection)
    defaults = [steps[variable.name, variable.default_level] for variable in variables]
    sizes = [int(places.max(initial=0)) + 1 for places in defaults]
    codes = [
        _file(spill / f"{path.stem}.{v.name}.npy", places, finest[v.name])
        for v, places in zip(variables, defaults, strict=True)
    ]
    names = [variable.name for variable in variables]
    for chosen, small, alone in sets_of(codes, sizes):
        found["sets"].append(
            {
                "variables": [names[place] for place in chosen],
                "small_percent": whole_percent(small, rows),
                "unique_percent": whole_percent(alone, rows),
            }
        )
    found["spread"] = spread_of(finest, steps, _once(path, table))
    return found


def _steps(
    variables: Sequence[Variable],
    catalogue: Catalogue,
    tallies: Mapping[str, Tally],
    connection: duckdb.DuckDBPyConnection,
) -> dict[tuple[str, str], Codes]:
    """(variable, level) to the code at that level of each finest code; 0 is for nothing."""
    found: dict[tuple[str, str], Codes] = {}
    for variable in variables:
        names = [level.name for level in catalogue.levels(variable)] or [""]
        codes = codes_at(variable, catalogue, names, tallies[variable.name].values, connection)
        found |= {(variable.name, name): np.append(np.int32(0), codes[name]) for name in names}
    return found


def _file(path: Path, places: Codes, finest: Codes) -> Codes:
    """The codes of a level, in a file that the system pages in and out."""
    found = np.lib.format.open_memmap(path, mode="w+", dtype=np.int32, shape=finest.shape)
    for start in range(0, len(finest), ROWS_AT_ONCE):
        found[start : start + ROWS_AT_ONCE] = places[finest[start : start + ROWS_AT_ONCE]]
    return found


def _finest(path: Path, values: Mapping[str, Sequence[object]], rows: int, spill: Path) -> dict[str, Codes]:
    """The place of each row's value among the values of a variable, from 1 on, in files under `spill`."""
    levels = {name: Levels(known, np.arange(1, len(known) + 1, dtype=np.int32)) for name, known in values.items()}
    found = {
        name: np.lib.format.open_memmap(spill / f"{path.stem}.{name}.0.npy", mode="w+", dtype=np.int32, shape=(rows,))
        for name in levels
    }
    start = 0
    for batch in batches(path, list(levels)):
        for name, level in levels.items():
            found[name][start : start + len(batch)] = level.codes_of(batch[name])
        start += len(batch)
    return dict(found)


def _once(path: Path, table: Table) -> npt.NDArray[np.int64] | None:
    """The first row of each person's record, for a table with a key of records that has several rows of one."""
    record = next((one.name for one in table.variables if one.key_domain == RECORD), None)
    if record is None:
        return None
    keys = np.concatenate([as_integers(batch[record].fill_null(0)) for batch in batches(path, [record])])
    _, first = np.unique(keys, return_index=True)
    return None if len(first) == len(keys) else np.sort(first)


def sets_of(codes: list[Codes], sizes: list[int]) -> Iterator[tuple[tuple[int, ...], float, float]]:
    """Sets of columns, by place, with their shares of rows in small cells and of rows that are alone.

    Small sets come first. A set is left out when a set inside it is hopeless already, or when
    it has too many cells to count.
    """
    hopeless: set[tuple[int, ...]] = set()
    for together in range(1, MOST_TOGETHER + 1):
        for chosen in combinations(range(len(codes)), together):
            if any(part in hopeless for part in combinations(chosen, together - 1)):
                hopeless.add(chosen)
                continue
            if prod(sizes[place] for place in chosen) > MOST_CELLS:
                continue
            small, alone = shares([codes[place] for place in chosen], [sizes[place] for place in chosen])
            if small >= NEARLY_ALL:
                hopeless.add(chosen)
            yield chosen, small, alone
