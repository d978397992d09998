"""One extract of everything in a small linked release, in all formats: built once, read by several tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from extracts import pipeline
from extracts.specification import FORMATS, ExtractSpec, compile_specification
from extracts.store import open_release, read_release
from governance.agreements.scope import GrantedTable, GrantedVariable, Scope
from governance.catalogue.catalogue import Catalogue, read_catalogue
from tests.extracts.small_linked import PEOPLE, SEED, linked

KEY = bytes(range(32))
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
FIRST, LAST = date(2021, 1, 1), date(2024, 12, 31)


@dataclass(frozen=True)
class LinkedExtract:
    folder: Path
    release: Path
    spec: ExtractSpec
    catalogue: Catalogue
    manifest: pipeline.Manifest

    def table(self, name: str):
        """A table of the release, as it is, with surrogates."""
        return duckdb.sql(f"FROM read_parquet('{self.release}/{name}.parquet')").df()


def build(root: Path) -> LinkedExtract:
    (root / "out").mkdir()
    linked(root / "work", people=PEOPLE, seed=SEED).build(root / "out")
    release = root / "out" / "release"
    catalogue, held = read_catalogue(release / "catalogue"), read_release(release).tables
    granted = tuple(
        GrantedTable(table.name, tuple(GrantedVariable(v.name, v.default_level) for v in table.defaults))
        for table in catalogue.requestable
        if table.name in held
    )
    spec = compile_specification(Scope("cjs_linked", granted, FIRST, LAST), catalogue, "2026.1", formats=FORMATS)
    return again(LinkedExtract(root / "staging" / "one", release, spec, catalogue, None))


def again(made: LinkedExtract, *, into: Path | None = None) -> LinkedExtract:
    """The same extract, built into a folder of its own."""
    into = into or made.folder
    into.mkdir(parents=True)
    with open_release(made.release, staging=into.parent) as store:
        manifest = pipeline.build(
            made.spec, catalogue=made.catalogue, store=store, key=KEY, into=into, created_at=NOON,
            progress=lambda _: None, project="P-2026-001",
        )  # fmt: skip
    return LinkedExtract(into, made.release, made.spec, made.catalogue, manifest)
