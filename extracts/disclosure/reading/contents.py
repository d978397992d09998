"""Contents: what a file of any kind holds, as every reader gives it: its tables, texts and hidden parts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.report import Verdict


class PartKind(StrEnum):
    """What a part of a file is, which decides what is done with it."""

    TABLE = "table"  # numbers with labels, judged cell by cell
    CHART = "chart"  # the data behind a chart, found inside of it; judged as a table
    TEXT = "text"  # prose, logs and code, searched for identifiers and records
    PICTURE = "picture"  # seen by people only
    MODEL = "model"  # a fitted model or another object that nothing here loads


@dataclass(frozen=True)
class Part:
    """One part of a file and where it stands: `sheet Counts`, `page 2, table 1`, "" where there is but one.

    table      for tables and charts; row_numbers are those of the part itself, as a reader counts them
    text       for texts
    note       what a person should know of it, such as a picture's size
    """

    kind: PartKind
    place: str = ""
    table: Table | None = None
    text: str = ""
    note: str = ""


@dataclass(frozen=True)
class Concealed:
    """Something that a file holds and does not show: a hidden sheet, a comment, an author's name.

    rule       code of a rule: `hidden_content`, `active_content`, `metadata`
    verdict    fail for what may hold data or run; review for what only tells about its maker
    place      where it is, never what it says: values of records stay out of messages
    """

    rule: str
    verdict: Verdict
    problem: str
    cure: str
    place: str = ""


@dataclass(frozen=True)
class Contents:
    """What was read of a file. `kind` is its real type by content: csv, xlsx, pdf, …"""

    kind: str
    parts: tuple[Part, ...]
    concealed: tuple[Concealed, ...] = ()

    @property
    def tables(self) -> tuple[Part, ...]:
        """The parts that are judged cell by cell."""
        return tuple(part for part in self.parts if part.table is not None)
