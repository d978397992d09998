"""A clean release passes; every kind of identifier, planted in it, is found and never told."""

import hashlib
import json
import shutil
from collections import Counter

import duckdb
import pyarrow as pa
import pytest
from pyarrow import parquet

from extracts.scanning import scan
from tests.extracts import small_linked
from tests.linked import CLEAN


@pytest.fixture(scope="module")
def linked(tmp_path_factory):
    return small_linked.linked(tmp_path_factory.mktemp("linked"), people=400)


@pytest.fixture(scope="module")
def staged(linked, tmp_path_factory):
    """The room of a clean build."""
    room = tmp_path_factory.mktemp("staged")
    linked.build(room)
    return room


def scanned(linked, staged, tmp_path, release=None, identities=None):
    return scan(
        lambda what, share: None,
        identities=str(identities or linked.identities),
        release=str(release or staged / "release"),
        row_keys=str(staged / "row_keys.parquet"),
        into=str(tmp_path / "scan"),
    )


def planted(staged, tmp_path, table, replace, release=None):
    """The release, or another one, with one column of one table changed."""
    original, release = release or staged / "release", tmp_path / "release"
    shutil.copytree(original, release)
    path = release / f"{table}.parquet"
    path.chmod(0o640)
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"CREATE TABLE rows AS FROM read_parquet('{path}')")
        connection.execute(f"COPY (SELECT * {replace} FROM rows) TO '{path}' (FORMAT parquet)")
    return release


def values_of(linked, source, role):
    """The values of a role in one source, sorted."""
    with duckdb.connect(":memory:") as connection:
        file = next(linked.identities.rglob(f"{source}.parquet"))
        return [
            row[0]
            for row in connection.execute(
                f"SELECT DISTINCT {role} FROM read_parquet('{file}') WHERE {role} IS NOT NULL ORDER BY 1"
            ).fetchall()
        ]


@pytest.mark.slow
def test_a_clean_release_passes_and_nothing_is_left_behind(linked, staged, tmp_path):
    report = scanned(linked, staged, tmp_path)
    assert report["clean"] and report["verdict"] == "pass" and report["findings"] == []
    assert report["compared"]["sources"] == 12 and report["compared"]["records"] > 1000
    assert report.keys() == CLEAN.keys() and report["compared"].keys() == CLEAN["compared"].keys(), "as tests take it"
    assert list((tmp_path / "scan").iterdir()) == []


# One row each of the prisons' first establishments: source, role, how it is written, and what must be found.
ONE_ROW = [
    ("pnc",              "pnc",                 "{0}",                      "PNC number"),
    ("pnc",              "pnc",                 "number {0} of the file",   "PNC number"),
    ("pnc",              "cro",                 "{0}",                      "CRO number"),
    ("prison_nomis",     "prison_number",       "{0}",                      "prison number"),
    ("probation_delius", "person_number",       "{0}",                      "person number"),
    ("npd",              "person_number",       "{0}",                      "person number"),
    ("hmrc_paye",        "national_insurance",  "{0}",                      "National Insurance number"),
    ("pol_suspect",      "asn",                 "{0}",                      "arrest/summons number"),
    ("cps_defendant",    "case_reference",      "{0}",                      "case reference"),
    ("pol_victim",       "string_split(postcode, '|')[1]", "{0}",           "postcode"),
    ("pol_victim",       "string_split(postcode, '|')[1]", "lives at {0}",  "postcode"),
    ("pol_victim",       "address",             "{0}",                      "address"),
    ("pol_victim",       "row_id",              "{0}",                      "source row id"),
    ("pol_victim",       "row_id",              "key={0}",                  "source row id"),
    ("pol_victim",       "forename || ' ' || surname", "{0}",               "full name"),
    ("pol_victim",       "surname || ', ' || forename", "Seen with {0}",    "full name"),
    ("pol_suspect",      "string_split(aliases, '|')[1]", "{0}",            "alias"),
    ("pol_victim",       "date_of_birth",       "born {0}",                 "date of birth"),
]  # fmt: skip


