from datetime import date

import pytest

from governance.agreements.scope import BadScope, GrantedTable, GrantedVariable, Scope
from governance.catalogue.cohort import Cohort, Condition

SCOPE = Scope(
    "cjs_linked",
    (
        GrantedTable("pol_crime", (GrantedVariable("recorded_date", "month"), GrantedVariable("knife_flag"))),
        GrantedTable("crt_case", (GrantedVariable("sex"),)),
    ),
    date(2023, 1, 1),
    date(2025, 12, 31),
    Cohort.of(Condition("force", ("46", "01")), Condition("role", ("victim",))),
)


def test_what_is_written_is_read_again():
    assert Scope.from_json(SCOPE.to_json()) == SCOPE


def test_a_scope_without_a_cohort_was_agreed_for_everybody():
    stored = SCOPE.to_json()
    del stored["cohort"]
    assert Scope.from_json(stored).cohort == Cohort()


def test_a_refused_table_leaves_the_cohort_as_it_is():
    assert SCOPE.without_tables(frozenset({"crt_case"})).cohort == SCOPE.cohort


def test_what_was_granted():
    assert SCOPE.table("pol_crime").level_of("recorded_date") == "month"
    assert SCOPE.table("pol_crime").level_of("knife_flag") == ""
    assert SCOPE.table("pol_crime").level_of("outcome_type") is None
    assert SCOPE.table("pol_victim") is None
    assert [table.name for table in SCOPE.without_tables(frozenset({"pol_crime"})).tables] == ["crt_case"]


@pytest.mark.parametrize(
    "stored",
    [
        {},
        {"dataset": "x", "tables": [], "period_from": "2023-01-01", "period_to": "2024-01-01"},
        {"dataset": "x", "tables": {}, "period_from": "yesterday", "period_to": "2024-01-01"},
        {"dataset": "x", "tables": {}, "period_from": "2025-01-01", "period_to": "2024-01-01"},
        {"dataset": "x", "tables": {}, "period_from": "2023-01-01", "period_to": "2024-01-01", "cohort": None},
        {"dataset": "x", "tables": {}, "period_from": "2023-01-01", "period_to": "2024-01-01", "cohort": {"sex": []}},
    ],
)
def test_anything_else_is_refused(stored):
    with pytest.raises(BadScope):
        Scope.from_json(stored)
