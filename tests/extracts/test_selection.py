"""Whose rows: the cohort in SQL on a release of linked records, against the same rules written down with plain sets."""

from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime

import duckdb
import pytest
import sqlglot
from pyarrow import parquet
from sqlglot import exp

from extracts.pipeline import build
from extracts.query import count_rows, how_many_different, keys_of_domain, unordered
from extracts.selection import CannotNarrow, in_cohort, quoted_table, reasons, tables_read, with_cohort
from extracts.specification import compile_specification, missing_from, within
from extracts.store import open_release
from governance.agreements.scope import GrantedTable, GrantedVariable, Scope
from governance.catalogue.catalogue import read_catalogue
from governance.catalogue.cohort import EVERYTHING, Cohort, Condition, in_words
from tests.builders import catalogue as cook
from tests.extracts.naive_cohort import Reference
from tests.extracts.small_linked import PEOPLE, SEED, linked

pytestmark = pytest.mark.long

FROM_2024 = Condition("recorded", (), date(2024, 7, 1), None)
VICTIMS, SUSPECTS = Condition("role", ("victim",)), Condition("role", ("suspect",))
DEFENDANTS = Condition("role", ("defendant",))
VIOLENCE = Condition("offence", ("Sexual offences", "Violence against the person"))
CHARGED = Condition("stage", ("COMPLETE", "PRETRIAL", "TRIAL"))
LONDON = Condition("force", ("01", "06"))
WOMEN, YOUNG = Condition("sex", ("2",)), Condition("age", ("10-17", "18-20"))
CONVICTED = Condition("ending", ("convicted",))
COHORTS = [
    Cohort.of(FROM_2024), Cohort.of(VIOLENCE), Cohort.of(CHARGED), Cohort.of(LONDON), Cohort.of(CONVICTED),
    Cohort.of(Condition("recorded", (), date(2023, 3, 1), date(2023, 9, 30))), Cohort.of(VIOLENCE, CHARGED, FROM_2024),
    Cohort.of(VICTIMS), Cohort.of(SUSPECTS), Cohort.of(DEFENDANTS), Cohort.of(WOMEN), Cohort.of(YOUNG),
    Cohort.of(VICTIMS, WOMEN, VIOLENCE), Cohort.of(DEFENDANTS, YOUNG), Cohort.of(SUSPECTS, WOMEN, LONDON),
    Cohort.of(Condition("role", ("defendant", "suspect")), VIOLENCE, FROM_2024),
]  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("linked")
    (root / "out").mkdir()
    linked(root / "work", people=PEOPLE, seed=SEED).build(root / "out")
    return root / "out" / "release"


@pytest.fixture(scope="module")
def catalogue(folder):
    return read_catalogue(folder / "catalogue")


@pytest.fixture(scope="module")
def records(folder, catalogue):
    """Every table as a list of dicts, each row with its place in the file."""
    with closing(duckdb.connect(":memory:")) as connection:
        found = {}
        for table in catalogue.tables:
            path = folder / f"{table.name}.parquet"
            cursor = connection.execute("SELECT *, file_row_number AS n FROM read_parquet($1)", [str(path)])
            names = [column[0] for column in cursor.description]
            found[table.name] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        return found


@pytest.fixture(scope="module")
def connection(folder, catalogue):
    with closing(duckdb.connect(":memory:")) as opened:
        for table in catalogue.tables:
            opened.execute(
                f"CREATE VIEW {table.name} AS SELECT *, file_row_number AS n "
                f"FROM read_parquet('{folder}/{table.name}.parquet')"
            )
        yield opened


def rows_kept(connection, catalogue, table, cohort):
    query = exp.select(exp.column("n")).from_(quoted_table(table, "here"))
    query = query.where(*in_cohort(catalogue[table], "here", cohort, catalogue))
    found = connection.execute(with_cohort(query, cohort, catalogue).sql("duckdb")).fetchall()
    return sorted(row[0] for row in found)


@pytest.mark.parametrize("cohort", COHORTS, ids=str)
def test_exactly_the_rows_of_the_cohort_are_kept(connection, records, catalogue, cohort):
    reference = Reference(records, catalogue, cohort)
    kept = 0
    for table in catalogue.tables:
        expected = [row["n"] for row in records[table.name] if reference.keeps(table.name, row)]
        assert rows_kept(connection, catalogue, table.name, cohort) == sorted(expected), table.name
        kept += len(expected)
    assert 0 < kept < sum(len(rows) for rows in records.values())


