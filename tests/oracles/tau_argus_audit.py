"""Our intervals beside those of tau-Argus (pytauargus 0.6.0), cell by cell.

    TAU_ARGUS_PYTHON=/path/to/python python -m tests.oracles.tau_argus_audit

`TAU_ARGUS_PYTHON` is the interpreter of an environment that holds pytauargus. Tables go over in its
own file format (JJ), so that both audits see the same equations, the same hidden cells and the same
bounds. See docs/audit-against-tau-argus.md.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.disclosure_audit import reference
from extracts.disclosure.audit.intervals import intervals
from tests.extracts.disclosure.audit.random_tables import Case, a_case, two_linked

THEIR_PROGRAM = """
import json, sys, time
from pytauargus._tauargus import audit_jj
start = time.perf_counter()
rows = audit_jj(sys.argv[1])
print(json.dumps([time.perf_counter() - start, [[row["cell"], row["min"], row["max"]] for row in rows]]))
"""


@dataclass(frozen=True)
class Comparison:
    """One table, audited by both."""

    name: str
    hidden: int
    furthest_apart: float
    exact_ours: int
    exact_theirs: int
    seconds_ours: float
    seconds_theirs: float


def interpreter() -> str | None:
    """The interpreter that has pytauargus, if there is one."""
    path = os.environ.get("TAU_ARGUS_PYTHON")
    return path if path and Path(path).exists() else None


def cases(*, random_tables: int = 40) -> Iterator[tuple[str, Case]]:
    """Random small tables with hierarchies and links, and the two reference tables that are solved cell by cell."""
    random = np.random.default_rng(20)
    for number in range(random_tables):
        case = (a_case, two_linked)[number % 2](random)
        yield f"random {number}", _exact(case)
    for name in ("50x20", "20x10x5"):
        given = reference(name)
        yield name, Case(given.equations, given.true, given.hidden, given.low, given.high)


def compared(name: str, case: Case, python: str) -> Comparison:
    """Both audits of one table."""
    high = np.where(case.hidden, far(case), case.true)
    start = time.perf_counter()
    ours = intervals(case.equations, case.true, case.hidden, case.low, high, seconds=60, whole=False)
    seconds = time.perf_counter() - start
    theirs, their_seconds = _theirs(case, python)
    at = np.flatnonzero(case.hidden)
    low, high = theirs[:, 0], theirs[:, 1]
    apart = max(np.abs(ours.low[at] - low).max(initial=0), np.abs(ours.high[at] - high).max(initial=0))
    return Comparison(
        name, len(at), float(apart),
        int((ours.high[at] - ours.low[at] < 1e-6).sum()), int((high - low < 1e-6).sum()), seconds, their_seconds,
    )  # fmt: skip


def far(case: Case) -> float:
    """An upper bound for hidden cells that nothing comes near: their format wants a number."""
    return 10 * float(case.true.max(initial=0.0)) + 1_000


def _exact(case: Case) -> Case:
    """The case with nothing but hidden cells and exact ones: their audit knows no rounding."""
    low = np.where(case.hidden, 0.0, case.true)
    return Case(case.equations, case.true, case.hidden, low, np.where(case.hidden, np.inf, case.true))


def _theirs(case: Case, python: str) -> tuple[np.ndarray, float]:
    """Their lowest and highest value of each hidden cell (n x 2), and how long it took them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.JJ"
        path.write_text(as_jj(case))
        done = subprocess.run([python, "-c", THEIR_PROGRAM, str(path)], capture_output=True, text=True, check=True)
    seconds, rows = json.loads(done.stdout.splitlines()[-1])
    found = {cell: (low, high) for cell, low, high in rows}
    return np.array([found[at] for at in np.flatnonzero(case.hidden).tolist()]).reshape(-1, 2), seconds


def as_jj(case: Case) -> str:
    """The table in the format of the solvers of tau-Argus.

    Per cell: number, value, weight, status (u hidden, s shown), bounds, and protection levels, which
    the audit only compares with. Per equation: 0, how many cells, and each with its sign.
    """
    lines = ["0", f"{len(case.true)}"]
    for at, (value, hidden) in enumerate(zip(case.true, case.hidden, strict=True)):
        lines.append(f"{at} {value:.0f} {value:.0f} {'u' if hidden else 's'} 0 {far(case):.0f} 0 0 0")
    lines.append(f"{case.equations.shape[0]}")
    for row in range(case.equations.shape[0]):
        start, end = case.equations.indptr[row], case.equations.indptr[row + 1]
        cells, signs = case.equations.indices[start:end], case.equations.data[start:end]
        terms = " ".join(f"{cell} ({sign:.0f})" for cell, sign in zip(cells, signs, strict=True))
        lines.append(f"0.0 {end - start} : {terms}")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Print a line for each table that differs and for each large one; 1 when any differs."""
    python = interpreter()
    if not python:
        print("Skipped: set TAU_ARGUS_PYTHON to an interpreter that has pytauargus.")
        return 0
    found = [compared(name, case, python) for name, case in cases()]
    for one in found:
        if one.furthest_apart > 1e-3 or not one.name.startswith("random"):
            print(one)
    print(f"{sum(one.furthest_apart <= 1e-3 for one in found)} of {len(found)} tables are the same to 1e-3.")
    return int(any(one.furthest_apart > 1e-3 for one in found))


if __name__ == "__main__":
    sys.exit(main())
