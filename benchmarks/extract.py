"""An extract of hearings, against a plain copy of the same columns.

The work: period, levels of detail, pseudonyms of all keys, order, uniqueness check,
documents, hashes. The baseline: DuckDB's COPY of the same columns of the same rows to
zstd Parquet, in the order of the source, with the same threads and memory limit.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from benchmarks.harness import Benchmark, CannotBeHad, Case
from extracts import pipeline
from extracts.delivery import sha256_of
from extracts.engines import EngineOf, OnDuckDB
from extracts.spark.opening import SPARK, Cluster, engine_for, why_no_spark
from extracts.specification import PARQUET, ExtractSpec, Release, ReleasedTable, compile_specification
from extracts.store import open_release
from governance.agreements.scope import GrantedTable, GrantedVariable, Scope
from governance.catalogue.catalogue import Catalogue, Variable, read_catalogue

DESCRIPTION = Path(__file__).parents[1] / "governance" / "catalogue" / "datasets" / "cjs_linked"
TABLE = "crt_hearing"
FIRST, LAST = date(2015, 1, 1), date(2024, 12, 31)
THREADS, MEMORY = 2, "2GB"
LOCAL = Cluster(f"local[{THREADS}]", partitions=4 * THREADS, memory="2g")
KEY = bytes(range(32))


def prepare(folder: Path, rows: int) -> None:
    """A release with one table of `rows` hearings, values spread evenly over what the catalogue declares."""
    catalogue = read_catalogue(DESCRIPTION)
    path = folder / f"{TABLE}.parquet"
    columns = ", ".join(
        f'{_values(variable, number, catalogue)} AS "{variable.name}"'
        for number, variable in enumerate(catalogue[TABLE].variables)
    )
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET enable_progress_bar = false")
        connection.execute(f"COPY (SELECT {columns} FROM range({rows})) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
    release = Release("cjs_linked", "1", "", {TABLE: ReleasedTable(path.name, rows, sha256_of(path))})
    (folder / "release.json").write_text(json.dumps(release.to_json()))


def _values(variable: Variable, number: int, catalogue: Catalogue) -> str:
    """SQL for values that look random and are the same every time."""
    draw = f"hash(range, {number})"
    if variable.pseudonymised:
        # A court case has about four hearings.
        return f"CAST(hash({'range' if variable.name == 'hearing_id_hash' else 'range // 4'}, 1) >> 1 AS BIGINT)"
    if variable.codelist:
        codes = [f"'{code}'" for code in catalogue.code_list(variable.codelist).codes]
        return f"[{', '.join(codes)}][CAST(1 + {draw} % {len(codes)} AS BIGINT)]"
    plain = {
        "DATE": f"DATE '{FIRST}' + CAST({draw} % 3650 AS INTEGER)",
        "BIGINT": f"CAST(1 + {draw} % 300 AS BIGINT)",
        "BOOLEAN": f"{draw} % 2 = 0",
    }
    return plain.get(variable.duckdb_type, f"['Y', 'N', 'A'][CAST(1 + {draw} % 3 AS BIGINT)]")


def specification(catalogue: Catalogue, formats: tuple[str, ...]) -> ExtractSpec:
    """The default extract of the table: every default variable at its default level."""
    granted = tuple(GrantedVariable(variable.name, variable.default_level) for variable in catalogue[TABLE].defaults)
    scope = Scope("cjs_linked", (GrantedTable(TABLE, granted),), FIRST, LAST)
    return compile_specification(scope, catalogue, "1", formats=formats)


def extract_parquet(data: Path, out: Path, rows: int) -> None:
    _extract(data, out, (PARQUET,))


def extract_both(data: Path, out: Path, rows: int) -> None:
    _extract(data, out, ("parquet", "csv"))


def prepare_for_spark(folder: Path, rows: int) -> None:
    if missing := why_no_spark():
        raise CannotBeHad(missing)
    prepare(folder, rows)


def extract_on_spark(data: Path, out: Path, rows: int) -> None:
    """As a worker does it: with a session of its own, whose start and end are measured too."""
    room = out / "spark"
    room.mkdir()
    with engine_for(SPARK, LOCAL, release=data, room=room) as engine_of:
        _extract(data, out, (PARQUET,), engine_of)


def _extract(data: Path, out: Path, formats: tuple[str, ...], engine_of: EngineOf = OnDuckDB) -> None:
    catalogue = read_catalogue(DESCRIPTION)
    into = out / "extract"
    into.mkdir()
    with open_release(data, staging=out, threads=THREADS, memory_limit=MEMORY) as store:
        pipeline.build(
            specification(catalogue, formats), catalogue=catalogue, store=store, key=KEY, into=into,
            created_at=datetime(2026, 1, 1, tzinfo=UTC), progress=lambda _: None, engine_of=engine_of,
        )  # fmt: skip


def copy(data: Path, out: Path, rows: int) -> None:
    """The baseline: the same columns of the same rows, as they are."""
    catalogue = read_catalogue(DESCRIPTION)
    names = [column.name for column in specification(catalogue, (PARQUET,)).tables[0].columns]
    columns = ", ".join(f'"{name}"' for name in names)
    period = f"hearing_date BETWEEN DATE '{FIRST}' AND DATE '{LAST}'"
    with open_release(data, staging=out, threads=THREADS, memory_limit=MEMORY) as store:
        store.connection.execute(
            f"COPY (SELECT {columns} FROM {TABLE} WHERE {period}) TO '{out}/copy.parquet' "
            "(FORMAT parquet, COMPRESSION zstd)"
        )


BENCHMARK = Benchmark(
    name="extract",
    sizes=(1_000_000, 5_000_000),
    quick_sizes=(50_000,),
    quick_rounds=1,
    cases=(
        Case("Parquet",         "DuckDB COPY to Parquet", prepare, extract_parquet, copy),
        Case("Parquet and CSV", "DuckDB COPY to Parquet", prepare, extract_both,    copy),
    ),
)  # fmt: skip

# Reported, without a target: what one machine pays for the engine of many.
ON_SPARK = Benchmark(
    name="extract_on_spark",
    sizes=(1_000_000, 5_000_000),
    quick_sizes=(50_000,),
    rounds=1,
    quick_rounds=1,
    cases=(Case("Parquet, on Spark", "Parquet, on DuckDB", prepare_for_spark, extract_on_spark, extract_parquet),),
)
