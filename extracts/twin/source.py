"""What a twin is made from, and nothing else: a specification, the catalogue, published figures and a seed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from extracts.specification import ExtractSpec
from governance.catalogue.catalogue import Catalogue

USUAL_ROWS, MOST_ROWS, FEWEST_ROWS = 1_000, 10_000, 20


class BadSize(ValueError):
    """The number of rows is not between the fewest and the most that a twin has."""


@dataclass(frozen=True)
class Source:
    """All that a twin follows from: the same source gives the same bytes.

    figures  the content of a release's figures.json; {} when none is published
    made_at  the moment that the files are dated with, with a time zone
    rows     of the largest table; the others in proportion to their published rows
    """

    spec: ExtractSpec
    catalogue: Catalogue
    figures: Mapping[str, Any]
    made_at: datetime
    seed: int = 1
    rows: int = USUAL_ROWS

    def __post_init__(self) -> None:
        if not FEWEST_ROWS <= self.rows <= MOST_ROWS:
            raise BadSize(f"A twin has {FEWEST_ROWS} to {MOST_ROWS:,} rows in its largest table.")

    def random(self, *names: str) -> np.random.Generator:
        """Chance of its own for each column: one that is added changes none of the others."""
        text = "/".join((str(self.seed), *names))
        return np.random.default_rng(int.from_bytes(hashlib.sha256(text.encode()).digest()[:16]))

    def published_rows(self, table: str) -> int:
        """The rounded number of rows of a table in the release; 0 where it is not told."""
        return int(self.figures.get("tables", {}).get(table, {}).get("rows") or 0)

    def figures_of(self, table: str, variable: str) -> Mapping[str, Any]:
        """What is published of a variable; {} for nothing."""
        found: Mapping[str, Any]
        found = self.figures.get("tables", {}).get(table, {}).get("variables", {}).get(variable, {})
        return found

    def sizes(self) -> dict[str, int]:
        """How many rows each table is to have. One of which no number is told is as long as the largest."""
        known = {table.name: self.published_rows(table.name) for table in self.spec.tables}
        largest = max(known.values(), default=0)
        return {
            name: max(FEWEST_ROWS, round(self.rows * rows / largest)) if rows else self.rows
            for name, rows in known.items()
        }
