"""Short ways to write released tables, and to make them from random people."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pandas as pd

from extracts.disclosure.description import FileDescription
from extracts.disclosure.layout import Layout
from extracts.disclosure.ledger.released import ReleasedTable
from extracts.disclosure.policy import SRS_10
from extracts.disclosure.reading.cells import tidy
from extracts.disclosure.reading.csv_table import read_table


def released(
    text: str, population: str = "", *, kind: str = "counts", numbers: int = 1, **said: object
) -> ReleasedTable:
    """A long table whose last columns are numbers; `new` unless it has a release."""
    lines = [",".join(cell.strip() for cell in row.split(",")) for row in text.strip().splitlines()]
    headings = lines[0].split(",")
    layout = Layout("long", rows=tuple(headings[:-numbers]), **{kind: tuple(headings[-numbers:])})
    return of_layout("\n".join(lines), layout, population, **said)


def of_layout(text: str, layout: Layout, population: str = "", **said: object) -> ReleasedTable:
    """A table with any layout."""
    name = str(said.pop("file", "table.csv"))
    described = FileDescription(name, "FREQ", layout=layout)
    cells = tidy(read_table(name, text.encode(), SRS_10), described)
    release = str(said.pop("release", ""))
    return ReleasedTable(name, release, cells, population, new=not release, **said)  # type: ignore[arg-type]


AGES, SEXES, PLACES = range(6), ("F", "M"), ("Ayton", "Beeford", "Corby")


def people(number: int, rng: random.Random) -> pd.DataFrame:
    """Random people: age, sex, place."""
    rows = [(i, rng.choice(AGES), rng.choice(SEXES), rng.choice(PLACES)) for i in range(number)]
    return pd.DataFrame(rows, columns=["person_id", "age", "sex", "place"])


FILTERS = (
    "", "age between 1 and 4", "age < 4", "age >= 2", "sex = 'F'", "sex <> 'F'", "age in (0, 1, 5)",
    "place in ('Ayton', 'Beeford')", "age <= 3 and sex = 'M'", "age <= 4 and sex = 'M'", "not (age = 2)",
    "age < 2 or place = 'Corby'",
)  # fmt: skip
BANDS = ([("0-1", 0, 1), ("2-5", 2, 5)], [("0-2", 0, 2), ("3+", 3, 9)], [(str(age), age, age) for age in AGES])


def chosen(frame: pd.DataFrame, text: str) -> pd.DataFrame:
    """The people a filter lets through, the naive way: by the filter as a condition of pandas."""
    for sql, pandas in (("<>", "!="), (" between 1 and 4", " in (1, 2, 3, 4)"), ("<=", "≤"), (">=", "≥"), ("!=", "≠")):
        text = text.replace(sql, pandas)
    text = text.replace("=", "==").replace("≤", "<=").replace("≥", ">=").replace("≠", "!=")
    return frame.query(text) if text else frame


def tabulated(
    frame: pd.DataFrame, text: str, dimensions: Sequence[str], rng: random.Random, **said: object
) -> ReleasedTable:
    """A table of counts of the people a filter lets through, with totals, ages in random bands."""
    part = chosen(frame, text).copy()
    if "age" in dimensions:
        bands = rng.choice(BANDS)
        part["age"] = part["age"].map({age: name for name, low, high in bands for age in AGES if low <= age <= high})
    rows = []
    keys = [()] if not dimensions else None
    levels = {name: [*sorted(set(part[name])), "Total"] for name in dimensions}
    keys = [()]
    for name in dimensions:
        keys = [(*key, level) for key in keys for level in levels[name]]
    for key in keys:
        inside = part
        for name, level in zip(dimensions, key, strict=True):
            inside = inside if level == "Total" else inside[inside[name] == level]
        rows.append((*key, len(inside)))
    text_of = "\n".join([",".join([*dimensions, "count"]), *(",".join(map(str, row)) for row in rows)])
    return (
        released(text_of, text, **said) if dimensions else released("all,count\nTotal," + str(len(part)), text, **said)
    )
