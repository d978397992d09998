"""Conditions mean what they mean in SQL: DuckDB, asked the same of the same records, agrees."""

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extracts.disclosure.workspace.gatehouse_sdc import BadCondition, all_of, holds, quoted

RECORDS = pd.DataFrame(
    {
        "age": [16, 24, 25, 40, None, 70, 16, 33],
        "days": [0.5, -3.0, None, 2.5, 10.0, 0.0, 7.25, 2.5],
        "sex": ["F", "M", None, "F", "it's", "M", "", "F"],
        "born on": pd.to_datetime(["2000-01-01", "1999-12-31", None, "2001-05-06"] * 2),
        "guilty": [True, False, True, False, True, False, True, False],
    }
)

NUMBERS = st.sampled_from(["16", "24", "-3", "2.5", "0", "7.25", "1e1", "40"])
TEXTS = st.sampled_from(["'F'", "'M'", "'it''s'", "''", "'x'"])
DATES = st.sampled_from(["'2000-01-01'", "'1999-12-31'", "'2010-01-01'"])
SIGNS = st.sampled_from(["=", "<>", "!=", "<", "<=", ">", ">="])


def comparisons(column: str, values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds(lambda sign, value: f"{column} {sign} {value}", SIGNS, values),
        st.builds(lambda no, low, high: f"{column} {no}between {low} and {high}", NOT, values, values),
        st.builds(
            lambda no, some: f"{column} {no}in ({', '.join(some)})", NOT, st.lists(values, min_size=1, max_size=3)
        ),
        st.builds(lambda no: f"{column} is {no}null", NOT),
    )


NOT = st.sampled_from(["", "not ", "NOT "])
SIMPLE = st.one_of(
    comparisons("age", NUMBERS),
    comparisons("days", NUMBERS),
    comparisons("sex", TEXTS),
    comparisons('"born on"', DATES),
    st.sampled_from(["guilty = true", "guilty <> FALSE"]),
)
CONDITIONS = st.recursive(
    SIMPLE,
    lambda inner: st.one_of(
        st.builds("{} {} {}".format, inner, st.sampled_from(["and", "or", "AND"]), inner),
        st.builds("not ({})".format, inner),
        st.builds("({})".format, inner),
    ),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def database():
    with duckdb.connect() as connection:
        connection.register("given", RECORDS.reset_index())
        connection.execute("CREATE TABLE records AS FROM given")
        yield connection


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(condition=CONDITIONS)
def test_duckdb_chooses_the_same_records(database, condition):
    rows = database.execute(f'SELECT "index" FROM records WHERE {condition} ORDER BY 1').fetchall()
    assert list(np.flatnonzero(holds(condition, RECORDS))) == [row[0] for row in rows]


def test_no_condition_chooses_everybody_and_several_are_all_kept():
    assert holds(" ", RECORDS).all()
    assert all_of("", "age > 20") == "age > 20"
    both = all_of("age > 20 or age < 5", "", "sex = 'F'")
    assert list(np.flatnonzero(holds(both, RECORDS))) == [3, 7]


def test_names_are_quoted_when_they_must_be():
    assert [quoted(name) for name in ("age", "born on", "in", "1st")] == ["age", '"born on"', '"in"', '"1st"']


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        ("height > 3", "no column called height"),
        ("age > ", "ends too early"),
        ("age", "ends too early"),
        ("age == 16", "not with '='"),
        ("age > 3 sex = 'F'", "goes on unexpectedly"),
        ("(age > 3", "lacks '\\)'"),
        ("age between 3 or 4", "lacks 'and'"),
        ("age > 'x'", "unlike kinds"),
        ("sex > 3", "unlike kinds"),
        ("sex = true", "unlike kinds"),
        ('"born on" > 3', "cannot be compared"),
        ("\"born on\" > 'soon'", "holds dates"),
        ("3 < age", "begins with the name of a column"),
        ("age > days", "a number or a 'text'"),
        ("age not > 3", "After a column"),
        ("age > 3; drop table x", "not understood"),
        ("sex('F')", "After a column"),
    ],
)
def test_what_is_not_understood_is_refused(condition, sentence):
    with pytest.raises(BadCondition, match=sentence):
        holds(condition, RECORDS)
