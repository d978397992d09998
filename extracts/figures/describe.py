"""The way in: the figures of every variable of a release, and how identifying its columns are together."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb

from extracts.figures.cube import NAME as CUBE
from extracts.figures.cube import cube_of
from extracts.figures.profile import profile_of
from extracts.figures.safe import RULE, rounded
from extracts.figures.tally import Tally, batches
from extracts.figures.variables import figures_of
from governance.catalogue.catalogue import Catalogue, Sensitivity, Table, Variable

NOT_DESCRIBED = (Sensitivity.KEY, Sensitivity.DI)
PROFILE_RULE = (
    "For each set of up to three quasi-identifiers at their default level of detail: the percentage of rows that lie "
    "in cells of fewer than 10, and of rows that are alone in theirs. A set that is left out holds at least as many "
    "as the sets inside it, one of which is nearly all rows."
)


def described(
    folder: Path, catalogue: Catalogue, tables: Iterable[str], *, spill: Path, threads: int = 2
) -> dict[str, dict[str, Any]]:
    """File name to content: `figures.json`, `qi_profile.json` and `cohort_cube.json` of the release in `folder`.

    The cube is left out where the dataset offers no cohort or the release lacks a table of it.

    spill    a folder for what memory cannot hold
    threads  how many tables are looked at side by side
    """
    names = list(tables)

    def one(name: str) -> tuple[dict[str, Any], dict[str, Any]]:
        return _one_table(folder / f"{name}.parquet", catalogue[name], catalogue, connection.cursor(), spill)

    with closing(duckdb.connect(":memory:")) as connection, ThreadPoolExecutor(threads) as pool:
        found = dict(zip(names, pool.map(one, names), strict=True))
        cube = cube_of(folder, catalogue, names, connection)
    return {
        **({CUBE: cube} if cube else {}),
        "figures.json": {"rule": RULE, "tables": {name: pair[0] for name, pair in found.items()}},
        "qi_profile.json": {"rule": PROFILE_RULE, "tables": {name: pair[1] for name, pair in found.items()}},
    }


def _one_table(
    path: Path, table: Table, catalogue: Catalogue, connection: duckdb.DuckDBPyConnection, spill: Path
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The figures and the profile of one table."""
    tallies = _tallies(path, table)
    figures = {
        "rows": rounded(next(iter(tallies.values())).rows),
        "variables": {variable.name: figures_of(variable, tallies[variable.name]) for variable in _shown(table)},
    }
    return figures, profile_of(path, table, catalogue, tallies, connection=connection, spill=spill)


def _shown(table: Table) -> list[Variable]:
    return [variable for variable in table.variables if variable.sensitivity not in NOT_DESCRIBED]


def _tallies(path: Path, table: Table) -> dict[str, Tally]:
    """One scan of the file: the tally of each variable that is described, or of nothing but rows."""
    names = [variable.name for variable in _shown(table)] or [table.variables[0].name]
    tallies = {name: Tally() for name in names}
    for batch in batches(path, names):
        for name, tally in tallies.items():
            tally.add(batch[name])
    return tallies
