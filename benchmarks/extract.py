"""An extract of three tables, against a plain copy of the same rows and columns, and against the usual script.

Crimes, their victims, and offences before courts: keys of four domains, three dates by month, an age band, ethnicity
in five groups, and a cohort of half the police forces. `rows` is the number of crimes. The work is all that a worker
does: period, cohort, levels, pseudonyms, order, uniqueness, papers, hashes. The baselines read the same release: a
COPY in DuckDB of the same columns of the same rows as they are, in the order of the source, with the same threads and
memory; and the scripts that a data manager writes with pandas and HMAC-SHA256.
"""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pandas as pd
from sqlglot import exp

from benchmarks.harness import Benchmark, CannotBeHad, Case
from extracts import pipeline, query
from extracts.atrest.seal import Seal
from extracts.delivery import sha256_of
from extracts.engines import EngineOf, OnDuckDB
from extracts.selection import quoted_column, quoted_table, with_cohort
from extracts.spark.opening import SPARK, Cluster, engine_for, why_no_spark
from extracts.specification import CSV, PARQUET, ExtractSpec, Release, ReleasedTable, TableSpec, compile_specification
from extracts.store import open_release
from governance.agreements.scope import GrantedTable, GrantedVariable, Scope
from governance.catalogue.catalogue import Catalogue, Variable, read_catalogue
from governance.catalogue.cohort import Cohort

DESCRIPTION = Path(__file__).parents[1] / "governance" / "catalogue" / "datasets" / "cjs_linked"
FIRST, LAST = date(2015, 1, 1), date(2024, 12, 31)
THREADS, MEMORY = 2, "1GB"
LOCAL = Cluster(f"local[{THREADS}]", partitions=4 * THREADS, memory="2g")
KEY = bytes(range(32))
# Rows of each table for every hundred crimes, and the tables that place and narrow them.
SHARES = {"pol_crime": 100, "pol_victim": 90, "crt_offence": 25, "crt_case": 10, "case_link": 10}
GRANTED = {
    "pol_crime": {"recorded_date": "month", "outcome_type": "type"},
    "pol_victim": {"age_at_offence": "band", "ethnicity_sde": "5+1"},
    "crt_offence": {"offence_date": "month", "conviction_date": "month", "plea": "plea"},
}