def test_a_cohort_of_everybody_leaves_nothing_out(connection, records, catalogue):
    assert all(len(rows_kept(connection, catalogue, name, EVERYTHING)) == len(rows) for name, rows in records.items())


def whole(catalogue, cohort, names=None):
    tables = tuple(
        GrantedTable(
            table.name,
            tuple(GrantedVariable(one.name, one.default_level) for one in table.variables if one.selectable),
        )
        for table in catalogue.requestable
        if names is None or table.name in names
    )
    return Scope("cjs_linked", tables, date(2000, 1, 1), date(2030, 1, 1), cohort)


def columns_of(connection, query, names):
    listed = ", ".join(f'"{name}"' for name in names)
    return connection.execute(f"SELECT {listed} FROM ({query})").fetchall()


@pytest.mark.parametrize("cohort", [Cohort.of(VICTIMS, WOMEN, VIOLENCE), Cohort.of(CHARGED, LONDON)], ids=str)
def test_an_extract_holds_no_key_from_outside_of_the_cohort(connection, records, catalogue, cohort):
    """Every table of the dataset: each row's own key is one of a row that the rules keep, and counts agree."""
    spec = compile_specification(whole(catalogue, cohort), catalogue, "2026.1")
    reference = Reference(records, catalogue, cohort)
    for table in spec.tables:
        query = unordered(table, spec=spec, catalogue=catalogue, pseudonymised=False).sql("duckdb")
        names = [column.name for column in table.columns if catalogue[table.name][column.name].pseudonymised]
        rows = columns_of(connection, query, names)
        kept = [row for row in records[table.name] if reference.keeps(table.name, row)]
        assert set(rows) <= {tuple(row[name] for name in names) for row in kept}, table.name
        counted = count_rows(table, spec=spec, catalogue=catalogue).sql("duckdb")
        assert connection.execute(counted).fetchall() == [(len(rows),)]
        assert len(rows) < len(records[table.name])
    for domain in ("crime", "person_record", "court_case"):
        pairs = [
            (table.name, column.name) for table in spec.tables for column in table.columns
            if catalogue[table.name][column.name].key_domain == domain
        ]  # fmt: skip
        seen = set()
        for table, name in pairs:
            one = next(entry for entry in spec.tables if entry.name == table)
            query = unordered(one, spec=spec, catalogue=catalogue, pseudonymised=False).sql("duckdb")
            seen |= {row[0] for row in columns_of(connection, query, [name])}
        counted = how_many_different(keys_of_domain(domain, spec=spec, catalogue=catalogue)).sql("duckdb")
        assert connection.execute(counted).fetchall() == [(len(seen - {None}),)]


@pytest.mark.parametrize("cohort", [Cohort.of(FROM_2024), Cohort.of(VICTIMS, WOMEN, YOUNG, CHARGED, LONDON)], ids=str)
def test_the_cohort_is_written_for_spark_too(catalogue, cohort):
    spec = compile_specification(whole(catalogue, cohort), catalogue, "1")
    for table in spec.tables:
        built = unordered(table, spec=spec, catalogue=catalogue, pseudonymised=False)
        spark = built.sql("spark", unsupported_level=sqlglot.ErrorLevel.RAISE)
        assert sqlglot.parse_one(spark, dialect="spark").find(exp.Select)


def test_the_delivered_files_hold_the_cohort_and_say_so(folder, records, catalogue, tmp_path):
    cohort = Cohort.of(SUSPECTS, LONDON)
    spec = compile_specification(
        whole(catalogue, cohort, {"pol_crime", "pol_suspect", "xjs_link"}), catalogue, "2026.1"
    )
    into = tmp_path / "extract"
    into.mkdir()
    with open_release(folder, staging=tmp_path) as store:
        manifest = build(
            spec, catalogue=catalogue, store=store, key=bytes(32), into=into,
            created_at=datetime(2026, 11, 1, tzinfo=UTC), progress=lambda _: None,
        )  # fmt: skip
    reference = Reference(records, catalogue, cohort)
    for table in ("pol_crime", "pol_suspect"):
        kept = sum(reference.keeps(table, row) for row in records[table])
        assert parquet.read_metadata(into / f"{table}.parquet").num_rows == kept > 0
    assert 0 < parquet.read_metadata(into / "xjs_link.parquet").num_rows <= len(reference.records_of_people)
    assert manifest.spec["cohort"] == cohort.to_json()
    said = in_words(cohort, catalogue.cohort_frame)
    assert said in (into / "README.txt").read_text() and said in (into / "dictionary.html").read_text()


