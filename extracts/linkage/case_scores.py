"""How likely each candidate is the arrest that a record comes from: log-odds learnt from the links that are certain.

The model is that of Fellegi and Sunter (1969). For each stage, every comparison has the share of right pairs (m) and
of wrong pairs (u) at each of its levels; a level adds log(m/u). Wrong pairs of one person and of two are apart, for
they were looked at for different reasons; right ones agree as well whether person linkage found them or not. Links
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
# Right and wrong pairs assumed before anything is counted: of two people, and of one.
BEFORE_LOOKING = np.array([[1.0, 50.0], [1.0, 2.0]])
ROUNDS = 6
LEVELS = 8  # more than any comparison has


@dataclass
class Pairs:
    """The pairs that are learnt from and scored, in the order of their records.

    record   from 0
    pattern  position of the pair's levels in `levels`
    truth    1.0 or 0.0 where a number settles it, NaN elsewhere
    levels   pattern x comparison, -1 where nothing can be said
    kind     per pattern: twice the number of its stage, and 1 more if both records are of one person
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
        2 * (dense_rank() OVER (ORDER BY stage) - 1) + same::INTEGER AS kind, {levels}
    FROM candidates ORDER BY record, arrest
"""


def _pairs(given: pa.Table) -> Pairs:
    columns = [_numbers(given, name) for name in ("kind", *COMPARISONS)]
    # One number for each row of levels, in the same order: levels are from -1 to 4.
    packed = columns[0]
    for column in columns[1:]:
        packed = packed * LEVELS + column + 1
    first, pattern = np.unique(packed, return_index=True, return_inverse=True)[1:]
    patterns = np.column_stack([column[first] for column in columns])
    record = np.unique(_numbers(given, "record"), return_inverse=True)[1]
    truth = _numbers(given, "truth").astype(np.float64)
    return Pairs(record, pattern, np.where(truth < 0, np.nan, truth), patterns[:, 1:], patterns[:, 0])


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
    start = BEFORE_LOOKING[np.arange(kinds) % 2]
    odds = (_sums(pairs.kind, right, kinds) + start[:, 0]) / (_sums(pairs.kind, wrong, kinds) + start[:, 1])
    result: Floats = np.log(odds)[pairs.kind]
    for place, name in enumerate(COMPARISONS):
        said = pairs.levels[:, place] >= 0
        level = np.maximum(pairs.levels[:, place], 0)
        m = _level_shares(pairs.kind // 2, level, np.where(said, right, 0), ASSUMED[name][0])
        u = _level_shares(pairs.kind, level, np.where(said, wrong, 0), ASSUMED[name][1])
        result = result + np.where(said, np.log(m / u), 0)
    return result


def _level_shares(group: Ints, level: Ints, counts: Floats, assumed: tuple[float, ...]) -> Floats:
    """Per pattern: the share of its group's pairs that are at its level."""
    groups, size = int(group.max(initial=0)) + 1, len(assumed)
    seen = _sums(group * size + level, counts, groups * size).reshape(groups, size) + OBSERVATIONS * np.array(assumed)
    shares: Floats = (seen / seen.sum(axis=1, keepdims=True))[group, level]
    return shares


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
