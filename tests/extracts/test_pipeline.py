"""An extract is exactly what was specified, the same every time, and different for every project."""

import csv
import errno
import json
import threading
import time
from datetime import date
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from pyarrow import parquet

from benchmarks import extract
from extracts import delivery, engines, heartbeat, pipeline
from extracts.atrest.seal import Seal
from extracts.disclosure.workspace import travelling
from extracts.pipeline import NotInRelease, RowsLost
from extracts.pseudonyms import PseudonymCollision
from extracts.specification import compile_specification
from tests.extracts import small_dataset as small
from tests.extracts.test_pseudonyms import naive

KEY = bytes(range(32))
GRANTED = {
    "crime": [("recorded_on", "month"), ("force", "region"), "weapon"],
    "victim": ["number", ("age", "band"), "needs"],
}


@pytest.fixture
def root(tmp_path):
    small.published(tmp_path)
    return tmp_path


def build(
    root, name, *, key=KEY, progress=lambda _: None, version="1", seal=None, formats=("parquet", "csv"),
    pseudonyms="int63", **granted,
):  # fmt: skip
    """Build an extract into its own folder; returns the manifest and the folder."""
    catalogue = small.small_catalogue(root)
    asked = small.scope(**(granted or GRANTED))
    spec = compile_specification(asked, catalogue, version, formats=formats, pseudonyms=pseudonyms)
    into = root / "staging" / name
    into.mkdir(parents=True, exist_ok=True)
    with small.open_small(root) as store:
        manifest = pipeline.build(
            spec, catalogue=catalogue, store=store, key=key, into=into, created_at=small.NOON, progress=progress,
            seal=seal,
        )  # fmt: skip
    return manifest, into


def test_an_extract_holds_the_specified_rows_worked_out_by_hand(root):
    _, folder = build(root, "one")
    crime, person = (
        {key: naive(number, domain, KEY) for key, number in small.surrogates(domain).items()}
        for domain in ("crime", "person")
    )
    assert parquet.read_table(folder / "crime.parquet").to_pylist() == sorted(
        [
            {"crime_id": crime["c1"], "recorded_on": "2019-01", "force": "North", "weapon": True},
            {"crime_id": crime["c2"], "recorded_on": "2019-04", "force": "South", "weapon": False},
            {"crime_id": crime["c3"], "recorded_on": "2020-12", "force": None, "weapon": None},
        ],
        key=lambda row: row["crime_id"],
    )
    assert parquet.read_table(folder / "victim.parquet").to_pylist() == sorted(
        [
            {"crime_id": crime["c1"], "number": 1, "person": person["p1"], "age": "0-9", "needs": "a;b"},
            {"crime_id": crime["c1"], "number": 2, "person": person["p2"], "age": "10-11", "needs": ""},
            {"crime_id": crime["c2"], "number": 1, "person": person["p1"], "age": "10-11", "needs": None},
            {"crime_id": crime["c3"], "number": 1, "person": person["p3"], "age": "70+", "needs": "c"},
        ],
        key=lambda row: (row["crime_id"], row["person"]),
    )


