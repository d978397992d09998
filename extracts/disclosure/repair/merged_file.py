"""Files with merged categories: the table written anew, with fewer rows or columns."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Mapping, Sequence
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
# Dimension -> groups of labels of which each becomes one.
Mergers = Mapping[str, list[tuple[str, ...]]]


@dataclass(frozen=True)
class MergedFile:
    """A file whose categories were merged, how it is described now, and what was merged."""

    content: bytes
    described: FileDescription
    changes: tuple[Change, ...]
    cells: int
    moved: float


def mergers(table: TrueTable, *, threshold: int, zeros: bool, by: str) -> Mergers | None:
    """Which labels of a table to merge until every count may be shown; None where no mergers do.

    Raises CannotRepair for a table whose labels do not cross each other in full.
    """
    grid, labels = _grid(table)
    found = merged(grid, [has_order(names) for names in labels], threshold=threshold, zeros=zeros, by=by)
    if found is None:
        return None
    return {
        name: [tuple(names[place] for place in sorted(group)) for group in places if len(group) > 1]
        for name, names, places in zip(table.cells.dimensions, labels, found.groups, strict=True)
    }


def joint(parts: Sequence[Mergers]) -> Mergers:
    """The fewest mergers that contain those of several tables, so that no table tells apart what another merges."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for part in parts:
        for name, groups in part.items():
            for group in groups:
                touching = [one for one in found.setdefault(name, []) if set(one) & set(group)]
                whole = tuple(dict.fromkeys([*itertools.chain(*touching), *group]))
                found[name] = [*(one for one in found[name] if one not in touching), whole]
    return found


def merged_file(table: TrueTable, wanted: Mergers) -> MergedFile | None:
    """The table with these labels merged, as far as it has them; None where it has none of them.

    `cells` says how many cells fewer it has, `moved` how many units are in categories that were merged.
    Raises CannotRepair for a table whose labels do not cross each other in full.
    """
    if not any(set(group) & set(table.cells.labels[name]) for name in wanted for group in wanted[name]):
        return None
    grid, labels = _grid(table)
    groups: list[Groups] = []
    for name, names in zip(table.cells.dimensions, labels, strict=True):
        own = [tuple(label for label in names if label in group) for group in wanted.get(name, ())]
        alone = [(label,) for label in names if not any(label in group for group in own)]
        members = sorted(filter(None, [*own, *alone]), key=lambda group: names.index(group[0]))
        groups.append([(label_of(one, ordered=has_order(names)), one) for one in members])
    content, described = _written(table, groups)
    changes = tuple(
        Change(table.name, 0, name, " and ".join(members), new)
        for name, own in zip(table.cells.dimensions, groups, strict=True)
        for new, members in own
        if len(members) > 1
    )
    sizes = [len(one) for one in groups]
    stay = np.ix_(
        *(
            [place for place, label in enumerate(names) if (label, (label,)) in own]
            for names, own in zip(labels, groups, strict=True)
        )
    )
    moved = float(grid.sum() - grid[stay].sum())
    return MergedFile(content, described, changes, grid.size - int(np.prod(sizes)), moved)


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
