"""What Splink's charts show, as data: match weights, waterfalls of made-up pairs, records that cannot be linked.

Everything comes from the model and from counts. No value of any record is in it, and no pair of records.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb
import numpy as np

from extracts.linkage.model import Compared, Learnt, Model
from extracts.linkage.training import vectors, weights

SAMPLE = 20_000
STEPS = range(-10, 61, 2)  # bits

# Made-up pairs: which comparisons disagree. All others agree as well as they can.
EXAMPLES: Sequence[tuple[str, tuple[str, ...]]] = (
    ("Everything agrees", ()),
    ("The same person after a move", ("place", "address", "postcode", "town")),
    ("Two people of one household", ("names", "name", "forename", "born", "date_of_birth", "sex")),
)


def charts_of(model: Model, unlinkable: list[dict[str, float]]) -> dict[str, Any]:
    """`match_weights`, `waterfalls` and `unlinkables`, in the words of Splink's chart data."""
    return {
        "match_weights": [_level(c, level) for c in model.comparisons for level in c.levels],
        "waterfalls": [{"title": title, "records": _waterfall(model, differing)} for title, differing in EXAMPLES],
        "unlinkables": unlinkable,
    }


def _level(comparison: Compared, level: Learnt) -> dict[str, Any]:
    return {
        "comparison_name": comparison.name, "label_for_charts": level.label, "m_probability": float(f"{level.m:.6g}"),
        "u_probability": float(f"{level.u:.6g}"), "log2_bayes_factor": round(level.weight, 3),
    }  # fmt: skip


def _waterfall(model: Model, differing: Sequence[str]) -> list[dict[str, Any]]:
    start = float(np.log2(model.prior / (1 - model.prior)))
    rows = [_bar("Prior", "Starting match weight (prior)", start)]
    for comparison in model.comparisons:
        differs = any(word in comparison.name.split("_") or word == comparison.name for word in differing)
        level = (min if differs else max)(comparison.levels, key=lambda one: one.weight)
        rows.append(_bar(comparison.name, level.label, level.weight))
    return [*rows, _bar("Final score", "Final score", sum(row["log2_bayes_factor"] for row in rows))]


def _bar(name: str, label: str, bits: float) -> dict[str, Any]:
    return {"column_name": name, "label_for_charts": label, "log2_bayes_factor": round(bits, 3)}


def unlinkables(connection: duckdb.DuckDBPyConnection, prepared: str, model: Model) -> list[dict[str, float]]:
    """The share of records that reach no more than so many bits even against themselves, from a sample of 20,000.

    prepared  records with term frequencies
    """
    connection.execute(
        f"CREATE OR REPLACE TABLE self_pairs AS SELECT rid AS join_key_l, rid AS join_key_r FROM {prepared} "
        f"ORDER BY md5_number_lower(rid::VARCHAR), rid LIMIT {SAMPLE}"
    )
    found = np.sort(weights(model, vectors(connection, prepared, "self_pairs", model)))
    connection.execute("DROP TABLE self_pairs")
    shares = np.searchsorted(found, np.array(STEPS), side="right") / max(len(found), 1)
    return [
        {"match_weight": bits, "cum_prop": round(float(share), 5)} for bits, share in zip(STEPS, shares, strict=True)
    ]
