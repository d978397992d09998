"""What agreement is worth, learnt from the records themselves: random pairs for chance, candidates for one person.

The model is Fellegi and Sunter's (1969) with rarity of values; its shares among pairs of one person come from
expectation-maximisation over a sample of the candidates, its shares among strangers from random pairs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import duckdb
import numpy as np
import numpy.typing as npt

from extracts.linkage.model import Compared, Learnt, Model

Floats = npt.NDArray[np.float64]

RANDOM_PAIRS = 500_000
SAMPLED_PAIRS = 500_000
# What was expected counts as so many pairs of one person, so that few data do not lead astray.
STEADINESS = 40.0
ROUNDS, SETTLED = 25, 1e-3  # at most so many rounds; fewer when the prior changes by less than this share
LEAST_ROUNDS = 10
LEAST_SHARE = 1e-5
FEW = 10  # a level seen less often than this among random pairs is not measured but extrapolated


@dataclass(frozen=True)
class Vectors:
    """Pairs as numbers: `levels` (pairs x comparisons; -1 where nothing is known), `rarity` (bits, or NaN)."""

    levels: npt.NDArray[np.int8]
    rarity: Floats

    def with_others(self, others: float, records: int) -> Vectors:
        """The same pairs, when so many of the records that share a value are the person's own."""
        shared = records * np.exp2(-self.rarity) - others
        return Vectors(self.levels, np.log2(records) - np.log2(np.maximum(shared, 1.0)))


def vectors(connection: duckdb.DuckDBPyConnection, records: str, pairs: str, model: Model) -> Vectors:
    """The comparison vectors of the table `pairs` (join_key_l, join_key_r), in one order: sums are the same each time."""
    used = _used(connection, records)
    sides = ", ".join(f"{side}.{column} AS {column}_{side}" for column in used for side in "lr")
    cases = [part for place, comparison in enumerate(model.comparisons) for part in _case(comparison, place)]
    rarities = [_rarity(comparison, place) for place, comparison in enumerate(model.comparisons)]
    read = connection.execute(
        f"WITH both_sides AS (SELECT {sides} FROM {pairs} JOIN {records} l ON l.rid = join_key_l "
        f"JOIN {records} r ON r.rid = join_key_r), "
        f"compared AS (SELECT *, {', '.join(cases)} FROM both_sides) "
        f"SELECT {', '.join(f'g{place}' for place in range(len(model.comparisons)))}, {', '.join(rarities)} FROM compared "
        "ORDER BY rid_l, rid_r"
    ).fetchnumpy()
    count = len(model.comparisons)
    levels = [np.asarray(read[f"g{place}"]).astype(np.int8) for place in range(count)]
    rarity = [np.ma.filled(np.ma.asarray(read[f"f{place}"], dtype=np.float64), np.nan) for place in range(count)]
    return Vectors(np.column_stack(levels), np.column_stack(rarity))


def _used(connection: duckdb.DuckDBPyConnection, records: str) -> list[str]:
    return [row[0] for row in connection.execute(f"DESCRIBE {records}").fetchall()]


def _case(comparison: Compared, place: int) -> list[str]:
    whens = " ".join(
        f"WHEN {level.sql} THEN {number}" for number, level in enumerate(comparison.levels) if level.sql != "ELSE"
    )
    other = len(comparison.levels) - 1
    return [f"(CASE WHEN {comparison.missing} THEN -1 {whens} ELSE {other} END)::TINYINT AS g{place}"]


def _rarity(comparison: Compared, place: int) -> str:
    whens = " ".join(
        f"WHEN {number} THEN -log2(greatest(tf_{level.frequency}_l, tf_{level.frequency}_r))"
        for number, level in enumerate(comparison.levels)
        if level.frequency
    )
    return f"(CASE g{place} {whens} END)::DOUBLE AS f{place}" if whens else f"NULL::DOUBLE AS f{place}"


def weights(model: Model, found: Vectors) -> Floats:
    """The match weight of each pair, in bits, prior included."""
    total = np.full(len(found.levels), np.log2(model.prior / (1 - model.prior)))
    for place, comparison in enumerate(model.comparisons):
        total += _weight(comparison, found.levels[:, place], found.rarity[:, place])
    return total


def _weight(comparison: Compared, levels: npt.NDArray[np.int8], rarity: Floats) -> Floats:
    plain = np.array([level.weight for level in comparison.levels] + [0.0])  # the last for "nothing known", -1
    rare = np.array([np.log2(level.m) if level.frequency else np.nan for level in comparison.levels] + [np.nan])
    with_rarity = rare[levels] + rarity
    return np.where(np.isnan(with_rarity), plain[levels], with_rarity)


