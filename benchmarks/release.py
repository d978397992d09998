"""A release of the linked dataset, against a plain copy of the same tables.

The work: several providers' payload and the crosswalk become a sealed release folder. The
baseline: DuckDB's COPY of the same tables with the same rows, as they are and in the
order of the source, to zstd Parquet, with the same threads and memory limit.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import duckdb

from benchmarks.harness import Benchmark, Case
from extracts.building import build
from extracts.building.links import case_tables, person_link, view_crosswalk
from extracts.building.payload import deliveries_in, view_tables
from extracts.figures import described
from extracts.providers.entries import Provider
from extracts.providers.reading import read_providers
from extracts.publishing.engine import engine
from extracts.publishing.tables import origin_of, refuse_bad, write_tables
from extracts.synthetic.deliveries import write_deliveries
from governance.catalogue.catalogue import read_catalogue

DESCRIPTION = Path(__file__).parents[1] / "governance" / "catalogue" / "datasets" / "cjs_linked"
THREADS, MEMORY = 2, "2GB"
KEY = bytes(range(32))
CREATED_AT = "2026-11-01T12:00:00+00:00"
DELIVERY = "2025-12"
SEED = 3

PERSONS = """
    WITH numbered AS (
        SELECT source, row_id, hash(person) >> 1 AS person, count(*) OVER (PARTITION BY person) AS records
        FROM read_parquet('{truth}/persons.parquet')
    )
    SELECT source, row_id, role AS person_role, person::BIGINT AS person_id, person::BIGINT AS person_095,
        person::BIGINT AS person_080, CASE WHEN records > 1 THEN 0.98765 END AS match_probability
    FROM numbered JOIN roles USING (source) ORDER BY ALL
"""

EVENTS = """
    SELECT source, row_id, (hash(coalesce(arrest::VARCHAR, row_id)) >> 1)::BIGINT AS arrest_group,
        NULL::BIGINT AS case_group
    FROM read_parquet('{truth}/persons.parquet') AS records
    LEFT JOIN read_parquet('{truth}/events.parquet') AS later USING (source, row_id)
    WHERE arrest IS NOT NULL OR source = 'pol_suspect' ORDER BY ALL
"""


def accepted(root: Path, people: int, *, seed: int = SEED) -> None:
    """Make `sources`, `payload` and `identities` in a folder: sources made up, and accepted in the shortest way."""
    sources, providers = root / "sources", DESCRIPTION / "providers"
    write_deliveries(people, seed=seed, codelists=DESCRIPTION / "codelists", providers=providers, into=sources)
    with closing(duckdb.connect(":memory:")) as connection:
        connection.execute("SET enable_progress_bar = false")
        for provider in read_providers(providers):
            _accept(connection, provider, sources / "deliveries" / provider.code, root)


def zones(root: Path, people: int, *, seed: int = SEED) -> None:
    """The same, with `crosswalk`: records linked by the truth, so that the build alone is looked at."""
    accepted(root, people, seed=seed)
    sources = root / "sources"
    (root / "crosswalk").mkdir()
    with closing(duckdb.connect(":memory:")) as connection:
        connection.execute("SET enable_progress_bar = false")
        connection.execute("CREATE TABLE roles (source VARCHAR, role VARCHAR)")
        roles = [
            (one.name, one.person_role) for each in read_providers(DESCRIPTION / "providers") for one in each.identity
        ]
        connection.executemany("INSERT INTO roles VALUES ($1, $2)", roles)
        for name, query in (("persons", PERSONS), ("events", EVENTS)):
            rows = query.format(truth=sources / "truth")
            connection.execute(f"COPY ({rows}) TO '{root}/crosswalk/{name}.parquet' (FORMAT parquet)")


def _accept(connection: duckdb.DuckDBPyConnection, provider: Provider, delivered: Path, root: Path) -> None:
    """Payload as it is; identity records with the names of roles."""
    payload, identities = (root / zone / provider.code / DELIVERY for zone in ("payload", "identities"))
    payload.mkdir(parents=True)
    identities.mkdir(parents=True)
    for file in (delivered / "payload").glob("*.parquet"):
        file.rename(payload / file.name)
    for source in provider.identity:
        columns = ", ".join(f'"{own}" AS {role}' for own, role in source.columns)
        connection.execute(
            f"COPY (SELECT '{source.name}' AS source, \"{source.row_id}\" AS row_id, "
            f"'{source.person_role}' AS person_role, {columns} "
            f"FROM read_parquet('{delivered}/identity/{source.name}.parquet')) "
            f"TO '{identities}/{source.name}.parquet' (FORMAT parquet)"
        )


def prepare(folder: Path, people: int) -> None:
    """The zones, and `tables`: every table of the release with the sources' own keys."""
    zones(folder, people)
    (folder / "tables").mkdir()
    catalogue, payload, spill = read_catalogue(DESCRIPTION), folder / "payload", folder / "spill"
    with engine(catalogue.dataset, key=KEY, spill=spill, memory_limit=MEMORY, threads=THREADS) as made:
        connection = made.connection
        run = view_crosswalk(connection, folder / "crosswalk")
        order = deliveries_in(payload)
        delivered = view_tables(connection, catalogue, payload=payload, deliveries=order, spill=spill)
        cases = case_tables(connection, catalogue, delivered, codelists=DESCRIPTION / "codelists")
        rows = [(table, f'"{table.name}"') for table in delivered] + [*person_link(catalogue, run), *cases]
        for table, source in rows:
            connection.execute(
                f"COPY (FROM {source}) TO '{folder}/tables/{table.name}.parquet' (FORMAT parquet, COMPRESSION zstd)"
            )


