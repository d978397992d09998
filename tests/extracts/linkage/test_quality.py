"""Quality of links: every count against a naive listing of pairs, and what may not be shown."""

from __future__ import annotations

import itertools
import json
from collections import Counter, defaultdict
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from extracts.linkage.intervals import ratio, resampled_sums, wilson
from extracts.linkage.link_rates import link_rates
from extracts.linkage.quality import measured, share_of_persons, shown
from extracts.linkage.quality_words import statement
from extracts.linkage.reviewed import reviewed

SOURCES = ("pol_suspect", "cps_defendant", "prison_nomis")


def a_linkage(
    folder: Path, *, people: int = 400, seed: int = 3, strays: float = 0.02, missed: float = 1.0
) -> dict[str, Path]:
    """Records of people whose links are partly wrong: more often missed for women, and mixed in one area.

    strays  share of records that went to somebody else
    missed  how many links are missed, as a share of what is usual here
    """
    rng = np.random.default_rng(seed)
    records = people * 3
    person = rng.integers(0, people, records)
    sex = np.where(person % 4 == 0, "Female", "Male")
    area = np.where(person % 97 == 0, "Wales", "London")
    ids = {}
    for name, usual in (("person_id", 0.3), ("person_095", 0.5), ("person_080", 0.1)):
        cluster = person * 10 + 1
        cluster = cluster + (rng.random(records) < missed * np.where(sex == "Female", usual, 0.02))
        ids[name] = np.where(rng.random(records) < strays, rng.integers(0, people, records) * 10 + 1, cluster)
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


def to_tens(count: float) -> int:
    return 10 * round(count / 10)


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
        right, wrong, lost = (
            to_tens(count / 2) for count in (found[key], linked[key] - found[key], real[key] - found[key])
        )
        assert rows[key]["precision"]["value"] == pytest.approx(right / (right + wrong), abs=5e-5), key
        assert rows[key]["recall"]["value"] == pytest.approx(right / (right + lost), abs=5e-5), key
        f1 = 2 * right / (2 * right + wrong + lost)
        assert rows[key]["f1"]["value"] == pytest.approx(f1, abs=5e-5), key
        assert rows[key]["missed"]["value"] == pytest.approx(lost / (right + lost), abs=5e-5), key


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
    right, split, others = map(to_tens, (whole, len(people) - whole, len(clusters) - whole))
    assert everyone["cluster_recall"]["value"] == pytest.approx(right / (right + split), abs=5e-5)
    assert everyone["cluster_precision"]["value"] == pytest.approx(right / (right + others), abs=5e-5)
    assert everyone["cluster_f1"]["value"] == pytest.approx(2 * right / (2 * right + split + others), abs=5e-5)


def test_the_group_that_fares_worst_is_named_and_a_small_one_never(quality):
    worst = [(row["by"], row["group"], row["harm"]) for row in quality["worst"] if row["ids"] == "person_id"]

    assert worst[0] == ("sex", "Female", "missed")
    assert not any("Wales" in row or "Not recorded" in row for row in worst)
    wales = next(row for row in quality["measures"] if row["group"] == "Wales")
    assert wales["persons"] is None and wales["recall"] is None


@pytest.mark.slow
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
    linked = sum(len(sources[person]) > 1 for person, _ in rows)
    both = [s for s in sources.values() if "pol_suspect" in s]
    in_prison = sum("prison_nomis" in s for s in both)

    everyone = rates["link_rates"][0]
    pair = next(r for r in rates["agency_pairs"] if (r["of"], r["in"]) == ("pol_suspect", "prison_nomis"))
    assert everyone["linked"]["value"] == pytest.approx(
        to_tens(linked) / (to_tens(linked) + to_tens(len(rows) - linked)), abs=5e-5
    )
    assert pair["linked"]["value"] == pytest.approx(
        to_tens(in_prison) / (to_tens(in_prison) + to_tens(len(both) - in_prison)), abs=5e-5
    )


@pytest.mark.parametrize(
    ("hits", "persons", "told"),
    [(0, 412, 0.0), (1, 412, None), (9, 412, None), (10, 412, 10 / 410), (14, 412, 10 / 410), (403, 412, None),
     (411, 412, None), (412, 412, 1.0), (402, 412, 400 / 410), (29, 29, None), (115, 125, 120 / 130)],
)  # fmt: skip
def test_shares_of_few_persons_are_not_told(hits, persons, told):
    rate = share_of_persons(hits, persons)
    assert (rate and rate.value) == told


def as_shown(hits: int, misses: int) -> str:
    rate = share_of_persons(hits, hits + misses)
    return json.dumps(rate and rate.as_json())


