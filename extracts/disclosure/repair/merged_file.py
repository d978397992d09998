"""Files with merged categories: the table written anew, with fewer rows or columns."""

from __future__ import annotations

import csv
import io
import itertools
from dataclasses import dataclass, replace
from pathlib import PurePath

import numpy as np
import pandas as pd

from extracts.disclosure.description import FileDescription
from extracts.disclosure.reading.cells import Booleans, Floats
from extracts.disclosure.reading.csv_table import DELIMITERS
from extracts.disclosure.repair.merge import has_order, label_of, merged
from extracts.disclosure.repair.tables import CannotRepair, TrueTable
from extracts.disclosure.repair.write import Change

Groups = list[tuple[str, tuple[str, ...]]]


@dataclass(frozen=True)
class MergedFile:
    """A file whose categories were merged, how it is described now, and what was merged."""

    content: bytes
    described: FileDescription
    changes: tuple[Change, ...]
    cells: int
    moved: float


def merged_file(table: TrueTable, *, threshold: int, zeros: bool, by: str) -> MergedFile | None:
    """The table with categories merged until every count may be shown; None where there is no such table.

    `cells` says how many cells fewer it has, `moved` how many units are in categories that were merged.
    Raises CannotRepair for a table whose labels do not cross each other in full.
    """
    grid, labels = _grid(table)
    order = [has_order(names) for names in labels]
    found = merged(grid, order, threshold=threshold, zeros=zeros, by=by)
    if found is None:
        return None
    groups: list[Groups] = []
    for names, places, ordered in zip(labels, found.groups, order, strict=True):
        members = [tuple(names[place] for place in sorted(group)) for group in places]
        groups.append([(label_of(one, ordered=ordered), one) for one in members])
    content, described = _written(table, groups)
    changes = tuple(
        Change(table.name, 0, name, " and ".join(members), new)
        for name, own in zip(table.cells.dimensions, groups, strict=True)
        for new, members in own
        if len(members) > 1
    )
    stay = np.ix_(*([place[0] for place in axis if len(place) == 1] for axis in found.groups))
    moved = float(grid.sum() - grid[stay].sum())
    return MergedFile(content, described, changes, grid.size - found.counts.size, moved)


def _grid(table: TrueTable) -> tuple[Floats, list[list[str]]]:
    """The inner cells, one axis per dimension, and the labels of each axis in the order of the file."""
    cells = table.cells
    inner: Booleans = np.asarray(~np.any([cells.is_total(name) for name in cells.dimensions], axis=0), dtype=np.bool_)
    if cells.facts["measure"].nunique() != 1 or any(cells.totals[name].sum() == len(cells) for name in cells.totals):
        raise CannotRepair(f"{table.name} has several measures or no categories: its categories cannot be merged.")
    chosen = cells.where(inner)
    columns = {name: chosen.labels[name].astype(str).to_numpy() for name in cells.dimensions}
    labels = [[str(label) for label in dict.fromkeys(columns[name])] for name in cells.dimensions]
    sizes = [len(names) for names in labels]
    at = [pd.Index(names).get_indexer(pd.Index(columns[name])) for names, name in zip(labels, columns, strict=True)]
    grid = np.full(sizes, np.nan)
    grid[tuple(at)] = table.value[inner]
    if np.isnan(grid).any():
        raise CannotRepair(f"{table.name} leaves combinations of its labels out: its categories cannot be merged.")
    return grid, labels


def _written(table: TrueTable, groups: list[Groups]) -> tuple[bytes, FileDescription]:
    """The file with one row or column for each group and each total, where the first of its labels stood."""
    cells, layout = table.cells, table.described.layout
    keys = list(cells.labels.astype(str).itertuples(index=False, name=None))
    numbers = dict(zip(keys, table.value.tolist(), strict=True))
    sides = [_side(table, name, own) for name, own in zip(cells.dimensions, groups, strict=True)]
    down, across = (sides[:-1], sides[-1]) if layout.columns else (sides, [])
    headings = [*layout.rows, *([name for name, _ in across] if across else layout.counts)]
    lines = [headings]
    for row in itertools.product(*down):
        parts = [members for _, members in row]
        body = [[*parts, members] for _, members in across] if across else [parts]
        if tuple(members[0] for members in body[0]) in numbers:
            values = [sum(numbers[key] for key in itertools.product(*one)) for one in body]
            lines.append([*(name for name, _ in row), *(f"{value:.0f}" for value in values)])
    text = io.StringIO()
    delimiter = DELIMITERS[PurePath(table.name).suffix.lower().removeprefix(".")]
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(lines)
    counts = tuple(name for name, _ in across) if across else layout.counts
    return text.getvalue().encode(), replace(table.described, layout=replace(layout, counts=counts))


def _side(table: TrueTable, name: str, groups: Groups) -> Groups:
    """The labels of one dimension after merging: groups and totals, in the order of the file."""
    labels, total = table.cells.labels[name].astype(str), table.cells.is_total(name)
    place = {label: number for number, label in enumerate(labels.unique())}
    totals: Groups = [(label, (label,)) for label in labels[total].unique()]
    return sorted([*groups, *totals], key=lambda group: place[group[1][0]])