def prepare(folder: Path, rows: int) -> None:
    """A release with that many crimes, values spread evenly over what the catalogue declares."""
    catalogue = read_catalogue(DESCRIPTION)
    tables = {}
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET enable_progress_bar = false")
        for name, share in SHARES.items():
            path, number = folder / f"{name}.parquet", rows * share // 100
            columns = ", ".join(
                f'{_values(variable, place, catalogue, rows)} AS "{variable.name}"'
                for place, variable in enumerate(catalogue[name].variables)
            )
            made = f"SELECT {columns} FROM range({number})"
            connection.execute(f"COPY ({made}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
            tables[name] = ReleasedTable(path.name, number, sha256_of(path))
    (folder / "release.json").write_text(json.dumps(Release("cjs_linked", "1", "", tables).to_json()))


def _values(variable: Variable, place: int, catalogue: Catalogue, rows: int) -> str:
    """SQL for values that look random and are the same every time; keys of a domain fit from table to table."""
    draw = f"hash(range, {place})"
    if variable.pseudonymised:
        # A court case has a link, one defendant, and two or three offences; it is of one crime in ten.
        number = {"crime": "range", "court_case": f"range % {max(1, rows // 10)}"}.get(variable.key_domain, "range")
        return f"CAST(hash({number}, '{variable.key_domain}') >> 1 AS BIGINT)"
    if variable.name == "defendant_seq":
        return "CAST(1 AS BIGINT)"
    if variable.codelist:
        codes = [f"'{code}'" for code in catalogue.code_list(variable.codelist).codes]
        return f"[{', '.join(codes)}][CAST(1 + {draw} % {len(codes)} AS BIGINT)]"
    plain = {
        "DATE": f"DATE '{FIRST}' + CAST({draw} % 3650 AS INTEGER)",
        "BIGINT": f"CAST({draw} % 100 AS BIGINT)",
        "DOUBLE": f"CAST({draw} % 1000 AS DOUBLE) / 1000",
        "BOOLEAN": f"{draw} % 2 = 0",
    }
    return plain.get(variable.duckdb_type, f"['Y', 'N', 'A'][CAST(1 + {draw} % 3 AS BIGINT)]")


def specification(catalogue: Catalogue, formats: tuple[str, ...]) -> ExtractSpec:
    tables = tuple(
        GrantedTable(name, tuple(GrantedVariable(*item) for item in wish.items())) for name, wish in GRANTED.items()
    )
    scope = Scope("cjs_linked", tables, FIRST, LAST, cohort(catalogue))
    return compile_specification(scope, catalogue, "1", formats=formats)


def cohort(catalogue: Catalogue) -> Cohort:
    """Every second police force."""
    forces = catalogue.code_list("police_forces").codes
    return Cohort.from_json({"force": {"in": sorted(forces)[::2]}})


def extract_parquet(data: Path, out: Path, rows: int) -> None:
    _extract(data, out, (PARQUET,))


def extract_both(data: Path, out: Path, rows: int) -> None:
    _extract(data, out, (PARQUET, CSV))


def extract_whole(data: Path, out: Path, rows: int) -> None:
    """As a worker delivers it: assessed, and sealed under the workspace's key."""
    _extract(data, out, (PARQUET,), seal=Seal(KEY), assessed=True)


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


def _extract(
    data: Path,
    out: Path,
    formats: tuple[str, ...],
    engine_of: EngineOf = OnDuckDB,
    *,
    seal: Seal | None = None,
    assessed: bool = False,
) -> None:
    catalogue = read_catalogue(DESCRIPTION)
    into, spec = out / "extract", specification(catalogue, formats)
    into.mkdir()
    with open_release(data, staging=out, threads=THREADS, memory_limit=MEMORY) as store:
        if assessed:
            pipeline.assessment(spec, catalogue=catalogue, store=store, progress=lambda _: None)
        pipeline.build(
            spec, catalogue=catalogue, store=store, key=KEY, into=into, created_at=datetime(2026, 1, 1, tzinfo=UTC),
            progress=lambda _: None, engine_of=engine_of, seal=seal,
        )  # fmt: skip


def copy(data: Path, out: Path, rows: int) -> None:
    """The baseline: the same columns of the same rows, as they are."""
    catalogue = read_catalogue(DESCRIPTION)
    spec = specification(catalogue, (PARQUET,))
    with open_release(data, staging=out, threads=THREADS, memory_limit=MEMORY) as store:
        for table in spec.tables:
            rows_of = _as_they_are(table, spec, catalogue)
            store.connection.execute(
                f"COPY ({rows_of}) TO '{out}/{table.name}.parquet' (FORMAT parquet, COMPRESSION zstd)"
            )


def _as_they_are(table: TableSpec, spec: ExtractSpec, catalogue: Catalogue) -> str:
    plain = exp.select(*(quoted_column(column.name, query.ROWS) for column in table.columns))
    plain = plain.from_(quoted_table(table.name, query.ROWS))
    plain = plain.where(*query.scope_of(catalogue[table.name], spec=spec, catalogue=catalogue))
    return with_cohort(plain, spec.cohort, catalogue).sql("duckdb")


# The scripts that a data manager writes. They keep the same rows and columns, and need all of them in memory.

AGES = [0, 10, 12, 15, 18, 21, 25, 30, 40, 50, 60, 70, 200]


def pandas_vectorised(data: Path, out: Path, rows: int) -> None:
    def all_of(frame: pd.DataFrame, name: str, change: Callable[..., object]) -> pd.Series:
        kind = WHOLE.get(change)
        return kind(frame[name]) if kind else frame[name].map(change)

    _script(data, out, all_of)


def pandas_by_row(data: Path, out: Path, rows: int) -> None:
    def one_by_one(frame: pd.DataFrame, name: str, change: Callable[..., object]) -> pd.Series:
        return frame.apply(lambda row: change(row[name]), axis=1)

    _script(data, out, one_by_one)


def _hashed(key: int) -> str:
    return hmac.new(KEY, str(key).encode(), hashlib.sha256).hexdigest()[:16]


def _month(day: date) -> str:
    return day.strftime("%Y-%m")


def _band(age: int) -> str:
    return next(f"{low}-{high - 1}" for low, high in itertools.pairwise(AGES) if low <= age < high)


WHOLE: dict[Callable[..., object], Callable[[pd.Series], pd.Series]] = {
    _month: lambda days: pd.to_datetime(days).dt.strftime("%Y-%m"),
    _band: lambda ages: pd.cut(ages, AGES, right=False).astype(str),
}


def _script(data: Path, out: Path, made: Callable[[pd.DataFrame, str, Callable[..., object]], pd.Series]) -> None:
    catalogue = read_catalogue(DESCRIPTION)
    ethnic = catalogue.code_list("ethnicity").mapping("group_5plus1")
    forces = cohort(catalogue).to_json()["force"]["in"]
    crimes = pd.read_parquet(
        data / "pol_crime.parquet", columns=["crime_id_hash", "recorded_date", "outcome_type", "force_code"]
    )
    crimes = crimes[crimes["force_code"].isin(forces) & crimes["recorded_date"].between(FIRST, LAST)]
    victims = pd.read_parquet(
        data / "pol_victim.parquet",
        columns=["crime_id_hash", "victim_seq", "row_id_hash", "age_at_offence", "ethnicity_sde"],
    )
    victims = victims[victims["crime_id_hash"].isin(crimes["crime_id_hash"])]
    links = pd.read_parquet(data / "case_link.parquet")
    links = links[links["crime_id_hash"].isin(crimes["crime_id_hash"])]
    offences = pd.read_parquet(
        data / "crt_offence.parquet",
        columns=["offence_id_hash", "case_id_hash", "defendant_seq", "offence_date", "conviction_date", "plea"],
    )
    offences = offences[offences["case_id_hash"].isin({*links["mc_case_id_hash"], *links["cc_case_id_hash"]})]
    changes: dict[str, Callable[..., object]] = {
        "crime_id_hash": _hashed, "row_id_hash": _hashed, "case_id_hash": _hashed, "offence_id_hash": _hashed,
        "recorded_date": _month, "offence_date": _month, "conviction_date": _month, "age_at_offence": _band,
        "ethnicity_sde": ethnic.get,
    }  # fmt: skip
    for name, frame in (
        ("pol_crime", crimes.drop(columns="force_code")),
        ("pol_victim", victims),
        ("crt_offence", offences),
    ):
        changed = {column: made(frame, column, change) for column, change in changes.items() if column in frame}
        frame.assign(**changed).to_parquet(out / f"{name}.parquet")


BENCHMARK = Benchmark(
    name="extract",
    sizes=(1_000_000, 5_000_000, 20_000_000),
    quick_sizes=(50_000,),
    rounds=3,
    quick_rounds=1,
    cases=(
        Case("written, nothing else",     "DuckDB COPY",         prepare, extract_parquet, copy),
        Case("assessed and sealed",       "DuckDB COPY",         prepare, extract_whole,   copy),
        Case("written as CSV too",        "DuckDB COPY",         prepare, extract_both,    copy,
             sizes=(1_000_000, 5_000_000)),
        Case("against a script, vectors", "pandas, HMAC by map", prepare, extract_parquet, pandas_vectorised,
             sizes=(1_000_000, 5_000_000)),
        Case("against a script, rows",    "pandas, row by row",  prepare, extract_parquet, pandas_by_row,
             sizes=(1_000_000,), quick_sizes=(20_000,)),
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
