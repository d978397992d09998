"""Known breaks: from when to when the records of some tables do not mean what they meant before. Read and checked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from governance.catalogue.csvfiles import Row, header_and_rows

BREAKS = "breaks.csv"
BREAK_COLUMNS = ("from", "to", "tables", "what", "source")


@dataclass(frozen=True, slots=True)
class Break:
    """One break. `first` and `last` are its days, both inside; None where it has always been or still goes on."""

    first: date | None
    last: date | None
    tables: tuple[str, ...]
    what: str
    source: str

    def touches(self, tables: Collection[str], first: date, last: date) -> bool:
        """Whether records of one of these tables from that period, both days inside, may show it."""
        overlaps = (self.first is None or self.first <= last) and (self.last is None or self.last >= first)
        return overlaps and any(name in tables for name in self.tables)


def read_breaks(path: Path, tables: Collection[str]) -> tuple[Break, ...]:
    """The breaks of a description, in the order of the file; none where it has no such file.

    tables  names of the description's tables. Raises BadCatalogue with the row.
    """
    if not path.exists():
        return ()
    _, rows = header_and_rows(path, BREAK_COLUMNS)
    return tuple(_break(row, tables) for row in rows)


def _break(row: Row, tables: Collection[str]) -> Break:
    names = tuple(name.strip() for name in row.required("tables").split("+"))
    if unknown := [name for name in names if name not in tables]:
        raise row.wrong(f"tables names what is no table: {', '.join(unknown)}.")
    first, last = _day(row, "from"), _day(row, "to")
    if first and last and first > last:
        raise row.wrong("The break ends before it begins.")
    return Break(first, last, names, row.required("what"), row.required("source"))


def _day(row: Row, column: str) -> date | None:
    try:
        return date.fromisoformat(row[column]) if row[column] else None
    except ValueError:
        raise row.wrong(f"{column} must be a day such as 2020-03-23, or empty.") from None
