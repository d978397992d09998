"""The way in: two release folders, and what is different in the newer one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb

from extracts.differences import persons, words
from extracts.differences.counts import RULE
from extracts.differences.tables import MISSING_POINTS, MOVED_PERCENT, difference, sides
from governance.catalogue.catalogue import Catalogue

BOUNDS = {"missing_points": MISSING_POINTS, "moved_percent": MOVED_PERCENT}


def compared(
    previous: Path | None, folder: Path, catalogue: Catalogue, quality: Mapping[str, Any], *, spill: Path,
    memory_limit: str = "2GB",
) -> dict[str, Any]:  # fmt: skip
    """The content of difference.json: what changed from `previous` to `folder`, and `lines` that say so in words.

    previous  the folder of the release before, None for the first one
    quality   what was measured of the new release's links
    """
    if previous is None:
        return {"against": "", "rule": RULE, "lines": [words.FIRST]}
    old, new = (sorted(path.stem for path in place.glob("*.parquet")) for place in (previous, folder))
    report: dict[str, Any] = {
        "against": json.loads((previous / "release.json").read_bytes())["version"],
        "rule": RULE,
        "bounds": BOUNDS,
        "new_tables": [name for name in new if name not in old],
        "gone_tables": [name for name in old if name not in new],
    }
    with closing(duckdb.connect(":memory:")) as connection:
        connection.execute(f"SET memory_limit = '{memory_limit}'")
        connection.execute("SET temp_directory = $folder", {"folder": str(spill)})
        connection.execute("SET enable_progress_bar = false")
        shared = [name for name in new if name in old and name in catalogue]
        report["tables"] = {name: difference(sides(connection, catalogue[name], previous, folder)) for name in shared}
        report["persons"] = persons.fates(connection, previous, folder) if "xjs_link" in shared else {}
    before = previous / "quality.json"
    report["quality"] = {
        "before": _overall(json.loads(before.read_bytes()) if before.is_file() else {}),
        "after": _overall(quality),
    }
    return {**report, "lines": words.lines(report)}


def _overall(quality: Mapping[str, Any]) -> dict[str, float]:
    """Precision, recall and F1 of the persons that a release is published with, as far as they were measured."""
    for measure in quality.get("measures", []):
        if measure.get("ids") == "person_id" and measure.get("by") == "overall":
            return {
                name: measure[name]["value"]
                for name in ("precision", "recall", "f1")
                if isinstance(measure.get(name), Mapping)
            }
    return {}
