"""What an assessment says is what its definitions say, worked out a second time on random tables."""

import json
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extracts.risk import RiskReport, assess, coding
from extracts.risk import special as special_file
from extracts.risk.report import BadReport, TableReport
from extracts.specification import ColumnSpec, ExtractSpec, TableSpec
from governance.catalogue.risk_rules import Ceiling
from tests.extracts.risk import naive
from tests.extracts.risk.small_court import delivered, description, quasi, specification, store, with_ceiling

DAYS = st.sampled_from([date(2018, 12, 31), date(2019, 1, 5), date(2019, 1, 9), date(2019, 3, 1), date(2019, 3, 30)])
A_ROW = st.tuples(
    st.one_of(st.none(), st.integers(1, 12)),
    st.sampled_from(["M", "F", None]),
    st.one_of(st.none(), st.integers(16, 27)),
    st.sampled_from(["W1", "B9", None]),
    st.sampled_from(["001/01", "008/06", "028/00"]),
    st.sampled_from(["B01BH00", "C01CE00"]),
    DAYS,
    st.sampled_from(["U", "C", None]),
    st.sampled_from(["convicted", "acquitted"]),
)
SOME = settings(max_examples=15, deadline=None)


def assessed(rows, **more) -> TableReport:
    with store(rows) as connection:
        (table,) = assess(connection, specification(), with_ceiling(0.2, 0.8, **more)).tables
        left = connection.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name LIKE 'risk%'").fetchall()
        kinds = connection.execute("SELECT count(*) FROM duckdb_types() WHERE type_name LIKE 'risk%'").fetchall()
    assert left == kinds == [(0,)], "nothing is left on the connection"
    return table


@pytest.mark.slow
@SOME
@given(st.lists(A_ROW, min_size=1, max_size=40))
def test_classes_and_their_sizes(rows):
    table, seen = assessed(rows, threshold=4), quasi(delivered(rows))
    sizes = naive.class_sizes(seen)
    assert (table.rows, table.classes, table.smallest) == (len(seen), len(set(seen)), min(sizes, default=0))
    assert table.bands == naive.bands(seen) and sum(table.bands) == table.rows
    assert table.unique == sizes.count(1)
    assert table.under == sum(size < 4 for size in sizes)


@pytest.mark.slow
@SOME
@given(st.lists(A_ROW, min_size=1, max_size=40))
def test_what_classes_tell_of_sensitive_variables(rows):
    table, known = assessed(rows), delivered(rows)
    if not known:
        assert table.diversity == ()
        return
    assert [one.variable for one in table.diversity] == ["remand_status", "case_outcome"]
    for one in table.diversity:
        found = (one.one_value, one.least, one.distance_max, one.distance_95)
        assert found == pytest.approx(naive.diversity(quasi(known), [row[one.variable] for row in known]), abs=2e-6)


@pytest.mark.slow
@SOME
@given(st.lists(A_ROW, min_size=1, max_size=30), st.sampled_from([0, 20, special_file.ROOM]))
def test_special_uniques(rows, room):
    """Whether cells are counted in passing, by the engine, or some of each."""
    known = quasi(delivered(rows))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(special_file, "ROOM", room)
        patch.setattr(special_file, "BY_ENGINE", 100)
        table = assessed(rows)
    sets = naive.special(known) if known else []
    by_size = tuple(sum(any(len(places) == size for places in of_row) for of_row in sets) for size in (1, 2, 3))
    assert table.special.rows == by_size
    parts = [sum(place in places for of_row in sets for places in of_row) for place in range(6)]
    assert [number for _, number in table.special.parts] == parts


