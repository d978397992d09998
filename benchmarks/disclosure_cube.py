"""A table of 50 x 20 with all margins, sum and dominance, from records: the engine's cube against bare DuckDB and ACRO.

The bare query counts, sums and takes the two largest amounts of each cell, over the same data frame in memory with the
same number of threads, by turns. Where a person has several rows it takes the largest rows, so it does not even answer
the same question: the engine adds up each person's rows first. ACRO is run when the environment variable
GATEHOUSE_ACRO_PYTHON names a Python that has it; it measures itself, without its imports.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import duckdb
import numpy as np
import pandas as pd

ROWS, COLUMNS = 50, 20
SIZES, QUICK_SIZES = (100_000, 1_000_000, 10_000_000), (20_000,)
ROUNDS, QUICK_ROUNDS = 5, 1
ROWS_A_PERSON = 3
ACRO = "GATEHOUSE_ACRO_PYTHON"

BARE = """
SELECT court, offence, count(*), count(days), {units} sum(days), max(days, 2), min(days), count(*) FILTER (days < 0)
FROM records GROUP BY CUBE (court, offence)
"""

# Makes the same records as `records_of` and times two tables. Run by another Python, so it is a text.
ACRO_SCRIPT = """
import json, logging, sys, time
import numpy as np, pandas as pd
logging.disable(logging.CRITICAL)
import acro
session = acro.ACRO(suppress=False)
random = np.random.default_rng(1)
n = int(sys.argv[1])
courts = np.array([f"court {i:02}" for i in range(50)]); offences = np.array([f"offence {i:02}" for i in range(20)])
data = pd.DataFrame({"court": courts[random.integers(0, 50, n)], "offence": offences[random.integers(0, 20, n)],
                     "days": random.lognormal(4, 1, n)})
found = {}
for name, more in (("count", {}), ("sum", {"values": data["days"], "aggfunc": "sum"})):
    start = time.perf_counter()
    session.crosstab(data["court"], data["offence"], margins=True, **more)
    found[name] = time.perf_counter() - start
print(json.dumps(found))
"""


def records_of(rows: int) -> pd.DataFrame:
    """Made-up records: labels as text, as they come from files; a person with one row, and one with several."""
    random = np.random.default_rng(1)
    courts = np.array([f"court {number:02}" for number in range(ROWS)])
    offences = np.array([f"offence {number:02}" for number in range(COLUMNS)])
    return pd.DataFrame({
        "court": courts[random.integers(0, ROWS, rows)],
        "offence": offences[random.integers(0, COLUMNS, rows)],
        "days": random.lognormal(4, 1, rows),
        "row_id": np.arange(rows),
        "person_id": random.integers(0, max(rows // ROWS_A_PERSON, 1), rows),
    })  # fmt: skip


def figures(*, quick: bool) -> list[dict[str, Any]]:
    """A row of figures for each size and unit; each size in a process of its own."""
    found: list[dict[str, Any]] = []
    for size in QUICK_SIZES if quick else SIZES:
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            rows = pool.apply(of_size, (size, QUICK_ROUNDS if quick else ROUNDS))
        theirs = acro_seconds(size)
        found += [row | theirs for row in rows]
    return found


def of_size(size: int, rounds: int) -> list[dict[str, Any]]:
    """Engine and bare query by turns: seconds are medians, the ratio the median of the rounds' ratios."""
    frame = records_of(size)
    return [_compared(frame, name, unit, rounds) for name, unit in UNITS.items()]


UNITS = {"a row": "", "a person, one row each": "row_id", f"a person, {ROWS_A_PERSON} rows each": "person_id"}


def _compared(frame: pd.DataFrame, name: str, unit: str, rounds: int) -> dict[str, Any]:
    ours, theirs = _engine(frame, unit), _bare(frame, unit)
    ours(), theirs()  # once before, so that neither pays for imports
    pairs = [(_seconds(ours), _seconds(theirs)) for _ in range(rounds)]
    return {
        "rows": f"{len(frame):,}",
        "unit": name,
        "engine s": round(statistics.median(one for one, _ in pairs), 3),
        "bare DuckDB s": round(statistics.median(other for _, other in pairs), 3),
        "ratio": round(statistics.median(one / other for one, other in pairs), 2),
    }


def _engine(frame: pd.DataFrame, unit: str) -> Callable[[], object]:
    from extracts.disclosure.microdata.cube import cube
    from extracts.disclosure.microdata.records import Records

    records = Records.of_frame(frame, unit)
    dimensions = {"court": '"court"', "offence": '"offence"'}
    return lambda: cube(records, dimensions, value="days")


def _bare(frame: pd.DataFrame, unit: str) -> Callable[[], object]:
    connection = duckdb.connect()
    connection.execute("SET enable_progress_bar = false")
    connection.register("records", frame)
    query = BARE.format(units=f"count(DISTINCT {unit})," if unit else "")
    return lambda: connection.execute(query).df()


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def acro_seconds(size: int) -> dict[str, Any]:
    """What ACRO needs for a count and for a sum with its checks; nothing where it is not there."""
    python = os.environ.get(ACRO)
    if not python:
        print(f"SKIPPED ACRO: {ACRO} names no Python that has it.", file=sys.stderr)
        return {}
    ran = subprocess.run([python, "-c", ACRO_SCRIPT, str(size)], capture_output=True, text=True, check=True)
    told = json.loads(ran.stdout.strip().splitlines()[-1])
    return {f"ACRO {name} s": round(seconds, 2) for name, seconds in told.items()}


def main() -> None:
    """`python -m benchmarks.disclosure_cube [--quick]`: these figures alone."""
    from benchmarks.disclosure import rows_of

    print(rows_of(figures(quick="--quick" in sys.argv[1:])))


if __name__ == "__main__":
    main()
