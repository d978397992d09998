"""What runs the queries of an extract: DuckDB in this process, or another engine that gives the same rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import duckdb
import pyarrow as pa
from sqlglot import exp

from extracts import query
from extracts.counting import how_many_different
from extracts.ordering import in_order
from extracts.pseudonyms import kind_of, pseudonymiser
from extracts.specification import ExtractSpec, Release, TableSpec
from extracts.worked_out import text_on
from governance.catalogue.catalogue import Catalogue

# A whole number of the batches of 2,048 that DuckDB works in: what it sorts comes in this size already.
BATCH_ROWS = 122_880
UNSORTED = "pseudonymised rows in no order"


class OpenRelease(Protocol):
    """What a build needs of a store: a release, and a connection on which its tables are views."""

    @property
    def release(self) -> Release: ...
    @property
    def connection(self) -> duckdb.DuckDBPyConnection: ...
    @property
    def staging(self) -> Path: ...
    @property
    def quality(self) -> Mapping[str, Any]: ...


class Engine(Protocol):
    """A release, read by one specification under one key. All but `name` may take long, and is called in any thread."""

    @property
    def name(self) -> str:
        """The engine and its version."""

    def count(self, table: TableSpec) -> int:
        """How many rows `read` will give."""

    def read(self, table: TableSpec) -> pa.RecordBatchReader:
        """The rows of `query.select_table` in their order; every batch but the last has BATCH_ROWS of them.

        All of the release that it needs is read before the first batch is there: the next table may be read then.
        """

    def keys(self, domain: str) -> int:
        """How many different surrogates of a key domain the extract holds, over all its tables."""

    def interrupt(self) -> None:
        """Stop what runs; it then raises. Called from another thread, and more than once."""


EngineOf: TypeAlias = Callable[[ExtractSpec, Catalogue, OpenRelease, bytes], Engine]


class OnDuckDB:
    """The engine of the store's own connection."""

    name = f"duckdb {duckdb.__version__}"

    def __init__(self, spec: ExtractSpec, catalogue: Catalogue, store: OpenRelease, key: bytes) -> None:
        self._spec, self._catalogue, self._connection, self._room = spec, catalogue, store.connection, store.staging
        self._sorting: list[duckdb.DuckDBPyConnection] = []  # they sort what the other one reads
        domains, kind = domains_of(spec, catalogue), spec.pseudonyms
        self._made = {domain: pseudonymiser(domain=domain, key=key, kind=kind) for domain in domains}

    def count(self, table: TableSpec) -> int:
        return self._number(query.count_rows(table, spec=self._spec, catalogue=self._catalogue))

    def read(self, table: TableSpec) -> pa.RecordBatchReader:
        return even(self._in_order(table, self._pseudonymised(table, self._plain(table))))

    def schema(self, table: TableSpec) -> pa.Schema:
        """Names and types of the columns that `read` gives."""
        return self._in_order(table, self._pseudonymised(table, self._plain(table, limit=0))).schema

    def _in_order(self, table: TableSpec, rows: pa.RecordBatchReader) -> pa.RecordBatchReader:
        order, described = query.order_of(table, self._catalogue), self._catalogue[table.name]
        spread = self._spec.pseudonyms == "int63" and described[order[0]].pseudonymised
        if spread and order[0] in described.primary_key:  # so none is missing, and few have the same
            return pa.RecordBatchReader.from_batches(rows.schema, in_order(rows, order, self._room))
        return self._sorted(table, rows)

    def _sorted(self, table: TableSpec, rows: pa.RecordBatchReader) -> pa.RecordBatchReader:
        """The rows in their order by DuckDB itself, which sorts whatever there is."""
        trouble: list[Exception] = []
        self._sorting.append(self._connection.cursor())
        self._sorting[-1].register(UNSORTED, _remembered(rows, trouble))
        with _raised_as_it_was(trouble):
            ordered = self._sorting[-1].sql(query.in_order(table, UNSORTED, self._catalogue).sql("duckdb"))
            reader = ordered.to_arrow_reader(BATCH_ROWS)

        def brought() -> Iterator[pa.RecordBatch]:
            with _raised_as_it_was(trouble):
                yield from reader

        return pa.RecordBatchReader.from_batches(reader.schema, brought())

    def _plain(self, table: TableSpec, limit: int | None = None) -> pa.RecordBatchReader:
        """The rows of the table with its surrogates, as they come."""
        rows = query.unordered(table, spec=self._spec, catalogue=self._catalogue, pseudonymised=False)
        rows = rows if limit is None else rows.limit(limit)
        return self._connection.sql(text_on(self._connection, rows)).to_arrow_reader(BATCH_ROWS)

    def _pseudonymised(self, table: TableSpec, plain: pa.RecordBatchReader) -> pa.RecordBatchReader:
        """The same rows with pseudonyms in place of surrogates.

        Made of whole batches here: as a function of the engine they would be made of two thousand at a time, which
        takes four times as long.
        """
        described, kind = self._catalogue[table.name], kind_of(self._spec.pseudonyms).arrow
        domains = {place: described[name].key_domain for place, name in enumerate(plain.schema.names)}
        made = {place: self._made[domain] for place, domain in domains.items() if domain in self._made}
        schema = pa.schema([
            field.with_type(kind) if place in made else field for place, field in enumerate(plain.schema)
        ])  # fmt: skip

        def batches() -> Iterator[pa.RecordBatch]:
            for batch in plain:
                columns = [made[place](one) if place in made else one for place, one in enumerate(batch.columns)]
                yield pa.RecordBatch.from_arrays(columns, schema=schema)

        return pa.RecordBatchReader.from_batches(schema, batches())

    def keys(self, domain: str) -> int:
        keys = query.keys_of_domain(domain, spec=self._spec, catalogue=self._catalogue)
        return how_many_different(self._connection, text_on(self._connection, keys))

    def interrupt(self) -> None:
        for connection in (*self._sorting, self._connection):
            connection.interrupt()

    def _number(self, selection: exp.Select) -> int:
        return int(self._connection.execute(text_on(self._connection, selection)).fetchall()[0][0])


