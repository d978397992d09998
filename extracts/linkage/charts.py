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

# Made-up pairs: which comparisons differ, and of which nothing is recorded. All others agree.
NUMBERS = ("pnc", "cro", "prison_number", "national_insurance", "person_number", "asn", "case_reference")
EVENTS = ("sentence_dates", "phone", "email")
EXAMPLES: Sequence[tuple[str, tuple[str, ...], tuple[str, ...]]] = (
    ("Everything agrees", (), ()),
    ("The same person after a move, no number recorded", ("place", "address", "postcode", "town"), NUMBERS),
    ("Two people of one household, no number recorded",
     ("forename", "middle_name", "name", "names", "date_of_birth", "birth_year", "sex"), NUMBERS + EVENTS),
)  # fmt: skip
# These say something of pairs that are alike in one way and not in another; of these pairs they say nothing.
SPECIAL = ("twins", "namesakes", "decided_same", "decided_apart")


def charts_of(model: Model, unlinkable: list[dict[str, float]]) -> dict[str, Any]:
    """`match_weights`, `waterfalls` and `unlinkables`, in the words of Splink's chart data."""
    return {
        "match_weights": [_level(c, level) for c in model.comparisons for level in c.levels],
        "waterfalls": [
            {"title": title, "records": _waterfall(model, differing, unknown)} for title, differing, unknown in EXAMPLES
        ],
        "unlinkables": unlinkable,
    }


def _level(comparison: Compared, level: Learnt) -> dict[str, Any]:
    return {
        "comparison_name": comparison.name, "label_for_charts": level.label, "m_probability": float(f"{level.m:.6g}"),
        "u_probability": float(f"{level.u:.6g}"), "log2_bayes_factor": round(level.weight, 3),
    }  # fmt: skip


def _waterfall(model: Model, differing: Sequence[str], unknown: Sequence[str]) -> list[dict[str, Any]]:
    """The prior, each comparison, and what they come to. What differs is at the last level of its comparison."""
    start = float(np.log2(model.prior / (1 - model.prior)))
    rows = [_bar("Prior", "Starting match weight (prior)", start)]
    for comparison in model.comparisons:
        if comparison.name in SPECIAL:
            continue
        if comparison.name in unknown:
            rows.append(_bar(comparison.name, "not recorded", 0.0))
        else:
            level = comparison.levels[-1] if comparison.name in differing else _same(comparison)
            rows.append(_bar(comparison.name, level.label, level.weight))
    return [*rows, _bar("Final score", "Final score", sum(row["log2_bayes_factor"] for row in rows))]


def _same(comparison: Compared) -> Learnt:
    """The level that is called the same; of a comparison without one, the first."""
    called = [level for level in comparison.levels if level.label.startswith("same")]
    return next((level for level in called if level.label == "same"), (called or comparison.levels)[0])


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
