"""What the queries of an extract read alike is worked out once, and each cohort's for itself."""

from dataclasses import replace
from datetime import date

import duckdb
import pytest

from extracts import query
from extracts.specification import ColumnSpec, ExtractSpec, TableSpec
from extracts.worked_out import text_on
from governance.catalogue.cohort import EVERYTHING, Cohort, Condition
from tests.builders import catalogue

PERIOD = date(2020, 1, 1), date(2025, 12, 31)
HALF = Cohort.of(Condition("force", ("01",)))
CRIMES = TableSpec("pol_crime", (ColumnSpec("crime_id_hash"), ColumnSpec("recorded_date", "month")))
VICTIMS = TableSpec("pol_victim", (ColumnSpec("crime_id_hash"), ColumnSpec("victim_seq")))


@pytest.fixture
def connection():
    """Four crimes, one of another force and one of another time, with a victim each."""
    with duckdb.connect(":memory:") as opened:
        opened.execute(
            "CREATE TABLE pol_crime AS FROM (VALUES (1, '01', DATE '2021-03-01'), (2, '01', DATE '2022-05-09'), "
            "(3, '06', DATE '2021-03-01'), (4, '01', DATE '2010-01-01')) AS t(crime_id_hash, force_code, recorded_date)"
        )
        opened.execute("CREATE TABLE pol_victim AS SELECT crime_id_hash, 1 AS victim_seq FROM pol_crime")
        yield opened


def spec(cohort):
    return ExtractSpec("cjs_linked", "1", (CRIMES, VICTIMS), *PERIOD, cohort=cohort)


def asked(cohort):
    """Every query that an extract asks of the two tables."""
    how = {"spec": spec(cohort), "catalogue": catalogue()}
    for table in (CRIMES, VICTIMS):
        yield query.unordered(table, **how, pseudonymised=False)
        yield query.count_rows(table, **how)
    yield query.keys_of_domain("crime", **how)


def parts(connection):
    return {name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables() WHERE temporary").fetchall()}


@pytest.mark.parametrize(("cohort", "crimes"), [(EVERYTHING, [1, 2, 3]), (HALF, [1, 2])])
def test_the_answers_are_those_of_the_whole_query(connection, cohort, crimes):
    for one in asked(cohort):
        plain = sorted(connection.execute(one.sql("duckdb")).fetchall())
        assert sorted(connection.execute(text_on(connection, one)).fetchall()) == plain
    rows = connection.execute(text_on(connection, next(asked(cohort)))).fetchall()
    assert sorted(number for number, _ in rows) == crimes


def test_each_part_is_made_once_whatever_asks(connection):
    for one in asked(HALF):
        text_on(connection, one)
    made = parts(connection)
    assert {name.partition(" ")[0] for name in made} == {
        "cohort_matching_cases", "cohort_cases", "pol_crime_in_scope", "pol_crime_placed_by_crime_id_hash",
        "pol_victim_in_scope",
    }  # fmt: skip
    connection.execute("DROP TABLE pol_crime; DROP TABLE pol_victim")  # nothing is read of them again
    for one in asked(HALF):
        connection.execute(text_on(connection, one)).fetchall()
    assert parts(connection) == made


def test_another_cohort_on_the_same_connection_has_parts_of_its_own(connection):
    counted = [query.count_rows(CRIMES, spec=spec(one), catalogue=catalogue()) for one in (HALF, EVERYTHING, HALF)]
    found = [connection.execute(text_on(connection, one)).fetchall() for one in counted]
    assert found == [[(2,)], [(3,)], [(2,)]]


def test_columns_that_were_not_asked_for_are_read_from_the_release(connection):
    wider = replace(CRIMES, columns=(*CRIMES.columns, ColumnSpec("force_code", "force")))
    one = query.unordered(wider, spec=spec(HALF), catalogue=catalogue(), pseudonymised=False)
    found = sorted(connection.execute(text_on(connection, one)).fetchall())
    assert found == [(1, "2021-03", "01"), (2, "2022-05", "01")]
