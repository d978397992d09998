"""A small linked dataset before its build: deliveries as accepted, and a crosswalk that knows the truth."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import duckdb
from django.conf import settings

from extracts.building import build
from extracts.providers.reading import read_providers
from extracts.synthetic.deliveries import write_deliveries

DESCRIPTION = Path(settings.BASE_DIR) / "governance" / "catalogue" / "datasets" / "cjs_linked"
KEY = bytes(range(32))
CREATED_AT = "2026-11-01T12:00:00+00:00"
DELIVERY = "2025-12"

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


@dataclass(frozen=True)
class Linked:
    """The zones of one dataset, as folders."""

    payload: Path
    identities: Path
    crosswalk: Path

    def build(self, into: Path, *, version="2026.1", progress=lambda what, share: None, **options):
        """Build a release into `into`; returns what was reported."""
        arguments = {
            "payload": str(self.payload), "crosswalk": str(self.crosswalk), "description": str(DESCRIPTION),
            "code": "cjs_linked", "version": version, "key": KEY.hex(), "into": str(into), "created_at": CREATED_AT,
        }  # fmt: skip
        return build(progress, **(arguments | options))


def linked(root: Path, *, people=600, seed=3) -> Linked:
    """Make up sources, and accept and link them in the shortest way that can be thought of."""
    sources, providers = root / "sources", read_providers(DESCRIPTION / "providers")
    write_deliveries(
        people, seed=seed, codelists=DESCRIPTION / "codelists", providers=DESCRIPTION / "providers", into=sources
    )
    made = Linked(root / "payload", root / "identities", root / "crosswalk")
    made.crosswalk.mkdir()
    with duckdb.connect(":memory:") as connection:
        connection.execute("CREATE TABLE roles (source VARCHAR, role VARCHAR)")
        for provider in providers:
            _accept(connection, provider, sources / "deliveries" / provider.code, made)
        for name, query in (("persons", PERSONS), ("events", EVENTS)):
            rows = query.format(truth=sources / "truth")
            connection.execute(f"COPY ({rows}) TO '{made.crosswalk / name}.parquet' (FORMAT parquet)")
    (made.crosswalk / "run.json").write_text(json.dumps({"model": "truth", "seconds": 1.5}))
    return made


def _accept(connection, provider, delivered: Path, made: Linked) -> None:
    """Payload as it is; identity records with the names of roles."""
    for folder in (made.payload, made.identities):
        (folder / provider.code / DELIVERY).mkdir(parents=True)
    for file in (delivered / "payload").glob("*.parquet"):
        (made.payload / provider.code / DELIVERY / file.name).write_bytes(file.read_bytes())
    for source in provider.identity:
        connection.execute("INSERT INTO roles VALUES ($1, $2)", [source.name, source.person_role])
        columns = ", ".join(f'"{own}" AS {role}' for own, role in source.columns)
        connection.execute(
            f"COPY (SELECT '{source.name}' AS source, \"{source.row_id}\" AS row_id, "
            f"'{source.person_role}' AS person_role, {columns} "
            f"FROM read_parquet('{delivered}/identity/{source.name}.parquet')) "
            f"TO '{made.identities}/{provider.code}/{DELIVERY}/{source.name}.parquet' (FORMAT parquet)"
        )