@pytest.mark.slow
def test_sets_that_are_too_many_and_too_large_are_passed_over_and_told(monkeypatch):
    rows = [
        (None, "MF"[n % 2], 16 + n % 11, "W1", "001/01", "B01BH00", date(2019, 1, 1) + timedelta(n * 7 % 300), "U", "x")
        for n in range(60)
    ]
    whole = assessed(rows).special
    monkeypatch.setattr(special_file, "ROOM", 0)
    monkeypatch.setattr(special_file, "BY_ENGINE", 6 + 15)
    part = assessed(rows).special
    assert (whole.passed, part.passed) == (0, 20)
    assert part.rows == (*whole.rows[:2], 0), "those of one and two variables are all looked at"


@pytest.mark.slow
def test_special_uniques_in_several_passes_are_the_same(monkeypatch):
    rows = [
        (None, "MF"[n % 2], 16 + n % 11, "W1", "001/01", "B01BH00", date(2019, 1, 1) + timedelta(n * 7 % 300), "U", "x")
        for n in range(60)
    ]
    whole = assessed(rows).special
    monkeypatch.setattr(special_file, "AT_ONCE", 500)
    monkeypatch.setattr(special_file, "BATCH", 7)
    assert assessed(rows).special == whole
    assert sum(whole.rows) > 0


@pytest.mark.slow
@SOME
@given(st.lists(A_ROW, min_size=1, max_size=40))
def test_co_defendants_and_rare_combinations(rows):
    table, known = assessed(rows, threshold=3), delivered(rows)
    cases = naive.together(quasi(known), [row["case_id_hash"] for row in known])
    assert (table.together.cases, table.together.alone) == cases
    combination = [(row["ho_offence_code"], row["court_code"], row["first_hearing_date"]) for row in known]
    assert [(one.variables, one.rows) for one in table.rare] == [
        (("ho_offence_code", "court_code", "first_hearing_date"), naive.rare(combination, 3))
    ]


def test_a_table_by_which_nobody_can_be_found_is_one_class():
    columns = (ColumnSpec("case_id_hash"), ColumnSpec("case_outcome"), ColumnSpec("remand_status", "status"))
    spec = ExtractSpec("cjs_linked", "1", (TableSpec("crt_case", columns),), date(2019, 1, 1), date(2019, 12, 31))
    row = (1, "M", 30, "W1", "001/01", "B01BH00", date(2019, 5, 1), "U", "convicted")
    with store([row] * 7) as connection:
        report = assess(connection, spec, description())
    (table,) = report.tables
    assert (table.rows, table.classes, table.smallest, table.bands) == (7, 1, 7, (0, 0, 0, 7, 0, 0))
    assert report.above == (), "however few rows it has"


def test_more_combinations_than_one_key_holds_are_still_told_apart(monkeypatch):
    rows = [
        (n // 2, "MF"[n % 2], 16 + n, "W1", "001/01", "B01BH00", date(2019, 1 + n % 12, 3), "UC"[n % 2], "convicted")
        for n in range(40)
    ]
    whole = assessed(rows)
    monkeypatch.setattr(coding, "MOST", 12)
    assert assessed(rows) == whole


def test_a_report_is_read_back_as_it_was_written():
    row = (1, "M", 30, "W1", "001/01", "B01BH00", date(2019, 5, 1), "U", "convicted")
    with store([row] * 3) as connection:
        report = assess(connection, specification(), description())
    assert RiskReport.from_json(json.loads(json.dumps(report.to_json()))) == report
    for spoiled in ({}, report.to_json() | {"form": 2}, report.to_json() | {"tables": [{"table": "x"}]}):
        with pytest.raises(BadReport):
            RiskReport.from_json(spoiled)


@pytest.mark.parametrize(
    ("bands", "under", "above"),
    [((2, 0, 0, 0, 0, 8), 8, False), ((3, 0, 0, 0, 0, 7), 8, True), ((0, 0, 0, 9, 0, 1), 9, True)],
)
def test_a_table_is_above_when_one_of_its_shares_is(bands, under, above):
    table = TableReport("t", (("sex", ""),), 10, 5, 1, bands, under)
    assert table.is_above(Ceiling(0.2, 0.8)) is above
    assert not table.is_above(None), "a dataset without a ceiling holds nothing"