def spelt(value):
    """How CSV spells a value."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def test_csv_and_parquet_hold_the_same_rows_in_the_same_order(root):
    _, folder = build(root, "one")
    for name in ("crime", "victim"):
        with (folder / f"{name}.csv").open(newline="") as file:
            lines = list(csv.DictReader(file))
        rows = parquet.read_table(folder / f"{name}.parquet").to_pylist()
        assert lines == [{column: spelt(value) for column, value in row.items()} for row in rows]


def test_the_same_specification_release_and_key_give_the_same_bytes(root):
    first, one = build(root, "one")
    second, two = build(root, "two")
    assert first.files == second.files
    assert delivery.digest_of(one) == delivery.digest_of(two)


def test_pseudonyms_of_128_bits_join_like_the_numbers_and_begin_like_them(root):
    _, numbers = build(root, "one")
    _, folder = build(root, "two", pseudonyms="hex128")
    crime, victim = (parquet.read_table(folder / f"{name}.parquet") for name in ("crime", "victim"))
    keys = crime["crime_id"].to_pylist()
    assert all(len(key) == 32 and set(key) <= set("0123456789abcdef") for key in keys)
    assert keys == sorted(keys) and set(victim["crime_id"].to_pylist()) == set(keys)
    leading = sorted(int(key[:16], 16) >> 1 for key in keys)
    assert leading == sorted(parquet.read_table(numbers / "crime.parquet")["crime_id"].to_pylist())
    assert "text of 32 hexadecimal digits" in (folder / "README.txt").read_text()


def test_two_projects_share_no_pseudonym_and_no_order(root):
    tables = [
        parquet.read_table(build(root, name, key=key)[1] / "crime.parquet")
        for name, key in (("one", KEY), ("two", KEY[::-1]))
    ]
    one, two = (table["crime_id"].to_pylist() for table in tables)
    assert set(one).isdisjoint(two)
    # Each is in the order of its own pseudonyms, whatever the other's order is.
    assert one == sorted(one) and two == sorted(two)


def test_no_surrogate_and_no_identifier_reaches_an_extract(root):
    _, folder = build(root, "one")
    delivered = {
        str(value)
        for name in ("crime", "victim")
        for row in parquet.read_table(folder / f"{name}.parquet").to_pylist()
        for value in row.values()
    }
    hidden = {str(number) for domain in ("crime", "person") for number in small.surrogates(domain).values()}
    assert delivered.isdisjoint(hidden | {"Ann", "c1", "p1"})


def test_the_manifest_lists_every_file_and_verifies(root):
    manifest, folder = build(root, "one")
    assert json.loads((folder / "manifest.json").read_text()) == json.loads(json.dumps(manifest.to_json()))
    rows = {entry.name: entry.rows for entry in manifest.files}
    assert rows == {
        "README.txt": None, "codelists/forces.csv": None, "datapackage.json": None, "dictionary-codes.csv": None,
        "dictionary.csv": None, "dictionary.html": None, "known-breaks.csv": None, "known-breaks.txt": None,
        "suggested-citation.txt": None, "gatehouse_sdc.py": None, "make-outputs-that-pass.md": None,
        "crime.csv": 3, "crime.parquet": 3, "victim.csv": 4, "victim.parquet": 4,
    }  # fmt: skip
    for name, text in travelling.delivered().items():
        assert (folder / name).read_text() == text
    assert manifest.created_at == "2026-11-01T12:00:00+00:00" and len(manifest.spec_sha256) == 64
    assert delivery.verify(folder) == []


def test_parquet_alone_when_no_csv_was_asked_for(root):
    _, folder = build(root, "one", formats=("parquet",))
    papers = {"README.txt", "dictionary.html", "known-breaks.txt", "suggested-citation.txt"}
    papers |= {"datapackage.json", "dictionary-codes.csv", "dictionary.csv", "known-breaks.csv", "manifest.json"}
    papers |= travelling.DELIVERED.keys()
    assert {path.name for path in folder.glob("*.*")} == papers | {"crime.parquet", "victim.parquet"}


class Outline(HTMLParser):
    """Opening tags, to see whether a page is well built."""

    def __init__(self):
        super().__init__()
        self.tags = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


def test_the_dictionary_describes_every_column(root):
    _, folder = build(root, "one")
    with (folder / "dictionary.csv").open(newline="") as file:
        lines = {(line["table"], line["variable"]): line for line in csv.DictReader(file)}
    assert [variable for table, variable in lines if table == "crime"] == ["crime_id", "recorded_on", "force", "weapon"]
    assert lines["crime", "crime_id"]["key"] == "Pseudonym, made for this project: A crime"
    assert lines["crime", "recorded_on"]["type"] == "text" and lines["crime", "recorded_on"]["level"] == "Month"
    assert lines["crime", "weapon"]["type"] == "true or false"
    page = (folder / "dictionary.html").read_text()
    outline = Outline()
    outline.feed(page)
    assert ("html", {"lang": "en-GB"}) in outline.tags
    names = [tag for tag, _ in outline.tags]
    # One for each table, and one of how the formats tell their values.
    assert names.count("caption") == names.count("table") == 3 and "script" not in names and "link" not in names
    assert {attrs["scope"] for tag, attrs in outline.tags if tag == "th"} == {"row", "col"}
    assert "Small &lt;data&gt;" in page and "Nobody real &amp; nothing true." in page


def test_progress_is_told_and_can_stop_the_build(root):
    seen = []
    build(root, "one", progress=seen.append)
    assert [(p.table, p.rows_done, p.rows_expected) for p in seen if p.rows_done] == [("crime", 3, 3), ("victim", 4, 4)]
    assert {(p.tables_done, p.tables) for p in seen} >= {(0, 2), (1, 2)}

    class Cancelled(Exception):
        pass

    def cancel(progress):
        if progress.table == "victim":
            raise Cancelled

    with pytest.raises(Cancelled):
        build(root, "two", progress=cancel)
    assert not (root / "staging" / "two" / "manifest.json").exists()


@pytest.mark.parametrize("table", ["crime", "victim"])
def test_a_table_that_fails_while_the_one_before_is_written_ends_the_build(root, monkeypatch, table):
    read, before = engines.OnDuckDB.read, threading.active_count()

    def failing(engine, asked):
        if asked.name == table:
            raise OSError(errno.ENOSPC, "No space left on device")
        return read(engine, asked)

    monkeypatch.setattr(engines.OnDuckDB, "read", failing)
    with pytest.raises(OSError, match="No space left"):
        build(root, "one")
    assert threading.active_count() == before, "nobody reads on"
    monkeypatch.undo()
    build(root, "one")


def test_rows_that_got_lost_end_the_build(root, monkeypatch):
    count = engines.OnDuckDB.count
    monkeypatch.setattr(engines.OnDuckDB, "count", lambda engine, table: count(engine, table) + 1)
    with pytest.raises(RowsLost, match="crime: 4 rows were to come, 3 came"):
        build(root, "one")


@pytest.mark.slow
def test_a_long_query_beats_and_is_interrupted(root):
    """The engine would work for minutes; a beat that raises ends it within seconds."""
    beats = []

    def beat():
        beats.append(time.monotonic())
        if len(beats) == 3:
            raise TimeoutError

    with small.open_small(root) as store:
        start = time.monotonic()
        with pytest.raises(TimeoutError):
            heartbeat.wait(
                lambda: store.connection.execute(
                    "SELECT sum(a.range * b.range % 7) FROM range(1000000) a, range(1000000) b"
                ).fetchall(),
                beat=beat,
                interrupt=store.connection.interrupt,
            )
        assert time.monotonic() - start < 10
        assert all(later - earlier < 1 for earlier, later in pairwise(beats))
        assert store.connection.execute("SELECT 1").fetchall() == [(1,)]


def test_what_the_engine_raises_is_raised(root):
    with pytest.raises(ZeroDivisionError):
        heartbeat.wait(lambda: 1 // 0, beat=lambda: None, interrupt=lambda: None)


def test_a_collision_stops_the_build(root, monkeypatch):
    """A pseudonym function that loses information stands in for a collision, which nobody can wait for."""
    honest = engines.pseudonymiser

    def lossy(**options):
        calculate = honest(**options)

        def pseudonyms(ids):
            found = calculate(ids).to_pylist()
            return type(calculate(ids)).from_pandas([None if value is None else value % 2 for value in found])

        return pseudonyms

    monkeypatch.setattr(engines, "pseudonymiser", lossy)
    with pytest.raises(PseudonymCollision):
        build(root, "one")


def test_another_release_or_a_missing_table_is_refused(root):
    with pytest.raises(NotInRelease, match="not on this release"):
        build(root, "one", version="2")
    source = small.write_source(root / "half" / "source", crime=small.tables()["crime"])
    small.published(root / "half", source=source)
    with pytest.raises(NotInRelease, match="victim"):
        build(root / "half", "two")


def test_the_risk_is_told_of_the_rows_as_they_will_be_delivered(root):
    catalogue = small.small_catalogue(root)
    spec = compile_specification(small.scope(**GRANTED), catalogue, "1")
    with small.open_small(root) as store:
        report, remedies = pipeline.assessment(spec, catalogue=catalogue, store=store, progress=lambda _: None)
    assert [(table.table, table.rows) for table in report.tables] == [("crime", 3), ("victim", 4)]
    assert (report.ceiling, remedies) == (None, ())


def test_a_period_without_rows_gives_empty_tables(root):
    catalogue = small.small_catalogue(root)
    nobody = small.scope(first=date(1990, 1, 1), last=date(1990, 12, 31), **GRANTED)
    spec = compile_specification(nobody, catalogue, "1")
    into = root / "staging" / "none"
    into.mkdir(parents=True)
    with small.open_small(root) as store:
        pipeline.build(
            spec, catalogue=catalogue, store=store, key=KEY, into=into, created_at=small.NOON, progress=lambda _: None
        )
    assert parquet.read_table(into / "crime.parquet").num_rows == 0
    assert (into / "crime.csv").read_text().splitlines() == ['"crime_id","recorded_on","force","weapon"']


@pytest.mark.slow
def test_many_batches_on_two_threads_give_the_same_bytes(tmp_path):
    """More rows than a batch and than a row group hold, so that threads could get in each other's way."""
    data, digests = tmp_path / "data", []
    data.mkdir()
    extract.prepare(data, 600_000)
    for name in ("one", "two"):
        out = tmp_path / name
        out.mkdir()
        extract.extract_both(data, out, 600_000)
        digests.append(delivery.digest_of(out / "extract"))
        rows = parquet.read_metadata(out / "extract" / "pol_crime.parquet").num_rows
        assert 250_000 < rows < 350_000, "the cohort is half of the forces"
    assert digests[0] == digests[1]


