"""Quality from pairs that people looked at: a sample of the scored pairs, drawn by stratum and weighted back.

It sees only pairs that were compared: true pairs that blocking never brought together are missing from the recall,
which is therefore an upper bound. With synthetic data the truth shows how large the difference is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from extracts.linkage.intervals import OUTER, Rate

DRAWS = 4_000
FEWEST_REVIEWED = 30
THRESHOLDS = (0.80, 0.95)

METHOD = (
    "The share of pairs of one person is taken in each stratum of probability (Jeffreys' prior), multiplied by the "
    "number of pairs in it, and added up; intervals are the middle 95 % of 4,000 draws with a fixed seed. Pairs that "
    "were never compared are not seen, so recall is an upper bound."
)


def reviewed(strata: Sequence[Mapping[str, Any]], settled: Sequence[tuple[str, str]], *, seed: int) -> dict[str, Any]:
    """Precision and recall at each threshold as estimated from settled pairs, ready for JSON.

    strata   each with `stratum`, `low` (probability from which it reaches), `pairs` (scored pairs in it)
    settled  (stratum, "same" or "different") of each settled pair that was drawn as a sample

    Rates are None while fewer than 30 pairs are settled or a stratum with pairs has none. A stratum that lies across
    a threshold counts as below it.
    """
    same = np.array([sum(1 for s, verdict in settled if s == row["stratum"] and verdict == "same") for row in strata])
    seen = np.array([sum(1 for s, _ in settled if s == row["stratum"]) for row in strata])
    pairs = np.array([row["pairs"] for row in strata], dtype=np.float64)
    enough = seen.sum() >= FEWEST_REVIEWED and bool(np.all((seen > 0) | (pairs == 0)))
    rows: list[dict[str, Any]] = []
    if enough:
        draws = np.random.default_rng(seed).beta(same + 0.5, seen - same + 0.5, size=(DRAWS, len(strata)))
        of_one = np.vstack([same / np.maximum(seen, 1), draws]) * pairs
        lows = np.array([row["low"] for row in strata])
        rows = [_at(threshold, of_one, pairs, lows >= threshold) for threshold in THRESHOLDS]
    return {"settled": int(seen.sum()), "measures": rows, "method": METHOD}


def _at(
    threshold: float, of_one: npt.NDArray[np.float64], pairs: npt.NDArray[np.float64], linked: npt.NDArray[np.bool_]
) -> dict[str, Any]:
    right = of_one[:, linked].sum(axis=1)
    row: dict[str, Any] = {"threshold": threshold}
    for name, bottom in (("precision", np.full(len(right), pairs[linked].sum())), ("recall", of_one.sum(axis=1))):
        if bottom[0] > 0:
            shares = right / bottom
            low, high = np.percentile(shares[1:], OUTER)
            value = float(shares[0])
            row[name] = Rate(value, min(float(low), value), max(float(high), value)).as_json()
        else:
            row[name] = None
    return row
