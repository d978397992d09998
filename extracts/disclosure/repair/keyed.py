"""Cell keys of a table's cells, from the records that the table was counted from."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from extracts.disclosure.repair.cell_key import KEYS, Keys, Noise, record_key
from extracts.disclosure.repair.plan import Repair, Task, noisy, pattern_of, require_named_totals
from extracts.disclosure.repair.tables import CannotRepair, TrueTable

# The noise by default: at most 3 either way, with a variance of 1.5.
NOISE = {"most": 3, "variance": 1.5}


def records_of(content: bytes, columns: Sequence[str], person: str) -> pd.DataFrame:
    """The columns of a CSV file of records, as text. Raises CannotRepair for another file or without one of them."""
    try:
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    except UnicodeDecodeError:
        raise CannotRepair("The records are not text in UTF-8.") from None
    missing = [name for name in (*columns, person) if not rows or name not in rows[0]]
    if missing:
        raise CannotRepair(f"The records have no columns called {', '.join(missing)}.")
    return pd.DataFrame({name: [row[name] for row in rows] for name in dict.fromkeys((*columns, person))}, dtype=str)


def keys_of(table: TrueTable, records: pd.DataFrame, person: str, *, secret: bytes) -> Keys:
    """The key of each cell of a table: of the people that it counts.

    A person is counted once in a cell, however many records they have. Raises CannotRepair when the
    records do not give the counts of the table.
    """
    people = records.drop_duplicates([*table.cells.dimensions, person])
    own = {one: record_key(one, secret=secret) for one in people[person].unique()}
    number, keys = np.zeros(len(table.cells)), np.zeros(len(table.cells), dtype=np.uint64)
    for place, chosen in enumerate(_members(table, people)):
        different = people[person][chosen].unique()
        number[place] = len(different)
        keys[place] = sum(own[one] for one in different) % KEYS
    if (number != table.value).any():
        raise CannotRepair(f"The records do not give the counts of {table.name}.")
    return keys


def _members(table: TrueTable, records: pd.DataFrame) -> Iterator[np.ndarray]:
    """Per cell, which of the records it counts: those that have all of its labels that are no totals."""
    has = {
        (name, label): (records[name] == label).to_numpy()
        for name in table.cells.dimensions
        for label in table.cells.labels[name].astype(str).unique()
    }
    total = {name: table.cells.is_total(name) for name in table.cells.dimensions}
    for place in range(len(table.cells)):
        chosen = np.ones(len(records), dtype=np.bool_)
        for name, label in table.cells.key(place).items():
            if not total[name][place]:
                chosen &= has[name, label]
        yield chosen


def perturbed(task: Task, records: bytes, person: str, *, secret: bytes, noise: Noise) -> Repair | None:
    """The tables with cell-key noise, and cells below the threshold hidden; None if that would not be safe.

    Raises CannotRepair when the records do not fit the tables.
    """
    require_named_totals(task)
    values = []
    for table in task.tables:
        rows = records_of(records, table.cells.dimensions, person)
        values.append(noise.perturbed(table.value, keys_of(table, rows, person, secret=secret)))
    words = f"Noise of at most {noise.most} is added by cell keys, and cells below the threshold are hidden."
    for repair in noisy(task, "cell-key", words, values, task.unsafe(), noise.rounding):
        return repair
    pattern, more = pattern_of(task), f"{words} So are others that would give those back."
    return None if pattern is None else next(noisy(task, "cell-key", more, values, pattern, noise.rounding), None)
