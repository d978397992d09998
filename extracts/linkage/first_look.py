"""A first look at candidates: whether a full comparison can be worth its time, from what costs little to see.

Of many records most candidates come from one rule alone, and a glance tells that they are two people. What it sees of a
pair is which rules found it, and which of some short numbers agree. What that is worth is learnt by logistic regression
from a sample of the candidates that the model has compared in full, and so is the bar: at most LOST of the matches that
the model expects among them lie below it. Where candidates are few, or
matches among those sampled, every one is compared in full.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from extracts.linkage import scale
from extracts.linkage.blocking import pairs_sql
from extracts.linkage.model import Model
from extracts.linkage.training import probabilities, vectors, weights

Ints = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.uint16]
Floats = npt.NDArray[np.float32]

LOST = 0.005
MOST_RULES = 63  # bits of a number
STEADINESS, ROUNDS, SETTLED = 1.0, 15, 0.01
FINENESS = 1024
UNKNOWN = 0
AT_ONCE, THREADS = 50_000, 2


@dataclass(frozen=True)
class Glances:
    """What is seen of records: `numbers` (records x keys), records by `rids`, ascending; and of how many `rules`."""

    rids: Ints
    numbers: Numbers
    rules: int

    def of_pairs(self, a: Ints, b: Ints, rules: Ints) -> Floats:
        """A row a pair: 1 for each rule that found it, each key that agrees, each that differs, and 1."""
        left, right = self.numbers[self._places(a)], self.numbers[self._places(b)]
        known = (left != UNKNOWN) & (right != UNKNOWN)
        same = left == right
        bits = rules.astype("<u8").view(np.uint8).reshape(-1, 8)
        found = np.unpackbits(bits, axis=1, count=self.rules, bitorder="little")
        return np.hstack([found, same & known, ~same & known, np.ones((len(a), 1), bool)], dtype=np.float32)

    def _places(self, rids: Ints) -> Ints:
        first = int(self.rids[0])
        if int(self.rids[-1]) - first + 1 == len(self.rids):
            return rids - first
        return np.asarray(np.searchsorted(self.rids, rids))


@dataclass(frozen=True)
class FirstLook:
    """`worth` of what is seen, in log odds. Pairs that come to `least` are compared in full."""

    glances: Glances
    worth: Floats
    least: float

    def worthwhile(self, pairs: pa.Table) -> pa.Table:
        """Of pairs with `rules` (blocking.pairs_sql) those that are worth a full comparison."""
        a, b, rules = (np.asarray(pairs[name]) for name in ("join_key_l", "join_key_r", "rules"))
        kept = np.zeros(len(a), bool)

        def look(start: int) -> None:
            some = slice(start, start + AT_ONCE)
            kept[some] = self.glances.of_pairs(a[some], b[some], rules[some]) @ self.worth >= self.least

        with ThreadPoolExecutor(THREADS) as threads:
            list(threads.map(look, range(0, len(a), AT_ONCE)))
        return pa.table({"join_key_l": a[kept], "join_key_r": b[kept]})


def first_look(
    connection: duckdb.DuckDBPyConnection, records: str, members: str, model: Model, *, keys: Mapping[str, str],
    pairs: int, crossing: str = "",
) -> FirstLook | None:  # fmt: skip
    """What is worth a full comparison by this model; None where all are.

    keys   name -> SQL, what is seen of a record
    pairs  how many there are in the blocks, repeated ones included
    """
    rules = connection.execute(f"SELECT coalesce(max(rule), 0) + 1 FROM {members}").fetchall()[0][0]
    if pairs < scale.SCALE.pairs_for_a_look or rules > MOST_RULES or not keys:
        return None
    some = pairs_sql(members, part=(0, -(-pairs // scale.SCALE.sampled)), crossing=crossing, rules=True)
    connection.execute(f"CREATE OR REPLACE TABLE looked_at AS {some}")
    expected = probabilities(weights(model, vectors(connection, records, "looked_at", model)))
    sample = connection.execute("FROM looked_at ORDER BY join_key_l, join_key_r").fetchnumpy()
    connection.execute("DROP TABLE looked_at")
    if expected[expected > 0.5].sum() < scale.SCALE.fewest_matches:
        return None
    glances = _glances(connection, records, keys, rules)
    seen = glances.of_pairs(*(np.asarray(sample[name]) for name in ("join_key_l", "join_key_r", "rules")))
    worth = _fitted(seen, expected)
    return FirstLook(glances, worth, _bar(seen @ worth, expected))


def _glances(connection: duckdb.DuckDBPyConnection, records: str, keys: Mapping[str, str], rules: int) -> Glances:
    """A number for each key: that a few different values have the same one does no harm."""
    numbers = ", ".join(
        f"(CASE WHEN ({sql}) IS NULL THEN {UNKNOWN} ELSE hash({sql}) % 65535 + 1 END)::USMALLINT AS seen_{key}"
        for key, sql in keys.items()
    )
    read = connection.execute(f"SELECT rid, {numbers} FROM {records} ORDER BY rid").fetchnumpy()
    return Glances(np.asarray(read["rid"]), np.column_stack([np.asarray(read[f"seen_{key}"]) for key in keys]), rules)


def _fitted(seen: Floats, expected: npt.NDArray[np.float64]) -> Floats:
    """Logistic regression by Newton's method, with a little ridge.

    Rounded, so that what a pair comes to is exact, in whatever order a machine adds.
    """
    seen, worth = seen.astype(np.float64), np.zeros(seen.shape[1])
    for _ in range(ROUNDS):
        chance = 1 / (1 + np.exp(-np.clip(seen @ worth, -30, 30)))
        slope = seen.T @ (expected - chance) - STEADINESS * worth
        bend = (seen * (chance * (1 - chance))[:, None]).T @ seen + STEADINESS * np.eye(len(worth))
        step = np.linalg.solve(bend, slope)
        worth += step
        if np.abs(step).max() < SETTLED:
            break
    return (np.round(worth * FINENESS) / FINENESS).astype(np.float32)


def _bar(scores: Floats, expected: npt.NDArray[np.float64]) -> float:
    """The score below which at most LOST of the expected matches lie."""
    order = np.argsort(scores, kind="stable")
    below = np.cumsum(expected[order]) / expected.sum()
    return float(scores[order][np.searchsorted(below, LOST)])
