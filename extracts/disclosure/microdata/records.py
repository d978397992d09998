"""Records: microdata in a sealed DuckDB, with the columns that name the unit and the value."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

import duckdb
import pandas as pd

from extracts.disclosure.ledger.microdata import CannotRecompute, numbered
from extracts.disclosure.ledger.parsing import UnreadablePopulation
from extracts.disclosure.ledger.predicates import TooComplicated
from extracts.disclosure.reading.encodings import as_text
from extracts.disclosure.reading.formats.delimited import separator_of
from extracts.disclosure.reading.labels import as_compared
from extracts.disclosure.reading.triage import CannotRead

TABLE = "records"
MOST_LABELS = 500
CURE = "Supply the records as a CSV file with headings, or leave them out and supply the counts behind the table."


@dataclass(frozen=True)
class Records:
    """Microdata that can be asked questions in SQL, and reach nothing else.

    columns  headings as they are in the records
    unit     heading of the column that names the person, or "" where each row is one
    """

    connection: duckdb.DuckDBPyConnection
    columns: tuple[str, ...]
    unit: str = ""

    @classmethod
    def of_frame(cls, frame: pd.DataFrame, unit: str = "") -> Records:
        """From a data frame, of which nothing is copied. Raises CannotRead where it has no such unit."""
        connection = duckdb.connect(config={"enable_external_access": "false"})
        connection.register(TABLE, frame)
        connection.execute("SET enable_progress_bar = false")
        connection.execute("SET lock_configuration = true")
        records = cls(connection, tuple(str(name) for name in frame.columns))
        return records.with_unit(unit)

    @classmethod
    def of_csv(cls, content: bytes, unit: str = "") -> Records:
        """From the bytes of a CSV file. Labels stay as they are written; columns of numbers alone are numbers.

        Raises CannotRead.
        """
        try:
            text = as_text(content) or ""
            separator = separator_of(text, "csv")
            frame = pd.read_csv(
                io.StringIO(text), sep=separator, dtype=str, keep_default_na=False, quoting=csv.QUOTE_MINIMAL
            )
            frame.columns = frame.columns.str.strip()
        except (pd.errors.ParserError, pd.errors.EmptyDataError, ValueError):
            raise CannotRead("The microdata cannot be read.", CURE) from None
        if frame.columns.duplicated().any() or not len(frame):
            raise CannotRead("The microdata have no rows, or two columns with one heading.", CURE)
        return cls.of_frame(frame.apply(_typed), unit)

    def of_population(self, condition: str) -> Records:
        """The records of a population alone, described as `ledger.parsing` reads it. Raises CannotRead."""
        frame = self.everything()
        try:
            chosen = numbered(frame, None).records(condition)
        except (UnreadablePopulation, TooComplicated, CannotRecompute) as error:
            raise CannotRead(f"the population cannot be found in them: {error}", CURE) from None
        return Records.of_frame(frame[chosen].reset_index(drop=True), self.unit)

    def with_unit(self, unit: str) -> Records:
        """The same records counted by another unit. Raises CannotRead where there is no such column."""
        if not unit:
            return Records(self.connection, self.columns)
        name = self.column(unit)
        if name is None:
            raise CannotRead(f"The microdata have no column {unit}, which is to name the unit.", CURE)
        return Records(self.connection, self.columns, name)

    def column(self, name: str) -> str | None:
        """The heading that is this name but for capitals and white space, or None."""
        if name in self.columns:
            return name
        alike = [heading for heading in self.columns if as_compared(heading) == as_compared(name)]
        return alike[0] if len(alike) == 1 else None

    def labels(self, name: str) -> set[str]:
        """The different values of a column as labels are compared; none for a column of too many to be labels."""
        asked = f"SELECT DISTINCT CAST({quoted(name)} AS VARCHAR) AS label FROM {TABLE} LIMIT {MOST_LABELS}"
        found = self.frame(asked)["label"].dropna()
        return set() if len(found) == MOST_LABELS else {as_compared(str(label).removesuffix(".0")) for label in found}

    def is_number(self, name: str) -> bool:
        """Whether a column holds numbers."""
        kind = self.frame(f"SELECT typeof({quoted(name)}) AS kind FROM {TABLE} LIMIT 1")["kind"]
        return len(kind) > 0 and str(kind.iloc[0]).startswith(
            ("DOUBLE", "FLOAT", "BIGINT", "INTEGER", "DECIMAL", "HUGE")
        )

    def is_dummy(self, name: str) -> bool:
        """Whether a column holds the numbers 0 and 1 alone."""
        if not self.is_number(name):
            return False
        asked = f"SELECT DISTINCT CAST({quoted(name)} AS DOUBLE) AS v FROM {TABLE} WHERE v IS NOT NULL LIMIT 3"
        return set(self.frame(asked)["v"]) in ({0.0}, {1.0}, {0.0, 1.0})

    def frame(self, query: str) -> pd.DataFrame:
        """The answer to a query."""
        return self.connection.execute(query).df()

    def everything(self) -> pd.DataFrame:
        """All records."""
        return self.frame(f"SELECT * FROM {TABLE}")

    def __len__(self) -> int:
        return int(self.frame(f"SELECT count(*) AS n FROM {TABLE}")["n"].iloc[0])


def quoted(name: str) -> str:
    """A name as SQL reads it."""
    return '"' + name.replace('"', '""') + '"'


def _typed(column: pd.Series[str]) -> pd.Series[float] | pd.Series[str]:
    """Numbers where every filled value is one and none is a code such as 01; an empty text is missing."""
    filled = column.str.strip()
    blank = filled.str.lower().isin(["", "na", "nan", "null", "none"])
    padded = filled.str.fullmatch(r"0\d+").any()
    numbers = pd.to_numeric(filled.where(~blank), errors="coerce")
    if padded or (numbers.isna() & ~blank).any() or blank.all():
        return filled.where(~blank)
    return numbers