def instead(values):
    """The SQL that gives these texts to the first establishments of as many rows."""
    cases = " ".join(f"WHEN {row} THEN '{value.replace(chr(39), chr(39) * 2)}'" for row, value in enumerate(values))
    return f"REPLACE (CASE rowid {cases} ELSE establishment_first END AS establishment_first)"


@pytest.mark.slow
def test_every_kind_of_identifier_is_found_in_a_single_row(linked, staged, tmp_path):
    """In whatever spelling: small letters and punctuation make no difference."""
    values = [written.format(values_of(linked, source, role)[-1]).lower() for source, role, written, _ in ONE_ROW]
    release = planted(staged, tmp_path, "hmpps_custody", instead(values))
    report = scanned(linked, staged, tmp_path, release)
    found = {finding["kind"]: finding["count"] for finding in report["findings"]}
    expected = Counter(kind for *_, kind in ONE_ROW)
    assert {finding["column"] for finding in report["findings"]} == {"establishment_first"}
    assert {kind: found.get(kind, 0) >= count for kind, count in expected.items()} == dict.fromkeys(expected, True)
    assert not report["clean"] and not any(value in json.dumps(report) for value in values), "no value is ever told"


@pytest.mark.slow
def test_short_identifiers_are_found_where_they_are_the_whole_text(linked, staged, tmp_path):
    """Inside a longer text they would be chance."""
    shutil.copytree(linked.identities, tmp_path / "identities")
    (file,) = (tmp_path / "identities").rglob("probation_delius.parquet")
    table = parquet.read_table(file).to_pylist()
    table[0] |= {"forename": "Ann", "surname": "Fox", "aliases": "Mad Al", "person_number": "8431"}
    file.chmod(0o600)
    parquet.write_table(pa.Table.from_pylist(table), file)

    release = planted(staged, tmp_path, "hmpps_custody", instead(["Ann Fox", "mad al", "8431"]))
    report = scanned(linked, staged, tmp_path, release, tmp_path / "identities")
    found = {finding["kind"] for finding in report["findings"]}
    assert {"full name", "alias", "person number"} <= found


@pytest.mark.slow
def test_digests_and_spellings_of_source_keys_are_found_and_named(linked, staged, tmp_path):
    given = [spelling(values_of(linked, "pol_suspect", "row_id")[0]) for spelling in (str, str.upper)]
    made = [hashlib.new(name, value.encode()).hexdigest() for name in ("md5", "sha1", "sha256") for value in given]
    made += [value.encode().hex() for value in given]
    release = planted(staged, tmp_path, "hmpps_custody", instead([*made, hashlib.md5(b"of what?").hexdigest()]))
    found = {finding["kind"]: finding["count"] for finding in scanned(linked, staged, tmp_path, release)["findings"]}
    assert found == {"key or digest": 9, "source row id, as a digest": 8}


# Whole columns of what the identity record of the same row says, or its key says.
FIRST_BYTES = "('0x' || left(row_id, 16))::UBIGINT >> 1"
WHOLE_COLUMNS = [
    # table            column                 source              of the identity record             kind
    ("pol_victim",      "withdrawal_date",     "pol_victim",       "try_cast(date_of_birth AS DATE)", "date of birth"),
    ("hmpps_custody",   "establishment_first", "prison_nomis",     "surname",                         "name"),
    ("hmpps_custody",   "sentence_days",       "prison_nomis",     FIRST_BYTES,                       "source row id"),
    ("hmpps_probation", "probation_area_desc", "probation_delius", "lower(forename)",                 "name"),
]  # fmt: skip


