"""Which persons contradict themselves, as a table of what their records say."""

from __future__ import annotations

import duckdb
import pytest

from extracts.linkage.contradictions import contradictions

FEATURES = ("born", "sex", "pnc", "national_insurance")

# What the records of one person say (born, sex, PNC, NI), and the reasons that are found.
CASES = {
    "all alike":             ([("19800521", "m", "P1", "N1"), ("19800521", "m", "P1", "N1")], []),
    "nothing recorded":      ([(None, None, None, None), ("19800521", "m", "P1", None)], []),
    "day and month swapped": ([("19800512", "m", None, None), ("19801205", "m", None, None)], []),
    "one digit":             ([("19800512", "m", None, None), ("19300512", "m", None, None)], []),
    "first of January":      ([("19800512", "m", None, None), ("19800101", "m", None, None)], []),
    "the year after":        ([("19991203", "m", None, None), ("20001203", "m", None, None)], []),
    "two dates of birth":    ([("19800512", "m", None, None), ("19811103", "m", None, None)], ["Two dates of birth"]),
    "a slip of a slip":      ([("19800512", "m", None, None)] * 2 + [("19800513", "m", None, None),
                              ("19300512", "m", None, None)], []),
    "a slip of the sex":     ([("19800512", "m", None, None)] * 5 + [("19800512", "f", None, None)], []),
    "both sexes":            ([("19800512", "m", None, None), ("19800512", "f", None, None)] * 2, ["Both sexes"]),
    "two PNC numbers":       ([(None, "m", "P1", None), (None, "m", "P2", None)], ["Two PNC numbers"]),
    "three PNC numbers":     ([(None, "m", f"P{i}", None) for i in range(3)], ["Two PNC numbers"] * 2),
    "two NI numbers":        ([(None, "m", None, "N1"), (None, "m", None, "N2")], ["Two National Insurance numbers"]),
}  # fmt: skip


def found(people: list[list[tuple]], features: tuple[str, ...] = FEATURES) -> list[tuple]:
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE r (rid BIGINT, born VARCHAR, sex VARCHAR, pnc VARCHAR, national_insurance VARCHAR)"
    )
    connection.execute("CREATE TABLE p (rid BIGINT, person BIGINT)")
    rows = [(person, record) for person, records in enumerate(people) for record in records]
    connection.executemany("INSERT INTO r VALUES (?, ?, ?, ?, ?)", [[i, *record] for i, (_, record) in enumerate(rows)])
    connection.executemany("INSERT INTO p VALUES (?, ?)", [[i, person] for i, (person, _) in enumerate(rows)])
    contradictions(connection, features=features, records="r", persons="p", into="c")
    return connection.sql("FROM c").fetchall()


@pytest.mark.parametrize("case", CASES)
def test_what_contradicts(case):
    records, reasons = CASES[case]
    assert [reason for _, reason, _, _ in found([records])] == reasons


def test_two_persons_do_not_contradict_each_other_and_the_records_are_named():
    people = [CASES["all alike"][0], CASES["two PNC numbers"][0], CASES["two dates of birth"][0]]
    assert found(people) == [(1, "Two PNC numbers", 2, 3), (2, "Two dates of birth", 4, 5)]


def test_what_the_records_do_not_have_is_not_looked_at():
    people = [CASES["two PNC numbers"][0]]
    assert found(people, ("born", "sex")) == []
