"""A Spark session that is spoken to as DuckDB is, so that steps written once in DuckDB's SQL run on either engine.

It knows what linkage of cases, derived tables and release builds say: tables and views made by queries, rows added by
name, Parquet and code lists read, queries written as one Parquet file in their order. Whatever else is said is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import sqlglot
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import ArrayType, DataType, DecimalType
from sqlglot import exp

from extracts.spark.dialect import Known, Untranslatable, known_of, spark_text

# Types by DuckDB's name, so that one table of conversions serves both engines.
NAMES = {
    "string": "VARCHAR", "boolean": "BOOLEAN", "tinyint": "TINYINT", "smallint": "SMALLINT", "int": "INTEGER",
    "bigint": "BIGINT", "float": "FLOAT", "double": "DOUBLE", "date": "DATE", "timestamp_ntz": "TIMESTAMP",
}  # fmt: skip


class Rows:
    """The rows of an answer, as DuckDB's cursors and relations give them."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table

    def fetchall(self) -> list[tuple[Any, ...]]:
        return list(zip(*(column.to_pylist() for column in self._table.columns), strict=True))

    def to_arrow_table(self) -> pa.Table:
        return self._table


class SparkConnection:
    """Tables live in `scratch`, which every machine must see, and are known to this session alone."""

    def __init__(self, session: SparkSession, scratch: Path) -> None:
        self.session = session
        self._scratch = scratch
        self._tables: dict[str, dict[str, str]] = {}  # name -> column -> DuckDB's type
        self._numbers = count()

    def execute(self, sql: str, parameters: Sequence[str] = ()) -> Rows:
        """Do what one or several statements say; the answer is that of the last one. Raises Untranslatable."""
        answer = Rows(pa.table({}))
        for tree in sqlglot.parse(sql, read="duckdb"):
            if tree is not None:
                answer = self._one(tree, parameters)
        return answer

    sql = execute

    def frame(self, sql: str) -> DataFrame:
        """The query as a Spark table, not yet worked out."""
        return self._frame(sqlglot.parse_one(sql, read="duckdb"))

    def register(self, name: str, table: pa.Table) -> None:
        self._view(name, self.session.createDataFrame(table))

    def unregister(self, name: str) -> None:
        self._drop(name)

    def _one(self, tree: exp.Expr, parameters: Sequence[str]) -> Rows:
        if isinstance(tree, exp.Create):
            self._create(tree, parameters)
        elif isinstance(tree, exp.Insert):
            self._insert(tree)
        elif isinstance(tree, exp.Drop):
            for table in tree.args["tables"]:
                self._drop(table.name)
        elif isinstance(tree, exp.Copy):
            return Rows(pa.table({"rows": [self._copy(tree)]}))
        elif isinstance(tree, exp.Describe):
            kinds = kinds_of(self._frame(tree.this))
            return Rows(pa.table({"name": list(kinds), "kind": list(kinds.values())}))
        elif "information_schema" in tree.sql():
            return Rows(pa.table({"table_name": pa.array(list(self._tables), pa.string())}))
        else:
            return Rows(self._frame(tree).toArrow())
        return Rows(pa.table({}))

    def _frame(self, tree: exp.Expr) -> DataFrame:
        if isinstance(tree, exp.Subquery):
            return self._frame(tree.this)
        if isinstance(tree, exp.Union) and tree.args.get("by_name"):
            return self._frame(tree.this).unionByName(self._frame(tree.expression))
        return self.session.sql(spark_text(tree, self._known()))

    def _known(self) -> Known:
        """Columns of one name have one type in every table that is looked at; where not, dates win."""
        kinds: dict[str, str] = {}
        for columns in self._tables.values():
            kinds |= {name: kind for name, kind in columns.items() if kinds.get(name) != "DATE"}
        return known_of(kinds)

    def _create(self, tree: exp.Create, parameters: Sequence[str]) -> None:
        if isinstance(tree.this, exp.Schema):
            columns = ", ".join(column.sql(dialect="spark") for column in tree.this.expressions)
            self._view(tree.this.this.name, self.session.createDataFrame([], columns))
        elif parameters:
            self.register(tree.this.name, _from_file(tree.expression, parameters))
        elif tree.kind == "VIEW":
            self._view(tree.this.name, self._frame(tree.expression))
        else:
            self._keep(tree.this.name, self._frame(tree.expression))

    def _insert(self, tree: exp.Insert) -> None:
        if not tree.args.get("by_name"):
            raise Untranslatable("Rows can be added by the names of their columns only.")
        name = tree.this.name
        there = self.session.table(name)
        self._keep(name, there.unionByName(_in_types_of(self._frame(tree.expression), there)))

    def _keep(self, name: str, frame: DataFrame) -> None:
        """Work a table out, once; a table that was made of an older one of its name does not lose it."""
        path = str(self._scratch / f"{next(self._numbers)}_{name}")
        frame.write.parquet(path)
        self._view(name, self.session.read.parquet(path))

    def _view(self, name: str, frame: DataFrame) -> None:
        frame.createOrReplaceTempView(name)
        self._tables[name] = kinds_of(frame)

    def _drop(self, name: str) -> None:
        self.session.catalog.dropTempView(name)
        self._tables.pop(name, None)

    def _copy(self, tree: exp.Copy) -> int:
        """Write a query as one Parquet file, in its order; the number of its rows."""
        folder = self._scratch / f"{next(self._numbers)}_copied"
        self._frame(tree.this).write.parquet(str(folder))
        return _joined(folder, Path(tree.args["files"][0].name))


def _joined(folder: Path, file: Path) -> int:
    """The parts of a table, in their order, as one file: row group by row group, in the memory of one of them."""
    parts = sorted(folder.glob("*.parquet"))
    schema = pq.read_schema(parts[0]).remove_metadata()  # Spark's own notes
    rows = 0
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for part in map(pq.ParquetFile, parts):
            for number in range(part.num_row_groups):
                group = part.read_row_group(number)
                rows += group.num_rows
                writer.write_table(group.cast(schema))
    return rows


def kinds_of(frame: DataFrame) -> dict[str, str]:
    """Column -> type by DuckDB's name."""
    return {field.name: _kind(field.dataType) for field in frame.schema.fields}


def _kind(kind: DataType) -> str:
    if isinstance(kind, ArrayType):
        return f"{_kind(kind.elementType)}[]"
    if isinstance(kind, DecimalType):
        return f"DECIMAL({kind.precision},{kind.scale})"
    name: str = kind.simpleString()
    return NAMES.get(name, name.upper())


def _in_types_of(frame: DataFrame, other: DataFrame) -> DataFrame:
    """The columns of `other`, in its types."""
    return frame.select(*(frame[field.name].cast(field.dataType) for field in other.schema.fields))


def _from_file(query: exp.Expr, parameters: Sequence[str]) -> pa.Table:
    """A small file that is read here, as DuckDB reads it: a code list."""
    with duckdb.connect(":memory:") as connection:
        return connection.sql(query.sql(dialect="duckdb"), params=list(parameters)).to_arrow_table()
