"""A model from a table of records: the pairs that training looks at, drawn from the table, and the training itself."""

from __future__ import annotations

from dataclasses import dataclass, replace

import duckdb
import numpy as np
import pyarrow as pa

from extracts.linkage.blocking import pairs_sql, repeated_pairs
from extracts.linkage.frequencies import allow_for_others, with_frequencies
from extracts.linkage.model import Compared, Model
from extracts.linkage.training import RANDOM_PAIRS, SAMPLED_PAIRS, Vectors, fitted_prior, learn, vectors

TOGETHER_PAIRS, TOGETHER_RECORDS = 200_000, 500_000  # looked for among all records of so many places as hold these
NEIGHBOURS = 4  # so many others at the same place are looked at, for each record
MOST_OTHERS = 50.0


@dataclass(frozen=True)
class Scope:
    """Which pairs count. `crossing`: SQL on l and r that a pair must satisfy; `pairs`: how many pairs there could be.

    `candidates`: how many of them are candidates, when chance is what happens among those alone; 0 when among all.
    """

    crossing: str
    pairs: int
    candidates: int = 0

    @property
    def of(self) -> int:
        """How many pairs the prior is a share of."""
        return self.candidates or self.pairs


def scope(connection: duckdb.DuckDBPyConnection, records: str, mode: str) -> Scope:
    """All pairs of records, or in mode `link` those of two sources."""
    sizes = [row[0] for row in connection.execute(f"SELECT count(*) FROM {records} GROUP BY source").fetchall()]
    total = sum(sizes)
    pairs = total * (total - 1) / 2
    if mode != "link":
        return Scope("", max(int(pairs), 1))
    return Scope("AND l.source <> r.source", max(int(pairs - sum(n * (n - 1) / 2 for n in sizes)), 1))


def among_candidates(connection: duckdb.DuckDBPyConnection, records: str, members: str, within: Scope) -> Scope:
    """The same pairs, chance being what happens among the candidates of the blocks."""
    query = f"SELECT count(*) FROM ({pairs_sql(members, crossing=crossing_by_rid(records, within))})"
    return replace(within, candidates=max(int(connection.execute(query).fetchall()[0][0]), 1))


def train(
    connection: duckdb.DuckDBPyConnection,
    records: str,
    members: str,
    model: Model,
    within: Scope,
    *,
    seed: int,
    prepared: str,
) -> Model:
    """The model, learnt from the records and their blocks; the view `prepared` is made, with frequencies.

    Learns twice: the first time shows how many records a person has, which tells chance from sameness in frequencies.
    """  # fmt: skip
    count = connection.execute(f"SELECT count(*) FROM {records}").fetchall()[0][0]
    with_frequencies(connection, records, model.frequencies, into=prepared)
    samples = _samples(connection, prepared, members, model, within, count, seed)
    others = _others(samples.learnt(model, within, count), within, count)
    if "name_words" in model.features:  # what their levels are depends on frequencies
        with_frequencies(connection, records, model.frequencies, into=prepared, others=others)
        samples = _samples(connection, prepared, members, model, within, count, seed)
    else:
        samples = samples.with_others(others, count)
    learnt = samples.learnt(model, within, count)
    others = _others(learnt, within, count)
    allow_for_others(connection, records, model.frequencies, into=prepared, others=others)
    return learnt


def with_own_prior(
    connection: duckdb.DuckDBPyConnection, prepared: str, members: str, known: Model, within: Scope
) -> Model:
    """A trained model for other records: what agreement is worth stays, how many pairs are one person's is theirs."""
    share = _sampled_candidates(connection, prepared, members, within)
    found = vectors(connection, prepared, "sampled_pairs", known)
    connection.execute("DROP TABLE sampled_pairs")
    return fitted_prior(known, found, share=share, pairs=within.of)


def _others(learnt: Model, within: Scope, count: int) -> float:
    """How many other records a person has on average."""
    return float(min(2 * learnt.prior * within.of / max(count, 1), MOST_OTHERS))


@dataclass(frozen=True)
class _Samples:
    """What is learnt from; `share` of the candidates (0..1) were sampled."""

    random: Vectors
    candidates: Vectors
    together: tuple[Vectors | None, ...]
    share: float

    def learnt(self, model: Model, within: Scope, count: int) -> Model:
        return learn(
            model, random=self.random, candidates=self.candidates, together=self.together, share=self.share,
            pairs=within.of, records=count,
        )  # fmt: skip

    def with_others(self, others: float, count: int) -> _Samples:
        """The same samples, values being rarer by the records that a person shares them with."""
        together = tuple(sample and sample.with_others(others, count) for sample in self.together)
        candidates = self.candidates.with_others(others, count)
        return replace(self, random=self.random.with_others(others, count), candidates=candidates, together=together)