class Killed(BaseException):
    """The process ends here."""


def die_at(table):
    def progress(step):
        if step.table == table and step.rows_done:
            raise Killed

    return progress


@pytest.mark.slow
@pytest.mark.parametrize("seal", [None, Seal(bytes(32))], ids=["plain", "sealed"])
def test_a_build_that_was_killed_goes_on_where_it_was(root, seal):
    """The table that was finished is not written again; the whole is what an unbroken build makes."""
    with pytest.raises(Killed):
        build(root, "one", progress=die_at("victim"), seal=seal)
    folder = root / "staging" / "one"
    before = (folder / "crime.parquet").stat()
    (folder / "leftover.tmp").write_text("half a file")
    seen = []
    manifest, _ = build(root, "one", progress=seen.append, seal=seal)
    after = (folder / "crime.parquet").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert {step.table for step in seen if step.rows_done} == {"victim"}
    assert {(step.all_kept, step.all_expected) for step in seen if step.rows_done} == {(3, 7)}
    assert not (folder / "leftover.tmp").exists() and not (folder / ".finished").exists()

    unbroken, _ = build(root, "two", seal=seal)
    assert [(one.name, one.rows, one.content_sha256) for one in manifest.files] == [
        (one.name, one.rows, one.content_sha256) for one in unbroken.files
    ]
    assert delivery.verify(folder) == []
    if seal is None:
        assert delivery.digest_of(folder) == delivery.digest_of(root / "staging" / "two")


@pytest.mark.slow
@pytest.mark.parametrize("harm", ["cut", "change", "remove", "mark"])
def test_a_finished_table_that_is_not_as_it_was_is_made_anew(root, harm):
    with pytest.raises(Killed):
        build(root, "one", progress=die_at("victim"))
    folder = root / "staging" / "one"
    path = folder / "crime.csv"
    if harm == "remove":
        path.unlink()
    elif harm == "mark":
        (folder / ".finished" / "crime").write_text("{")
    else:
        content = path.read_bytes()
        path.write_bytes(content[:-5] if harm == "cut" else content.replace(b"North", b"South"))
    seen = []
    build(root, "one", progress=seen.append)
    assert {step.table for step in seen if step.rows_done} == {"crime", "victim"}
    build(root, "two")
    assert delivery.digest_of(folder) == delivery.digest_of(root / "staging" / "two")
