"""What people look at and what they decide: pairs drawn from the grey zone, and decisions put together.

A pair is drawn by chance within strata of match probability, so that what reviewers find can be weighted back to all
scored pairs. Names of strata say nothing about the probability: reviewers decide blind.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

GREY_ZONE, SAMPLE, CONTRADICTION = "grey zone", "sample", "contradiction"


@dataclass(frozen=True)
class Stratum:
    """Scored pairs from probability `low` up to the next stratum. `reason` is what reviewers are told."""

    name: str
    low: float
    reason: str


# Between the first and the last lies the grey zone; the last is a sample of links that nobody doubts.
STRATA = (
    Stratum("s1", 0.10, GREY_ZONE),
    Stratum("s2", 0.50, GREY_ZONE),
    Stratum("s3", 0.80, GREY_ZONE),
    Stratum("s4", 0.95, GREY_ZONE),
    Stratum("s5", 0.99, SAMPLE),
)  # fmt: skip


def draw(
    connection: duckdb.DuckDBPyConnection, *, edges: str, contradictions: str, into: str, each: int, seed: int
) -> list[dict[str, Any]]:
    """Make the table `into` (a, b, stratum, reason) of pairs to look at, and tell the strata with their numbers.

    edges           id_a, id_b, match_probability
    contradictions  reason, a, b; up to `each` pairs of every reason, in no stratum
    each            pairs of a stratum

    Chance is a hash of the pair and the seed: a pair that was drawn stays drawn while its stratum keeps its pairs.
    """
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE {into} AS
        WITH drawn AS (
            SELECT id_a AS a, id_b AS b, {_by_stratum("name")} AS stratum, {_by_stratum("reason")} AS reason
            FROM {edges} WHERE match_probability >= {STRATA[0].low}
            QUALIFY {each} >= row_number() OVER (
                PARTITION BY stratum ORDER BY {_chance("id_a", "id_b", seed)}, id_a, id_b
            )
        ), contradicting AS (
            SELECT a, b, '' AS stratum, min('{CONTRADICTION}: ' || lower(reason)) AS reason
            FROM (
                SELECT a, b, reason FROM {contradictions}
                QUALIFY row_number() OVER (PARTITION BY reason ORDER BY {_chance("a", "b", seed)}, a, b) <= {each}
            ) ANTI JOIN drawn USING (a, b)
            GROUP BY a, b
        )
        SELECT * FROM drawn UNION ALL SELECT * FROM contradicting ORDER BY a, b
        """
    )
    counted = connection.sql(
        f"SELECT {_by_stratum('name')} AS stratum, count(*) FROM {edges} "
        f"WHERE match_probability >= {STRATA[0].low} GROUP BY ALL"
    ).fetchall()
    drawn = connection.sql(f"SELECT stratum, count(*) FROM {into} GROUP BY ALL").fetchall()
    pairs, looked_at = dict(counted), dict(drawn)
    return [
        {"stratum": s.name, "low": s.low, "pairs": pairs.get(s.name, 0), "drawn": looked_at.get(s.name, 0)}
        for s in STRATA
    ]


def _by_stratum(value: str) -> str:
    cases = " ".join(
        f"WHEN match_probability >= {stratum.low} THEN '{getattr(stratum, value)}'" for stratum in reversed(STRATA)
    )
    return f"CASE {cases} END"


def _chance(a: str, b: str, seed: int) -> str:
    return f"md5_number_lower({a} || ' ' || {b} || ' ' || {seed})"


def settled(decisions: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Token -> verdict, of the tokens on which two reviewers agree.

    decisions  `token`, `reviewer_hash`, `verdict` ("same", "different", "unsure"), in the order they were made

    Where two differ, a third settles it by agreeing with one of them. A reviewer counts once, with the last decision.
    """
    return {
        token: verdict
        for token, verdicts in _by_token(decisions).items()
        for verdict, times in Counter(verdicts).items()
        if times >= 2 and times > len(verdicts) - times
    }


def _by_token(decisions: Iterable[Mapping[str, str]]) -> dict[str, list[str]]:
    by_token: dict[str, dict[str, str]] = defaultdict(dict)
    for row in decisions:
        by_token[row["token"]][row["reviewer_hash"]] = row["verdict"]
    return {token: list(by_reviewer.values()) for token, by_reviewer in by_token.items()}


def agreement(decisions: Iterable[Mapping[str, str]]) -> dict[str, float | int | None]:
    """How far the first two reviewers of each pair agree: `pairs`, the share `agreed`, and Cohen's `kappa`.

    Any two people may be first and second, so both are given the same distribution of verdicts, their common one
    (Cohen's kappa of the table made symmetric). None for nothing, and for kappa where there was only one verdict.

    Source: Cohen (1960), Educational and Psychological Measurement 20, pages 37-46.
    """
    twos = [verdicts[:2] for verdicts in _by_token(decisions).values() if len(verdicts) >= 2]
    if not twos:
        return {"pairs": 0, "agreed": None, "kappa": None}
    seen = sum(first == second for first, second in twos) / len(twos)
    verdicts = Counter(verdict for two in twos for verdict in two)
    by_chance = sum((times / (2 * len(twos))) ** 2 for times in verdicts.values())
    kappa = None if by_chance == 1 else round((seen - by_chance) / (1 - by_chance), 4)
    return {"pairs": len(twos), "agreed": round(seen, 4), "kappa": kappa}