@pytest.mark.slow
def test_whole_columns_of_identifiers_are_found(linked, staged, tmp_path):
    release = staged / "release"
    for number, (table, column, source, said, _) in enumerate(WHOLE_COLUMNS):
        file = next(linked.identities.rglob(f"{source}.parquet"))
        own = (
            f"(SELECT any_value({said}) FROM read_parquet('{file}') AS i "
            f"JOIN read_parquet('{staged}/row_keys.parquet') AS k USING (source, row_id) "
            "WHERE row_key = rows.row_id_hash)"
        )
        kept = "::BIGINT" if column == "sentence_days" else ""
        planted(staged, tmp_path / f"{number}", table, f"REPLACE ({own}{kept} AS {column})", release)
        release = tmp_path / f"{number}" / "release"
    findings = scanned(linked, staged, tmp_path, release)["findings"]
    found = {(finding["file"], finding["column"], finding["kind"]): finding["count"] for finding in findings}
    assert all(found[f"{table}.parquet", column, kind] >= 10 for table, column, _, _, kind in WHOLE_COLUMNS), found


@pytest.mark.slow
def test_dates_that_some_birthday_shares_are_no_hit(linked, staged, tmp_path):
    """Everybody's date of birth, but each in another person's row."""
    file = next(linked.identities.rglob("pol_victim.parquet"))
    births = f"(SELECT list(DISTINCT try_cast(date_of_birth AS DATE) ORDER BY 1) FROM read_parquet('{file}'))"
    release = planted(
        staged, tmp_path, "hmpps_custody", f"REPLACE ({births}[1 + rowid % 100] AS release_date)"
    )  # fmt: skip
    assert scanned(linked, staged, tmp_path, release)["findings"] == []


@pytest.mark.slow
def test_places_and_declared_codes_are_no_names(linked, staged, tmp_path):
    """A prison that is called like a person, in many rows; a court's town, in one; a code of the list."""
    surname = next(name for name in values_of(linked, "pol_victim", "surname") if len(name) > 4)
    release = planted(
        staged, tmp_path, "hmpps_custody",
        f"REPLACE (CASE WHEN rowid < 12 THEN '{surname.title()}' WHEN rowid = 13 THEN 'Durham' ELSE 'Elsewhere' END "
        "AS establishment_first)",
    )  # fmt: skip
    assert scanned(linked, staged, tmp_path, release)["findings"] == []


@pytest.mark.slow
def test_codes_that_are_joined_are_no_names(linked, staged, tmp_path):
    """Somebody is called Dast, and the CPS flags domestic abuse with a specialist court as DA|ST."""
    shutil.copytree(linked.identities, tmp_path / "identities")
    person = pa.table({"source": ["pnc"], "row_id": ["0" * 32], "person_role": ["offender"], "surname": ["Dast"]})
    parquet.write_table(person, tmp_path / "identities" / "more.parquet")
    for number, (flags, kinds) in enumerate((("DA|ST", []), ("Dast", ["name"]))):
        release = planted(
            staged, tmp_path / f"{number}", "cps_pcd",
            f"REPLACE (CASE WHEN rowid = 1 THEN '{flags}' ELSE flags END AS flags)",
        )  # fmt: skip
        found = scanned(linked, staged, tmp_path, release, tmp_path / "identities")["findings"]
        assert [finding["kind"] for finding in found if finding["column"] == "flags"] == kinds


@pytest.mark.slow
def test_what_the_catalogue_does_not_allow_is_found(linked, staged, tmp_path):
    release = planted(staged, tmp_path, "hmpps_custody", ", 1 AS more")
    (finding,) = scanned(linked, staged, tmp_path, release)["findings"]
    assert finding == {"file": "hmpps_custody.parquet", "column": "more", "kind": "undeclared column", "count": 0}


@pytest.mark.slow
def test_what_is_said_beside_the_tables_is_read_too(linked, staged, tmp_path):
    """A quality statement that names a postcode as a group."""
    release = tmp_path / "release"
    shutil.copytree(staged / "release", release)
    (postcode, *_) = [value for value in values_of(linked, "pol_victim", "postcode") if "|" not in value]
    (release / "quality.json").write_text(json.dumps({"groups": [f"Area {postcode}"]}))
    (finding,) = scanned(linked, staged, tmp_path, release)["findings"]
    assert finding == {"file": "quality.json", "column": "", "kind": "postcode", "count": 1}