def test_no_share_that_is_told_can_come_of_one_count_under_ten_alone():
    """Every pair of counts that looks the same: unless nobody, ten or more, and never one pair only."""
    looks = defaultdict(set)
    for hits, misses in itertools.product(range(120), repeat=2):
        looks[as_shown(hits, misses)].add((hits, misses))
    looks.pop("null")
    for counts in looks.values():
        assert len(counts) >= 5
        assert not any(0 < count < 10 for pair in counts for count in pair)


def small_counts(files: dict[str, Path], ids: str) -> dict[tuple[str, str], dict[str, tuple[int, int]]]:
    """(dimension, group) -> share -> persons in it and persons not in it, one by one."""
    rows = duckdb.sql(
        f"SELECT person, {ids}, sex, area FROM '{files['truth']}' JOIN '{files['persons']}' USING (source, row_id) "
        f"JOIN '{files['groups']}' USING (source, row_id)"
    ).fetchall()
    own, others = defaultdict(set), defaultdict(set)
    for person, cluster, *_ in rows:
        own[person].add(cluster)
        others[cluster].add(person)
    split = {person for person, clusters in own.items() if len(clusters) > 1}
    mixed = {person for person, clusters in own.items() if any(len(others[c]) > 1 for c in clusters)}
    whole = set(own) - split - mixed
    counts: dict[tuple[str, str], dict[str, tuple[int, int]]] = {}
    for by, place in (("overall", None), ("area", 3)):
        for group in {"Everyone"} if place is None else {row[place] for row in rows}:
            people = {row[0] for row in rows if place is None or row[place] == group}
            counts[by, group] = {
                name: (len(people & those), len(people - those))
                for name, those in (("split", split), ("mixed", mixed), ("cluster_recall", whole))
            }
    return counts


@pytest.mark.slow
def test_from_no_rate_of_a_run_can_a_count_under_ten_be_recovered(tmp_path):
    """A linkage with very few errors, where every small numerator was to be read from four digits."""
    hidden = 0
    for people, seed in ((120, 3), (400, 4), (1500, 5)):
        folder = tmp_path / str(people)
        folder.mkdir()
        files = a_linkage(folder, people=people, seed=seed, strays=0.002, missed=0.02)
        quality = measured(duckdb.connect(), **files, seed=5)
        for ids in ("person_id", "person_095", "person_080"):
            rows = {(row["by"], row["group"]): row for row in quality["measures"] if row["ids"] == ids}
            for key, shares in small_counts(files, ids).items():
                for name, counts in shares.items():
                    if any(0 < count < 10 for count in counts):
                        assert rows[key][name] is None, (people, ids, key, name)
                        hidden += 1
                    if rows[key][name] is not None:
                        right, wrong = map(to_tens, counts)
                        assert rows[key][name]["value"] == pytest.approx(right / (right + wrong), abs=5e-5)
            found, linked, real = listed_pairs(files, ids)
            for key, row in rows.items():
                of_pairs = {"precision": linked[key], "recall": real[key]} if key in real else {}
                for name, base in of_pairs.items():
                    if row[name] is None:
                        continue
                    right, wrong = to_tens(found[key] / 2), to_tens((base - found[key]) / 2)
                    steps = (right + wrong) / 10
                    assert row[name]["value"] == pytest.approx(right / (right + wrong), abs=5e-5)
                    assert all(
                        row[name][end] * steps == pytest.approx(round(row[name][end] * steps), abs=1e-4 * steps)
                        for end in ("value", "low", "high")
                    ), "interval ends lie on steps of ten pairs"
    assert hidden > 10, "the run has small counts"


def test_link_rates_of_few_persons_are_not_told(tmp_path):
    """Three of four hundred persons of one agency are in another: neither they nor the other four hundred are told."""
    known = [("pol_suspect", f"a{i}", i) for i in range(400)] + [("pol_victim", f"b{i}", 1000 + i) for i in range(40)]
    both = [("prison_nomis", f"c{i}", i if i < 3 else 2000 + i) for i in range(400)]
    source, row_id, person = zip(*known, *both, strict=True)
    key = {"source": source, "row_id": row_id}
    pq.write_table(pa.table(key | {"person_id": person}), tmp_path / "persons.parquet")
    groups = {name: ["Not recorded"] * len(source) for name in ("sex", "age_band", "ethnicity", "area")}
    pq.write_table(pa.table(key | groups), tmp_path / "groups.parquet")
    rates = link_rates(duckdb.connect(), persons=tmp_path / "persons.parquet", groups=tmp_path / "groups.parquet")

    assert [row["linked"] for row in rates["agency_pairs"]] == [None, None]
    told = {(row["by"], row["group"]): row["linked"] for row in rates["link_rates"]}
    assert told["source", "pol_victim"]["value"] == 0, "nobody is told, as the count 0 is"
    assert [at for at, rate in told.items() if rate] == [("source", "pol_victim")]


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
    unknown = {**quality, "measures": [{**row, "precision": None} for row in quality["measures"]]}
    assert "does not cover these records" in statement(unknown)["summary"][0]