def test_values_are_escaped_and_names_are_quoted(catalogue):
    built = in_cohort(catalogue["pol_crime"], "here", Cohort.of(WOMEN, LONDON, VIOLENCE), catalogue)
    query = with_cohort(exp.select("*").from_(quoted_table("pol_crime", "here")).where(*built),
                        Cohort.of(WOMEN, LONDON, VIOLENCE), catalogue)  # fmt: skip
    assert all(name.args.get("quoted") for name in query.find_all(exp.Identifier))


@pytest.mark.parametrize("other", [EVERYTHING, Cohort.of(VIOLENCE), Cohort.of(LONDON, VIOLENCE)], ids=str)
def test_only_the_agreed_cohort_is_inside_the_agreement(catalogue, other):
    scope = whole(catalogue, Cohort.of(LONDON), {"pol_crime"})
    spec = compile_specification(scope, catalogue, "1")
    assert within(spec, scope, catalogue) == []
    (reason,) = within(replace(spec, cohort=other), scope, catalogue)
    assert reason.startswith("The agreed cohort is another: Only crimes whose police force is")


def test_what_the_cohort_reads_must_be_in_the_release(catalogue):
    scope = whole(catalogue, Cohort.of(CHARGED), {"pol_crime", "crt_case"})
    held = {"pol_crime", "crt_case"}
    assert missing_from(replace(scope, cohort=EVERYTHING), held, catalogue) == []
    assert missing_from(scope, held, catalogue) == ["case_link", "drv_victim_journey"]
    assert missing_from(replace(scope, cohort=Cohort.of(VICTIMS)), held, catalogue) == ["case_link", "pol_victim"]


@pytest.mark.parametrize(
    ("names", "cohort", "read"),
    [
        (["pol_crime"], EVERYTHING, ()),
        (["pol_crime"], Cohort.of(LONDON), ("pol_crime",)),
        (["pol_victim"], Cohort.of(LONDON), ("pol_crime", "pol_victim")),
        (["pol_victim"], Cohort.of(LONDON, VICTIMS), ("pol_crime", "pol_victim")),
        (["cps_pcd"], Cohort.of(LONDON), ("case_link", "pol_crime", "cps_pcd")),
        (["dfe_pupil"], Cohort.of(SUSPECTS), ("xjs_link", "pol_crime", "pol_suspect", "dfe_pupil")),
    ],
)
def test_no_more_tables_are_read_than_are_needed(catalogue, names, cohort, read):
    assert tables_read(names, cohort, catalogue) == read


def test_a_dataset_without_a_frame_is_never_narrowed():
    known, cohort = cook("cook_county_2019"), Cohort.of(LONDON)
    assert reasons(["intake"], cohort, known) == ["This dataset offers no conditions for a cohort."]
    with pytest.raises(CannotNarrow, match="offers no conditions"):
        in_cohort(known["intake"], "here", cohort, known)
    assert in_cohort(known["intake"], "here", EVERYTHING, known) == []


def test_a_table_that_no_key_places_is_refused(catalogue):
    keyless = replace(
        catalogue["dfe_pupil"], variables=tuple(one for one in catalogue["dfe_pupil"].variables if not one.key_domain)
    )
    tables = tuple(keyless if table.name == "dfe_pupil" else table for table in catalogue.tables)
    without = replace(catalogue, tables=tables)
    (reason,) = reasons(["pol_crime", "dfe_pupil"], Cohort.of(LONDON), without)
    assert reason == "dfe_pupil has no key by which it could be narrowed to the cohort."
    with pytest.raises(CannotNarrow):
        in_cohort(keyless, "here", Cohort.of(LONDON), without)


def test_a_condition_that_the_dataset_does_not_offer_builds_nothing(catalogue):
    with pytest.raises(CannotNarrow, match="no value 99"):
        in_cohort(catalogue["pol_crime"], "here", Cohort.of(Condition("force", ("99",))), catalogue)
