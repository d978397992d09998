"""A first look at many candidates leaves out most pairs of two people, and hardly any of one person."""

from dataclasses import replace

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from extracts.linkage import blocking, link, scale, scoring, spine_blocks
from extracts.linkage.configuration import read_configuration
from extracts.linkage.encoded import make_comparable, read
from extracts.linkage.evaluate import evaluate
from extracts.linkage.first_look import FirstLook, Glances
from extracts.linkage.scale import Scale

pytestmark = pytest.mark.long

RIDS = np.array([3, 4, 7, 9])
GLANCES = Glances(RIDS, np.array([[5, 8], [5, 0], [6, 8], [0, 0]], np.uint16), rules=3)


@pytest.fixture
def as_of_many(monkeypatch):
    """What is done with many records, done with these."""
    few = Scale(
        many=0, pairs_per_rule=40, pairs_for_a_look=20_000, sampled=40_000, fewest_matches=100, thinned_at_once=20_000
    )
    monkeypatch.setattr(scale, "SCALE", few)
    rules = (*blocking.RULES_FOR_MANY, ("year", "sex"), ("town", "forename_1"))
    monkeypatch.setattr(blocking, "RULES", rules)
    monkeypatch.setattr(blocking, "RULES_FOR_MANY", rules)


def test_most_candidates_are_left_out_and_the_persons_stay(records, tmp_path, as_of_many, monkeypatch):
    configured = read_configuration(records / "config.toml")
    looked = link.link([records / "all.csv"], configured, out=tmp_path / "looked.parquet")
    link.link([records / "all.csv"], configured, out=tmp_path / "again.parquet")
    monkeypatch.setattr(scale, "SCALE", replace(scale.SCALE, fewest_matches=10**9))  # too few to learn from
    every = link.link([records / "all.csv"], configured, out=tmp_path / "every.parquet")

    assert looked.candidates < 0.5 * every.candidates
    found = [evaluate(tmp_path / f"{name}.parquet", records / "truth.csv")["f1"] for name in ("looked", "every")]
    assert found[0] > found[1] - 0.003
    assert (tmp_path / "looked.parquet").read_bytes() == (tmp_path / "again.parquet").read_bytes()


def test_parts_together_are_the_whole(records):
    configured = read_configuration(records / "config.toml")
    with duckdb.connect() as connection:
        form, _ = read(connection, [records / "all.csv"], configured, into="raw")
        make_comparable(connection, form, "raw", configured, into="standard")
        made = {"into": "prepared", "members": "members", "mode": "dedupe", "seed": 1}
        model, _, _ = link.prepare(connection, "standard", known=None, **made)
        found = {}
        for into, told in (("whole", {}), ("one", {"parts": 3, "only": [0]}), ("rest", {"parts": 3, "only": [1, 2]})):
            scoring.score_blocks(connection, "prepared", "members", model, into=into, **told)
            found[into] = set(connection.execute(f"SELECT id_a, id_b, match_weight FROM {into}").fetchall())
    assert found["one"] and found["rest"] and not found["one"] & found["rest"]
    assert found["one"] | found["rest"] == found["whole"]


def test_rules_of_many_records_are_rules_of_few():
    assert set(blocking.RULES_FOR_MANY) <= set(blocking.RULES)
    assert set(spine_blocks.RULES) <= set(blocking.RULES)


def test_what_is_seen_of_a_pair():
    seen = GLANCES.of_pairs(np.array([3, 3, 4]), np.array([4, 7, 9]), np.array([0b101, 0b010, 0]))
    assert seen.astype(int).tolist() == [
        # rules    agree   differ  always
        [1, 0, 1,  1, 0,   0, 0,   1],
        [0, 1, 0,  0, 1,   1, 0,   1],
        [0, 0, 0,  0, 0,   0, 0,   1],
    ]  # fmt: skip


def test_pairs_at_the_bar_are_compared():
    worth = np.array([1, 0, 0, 4, 4, -2, -2, 0.5], np.float32)
    pairs = pa.table({"join_key_l": [3, 3, 4], "join_key_r": [4, 7, 9], "rules": [0b101, 0b010, 0]})
    for least, kept in ((5.5, [4]), (2.5, [4, 7]), (0.5, [4, 7, 9])):
        assert FirstLook(GLANCES, worth, least).worthwhile(pairs)["join_key_r"].to_pylist() == kept


def test_of_many_members_some_blocks_tell_how_many_pairs_there_are(monkeypatch):
    connection = duckdb.connect()
    connection.execute("CREATE TABLE members AS SELECT hash(range // 2) AS block, range AS rid FROM range(20_000)")
    assert blocking.repeated_pairs(connection, "members") == 10_000
    monkeypatch.setattr(blocking, "MEMBERS_COUNTED", 5_000)
    assert blocking.repeated_pairs(connection, "members") == pytest.approx(10_000, rel=0.1)
    assert blocking.repeated_pairs(connection, "members") % 5 == 0, "from one block in five"


def test_the_rules_of_a_pair_are_those_whose_blocks_it_is_in():
    connection = duckdb.connect()
    connection.execute("CREATE TABLE members (block UBIGINT, rule UTINYINT, rid BIGINT)")
    connection.execute("INSERT INTO members VALUES (10, 0, 1), (10, 0, 2), (20, 2, 1), (20, 2, 2), (20, 2, 3)")
    found = connection.execute(blocking.pairs_sql("members", rules=True)).fetchall()
    assert sorted(found) == [(1, 2, 0b101), (1, 3, 0b100), (2, 3, 0b100)]
    assert blocking.repeated_pairs(connection, "members") == 4