def learn(
    model: Model,
    *,
    random: Vectors,
    candidates: Vectors,
    together: Sequence[Vectors | None],
    share: float,
    pairs: float,
    records: int,
) -> Model:
    """The model with everything learnt.

    random      pairs drawn at random
    candidates  a sample of the candidates, `share` of them (0..1)
    together    per comparison: pairs for which its `given` holds, or None
    pairs       all the pairs there could be
    """  # fmt: skip
    learnt = replace(model, prior=min(0.5, 0.3 * records / pairs))
    for number in range(ROUNDS):
        if number % 5 == 0:
            learnt = _with_chance(learnt, random)
        likely = probabilities(weights(learnt, candidates))
        comparisons = []
        for place, comparison in enumerate(learnt.comparisons):
            started = model.comparisons[place]
            measured = _with_matches(comparison, started, candidates.levels[:, place], likely)
            sample = together[place]
            if sample is not None:
                strangers = 1 - probabilities(weights(learnt, sample))
                measured = _with_strangers(measured, sample.levels[:, place], strangers)
            comparisons.append(measured)
        before, prior = learnt.prior, float(min(max(likely.sum() / share, 1.0) / pairs, 0.5))
        learnt = replace(learnt, comparisons=tuple(comparisons), prior=prior)
        if number >= LEAST_ROUNDS and abs(prior / before - 1) < SETTLED:
            break
    return learnt


def fitted_prior(model: Model, candidates: Vectors, *, share: float, pairs: float) -> Model:
    """The model with the prior that the candidates (a `share` of all) are most likely under."""
    for _ in range(ROUNDS):
        likely = probabilities(weights(model, candidates)).sum()
        before, prior = model.prior, float(min(max(likely / share, 1.0) / pairs, 0.5))
        model = replace(model, prior=prior)
        if abs(prior / before - 1) < SETTLED:
            break
    return model


def probabilities(bits: Floats) -> Floats:
    return 1 / (1 + np.exp2(-np.clip(bits, -500, 500)))


def _counts(levels: npt.NDArray[np.int8], count: int, by: Floats | None = None) -> Floats:
    known = levels >= 0
    found: Floats = np.bincount(levels[known], weights=None if by is None else by[known], minlength=count).astype(float)
    return found


def _with_matches(comparison: Compared, started: Compared, levels: npt.NDArray[np.int8], likely: Floats) -> Compared:
    """`m` from pairs weighted by how likely they are one person, steadied by what was expected."""
    counts = _counts(levels, len(comparison.levels), likely)
    shares = _shares(comparison, counts + STEADINESS * np.array([level.m for level in started.levels]))
    levels_now = [
        replace(level, m=float(min(max(m, LEAST_SHARE), level.most)))
        for level, m in zip(comparison.levels, shares, strict=True)
    ]
    return replace(comparison, levels=tuple(levels_now))


def _with_strangers(comparison: Compared, levels: npt.NDArray[np.int8], strangers: Floats) -> Compared:
    """`u` of the levels that hold at the same place, from pairs there weighted by how likely they are two people."""
    counts = _counts(levels, len(comparison.levels), strangers) + 1.0
    shares = _shares(comparison, counts)
    levels_now = [
        replace(level, u=float(u)) if level.given else level for level, u in zip(comparison.levels, shares, strict=True)
    ]
    return replace(comparison, levels=tuple(levels_now))


def _shares(comparison: Compared, counts: Floats) -> Floats:
    given = np.array([level.given for level in comparison.levels])
    totals = np.where(given, counts[given].sum(), counts[~given].sum())
    shares: Floats = counts / totals
    return shares


def _with_chance(model: Model, random: Vectors) -> Model:
    """`u` from random pairs, less the pairs among them that are one person."""
    comparisons = []
    for place, comparison in enumerate(model.comparisons):
        counts = _counts(random.levels[:, place], len(comparison.levels))
        of_one = model.prior * counts.sum() * np.array([level.m for level in comparison.levels])
        left = np.maximum(counts - of_one, 0.0)
        shares = _shares(comparison, _filled_up(comparison, left))
        levels = [
            level if level.given else replace(level, u=float(u))
            for level, u in zip(comparison.levels, shares, strict=True)
        ]
        comparisons.append(replace(comparison, levels=tuple(levels)))
    return replace(model, comparisons=tuple(comparisons))


def _filled_up(comparison: Compared, counts: Floats) -> Floats:
    """Counts of at least half a pair. Levels of shared bits that were hardly seen halve with every bit more."""
    filled = np.maximum(counts, 0.5)
    bits = [_bits(level) for level in comparison.levels]
    for place in range(len(bits) - 2, -1, -1):
        here, below = bits[place], bits[place + 1]
        if here is not None and below is not None and here > below and counts[place] < FEW:
            filled[place] = filled[place + 1] * 2.0 ** (below - here)
    return filled


def _bits(level: Learnt) -> int | None:
    before, _, _after = level.label.partition(" bits")
    return int(before.rsplit(" ", 1)[1]) if _after else None
