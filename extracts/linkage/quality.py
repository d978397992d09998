"""How good the links are, against the truth of synthetic data: for everyone and by group, at every kind of ids.

Pairs: of two records with the same id, how many are one person (precision); of two records of one person, how many
have the same id (recall). Persons: the same of whole clusters that are exactly one person. What may be shown:

counts            0, or 10 or more, rounded to 5; the totals of the whole are exact
rates             of 30 persons or more
shares of persons None where 1 to 9 persons are in it or 1 to 9 are not: the share would tell so small a count. A true
                  0 or 100 % is told, as the count 0 is. The share and its interval are worked out from the counts of
                  those in it and of those not, each rounded to 10, so no exact count can be worked back from them.
pair rates        are of records and of errors of linkage, and a person may stand in many: they are not hidden, but
                  right, wrong and missed pairs are rounded to 10 first, and interval ends go outwards to whole steps
                  of 10 pairs. No wrong or missed pairs thus means fewer than six of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, floor
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from extracts.linkage.intervals import Ints, Numbers, Rate, ratio, resampled_sums, wilson
from extracts.linkage.quality_counts import (
    CONTRIBUTIONS,
    IDS,
    NOT_RECORDED,
    by_group,
    by_source_pair,
    load,
    split_by_group,
)

SMALLEST_COUNT = 10
SMALLEST_BASE = 30
ROUNDED_TO = 5
RATES_ROUNDED_TO = 10
EVERYONE = ("overall", "Everyone")

METHOD = (
    "Pairs of records are not independent: all pairs of a person come from the same few records. Intervals of pair "
    "rates are therefore percentile intervals (95 %) of 400 bootstrap samples of persons, with a fixed seed; where no "
    "sample differs, and for shares of persons, they are Wilson's. Rates are worked out from counts rounded to 10, and "
    "ends of bootstrap intervals are moved outwards to steps of 10 pairs. A wrong link counts half for the "
    "group of each of its two persons. Groups are named as faring worst when their whole interval lies above the whole "
    "interval of everyone else."
)

# What a group may fare worst in, as rates of something going wrong.
HARMS = ("missed", "false")
PAIR_RATES = ("precision", "recall", "f1", *HARMS)


@dataclass(frozen=True)
class Part:
    """What persons of one group contribute: rows of CONTRIBUTIONS, and how many persons have each."""

    values: Numbers
    times: Ints

    @property
    def persons(self) -> int:
        return int(self.times.sum())

    def column(self, name: str) -> Numbers:
        column: Numbers = self.values[:, CONTRIBUTIONS.index(name)]
        return column

    def total(self, name: str) -> float:
        return float(self.column(name) @ self.times)

    def with_some(self, name: str) -> int:
        """How many persons contribute any."""
        return int(self.times[self.column(name) > 0].sum())


@dataclass(frozen=True)
class Sums:
    """A part's sums over persons, as observed and resampled, and how many persons could show each kind of rate."""

    columns: Mapping[str, Numbers]
    persons: int
    with_links: int
    with_partners: int

    @staticmethod
    def of(part: Part, *, seed: int, name: str) -> Sums:
        drawn = resampled_sums(part.values, part.times, seed=seed, name=name)
        return Sums(
            dict(zip(CONTRIBUTIONS, drawn.T, strict=True)),
            part.persons, part.with_some("linked2"), part.with_some("true2"),
        )  # fmt: skip

    @staticmethod
    def together(parts: list[Sums]) -> Sums:
        """Several parts as one: each resampled for itself, as strata are."""
        return Sums(
            {name: np.sum([part.columns[name] for part in parts], axis=0) for name in CONTRIBUTIONS},
            sum(part.persons for part in parts),
            sum(part.with_links for part in parts),
            sum(part.with_partners for part in parts),
        )


def measured(
    connection: duckdb.DuckDBPyConnection, *, persons: Path, groups: Path, truth: Path, seed: int
) -> dict[str, Any]:
    """The quality of a linkage whose truth is known, ready for JSON.

    persons, groups  of the crosswalk; truth: `source`, `row_id`, `person`
    Records that are missing from either side are left out; `records` says how many were measured.
    """
    load(connection, persons=persons, groups=groups, truth=truth)
    measures: list[dict[str, Any]] = []
    worst: list[dict[str, Any]] = []
    for ids in IDS:
        parts = {key: Sums.of(part, seed=seed, name="/".join((ids, *key))) for key, part in _parts(connection, ids)}
        measures += [_row(ids, key, sums) for key, sums in parts.items()]
        worst += _worst(ids, parts)
    ((records, people),) = connection.sql("SELECT count(*), count(DISTINCT person) FROM record").fetchall()
    return {"basis": "truth", "records": records, "persons": people, "measures": measures, "worst": worst}


def _parts(connection: duckdb.DuckDBPyConnection, ids: str) -> list[tuple[tuple[str, str], Part]]:
    tables = (by_group(connection, ids), by_source_pair(connection, ids))
    found = [(key, Part(*part)) for table in tables for key, part in split_by_group(table).items()]
    return sorted(found, key=lambda item: (item[0] != EVERYONE, item[0]))


