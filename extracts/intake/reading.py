"""A delivered file as a view with row numbers, whether it is Parquet or CSV; or the reasons why it cannot be read."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from extracts.conversion import quoted, text
from extracts.intake.findings import MOST_ROWS, Findings
from extracts.intake.folder import File

CHUNK = 1 << 20
NOT_UTF_8 = "The text is not UTF-8."
DAMAGED = "The file is damaged or was cut short: its records cannot be read."
ROW = "file_row_number"


@dataclass(frozen=True)
class Opened:
    """A file that can be read.

    view     name of the view that holds its columns, and `file_row_number` from 0
    columns  name and DuckDB type of each column; CSV has texts only, and no text for a missing value
    rows     how many records it has
    """

    file: File
    view: str
    columns: dict[str, str]
    rows: int

    @property
    def is_csv(self) -> bool:
        return self.file.path.suffix == ".csv"


def opened(connection: duckdb.DuckDBPyConnection, file: File, room: Path, findings: Findings) -> Opened | None:
    """The file as a view, read through once so that it is known to be whole; None with findings when it is not."""
    path = _from_csv(connection, file, room, findings) if file.path.suffix == ".csv" else _parquet(file, findings)
    if path is None:
        return None
    view = f"delivered_{file.holds}"
    try:
        connection.execute(f"CREATE VIEW {quoted(view)} AS SELECT *, {ROW} FROM read_parquet({text(path)})")
        described = connection.execute(f"DESCRIBE FROM read_parquet({text(path)})").fetchall()
        columns = {str(name): str(kind) for name, kind, *_ in described}
        # The hash makes the engine decode every value: counts alone come from the file's statistics.
        values = ", ".join(quoted(name) for name in columns)
        rows = connection.execute(f"SELECT count(*), bit_xor(hash({values})) FROM {quoted(view)}").fetchall()[0][0]
    except duckdb.Error:
        _why_unreadable(path, file, findings)
        return None
    return Opened(file, view, columns, int(rows))


def _parquet(file: File, findings: Findings) -> Path | None:
    try:
        names = pq.ParquetFile(file.path).schema_arrow.names
    except (pa.ArrowException, OSError):
        findings.add(file.name, "It is not a whole Parquet file.")
        return None
    if not names:
        findings.add(file.name, "It has no columns.")
        return None
    return file.path if _names_are_sound(names, file, findings) else None


def _names_are_sound(names: list[str], file: File, findings: Findings) -> bool:
    """Whether each column has a name of its own, also for readers that do not heed case."""
    if len({name.lower() for name in names}) != len(names) or ROW in names or "" in names:
        findings.add(file.name, "A column has no name or the name of another one.")
        return False
    return True


def _why_unreadable(path: Path, file: File, findings: Findings) -> None:
    """The rows whose text is not UTF-8, by column; or that the file is damaged."""
    before = len(findings.found)
    try:
        parquet = pq.ParquetFile(path)
        for number, name in enumerate(parquet.schema_arrow.names):
            if rows := list(_undecodable(parquet, name)):
                findings.add(file.name, NOT_UTF_8, rows=tuple(rows), count=len(rows), column=f"number {number + 1}")
    except (pa.ArrowException, OSError):
        findings.add(file.name, DAMAGED)
    if len(findings.found) == before:
        findings.add(file.name, DAMAGED)


def _undecodable(parquet: pq.ParquetFile, name: str) -> Iterator[int]:
    row = 0
    for batch in parquet.iter_batches(columns=[name]):
        column = batch.column(0)
        if pa.types.is_string(column.type) and not _is_sound(column):
            for offset, value in enumerate(column.cast(pa.binary())):
                if value.is_valid and not _decodes(value.as_py()):
                    yield row + offset + 1
        row += len(batch)


def _is_sound(column: pa.Array) -> bool:
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _decodes(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True


def _from_csv(connection: duckdb.DuckDBPyConnection, file: File, room: Path, findings: Findings) -> Path | None:
    """The records as texts in a Parquet file in our room. Lines that are not whole are findings."""
    if line := _first_line_not_utf_8(file.path):
        findings.add(file.name, f"The text is not UTF-8, first in line {line}.")
        return None
    try:
        with file.path.open(encoding="utf-8-sig", newline="") as stream:
            names = next(csv.reader(stream, strict=True), [])
    except (csv.Error, ValueError):
        findings.add(file.name, "The header cannot be read.")
        return None
    if not _names_are_sound(names, file, findings):
        return None
    columns = ", ".join(f"{text(name)}: 'VARCHAR'" for name in names)
    reader = (
        f"read_csv({text(file.path)}, auto_detect=false, header=true, delim=',', quote='\"', escape='\"', "
        f"columns={{{columns}}}, nullstr='', strict_mode=true, store_rejects=true, max_line_size=1000000)"
    )
    path = room / f"{file.holds}.parquet"
    try:
        connection.execute(f"COPY (FROM {reader}) TO {text(path)} (FORMAT parquet)")
        rejects = connection.execute(
            f"SELECT DISTINCT line FROM reject_errors ORDER BY line LIMIT {MOST_ROWS}"
        ).fetchall()
        count = connection.execute("SELECT count(DISTINCT line) FROM reject_errors").fetchall()[0][0]
        connection.execute("DROP TABLE reject_errors; DROP TABLE reject_scans")
    except duckdb.Error:
        findings.add(file.name, "It cannot be read as CSV with commas and double quotes.")
        return None
    if rejects:
        # The line is that of the file, the header being line 1; a record is a line unless it has breaks in quotes.
        rows = tuple(line - 1 for (line,) in rejects)
        findings.add(file.name, "The record has more or fewer cells than the header.", rows=rows, count=count)
        return None
    return path


def _first_line_not_utf_8(path: Path) -> int:
    """The number of the line, or 0. Zero bytes are no text either, so UTF-16 is found."""
    decoder, line = codecs.getincrementaldecoder("utf-8")(), 1
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            bad = chunk.find(b"\0")
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as problem:
                bad = problem.start
            if bad >= 0:
                return line + chunk.count(b"\n", 0, bad)
            line += chunk.count(b"\n")
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return line
    return 0
