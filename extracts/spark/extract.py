"""The rows of an extract from Spark: the expressions of `extracts.query` in Spark's dialect, for `pipeline.build`.

Spark selects, generalises, pseudonymises and sorts. The driver takes the rows over one part after another and writes
every file, by the code and from the batches with which DuckDB's rows are written, so the files are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyspark
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.pandas.functions import arrow_udf
from pyspark.sql.types import LongType, StringType
from sqlglot import exp

from extracts import query
from extracts.engines import OnDuckDB, OpenRelease, domains_of, even
from extracts.pseudonyms import kind_of, pseudonymiser
from extracts.spark.dialect import Known, spark_text
from extracts.specification import ExtractSpec, TableSpec
from extracts.withholding import WITHHELD
from extracts.worked_out import with_tables
from governance.catalogue.catalogue import Catalogue

TYPES = {"BIGINT": LongType(), "VARCHAR": StringType()}


class OnSpark:
    """An `extracts.engines.Engine` on a session that nothing else uses meanwhile.

    folder  of the release that `store` has open; every machine sees it at the same path

    The project's key is in no SQL text and no plan, but goes to the executors inside the function: a cluster that is
    shared, or whose network is not enciphered, must not be given it.
    """

    name = f"spark {pyspark.__version__}"

    def __init__(
        self,
        session: SparkSession,
        folder: Path,
        spec: ExtractSpec,
        catalogue: Catalogue,
        store: OpenRelease,
        key: bytes,
    ) -> None:
        self._session, self._spec, self._catalogue = session, spec, catalogue
        self._duckdb = OnDuckDB(spec, catalogue, store, key)  # which knows the types of columns
        for name, table in store.release.tables.items():
            session.read.parquet(f"file://{folder.absolute() / table.file}").createOrReplaceTempView(f"`{name}`")
        if spec.withheld:
            listed = store.connection.sql(f'FROM "{WITHHELD}"').to_arrow_table()
            session.createDataFrame(listed).createOrReplaceTempView(f"`{WITHHELD}`")
        for domain in domains_of(spec, catalogue):
            _offer(session, domain, key, spec.pseudonyms)
        self._kept: set[str] = set()

    def count(self, table: TableSpec) -> int:
        return self._number(query.count_rows(table, spec=self._spec, catalogue=self._catalogue))

    def read(self, table: TableSpec) -> pa.RecordBatchReader:
        selection = query.select_table(table, spec=self._spec, catalogue=self._catalogue)
        schema = self._duckdb.schema(table)
        return even(pa.RecordBatchReader.from_batches(schema, _brought(self._frame(selection), schema)))

    def keys(self, domain: str) -> int:
        keys = query.keys_of_domain(domain, spec=self._spec, catalogue=self._catalogue)
        return self._number(query.how_many_different(keys))

    def interrupt(self) -> None:
        self._session.sparkContext.cancelAllJobs()

    def _frame(self, tree: exp.Select) -> DataFrame:
        """The query as a frame, not yet worked out; but whose rows it asks for is, once for all tables."""
        return self._session.sql(_said(with_tables(tree, self._kept_part)))

    def _kept_part(self, part: exp.CTE) -> str:
        """Parts of one name are the same in every query of a specification."""
        if part.alias not in self._kept:
            self._session.sql(_said(part.this)).persist().createOrReplaceTempView(f"`{part.alias}`")
            self._kept.add(part.alias)
        return part.alias

    def _number(self, tree: exp.Select) -> int:
        ((number,),) = self._frame(tree).collect()
        return int(number)


def _said(tree: exp.Expr) -> str:
    return spark_text(tree, Known())


def _offer(session: SparkSession, domain: str, key: bytes, kind: str) -> None:
    """Teach the session the project's pseudonyms of a key domain."""
    vectorised: Any = arrow_udf  # its types are too many to tell apart
    name, made = query.pseudonym_function(domain), TYPES[kind_of(kind).sql]
    session.udf.register(name, vectorised(_calculation(domain, key, kind), made))


def _calculation(domain: str, key: bytes, kind: str) -> Callable[[pa.Array], pa.Array]:
    calculate = pseudonymiser(domain=domain, key=key, kind=kind)

    def calculated(surrogates: pa.Array) -> pa.Array:
        made = calculate(surrogates)
        return made.cast(pa.string()) if pa.types.is_large_string(made.type) else made  # Spark's only kind of text

    return calculated


def _brought(frame: DataFrame, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """The frame's rows in their order; the driver holds one part of them, and the next that is on its way."""
    parcels = frame.mapInArrow(_parcelled, "parcel binary")
    for (parcel,) in parcels.toLocalIterator(prefetchPartitions=True):
        for batch in pa.ipc.open_stream(pa.py_buffer(parcel)):
            yield batch.cast(schema)


def _parcelled(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Each batch as one value: Spark hands rows over one by one, or all columns of the whole table at once."""
    for batch in batches:
        parcel = pa.BufferOutputStream()
        with pa.ipc.new_stream(parcel, batch.schema) as stream:
            stream.write_batch(batch)
        yield pa.record_batch({"parcel": pa.array([parcel.getvalue().to_pybytes()], pa.binary())})