def _remembered(rows: pa.RecordBatchReader, trouble: list[Exception]) -> pa.RecordBatchReader:
    """The same rows; what goes wrong while they are made is put into `trouble`."""

    def batches() -> Iterator[pa.RecordBatch]:
        try:
            yield from rows
        except Exception as problem:
            trouble.append(problem)
            raise

    return pa.RecordBatchReader.from_batches(rows.schema, batches())


@contextmanager
def _raised_as_it_was(trouble: Sequence[Exception]) -> Iterator[None]:
    """What goes wrong before the sorting would come out of it as bad input, and tell nobody that a disk is full."""
    try:
        yield
    except Exception:
        if trouble:
            raise trouble[0] from None
        raise


def domains_of(spec: ExtractSpec, catalogue: Catalogue) -> list[str]:
    """The key domains of an extract's columns, in order."""
    found = {catalogue[table.name][column.name].key_domain for table in spec.tables for column in table.columns}
    return sorted(found - {""})


def even(reader: pa.RecordBatchReader) -> pa.RecordBatchReader:
    """The same rows in batches of BATCH_ROWS, the last of what is left: row groups of files follow from them."""
    return pa.RecordBatchReader.from_batches(reader.schema, _even(reader))


def _even(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    waiting: list[pa.RecordBatch] = []
    room = BATCH_ROWS
    for batch in batches:
        while len(batch):
            part = batch.slice(0, room)
            batch, room = batch.slice(len(part)), room - len(part)
            waiting.append(part)
            if not room:
                yield _joined(waiting)
                waiting, room = [], BATCH_ROWS
    if waiting:
        yield _joined(waiting)


def _joined(parts: list[pa.RecordBatch]) -> pa.RecordBatch:
    return parts[0] if len(parts) == 1 else pa.concat_batches(parts)