def copy(data: Path, out: Path, people: int) -> None:
    """The baseline: every table of the release, as it is."""
    with closing(duckdb.connect(":memory:")) as connection:
        for name, value in (("threads", THREADS), ("memory_limit", f"'{MEMORY}'"), ("enable_progress_bar", "false")):
            connection.execute(f"SET {name} = {value}")
        for path in sorted((data / "tables").glob("*.parquet")):
            connection.execute(
                f"COPY (FROM read_parquet('{path}')) TO '{out}/{path.name}' (FORMAT parquet, COMPRESSION zstd)"
            )


def tables(data: Path, out: Path, people: int) -> None:
    """Types, surrogates, order, uniqueness and hashes of tables that are linked already."""
    catalogue = read_catalogue(DESCRIPTION)
    with engine(catalogue.dataset, key=KEY, spill=out / "spill", memory_limit=MEMORY, threads=THREADS) as made:
        origins = [
            origin_of(made.connection, catalogue[path.stem], f"read_parquet('{path}')")
            for path in sorted((data / "tables").glob("*.parquet"))
        ]
        refuse_bad(made.connection, origins)
        list(write_tables(made.connection, origins, out, lambda *step: None))
        made.surrogates.refuse_collisions()


def described_too(data: Path, out: Path, people: int) -> None:
    """The same, with figures and quasi-identifier profile."""
    tables(data, out, people)
    names = [path.stem for path in sorted(out.glob("*.parquet"))]
    described(out, read_catalogue(DESCRIPTION), names, spill=out / "spill", threads=THREADS)


def whole(data: Path, out: Path, people: int) -> None:
    """The job: all that, and which records are one case, victims' journeys, row keys, manifest."""
    build(
        lambda what, share: None, payload=str(data / "payload"), crosswalk=str(data / "crosswalk"),
        description=str(DESCRIPTION), code="cjs_linked", version="1", key=KEY.hex(), into=str(out / "room"),
        created_at=CREATED_AT, memory_limit=MEMORY, threads=THREADS,
    )  # fmt: skip


BASELINE = "DuckDB COPY of the tables"
BENCHMARK = Benchmark(
    name="release",
    sizes=(200_000, 500_000),
    quick_sizes=(5_000,),
    cases=(
        Case("Tables: keys, order, checks",    BASELINE, prepare, tables,        copy),
        Case("The same, and figures",          BASELINE, prepare, described_too, copy),
        Case("Whole build, cases worked out",  BASELINE, prepare, whole,         copy),
    ),
    quick_rounds=1,
)  # fmt: skip