def _row(ids: str, key: tuple[str, str], sums: Sums) -> dict[str, Any]:
    dimension, group = key
    found = rates(sums)
    kept = PAIR_RATES if dimension == "source_pair" else tuple(found)
    return {
        "ids": ids, "by": dimension, "group": group, "persons": shown(sums.persons),
        "true_pairs": shown(sums.columns["true2"][0] / 2), "linked_pairs": shown(sums.columns["linked2"][0] / 2),
    } | {name: rate.as_json() if (rate := found[name]) else None for name in kept}  # fmt: skip


def rates(sums: Sums) -> dict[str, Rate | None]:
    """Every rate of one group; None where fewer than 30 persons could show it, or it would tell of 1 to 9 persons.

    missed, false  shares of true links that were not made, and of links made that are wrong
    split, mixed   shares of persons with several ids, and with an id that somebody else has too
    """
    of, persons = sums.columns, sums.persons
    found, wrong, lost = of["found2"], of["linked2"] - of["found2"], of["true2"] - of["found2"]
    precision = _of(sums.with_links, found, wrong)
    recall = _of(sums.with_partners, found, lost)
    return {
        "precision": precision,
        "recall": recall,
        "f1": _of(min(sums.with_links, sums.with_partners), found, wrong, lost, times=2),
        "missed": recall.turned() if recall else None,
        "false": precision.turned() if precision else None,
        **_of_clusters(sums),
        "split": share_of_persons(of["split"][0], persons),
        "mixed": share_of_persons(of["mixed"][0], persons),
    }


def _of_clusters(sums: Sums) -> dict[str, Rate | None]:
    """The three rates of whole clusters. They hang together, so they are shown together or not at all."""
    whole, clusters, persons = sums.columns["whole"], sums.columns["clusters"], sums.persons
    recall = share_of_persons(whole[0], persons)
    if recall is None or _is_small(clusters[0] - whole[0]):
        return dict.fromkeys(("cluster_precision", "cluster_recall", "cluster_f1"))
    return {
        "cluster_precision": _of(persons, whole, clusters - whole, ends=1),
        "cluster_recall": recall,
        "cluster_f1": _of(persons, whole, clusters - whole, persons - whole, times=2, ends=1),
    }


def _of(base: int, hits: Numbers, *misses: Numbers, times: int = 1, ends: int = 2) -> Rate | None:
    """The share of hits, as the module says that it may be shown.

    base   persons who could show it
    times  how often hits count, against misses: 2 in F1
    ends   how often each pair is in the sums: once for each of its ends
    """
    if base < SMALLEST_BASE:
        return None
    exact = ratio(times * hits, times * hits + sum(misses), persons=rounded(base))
    top = times * rounded(hits[0] / ends)
    bottom = top + sum(rounded(miss[0] / ends) for miss in misses)
    if exact is None or not bottom:
        return None
    steps, value = bottom / RATES_ROUNDED_TO, top / bottom
    return Rate(value, min(value, floor(exact.low * steps) / steps), max(value, ceil(exact.high * steps) / steps))


def share_of_persons(hits: float, persons: int) -> Rate | None:
    """The share of `hits` of these persons, from rounded counts; None where it would tell of 1 to 9 persons."""
    misses = persons - hits
    if persons < SMALLEST_BASE or _is_small(hits) or _is_small(misses):
        return None
    return wilson(rounded(hits), rounded(hits) + rounded(misses))


def share_of_records(hits: int, misses: int, *, persons_in: int, persons_out: int) -> Rate | None:
    """The same of records, where records of one person are all in it or all not. Persons decide whether it is shown."""
    if share_of_persons(persons_in, persons_in + persons_out) is None:
        return None
    units = rounded(persons_in) + rounded(persons_out)
    return wilson(rounded(hits), rounded(hits) + rounded(misses), units=units)


def rounded(count: float) -> int:
    """A count as rates are worked out from it."""
    return RATES_ROUNDED_TO * round(count / RATES_ROUNDED_TO)


def _is_small(count: float) -> bool:
    return 0 < count < SMALLEST_COUNT


def shown(count: float) -> int | None:
    """A count as it may be published: rounded to 5, or None when it is under 10 and not 0."""
    return None if _is_small(count) else ROUNDED_TO * round(count / ROUNDED_TO)


def _worst(ids: str, parts: Mapping[tuple[str, str], Sums]) -> list[dict[str, Any]]:
    """The groups whose rate of missed or wrong links is apart from everyone else's and above it, worst first."""
    found = []
    for (dimension, group), sums in parts.items():
        others = [other for (by, name), other in parts.items() if by == dimension and name != group]
        if not others or group == NOT_RECORDED:
            continue
        own, theirs = rates(sums), rates(Sums.together(others))
        for harm in HARMS:
            mine, rest = own[harm], theirs[harm]
            if mine and rest and mine.low > rest.high:
                found.append((mine.value / max(rest.value, 1e-9), dimension, group, harm, mine, rest))
    return [
        {"ids": ids, "by": by, "group": group, "harm": harm, "rate": mine.as_json(), "rest": rest.as_json()}
        for _, by, group, harm, mine, rest in sorted(found, key=lambda row: (-row[0], *row[1:4]))
    ]