def _samples(
    connection: duckdb.DuckDBPyConnection, prepared: str, members: str, model: Model, within: Scope, count: int,
    seed: int,
) -> _Samples:  # fmt: skip
    _random_pairs(connection, prepared, within, count, seed)
    share = _sampled_candidates(connection, prepared, members, within)
    random = vectors(connection, prepared, "random_pairs", model)
    candidates = vectors(connection, prepared, "sampled_pairs", model)
    together = tuple(_together(connection, prepared, model, comparison, within) for comparison in model.comparisons)
    connection.execute("DROP TABLE random_pairs; DROP TABLE sampled_pairs")
    return _Samples(random, candidates, together, share)


def _random_pairs(connection: duckdb.DuckDBPyConnection, records: str, within: Scope, count: int, seed: int) -> None:
    """Pairs drawn at random; all of them when there are few."""
    if within.pairs <= RANDOM_PAIRS:
        source = f"SELECT l.rid AS a, r.rid AS b FROM {records} l JOIN {records} r ON l.rid < r.rid"
    else:
        rids = np.sort(connection.execute(f"SELECT rid FROM {records}").fetchnumpy()["rid"])
        draws = rids[np.random.default_rng(seed).integers(0, count, (2, RANDOM_PAIRS))]
        connection.register("drawn_pairs", pa.table({"a": draws.min(axis=0), "b": draws.max(axis=0)}))
        source = "SELECT DISTINCT a, b FROM drawn_pairs WHERE a < b"
    connection.execute(
        f"CREATE OR REPLACE TABLE random_pairs AS SELECT a AS join_key_l, b AS join_key_r FROM ({source}) "
        f"JOIN {records} l ON l.rid = a JOIN {records} r ON r.rid = b WHERE true {within.crossing}"
    )
    if within.pairs > RANDOM_PAIRS:
        connection.unregister("drawn_pairs")


def _sampled_candidates(connection: duckdb.DuckDBPyConnection, records: str, members: str, within: Scope) -> float:
    """A sample of the candidates by their left record; which share of them it is."""
    parts = max(1, -(-repeated_pairs(connection, members) // (3 * SAMPLED_PAIRS)))
    sampled = pairs_sql(members, part=(0, parts), crossing=crossing_by_rid(records, within))
    connection.execute(f"CREATE OR REPLACE TABLE sampled_pairs AS {sampled}")
    return 1.0 / parts


def crossing_by_rid(records: str, within: Scope) -> str:
    """The scope as a condition on rids alone (members of blocks have nothing else)."""
    if not within.crossing:
        return ""
    return f" AND (SELECT source FROM {records} s WHERE s.rid = l.rid) <> (SELECT source FROM {records} s WHERE s.rid = r.rid)"


def _together(
    connection: duckdb.DuckDBPyConnection, records: str, model: Model, comparison: Compared, within: Scope
) -> Vectors | None:
    """Pairs for which the comparison's `given` holds: found by what the condition is about."""
    if not comparison.given:
        return None
    keys = [key for key in ("address_key", "postcode", "outcode") if f"{key}_l = {key}_r" in comparison.given]
    every = 1 + connection.execute(f"SELECT count(*) FROM {records}").fetchall()[0][0] // TOGETHER_RECORDS
    others = ", ".join(f"lead(rid, {further}) OVER place" for further in range(1, NEIGHBOURS + 1))
    near = " UNION ALL ".join(
        f"SELECT rid, unnest([{others}]) AS other FROM {records} "
        f"WHERE {key} IS NOT NULL AND hash({key}) % {every} = 0 WINDOW place AS (PARTITION BY {key} ORDER BY hash(rid))"
        for key in keys
    )
    connection.execute(
        f"CREATE OR REPLACE TABLE together_pairs AS SELECT DISTINCT least(l.rid, r.rid) AS join_key_l, "
        f"greatest(l.rid, r.rid) AS join_key_r FROM (SELECT * FROM ({near}) WHERE other IS NOT NULL "
        f"ORDER BY hash(rid), rid, other LIMIT {TOGETHER_PAIRS}) JOIN {records} l USING (rid) "
        f"JOIN {records} r ON r.rid = other WHERE true {within.crossing}"
    )
    sample = vectors(connection, records, "together_pairs", model)
    connection.execute("DROP TABLE together_pairs")
    place = [c.name for c in model.comparisons].index(comparison.name)
    given = np.array([level.given for level in comparison.levels])
    holds = (sample.levels[:, place] >= 0) & given[sample.levels[:, place]]
    return Vectors(sample.levels[holds], sample.rarity[holds])
