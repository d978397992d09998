"""The published targets, what a generated file says on each, and the table of both.

python -m extracts.synthetic.targets CODELISTS [CRIMES [RAPES [SEED]]]
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from extracts.synthetic.codes import CALIBRATION, read_list
from extracts.synthetic.measures import draw_both, measure

# Enough crimes, and enough rapes, for a chance error that is small against every range.
CRIMES, RAPES, SEED = 400_000, 400_000, 13

# Where a target is not a range of its own, what is allowed instead: its parts, in the order of its value, and the
# distance from each.
PARTS: Mapping[str, tuple[tuple[str, float, float], ...]] = {
    "T22": (("rape", 2.43, 0.15), ("domestic abuse", 1.58, 0.15)),
    "T37": (("0", 8, 1.5), ("1-2", 16, 2), ("3-6", 21, 2), ("7-10", 27, 2), ("11+", 46, 2.5)),
    "T43": (("defendants", 79, 2), ("custody", 92, 2)),
    "T44": (("police victim", 38, 1), ("suspect", 28, 1), ("court", 32, 1), ("prison", 1, 0.5)),
}

# Targets that no generated file can be held against, and what is.
ELSEWHERE = {
    "T11": "for sensitivity: a London review of its own sample, above the range of T07",
    "T40": "effect of one programme: the Data Lab's demonstration",
    "T41": "effect of one programme: the Data Lab's demonstration",
    "T42": "funnel of one programme: the Data Lab's demonstration",
    "T45": "not data of this release: a clock of the service",
    "T46": "not data of this release: a clock of the service",
    "T47": "not data of this release: a clock of the service",
    "T48": "context only",
    "T49": "context only",
}


@dataclass(frozen=True)
class Target:
    """One line of the table: a target, or one part of it, and where the file must lie."""

    key: str
    measure: str
    low: float
    high: float

    def holds(self, value: float) -> bool:
        """Whether the value lies in the range."""
        return self.low <= value <= self.high


def targets() -> tuple[Target, ...]:
    """Every target that the data are held to."""
    return tuple(target for row in _rows() for target in _of_row(row))


def _rows() -> tuple[dict[str, str], ...]:
    return read_list(CALIBRATION / "targets.csv", "id").rows


def _of_row(row: dict[str, str]) -> Iterator[Target]:
    name = f"{row['measure']}, {row['group']}"
    if row["id"] in PARTS:
        for part, value, margin in PARTS[row["id"]]:
            yield Target(f"{row['id']} {part}", f"{row['measure']}: {part}", value - margin, value + margin)
    elif row["id"] not in ELSEWHERE:
        yield Target(row["id"], name, float(row["low"]), float(row["high"]))


def table(measured: Mapping[str, float]) -> str:
    """The table as text: id, measure, value, low, high, and whether it holds; then what is not held here."""
    lines = [f"{'target':20} {'measure':78} {'value':>8} {'low':>7} {'high':>7}"]
    for target in targets():
        value = measured[target.key]
        verdict = "" if target.holds(value) else "  OUTSIDE"
        low, high = f"{target.low:7.2f}", f"{target.high:7.2f}"
        lines.append(f"{target.key:20} {target.measure[:78]:78} {value:8.2f} {low} {high}{verdict}")
    lines += [f"{row['id']:20} {row['measure'][:50]:50} {ELSEWHERE[row['id']]}" for row in _rows()
              if row["id"] in ELSEWHERE]  # fmt: skip
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Draw the files and print the table. Returns 1 if a target does not hold."""
    codelists, given = Path(arguments[0]), [int(word) for word in arguments[1:]]
    crimes, rapes, seed = (given + [CRIMES, RAPES, SEED][len(given) :])[:3]
    measured = measure(*draw_both(codelists, crimes, rapes, seed=seed))
    print(table(measured))
    return 0 if all(target.holds(measured[target.key]) for target in targets()) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
