"""How good the links are, against the truth of synthetic data: for everyone and by group, at every kind of ids.

Pairs: of two records with the same id, how many are one person (precision); of two records of one person, how many
have the same id (recall). Persons: the same of whole clusters that are exactly one person. Counts under 10 are not
shown, others are rounded to 5, rates are shown of 30 persons or more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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
EVERYONE = ("overall", "Everyone")

METHOD = (
    "Pairs of records are not independent: all pairs of a person come from the same few records. Intervals of pair "
    "rates are therefore percentile intervals (95 %) of 400 bootstrap samples of persons, with a fixed seed; where no "
    "sample differs, and for shares of persons, they are Wilson's. A wrong link counts half for the group of each of "
    "its two persons. Groups are named as faring worst when their whole interval lies above the whole interval of "
    "everyone else."
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
    """Every rate of one group; None where fewer than 30 persons could show it.

    missed, false  shares of true links that were not made, and of links made that are wrong
    split, mixed   shares of persons with several ids, and with an id that somebody else has too
    """
    of, persons = sums.columns, sums.persons
    precision = _of(sums.with_links, of["found2"], of["linked2"])
    recall = _of(sums.with_partners, of["found2"], of["true2"])
    return {
        "precision": precision,
        "recall": recall,
        "f1": _of(min(sums.with_links, sums.with_partners), 2 * of["found2"], of["linked2"] + of["true2"]),
        "missed": recall.turned() if recall else None,
        "false": precision.turned() if precision else None,
        "cluster_precision": _of(persons, of["whole"], of["clusters"]),
        "cluster_recall": _share(sums, "whole"),
        "cluster_f1": _of(persons, 2 * of["whole"], of["clusters"] + persons),
        "split": _share(sums, "split"),
        "mixed": _share(sums, "mixed"),
    }


def _of(base: int, tops: Numbers, bottoms: Numbers) -> Rate | None:
    return ratio(tops, bottoms, persons=base) if base >= SMALLEST_BASE else None


def _share(sums: Sums, name: str) -> Rate | None:
    return wilson(float(sums.columns[name][0]), sums.persons) if sums.persons >= SMALLEST_BASE else None


def shown(count: float) -> int | None:
    """A count as it may be published: rounded to 5, or None when it is under 10 and not 0."""
    return None if 0 < count < SMALLEST_COUNT else ROUNDED_TO * round(count / ROUNDED_TO)


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
