"""Released tables as the ledger keeps them: labels, totals and the facts that differencing needs."""

from __future__ import annotations

import json
import zlib
from typing import Any

import pandas as pd

from extracts.disclosure.ledger.released import ReleasedTable
from extracts.disclosure.reading.cells import Cells

FACTS = {
    "row": int, "column": str, "measure": str, "kind": str, "state": str,
    "value": float, "spread": float, "low": float, "high": float,
}  # fmt: skip


def packed_table(table: ReleasedTable) -> bytes:
    """A table as compressed JSON."""
    cells = table.cells
    told = {
        "file": table.file,
        "release": table.release,
        "population": table.population,
        "dataset": table.dataset,
        "off_by": table.off_by,
        "overlapping": table.overlapping,
        "labels": {name: cells.labels[name].tolist() for name in cells.dimensions},
        "totals": {name: cells.is_total(name).tolist() for name in cells.dimensions},
        "facts": {name: cells.facts[name].astype(kind).tolist() for name, kind in FACTS.items()},
    }
    return zlib.compress(json.dumps(told, separators=(",", ":")).encode(), level=3)


def unpacked_table(content: bytes) -> ReleasedTable:
    """The table that was packed, as one that has left. Raises ValueError or KeyError for anything else."""
    try:
        told: dict[str, Any] = json.loads(zlib.decompress(content))
    except zlib.error as error:
        raise ValueError("This is not a packed table.") from error
    facts = pd.DataFrame({name: pd.Series(told["facts"][name], dtype=kind) for name, kind in FACTS.items()})
    labels = pd.DataFrame(told["labels"], index=facts.index, dtype=str)
    totals = pd.DataFrame(told["totals"], index=facts.index, dtype=bool)
    return ReleasedTable(
        file=told["file"],
        release=told["release"],
        cells=Cells(labels, totals, facts),
        population=told["population"],
        dataset=told["dataset"],
        off_by=told["off_by"],
        overlapping=told.get("overlapping", False),
    )
