"""What a refreshed extract changed against the one that it takes the place of: by the keys that both share."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from extracts.differences import words
from extracts.differences.counts import RULE
from extracts.differences.tables import difference, sides_of_views
from governance.catalogue.catalogue import Catalogue

OTHER_KEYS = (
    "The project's key was changed, so no row of one can be found in the other: this is by design. "
    "What it holds follows from the agreement and the release, as before."
)


@dataclass(frozen=True)
class Written:
    """A written extract: its tables, and what makes one of them a view of a connection."""

    tables: Collection[str]
    offer: Callable[[duckdb.DuckDBPyConnection, str, str], None]


def compared_extracts(
    old: Written, new: Written, catalogue: Catalogue, *, spill: Path, memory_limit: str = "2GB"
) -> dict[str, Any]:
    """What changed from `old` to `new`, in the form in which releases are compared, and `lines` that say so in words.

    Both must have been written under the same key version. Counts are rounded, small ones are not told.
    """
    shared = [name for name in new.tables if name in old.tables and name in catalogue]
    report: dict[str, Any] = {
        "rule": RULE,
        "new_tables": [name for name in new.tables if name not in old.tables],
        "gone_tables": [name for name in old.tables if name not in new.tables],
        "tables": {},
        "persons": {},
        "quality": {"before": {}, "after": {}},
    }
    with closing(duckdb.connect(":memory:")) as connection:
        connection.execute(f"SET memory_limit = '{memory_limit}'")
        connection.execute("SET temp_directory = $folder", {"folder": str(spill)})
        connection.execute("SET enable_progress_bar = false")
        for name in shared:
            old.offer(connection, "old", name)
            new.offer(connection, "new", name)
            report["tables"][name] = difference(sides_of_views(connection, catalogue[name]))
    return {**report, "lines": words.lines(report)}
