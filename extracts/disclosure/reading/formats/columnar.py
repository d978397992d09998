"""Parquet, Arrow and Feather files: the table, and what these files keep beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.contents import Concealed, Contents, Part, PartKind
from extracts.disclosure.reading.formats.frames import as_text, require_room, table_of
from extracts.disclosure.reading.triage import CannotRead
from extracts.disclosure.report import Verdict

MOST_UNPACKED = 512 * 2**20
# What programs write of themselves into every file.
USUAL = {b"ARROW:schema", b"pandas", b"org.apache.spark.version", b"org.apache.spark.sql.parquet.row.metadata",
         b"PARQUET:field_id", b"created_by", b"writer.model.name", b"geo"}  # fmt: skip
CURE = "Write the table as a CSV file, or write the file again without properties."


def read(content: bytes, name: str, limits: Policy) -> Contents:
    """The table of a Parquet, Arrow (file or stream) or Feather file (from version 2), and its properties.

    Raises CannotRead.
    """
    try:
        kind, table = _table(content, limits)
        table.validate(full=True)
        return _contents(kind, table, limits)
    except CannotRead:
        raise
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError, IndexError, OverflowError, MemoryError):
        raise CannotRead("The file is damaged, or holds what cannot be written as a table.", CURE) from None


def _table(content: bytes, limits: Policy) -> tuple[str, pa.Table]:
    """Kind of file and its table, once its own figures promise that it is small enough."""
    source = pa.BufferReader(content)
    if content.startswith(b"PAR1"):
        import pyarrow.parquet as pq

        file = pq.ParquetFile(source)
        require_room(file.metadata.num_rows, file.metadata.num_columns, limits)
        groups = range(file.metadata.num_row_groups)
        if sum(file.metadata.row_group(group).total_byte_size for group in groups) > MOST_UNPACKED:
            raise CannotRead("The file unpacks to far more than it is.", CURE)
        return "parquet", file.read()
    if content.startswith(b"FEA1"):
        # The reader of this old form follows offsets without looking where they lead, and crashes.
        raise CannotRead("The file is of the first version of Feather, which cannot be read safely.", CURE)
    opened = pa.ipc.open_file if content.startswith(b"ARROW1") else pa.ipc.open_stream
    return "arrow", opened(source).read_all()


def _contents(kind: str, table: pa.Table, limits: Policy) -> Contents:
    require_room(table.num_rows, table.num_columns, limits)
    columns = [column.to_pylist() for column in table.columns]
    rows = list(zip(*columns, strict=True)) if columns else []
    said = dict(_properties(table.schema))
    unused = {name: labels for name, labels in _unused(table) if labels}
    parts = [Part(PartKind.TABLE, table=table_of(_headings(table), rows, limits))]
    if said:
        text = "\n".join(f"{name}: {value}" for name, value in said.items())
        parts.append(Part(PartKind.TEXT, "properties", text=text))
    if unused:
        text = "\n".join(label for labels in unused.values() for label in labels)
        parts.append(Part(PartKind.TEXT, "unused categories", text=text))
    return Contents(kind, tuple(parts), tuple(_concealed(said, unused)))


def _headings(table: pa.Table) -> list[str]:
    """Names of the columns; an index without a name that pandas keeps is called row."""
    return ["row" if name.startswith("__index_level_") else name for name in table.column_names]


def _properties(schema: pa.Schema) -> Iterator[tuple[str, str]]:
    """What the file and its columns say of themselves, by name, beside what every file says."""
    yield from _unusual(schema.metadata or {}, "")
    for field in schema:
        yield from _unusual(field.metadata or {}, f"{field.name}.")
    pandas = _pandas(schema)
    if pandas.get("attributes"):
        yield "pandas attributes", json.dumps(pandas["attributes"])
    indexes = pandas.get("column_indexes")
    for index in indexes if isinstance(indexes, list) else []:
        if isinstance(index, Mapping) and index.get("name"):
            yield "name of the columns", str(index["name"])


def _unusual(metadata: Mapping[bytes, bytes], prefix: str) -> Iterator[tuple[str, str]]:
    for name, value in metadata.items():
        if name not in USUAL:
            yield prefix + name.decode("utf-8", "replace"), value.decode("utf-8", "replace")


def _pandas(schema: pa.Schema) -> Mapping[str, object]:
    """What pandas notes of a data frame, or nothing."""
    try:
        noted = json.loads((schema.metadata or {}).get(b"pandas", b"{}"))
    except ValueError:
        return {"attributes": "not readable"}
    return noted if isinstance(noted, dict) else {"attributes": "not readable"}


def _unused(table: pa.Table) -> Iterator[tuple[str, list[str]]]:
    """Categories that a column of categories keeps though no row has them."""
    for name, column in zip(table.column_names, table.columns, strict=True):
        if pa.types.is_dictionary(column.type):
            used = set(pc.unique(column.cast(column.type.value_type)).to_pylist())
            kept = dict.fromkeys(label for chunk in column.chunks for label in chunk.dictionary.to_pylist())
            yield name, [as_text(label) for label in kept if label not in used]


def _concealed(said: Mapping[str, str], unused: Mapping[str, list[str]]) -> Iterator[Concealed]:
    if said:
        problem = f"The file has {len(said)} properties that a table of it does not show."
        yield Concealed("metadata", Verdict.REVIEW, problem, CURE, "properties")
    for name, labels in unused.items():
        problem = f"The column {name} keeps {len(labels)} categories that no row has."
        yield Concealed("hidden_content", Verdict.REVIEW, problem, "Remove unused categories.", f"column {name}")
