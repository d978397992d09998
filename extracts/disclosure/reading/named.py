"""Named: the words that stand around a cell, one of which may name its statistic."""

from __future__ import annotations

from extracts.disclosure.reading.cells import Cells


def named(cells: Cells) -> list[str]:
    """Heading and labels of each cell, in one text."""
    labels = cells.labels.astype(str).itertuples(index=False, name=None)
    if not len(cells.labels.columns):
        return [str(column) for column in cells.facts["column"]]
    return [" ".join((str(column), *key)) for column, key in zip(cells.facts["column"], labels, strict=True)]
