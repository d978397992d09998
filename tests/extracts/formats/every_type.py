"""A table that holds every kind of column, and what is hard about each."""

from datetime import UTC, date, datetime

import pyarrow as pa

from extracts.formats.columns import Column, Kind, Sheet
from extracts.formats.files import TableFiles
from extracts.formats.known import FORMATS

NOON = datetime(2026, 11, 1, 12, 30, 15, tzinfo=UTC)
CODES = (("N", "Northshire"), ("S", "Southshire: the old county"), ("E", "E"))
LONG_NAME = "a_name_that_is_longer_than_what_some_programs_take_" + "x" * 30

COLUMNS = (
    (Column("case_id", "The case", Kind.KEY), pa.int64(), [2**63 - 1, 0, None, 1234567890123456789]),
    (Column("force", "Where", Kind.TEXT, CODES), pa.string(), ["N", "S", None, "unlisted"]),
    (Column("band", "How old", Kind.TEXT, (("0-9", "0-9"), ("10+", "10+"))), pa.string(), ["10+", "0-9", None, "10+"]),
    (Column("note", "Words – as written", Kind.TEXT), pa.string(), ["Ærø, \"quoted\"\nand more", "", None, "x" * 3000]),
    (Column("small", "A number", Kind.INTEGER), pa.int64(), [0, -5, None, 7]),
    (Column("great", "A great number", Kind.INTEGER), pa.int64(), [2**53, -(2**53), None, 1]),
    (Column("year", "A year", Kind.INTEGER), pa.int32(), [2019, 1899, None, 2026]),
    (Column("amount", "Pounds", Kind.DECIMAL), pa.float64(), [0.1, -1e-300, None, 123456789.987654321]),
    (Column("weapon", "Whether", Kind.BOOLEAN), pa.bool_(), [True, False, None, True]),
    (Column("day", "When", Kind.DATE), pa.date32(), [date(2019, 1, 31), date(1899, 12, 31), None, date(2100, 2, 28)]),
    (Column("in", "A reserved word", Kind.INTEGER), pa.int64(), [1, 2, 3, None]),
    (Column("to", "Another", Kind.INTEGER), pa.int64(), [4, 5, None, 6]),
    (Column(LONG_NAME + "1", "Long", Kind.INTEGER), pa.int64(), [1, 1, 1, 1]),
    (Column(LONG_NAME + "2", "Longer", Kind.INTEGER), pa.int64(), [2, 2, 2, 2]),
    (Column("nothing", "Never known", Kind.TEXT), pa.string(), [None, None, None, None]),
    (Column("unknown", "Never known, coded", Kind.TEXT, CODES), pa.string(), [None, None, None, None]),
)  # fmt: skip
SHEET = Sheet("things", "Things of every type", tuple(column for column, _, _ in COLUMNS), NOON)
SCHEMA = pa.schema([(column.name, kind) for column, kind, _ in COLUMNS])


def batches(*, rows: int = 4, sheet=COLUMNS) -> list[pa.RecordBatch]:
    """In two batches, so that something could be lost between them."""
    arrays = [pa.array(values[:rows], kind) for _, kind, values in sheet]
    whole = pa.record_batch(arrays, schema=pa.schema([(column.name, kind) for column, kind, _ in sheet]))
    return [whole.slice(0, 1), whole.slice(1)]


def write(folder, *, formats=tuple(FORMATS), sheet=SHEET, schema=SCHEMA, rows=None):
    """Write the table in all formats; returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with TableFiles(folder / sheet.name, sheet, schema, formats=formats) as files:
        for batch in batches() if rows is None else rows:
            files.write(batch)
        files.finish()
    return folder
