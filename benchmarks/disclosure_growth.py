"""How the time of a check grows with its table: seconds at two sizes, and by how many times the larger takes longer.

Tables are CSV files with a layout; repairs are worked out where a count is small. Four times the cells should take
about four times as long.
"""

from __future__ import annotations

import itertools
import math
import random
import tempfile
import time
from pathlib import Path
from typing import Any

TIMES = 4
SMALL_COUNTS = 0.1
# Name of the table: how many label columns, how many columns of counts, and whether some counts are small.
TABLES = {
    "one label column": (1, 1, False),
    "two label columns": (2, 1, False),
    "three label columns": (3, 1, False),
    "ten columns of counts": (1, 10, False),
    "one label column, small counts": (1, 1, True),
}


def written(folder: Path, cells: int, labels: int, columns: int, *, small: bool) -> dict[str, Any]:
    """A table of about so many cells in a folder, and the case that describes it."""
    chance, rows = random.Random(1), cells // columns
    each = math.ceil(round(rows ** (1 / labels), 9))  # as many labels a side as give no fewer rows
    sides = [[f"Area {side} {at:05d}" for at in range(each)] for side in range(labels)]
    names, groups = ["area", "offence", "outcome"][:labels], [f"group {at}" for at in range(columns)]
    wide = {"form": "wide", "row_dims": names, "col_dim": "group", "measure": "count"}
    long = {"form": "long", "dims": names, "measure": "count"}
    lines = [",".join([*names, *(groups if columns > 1 else ["count"])])]
    for key in itertools.islice(itertools.product(*sides), rows):
        few = small and chance.random() < SMALL_COUNTS
        counts = (chance.randint(1, 4) if few else chance.randint(20, 900) for _ in range(columns))
        lines.append(",".join([*key, *map(str, counts)]))
    (folder / "t.csv").write_text("\n".join([*lines, ""]), encoding="utf-8")
    files = [{"path": "t.csv", "role": "output"}]
    layout = wide if columns > 1 else long
    return {"id": "growth", "title": "Counts by area", "kind": "frequency", "files": files, "layout": layout}


def seconds(cells: int, labels: int, columns: int, *, small: bool) -> float:
    """What a check of such a table takes on this process, its repairs among it."""
    from extracts.disclosure.case import check_case

    with tempfile.TemporaryDirectory(prefix="growth-") as name:
        case = written(Path(name), cells, labels, columns, small=small)
        start = time.process_time()
        answer = check_case(case, Path(name), with_repairs=True)
        took = time.process_time() - start
    if answer["files"][0]["cells"]["counts"] < 0.9 * cells:
        raise RuntimeError("The table was not judged cell by cell, so its time means nothing.")
    return took


def figures(*, quick: bool) -> list[dict[str, Any]]:
    """A row for each kind of table."""
    first = 250 if quick else 1_000
    seconds(10, 1, 1, small=True)  # what is loaded once is no part of it
    found = []
    for name, (labels, columns, small) in TABLES.items():
        one, other = (seconds(size, labels, columns, small=small) for size in (first, TIMES * first))
        found.append({"table": name, f"{first:,} cells": f"{one:.2f} s", f"{TIMES * first:,} cells": f"{other:.2f} s",
                      "times": f"{other / one:.1f}"})  # fmt: skip
    return found
