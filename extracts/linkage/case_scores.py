"""How likely each candidate is the arrest that a record comes from: log-odds learnt from the links that are certain.

The model is that of Fellegi and Sunter (1969). For each stage, apart for pairs of one person and of two, every
comparison has the share of right pairs (m) and of wrong pairs (u) at each of its levels; agreement adds log(m/u). Links
that a number makes certain teach m and u; the other records take part as far as they are likely (EM, a few rounds),
for prisons and probation have no number in common with the police. A record comes from one arrest at most, so its
candidates share what is left of certainty: p = odds / (1 + sum of the odds of all its candidates).

Everything is counted in one order, so that the same records give the same scores to the last bit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from duckdb import DuckDBPyConnection

from extracts.linkage.case_candidates import COMPARISONS

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# Shares assumed before anything is counted, lowest level first: of right pairs, and of wrong ones. They weigh as much
# as OBSERVATIONS pairs, so that a level which nobody has seen yet is neither proof nor impossible.
ASSUMED = {
    "offence": ((0.02, 0.03, 0.95), (0.75, 0.15, 0.10)),
    "offence_date": ((0.02, 0.01, 0.97), (0.90, 0.08, 0.02)),
    "charge": ((0.01, 0.01, 0.40, 0.02, 0.56), (0.70, 0.15, 0.10, 0.03, 0.02)),
    "wait": ((0.02, 0.10, 0.20, 0.28, 0.40), (0.20, 0.40, 0.20, 0.10, 0.10)),
    "sex": ((0.01, 0.99), (0.10, 0.90)),
    "age": ((0.02, 0.05, 0.93), (0.20, 0.15, 0.65)),
    "area": ((0.03, 0.10, 0.87), (0.20, 0.10, 0.70)),
    "court": ((0.05, 0.05, 0.30, 0.60), (0.30, 0.60, 0.07, 0.03)),
    "length": ((0.20, 0.80), (0.95, 0.05)),
}
OBSERVATIONS = 25.0
ROUNDS = 6


@dataclass
class Pairs:
    """The pairs that are learnt from and scored, in the order of their records.

    record   from 0
    pattern  position of the pair's levels in `levels`
    truth    1.0 or 0.0 where a number settles it, NaN elsewhere
    levels   pattern x comparison, -1 where nothing can be said
    kind     per pattern: which stage and whether of one person, from 0
    """

    record: Ints
    pattern: Ints
    truth: Floats
    levels: Ints
    kind: Ints

    def where(self, kept: npt.NDArray[np.bool_]) -> Pairs:
        """The pairs for which `kept` is true."""
        return Pairs(self.record[kept], self.pattern[kept], self.truth[kept], self.levels, self.kind)


def score(connection: DuckDBPyConnection) -> None:
    """Make the table `scores` of the candidates: record, arrest, weight (log-odds), p (probability)."""
    given = connection.sql(PAIRS.format(levels=", ".join(COMPARISONS))).to_arrow_table()
    pairs, blocked = _pairs(given), _numbers(given, "blocked").astype(bool)
    weights = learn(pairs.where(blocked))[pairs.pattern]
    table = pa.table({
        "record": given["record"], "arrest": given["arrest"], "weight": weights,
        "p": np.where(blocked, _shares(np.where(blocked, weights, -np.inf), pairs.record), 0.0),
    })  # fmt: skip
    connection.register("scored", table)
    connection.execute("CREATE OR REPLACE TEMP TABLE scores AS FROM scored")
    connection.unregister("scored")


# A record that a number settles teaches with all its candidates; but not where no candidate is the right one.
PAIRS = """
    SELECT record, arrest, blocked, CASE WHEN bool_or(certain) OVER (PARTITION BY record) THEN certain END AS truth,
        dense_rank() OVER (ORDER BY stage, same) - 1 AS kind, {levels}
    FROM candidates ORDER BY record, arrest
"""


def _pairs(given: pa.Table) -> Pairs:
    columns = [_numbers(given, name) for name in ("kind", *COMPARISONS)]
    patterns, pattern = np.unique(np.column_stack(columns), axis=0, return_inverse=True)
    record = np.unique(_numbers(given, "record"), return_inverse=True)[1]
    truth = _numbers(given, "truth").astype(np.float64)
    return Pairs(record, pattern.reshape(-1), np.where(truth < 0, np.nan, truth), patterns[:, 1:], patterns[:, 0])


def _numbers(table: pa.Table, name: str) -> Ints:
    """A column as whole numbers, -1 where it is NULL."""
    return np.asarray(pc.fill_null(table[name].cast(pa.int64()), -1), dtype=np.int64)


def learn(pairs: Pairs) -> Floats:
    """The log-odds of every pattern, after ROUNDS rounds of estimating shares and probabilities in turn."""
    kinds = int(pairs.kind.max(initial=0)) + 1
    right = wrong = np.zeros(len(pairs.kind))
    for _ in range(ROUNDS):
        likely = _shares(_weights(pairs, right, wrong, kinds)[pairs.pattern], pairs.record)
        likely = np.where(np.isnan(pairs.truth), likely, np.nan_to_num(pairs.truth))
        right = _sums(pairs.pattern, likely, len(pairs.kind))
        wrong = _sums(pairs.pattern, 1 - likely, len(pairs.kind))
    return _weights(pairs, right, wrong, kinds)


def _weights(pairs: Pairs, right: Floats, wrong: Floats, kinds: int) -> Floats:
    """Per pattern: the log of the odds before looking, plus what each comparison adds."""
    odds = (_sums(pairs.kind, right, kinds) + 1) / (_sums(pairs.kind, wrong, kinds) + 2)
    result: Floats = np.log(odds)[pairs.kind]
    for place, name in enumerate(COMPARISONS):
        said = pairs.levels[:, place] >= 0
        size = len(ASSUMED[name][0])
        cell = pairs.kind * size + np.maximum(pairs.levels[:, place], 0)
        share = []
        for count, assumed in zip((right, wrong), ASSUMED[name], strict=True):
            seen = _sums(cell, np.where(said, count, 0), kinds * size).reshape(kinds, size)
            seen = seen + OBSERVATIONS * np.array(assumed)
            share.append(seen / seen.sum(axis=1, keepdims=True))
        result = result + np.where(said, np.log(share[0] / share[1]).reshape(-1)[cell], 0)
    return result


def _shares(weights: Floats, record: Ints) -> Floats:
    """Each pair's share of its record: odds / (1 + sum of the record's odds)."""
    size = int(record.max(initial=0)) + 1
    most = np.zeros(size)
    np.maximum.at(most, record, weights)
    odds = np.exp(weights - most[record])
    shares: Floats = odds / (np.exp(-most) + _sums(record, odds, size))[record]
    return shares


def _sums(place: Ints, values: Floats, size: int) -> Floats:
    """The sum of the values at each place, added in the order in which they come."""
    sums: Floats = np.bincount(place, values, size).astype(np.float64)
    return sums
