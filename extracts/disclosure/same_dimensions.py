"""Same dimensions: tables that call one classification by several names, so that their cells would not be compared."""

from __future__ import annotations

from collections.abc import Sequence

from extracts.disclosure.reading.cells import Cells
from extracts.disclosure.reading.labels import as_compared

# One label, as `all`, is no classification.
FEWEST = 2


def with_one_name_each(tables: Sequence[Cells], known: Sequence[str] = ()) -> list[Cells]:
    """The tables, dimensions with the same labels under the same name: the one that is known, or the first one's.

    known  names that mean something elsewhere, as the columns of the records; a dimension called so keeps its name
    """
    names: dict[frozenset[str], str] = {}
    for cells in tables:
        for name in cells.dimensions:
            labels = _labels(cells, name)
            if len(labels) >= FEWEST and (labels not in names or (name in known and names[labels] not in known)):
                names[labels] = name
    return [_renamed(cells, names, known) for cells in tables]


def _labels(cells: Cells, name: str) -> frozenset[str]:
    return frozenset(as_compared(str(label)) for label in cells.labels.loc[~cells.is_total(name), name].unique())


def _renamed(cells: Cells, names: dict[frozenset[str], str], known: Sequence[str]) -> Cells:
    wanted = {name: names.get(_labels(cells, name), name) for name in cells.dimensions if name not in known}
    changed = {name: other for name, other in wanted.items() if other != name and other not in cells.dimensions}
    if not changed or len(set(changed.values())) < len(changed):
        return cells
    return Cells(cells.labels.rename(columns=changed), cells.totals.rename(columns=changed), cells.facts)
