"""What tests of twins start from: the figures of a built release, and real extracts of it to hold the twins against."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from extracts import pipeline
from extracts.specification import ColumnSpec, ExtractSpec, TableSpec
from extracts.store import open_release
from extracts.twin import Source, make
from governance.catalogue.catalogue import Catalogue, Variable, read_catalogue
from tests.extracts.twin.pack import Pack, load

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
LONG = date(1900, 1, 1), date(2099, 12, 31)
LEVELS = ("finest", "default", "coarsest")


@dataclass(frozen=True)
class Real:
    """A release that was built, and what it publishes."""

    folder: Path
    catalogue: Catalogue
    figures: dict[str, Any]

    def level(self, variable: Variable, which: str) -> str:
        levels = self.catalogue.levels(variable)
        if not levels:
            return ""
        return {"finest": levels[0].name, "default": variable.default_level, "coarsest": levels[-1].name}[which]

    def spec(self, which: str = "default", period: tuple[date, date] = LONG) -> ExtractSpec:
        """Everything that may be in an extract, at the finest, the default or the coarsest level."""
        released = json.loads((self.folder / "release.json").read_bytes())["tables"]
        tables = tuple(
            TableSpec(
                table.name,
                tuple(ColumnSpec(one.name, self.level(one, which)) for one in table.variables if one.selectable),
            )
            for table in self.catalogue.tables
            if table.name in released
        )
        return ExtractSpec(self.catalogue.dataset.code, self.folder.name, tables, *period)

    def extract(self, spec: ExtractSpec, into: Path) -> Pack:
        """The real extract, as a worker builds it."""
        (into / "real").mkdir(parents=True)
        with open_release(self.folder, staging=into) as store:
            pipeline.build(
                spec, catalogue=self.catalogue, store=store, key=bytes(32), into=into / "real", created_at=NOON,
                progress=lambda _: None,
            )  # fmt: skip
        return load(into / "real")

    def source(self, spec: ExtractSpec, *, rows: int = 1000, seed: int = 1) -> Source:
        return Source(spec, self.catalogue, self.figures, NOON, seed=seed, rows=rows)

    def twin(self, spec: ExtractSpec, into: Path, **how: int) -> Pack:
        into.mkdir(parents=True)
        make(self.source(spec, **how), into)
        return load(into)


def real(folder: Path) -> Real:
    return Real(folder, read_catalogue(folder / "catalogue"), json.loads((folder / "figures.json").read_bytes()))


@pytest.fixture(scope="session")
def linked(published: Path) -> Real:
    """The release of linked data, every table of which was built by the jobs of the product."""
    return real(published / "releases" / "cjs_linked" / "2026.1")
