"""One loader for extracts and for twins: what a researcher's code does with the folder that it is given."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from extracts import delivery


@dataclass(frozen=True)
class Pack:
    """A folder, opened: every table as Parquet gives it, and what its dictionary says of each column."""

    files: set[str]
    tables: dict[str, pa.Table]
    described: dict[tuple[str, str], dict[str, str]]
    manifest: dict


def load(folder: Path) -> Pack:
    """Open a pack and hold its parts against one another, as a loader that trusts nothing does."""
    assert delivery.verify(folder) == []
    manifest = json.loads((folder / "manifest.json").read_bytes())
    with (folder / "dictionary.csv").open(newline="") as file:
        described = {(line["table"], line["variable"]): line for line in csv.DictReader(file)}
    tables = {path.stem: parquet.read_table(path) for path in folder.glob("*.parquet")}
    for name, table in tables.items():
        with (folder / f"{name}.csv").open(newline="") as file:
            lines = list(csv.reader(file))
        assert lines[0] == table.column_names and len(lines) == table.num_rows + 1
        assert [column for owner, column in described if owner == name] == table.column_names
    rows = {Path(one["name"]).stem: one["rows"] for one in manifest["files"] if one["name"].endswith(".parquet")}
    assert rows == {name: table.num_rows for name, table in tables.items()}
    return Pack({one["name"] for one in manifest["files"]}, tables, described, manifest)
