"""Modes of text: the most frequent offence or plea, with a number in place of each text so that it can be counted."""

from __future__ import annotations

import numpy as np

from extracts.disclosure.microdata.records import Records
from extracts.disclosure.reading.cells import Booleans, Cells
from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.reading.labels import as_compared

NOBODYS = -1.0  # the code of a text that no record has


def with_texts(cells: Cells) -> Cells:
    """The cells; modes that are texts are read, though they are no numbers."""
    texts = _texts(cells)
    return Cells(cells.labels, cells.totals, cells.facts.assign(state=cells.facts["state"].mask(texts, "number")))


def coded(cells: Cells, table: Table, records: Records, value: str) -> tuple[Cells, Records]:
    """The cells and the records with a number for each text of the column `value`; as they are where it has numbers.

    Only where every amount of the table is a mode: nothing else can be worked out of texts.
    """
    column = records.column(value) if value else None
    modes = (cells.facts["kind"] == "mode").to_numpy()
    others = cells.facts["kind"].isin(["count", "percentage", "weighted"]).to_numpy() | modes
    if column is None or records.is_number(column) or not modes.any() or not others.all():
        return cells, records
    frame = records.everything()
    known = {
        text: float(code) for code, text in enumerate(sorted({as_compared(str(v)) for v in frame[column].dropna()}))
    }
    codes = frame[column].map(lambda text: known.get(as_compared(str(text)), np.nan), na_action="ignore").astype(float)
    shown = {
        (row, name): known.get(as_compared(text), NOBODYS)
        for name in cells.facts.loc[modes, "column"].unique()
        for row, text in zip(table.row_numbers, table.column(name), strict=True)
    }
    places = zip(cells.facts["row"], cells.facts["column"], cells.facts["value"], modes, strict=True)
    values = [shown[row, name] if mode else value for row, name, value, mode in places]
    spread = np.where(modes, 0.0, cells.numbers("spread"))
    return (
        Cells(cells.labels, cells.totals, cells.facts.assign(value=values, spread=spread)),
        Records.of_frame(frame.assign(**{column: codes}), records.unit),
    )


def _texts(cells: Cells) -> Booleans:
    """Which cells are modes that hold a text."""
    found: Booleans = (cells.facts["kind"] == "mode").to_numpy() & cells.states("unreadable") & ~cells.flags("blank")
    return found
