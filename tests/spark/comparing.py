"""An extract built by both engines, and every file of the one held against that of the other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from extracts import engines, pipeline
from extracts.pipeline import Manifest
from extracts.specification import ExtractSpec
from extracts.store import Withheld, open_release
from governance.catalogue.catalogue import Catalogue
from tests.extracts.small_dataset import KEY, NOON

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@dataclass(frozen=True)
class Released:
    """A release, and where to put what is made of it."""

    folder: Path
    catalogue: Catalogue
    out: Path
    spark: SparkSession | None
    withheld: tuple[tuple[str, int], ...] = ()  # domain and surrogate, for specifications that leave records out

    def build(self, spec: ExtractSpec, name: str, **how: Any) -> tuple[Manifest, Path]:
        into = self.out / name / "extract"
        into.mkdir(parents=True)
        with open_release(self.folder, staging=self.out / name, withheld=self._list(self.out / name)) as store:
            manifest = pipeline.build(
                spec, catalogue=self.catalogue, store=store, key=KEY, into=into, created_at=NOON,
                **{"progress": lambda _: None, **how},
            )  # fmt: skip
        return manifest, into

    def _list(self, room: Path) -> Withheld | None:
        if not self.withheld:
            return None
        domains, ids = zip(*self.withheld, strict=True)
        file = room / "list.parquet"
        pq.write_table(pa.table({"domain": pa.array(domains), "id": pa.array(ids, pa.int64())}), file)
        return Withheld(file, self.catalogue)

    @property
    def on_spark(self) -> engines.EngineOf:
        from extracts.spark.extract import OnSpark

        assert self.spark is not None
        return partial(OnSpark, self.spark, self.folder)

    def compared(self, spec: ExtractSpec, name: str) -> dict[str, pa.Table]:
        """Build on both engines and find no difference; the tables."""
        ours, duckdbs = self.build(spec, f"{name}-duckdb")
        theirs, sparks = self.build(spec, f"{name}-spark", engine_of=self.on_spark)
        found = {}
        for table in spec.tables:
            found[table.name] = pq.read_table(duckdbs / f"{table.name}.parquet")
            no_difference(table.name, found[table.name], pq.read_table(sparks / f"{table.name}.parquet"))
        assert theirs.files == ours.files  # names, sizes, rows and hashes: of data, dictionary and code lists alike
        assert replace(theirs, engine="") == replace(ours, engine="")
        assert "spark" in theirs.engine and "duckdb" in ours.engine
        return found


def no_difference(name: str, ours: pa.Table, theirs: pa.Table) -> None:
    """Names, types, and value by value in the same order. Says where, as hashes of files cannot."""
    assert theirs.schema == ours.schema, name
    assert theirs.num_rows == ours.num_rows, name
    different = [
        column for column in ours.column_names if repr(theirs[column].to_pylist()) != repr(ours[column].to_pylist())
    ]  # by what they look like: no number is equal to a "not a number", and 0.0 is to -0.0
    assert not different, (name, different)
