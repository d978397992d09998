"""Clerical review: who is shown what, and what decisions come to."""

from __future__ import annotations

import json
from collections import Counter

import duckdb
import pytest

from extracts.linkage.clerical import STRATA, agreement, draw, settled
from extracts.linkage.clerical_pairs import outcome, pair_content, token_of

KEY = bytes(range(32))


def decisions(text: str) -> list[dict[str, str]]:
    """`token: reviewer verdict, reviewer verdict` in lines."""
    rows = []
    for line in text.strip().splitlines():
        token, _, given = line.partition(":")
        for one in given.split(","):
            reviewer, verdict = one.split()
            rows.append({"token": token.strip(), "reviewer_hash": reviewer, "verdict": verdict})
    return rows


DECIDED = decisions("""
    one:    ann same
    both:   ann same, ben same
    differ: ann same, ben different
    third:  ann same, ben different, cat different
    torn:   ann same, ben different, cat unsure
    unsure: ann unsure, ben unsure
    again:  ann same, ann same
""")


def test_two_who_agree_settle_a_pair_and_a_third_settles_a_difference():
    assert settled(DECIDED) == {"both": "same", "third": "different", "unsure": "unsure"}


def test_agreement_is_of_the_first_two_and_beyond_chance():
    """35 of 50 pairs agreed on; with 55 of 100 verdicts "same", 50.5 % would be by chance."""
    kinds = {
        20: "a same, b same",
        15: "a different, b different",
        5: "a same, b different",
        10: "a different, b same, c same",
    }
    rows = decisions("\n".join(f"{times}-{i}: {given}" for times, given in kinds.items() for i in range(times)))

    assert agreement(rows) == {"pairs": 50, "agreed": 0.7, "kappa": pytest.approx((0.7 - 0.505) / 0.495, abs=1e-4)}
    assert agreement([]) == {"pairs": 0, "agreed": None, "kappa": None}
    assert agreement(decisions("t: a same, b same"))["kappa"] is None


@pytest.fixture
def scored() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE edges AS "
        "SELECT i AS id_a, i + 1000 AS id_b, (i % 100) / 100 AS match_probability FROM range(1000) r(i)"
    )
    connection.execute("CREATE TABLE contradicting (reason VARCHAR, a BIGINT, b BIGINT)")
    connection.execute(
        "INSERT INTO contradicting VALUES ('Two dates of birth', 1, 2), ('Both sexes', 1, 2), ('Both sexes', 5, 9)"
    )
    return connection


def drawn(connection: duckdb.DuckDBPyConnection, *, each: int, seed: int) -> tuple[list[tuple], list[dict]]:
    strata = draw(connection, edges="edges", contradictions="contradicting", into="pairs", each=each, seed=seed)
    return connection.sql("FROM pairs").fetchall(), strata


def test_each_stratum_gives_its_share_and_contradictions_come_besides(scored):
    pairs, strata = drawn(scored, each=20, seed=1)
    by_stratum = Counter(stratum for _, _, stratum, _ in pairs)

    assert by_stratum == {"s1": 20, "s2": 20, "s3": 20, "s4": 20, "s5": 10, "": 2}
    assert [(s["pairs"], s["drawn"]) for s in strata] == [(400, 20), (300, 20), (150, 20), (40, 20), (10, 10)]
    lows = {stratum.name: stratum.low for stratum in STRATA}
    assert all(a % 100 / 100 >= lows[stratum] for a, _, stratum, _ in pairs if stratum)
    assert {reason for _, _, stratum, reason in pairs if not stratum} == {"contradiction: both sexes"}


def test_the_seed_decides_and_a_smaller_draw_is_part_of_a_larger(scored):
    some, more, others = (set(drawn(scored, each=each, seed=seed)[0]) for each, seed in ((5, 1), (10, 1), (5, 2)))
    assert some <= more and some != others
    assert set(drawn(scored, each=5, seed=1)[0]) == some


A = {
    "source": "pol_suspect",
    "row_id": "r1",
    "forename": "Kathryn",
    "surname": "Ode",
    "date_of_birth": "1980-05-12",
    "pnc": None,
}
B = {
    "source": "prison_nomis",
    "row_id": "r2",
    "forename": "KATHRYNE",
    "surname": "Birch",
    "date_of_birth": "1980-12-05",
    "cro": "",
}


def test_a_pair_shows_records_as_delivered_and_no_number_of_the_model():
    token = token_of("pol_suspect r1", "prison_nomis r2", key=KEY)
    content = pair_content(token, A, B)

    assert content["fields"] == ["forename", "surname", "date_of_birth"]
    assert content["comparison"] == {"forename": "close", "surname": "different", "date_of_birth": "close"}
    assert {one["source"]: one["surname"] for one in content["records"]} == {
        "pol_suspect": "Ode",
        "prison_nomis": "Birch",
    }
    assert content == pair_content(token, B, A) or content["records"] == pair_content(token, B, A)["records"][::-1]
    assert "r1" not in json.dumps(content) and not {"weight", "probability"} & set(json.dumps(content).split('"'))


def test_tokens_say_nothing_and_stay():
    token = token_of("x 1", "y 2", key=KEY)
    assert token == token_of("y 2", "x 1", key=KEY) != token_of("x 1", "y 2", key=bytes(32))
    assert len(token) == 32


@pytest.mark.parametrize(
    ("field", "left", "right", "word"),
    [
        ("surname", "O'Hara", "OHARA", "same"),
        ("surname", "Smith", "Smyth", "close"),
        ("surname", "Smith", None, "one missing"),
        ("surname", "", " ", "both missing"),
        ("aliases", "JO ODE|KIM ODE", "KIM ODE", "same"),
        ("postcode", "AB1 2CD|EF3 4GH", "EF34GH", "same"),
        ("date_of_birth", "1980-05-12", "1980-12-05", "close"),
        ("date_of_birth", "12/05/1980", "05/12/1980", "close"),
        ("date_of_birth", "1980-05-12", "12/05/1980", "same"),
        ("date_of_birth", "1980-05-12", "5.12.1980", "close"),
        ("sentence_dates", "2024-01-31|2024-02-01", "1/2/2024", "same"),
        ("date_of_birth", "1980-05-12", "1980-05-13", "close"),
        ("date_of_birth", "1980-05-12", "1975-11-30", "different"),
        ("sex", "M", "F", "different"),
        ("sex", "1", "Male", "same"),
        ("sex", "2", "M", "different"),
        ("pnc", "2001/1234567A", "01/1234567A", "different"),
    ],
)
def test_outcomes_in_words(field, left, right, word):
    assert outcome(field, left, right) == word
