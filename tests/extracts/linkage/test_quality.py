"""Quality of links: every count against a naive listing of pairs, and what may not be shown."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from extracts.linkage.intervals import ratio, resampled_sums, wilson
from extracts.linkage.link_rates import link_rates
from extracts.linkage.quality import measured, shown
from extracts.linkage.quality_words import statement
from extracts.linkage.reviewed import reviewed

SOURCES = ("pol_suspect", "cps_defendant", "prison_nomis")


def a_linkage(folder: Path, *, people: int = 400, seed: int = 3) -> dict[str, Path]:
    """Records of people whose links are partly wrong: more often missed for women, and mixed in one area."""
    rng = np.random.default_rng(seed)
    records = people * 3
    person = rng.integers(0, people, records)
    sex = np.where(person % 4 == 0, "Female", "Male")
    area = np.where(person % 97 == 0, "Wales", "London")
    ids = {}
    for name, missed in (("person_id", 0.3), ("person_095", 0.5), ("person_080", 0.1)):
        cluster = person * 10 + 1
        cluster = cluster + (rng.random(records) < np.where(sex == "Female", missed, 0.02))
        strays = rng.random(records) < 0.02
        ids[name] = np.where(strays, rng.integers(0, people, records) * 10 + 1, cluster)
    key = {"source": np.array(SOURCES)[rng.integers(0, 3, records)], "row_id": [f"r{i}" for i in range(records)]}
    tables = {
        "persons": pa.table(key | ids),
        "groups": pa.table(
            key | {"sex": np.where(rng.random(records) < 0.2, "Not recorded", sex)}
            | {"age_band": ["25 to 34"] * records, "ethnicity": ["Not recorded"] * records, "area": area}
        ),
        "truth": pa.table(key | {"person": person}).take(rng.permutation(records)),
    }  # fmt: skip
    for name, table in tables.items():
        pq.write_table(table, folder / f"{name}.parquet")
    return {name: folder / f"{name}.parquet" for name in tables}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return a_linkage(tmp_path_factory.mktemp("linkage"))


@pytest.fixture(scope="module")
def quality(files: dict[str, Path]) -> dict:
    return measured(duckdb.connect(), **files, seed=5)


def listed_pairs(files: dict[str, Path], ids: str) -> tuple[Counter, Counter, Counter]:
    """Pairs found, linked and true, by (dimension, group), by writing down every pair of records."""
    rows = duckdb.sql(
        f"SELECT person, source, {ids}, area FROM '{files['truth']}' JOIN '{files['persons']}' USING (source, row_id) "
        f"JOIN '{files['groups']}' USING (source, row_id)"
    ).fetchall()
    found, linked, real = Counter(), Counter(), Counter()
    by_person, by_cluster = defaultdict(list), defaultdict(list)
    for row in rows:
        by_person[row[0]].append(row)
        by_cluster[row[2]].append(row)
    for counts, sets in ((real, by_person), (linked, by_cluster)):
        for a, b in itertools.chain.from_iterable(itertools.combinations(rows, 2) for rows in sets.values()):
            pair = " and ".join(sorted((a[1], b[1])))
            for key, share in (
                (("overall", "Everyone"), 2),
                (("source_pair", pair), 2),
                *((("area", r[3]), 1) for r in (a, b)),
            ):
                counts[key] += share
                if counts is linked and a[0] == b[0]:
                    found[key] += share
    return found, linked, real


@pytest.mark.parametrize("ids", ["person_id", "person_095", "person_080"])
def test_pair_rates_are_those_of_listed_pairs(files, quality, ids):
    found, linked, real = listed_pairs(files, ids)
    rows = {(row["by"], row["group"]): row for row in quality["measures"] if row["ids"] == ids}
    compared = [key for key in real if key[0] != "area" or rows[key]["precision"]]

    assert {"overall", "area", "source_pair"} == {by for by, _ in compared}
    for key in compared:
        assert rows[key]["precision"]["value"] == pytest.approx(found[key] / linked[key], abs=5e-5), key
        assert rows[key]["recall"]["value"] == pytest.approx(found[key] / real[key], abs=5e-5), key
        assert rows[key]["f1"]["value"] == pytest.approx(2 * found[key] / (linked[key] + real[key]), abs=5e-5), key
        assert rows[key]["missed"]["value"] == pytest.approx(1 - found[key] / real[key], abs=5e-5), key


def test_cluster_rates_count_persons_that_are_exactly_one_cluster(files, quality):
    rows = duckdb.sql(
        f"SELECT person, person_id, source || row_id FROM '{files['truth']}' JOIN '{files['persons']}' "
        "USING (source, row_id)"
    ).fetchall()
    people, clusters = defaultdict(set), defaultdict(set)
    for person, cluster, record in rows:
        people[person].add(record)
        clusters[cluster].add(record)
    whole = len({frozenset(p) for p in people.values()} & {frozenset(c) for c in clusters.values()})
    everyone = quality["measures"][0]

    assert (everyone["by"], everyone["ids"]) == ("overall", "person_id")
    assert everyone["cluster_recall"]["value"] == pytest.approx(whole / len(people), abs=5e-5)
    assert everyone["cluster_precision"]["value"] == pytest.approx(whole / len(clusters), abs=5e-5)
    assert everyone["cluster_f1"]["value"] == pytest.approx(2 * whole / (len(people) + len(clusters)), abs=5e-5)


def test_the_group_that_fares_worst_is_named_and_a_small_one_never(quality):
    worst = [(row["by"], row["group"], row["harm"]) for row in quality["worst"] if row["ids"] == "person_id"]

    assert worst[0] == ("sex", "Female", "missed")
    assert not any("Wales" in row or "Not recorded" in row for row in worst)
    wales = next(row for row in quality["measures"] if row["group"] == "Wales")
    assert wales["persons"] is None and wales["recall"] is None


def test_the_same_seed_gives_the_same_and_intervals_hold_the_value(files, quality):
    assert measured(duckdb.connect(), **files, seed=5) == quality
    assert measured(duckdb.connect(), **files, seed=6) != quality
    for row in quality["measures"]:
        for rate in (value for value in row.values() if isinstance(value, dict)):
            assert 0 <= rate["low"] <= rate["value"] <= rate["high"] <= 1


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    # Newcombe (1998), Statistics in Medicine 17, table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_as_published(hits, total, low, high):
    rate = wilson(hits, total)
    assert (round(rate.low, 4), round(rate.high, 4)) == (low, high)


def test_persons_drawn_together_vary_as_persons_drawn_one_by_one():
    """Two in ten contribute 3 of 6 pairs, the others 1 of 1: the ratio spreads as in a plain bootstrap."""
    values, times = np.array([[3.0, 6.0], [1.0, 1.0]]), np.array([40, 160])
    drawn = resampled_sums(values, times, seed=1, name="x")
    rng = np.random.default_rng(2)
    people = np.repeat(values, times, axis=0)
    plain = np.array([people[rng.integers(0, 200, 200)].sum(axis=0) for _ in range(2000)])

    assert np.std(drawn[1:, 0] / drawn[1:, 1]) == pytest.approx(np.std(plain[:, 0] / plain[:, 1]), rel=0.15)
    rate = ratio(drawn[:, 0], drawn[:, 1], persons=200)
    assert rate.value == pytest.approx(280 / 400)
    assert rate.low < 0.69 and rate.high > 0.71


def test_no_error_seen_is_not_no_error():
    sums = resampled_sums(np.array([[2.0, 2.0]]), np.array([50]), seed=1, name="x")
    rate = ratio(sums[:, 0], sums[:, 1], persons=50)
    assert (rate.value, rate.high) == (1.0, 1.0)
    assert rate.low == pytest.approx(0.9287, abs=1e-4)


@pytest.mark.parametrize(("count", "seen"), [(0, 0), (1, None), (9, None), (10, 10), (12, 10), (13, 15), (1234, 1235)])
def test_counts_are_rounded_and_small_ones_hidden(count, seen):
    assert shown(count) == seen


def test_link_rates_need_no_truth(files):
    rates = link_rates(duckdb.connect(), persons=files["persons"], groups=files["groups"])
    rows = duckdb.sql(f"SELECT person_id, source FROM '{files['persons']}'").fetchall()
    sources = defaultdict(set)
    for person, source in rows:
        sources[person].add(source)
    linked = sum(len(sources[person]) > 1 for person, _ in rows) / len(rows)
    both = [s for s in sources.values() if "pol_suspect" in s]
    in_prison = sum("prison_nomis" in s for s in both) / len(both)

    everyone = rates["link_rates"][0]
    pair = next(r for r in rates["agency_pairs"] if (r["of"], r["in"]) == ("pol_suspect", "prison_nomis"))
    assert everyone["linked"]["value"] == pytest.approx(linked, abs=5e-5)
    assert pair["linked"]["value"] == pytest.approx(in_prison, abs=5e-5)


def test_reviewed_pairs_are_weighted_by_their_stratum():
    strata = [
        {"stratum": "s1", "low": 0.5, "pairs": 1000},
        {"stratum": "s2", "low": 0.8, "pairs": 2000},
        {"stratum": "s3", "low": 0.95, "pairs": 7000},
    ]
    settled = [
        *[("s1", "same")] * 10, *[("s1", "different")] * 10, *[("s2", "same")] * 18, *[("s2", "different")] * 2,
        *[("s3", "same")] * 20,
    ]  # fmt: skip
    at_80, at_95 = reviewed(strata, settled, seed=1)["measures"]

    assert at_80["precision"]["value"] == pytest.approx((1800 + 7000) / 9000, abs=5e-5)
    assert at_80["recall"]["value"] == pytest.approx(8800 / 9300, abs=5e-5)
    assert at_95["precision"]["value"] == 1 and at_95["precision"]["low"] < 0.97
    assert reviewed(strata, settled[:20], seed=1)["measures"] == []


def test_the_statement_is_plain_and_names_the_worst(files, quality):
    rates = link_rates(duckdb.connect(), persons=files["persons"], groups=files["groups"])
    said = statement(quality | rates)

    assert said["summary"][0].startswith("Measured against the truth of synthetic data")
    assert said["worst"][0].startswith("For people whose sex is recorded as Female, more links are missed: ")
    assert all(
        row["sentence"].startswith("Link rate for this group is ")
        and row["sentence"].endswith("; results may not represent unlinked people.")
        for row in said["groups"]
    )
    assert "has not been measured" in statement(rates)["summary"][0]
