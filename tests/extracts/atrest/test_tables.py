"""Sealed tables are read by pyarrow, pandas and DuckDB with their key, and by nothing without it."""

import base64

import duckdb
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from extracts.atrest import gatehouse_workspace as gw
from extracts.atrest.seal import Seal
from extracts.atrest.tables import PAGES
from tests.extracts import small_dataset as small

KEY = bytes(range(32))
TABLE = pa.table({"id": pa.array(range(1000), pa.int64()), "place": ["Northshire", None] * 500})


def write(folder, name="crime", *, key=KEY, table=TABLE):
    path = folder / f"{name}.parquet"
    with parquet.ParquetWriter(path, table.schema, encryption_properties=Seal(key).parquet(path.name)) as writer:
        for batch in table.to_batches(max_chunksize=300):
            writer.write_batch(batch)
    return path


@pytest.fixture
def keyed(tmp_path, monkeypatch):
    file = tmp_path / "workspace.key"
    file.write_text(f"# of one project\n1 {KEY.hex()}\n")
    file.chmod(0o600)
    monkeypatch.setenv(gw.KEY_VARIABLE, str(file))
    return file


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "extract"
    folder.mkdir()
    return folder


def test_pyarrow_pandas_and_duckdb_read_the_same(folder, keyed):
    write(folder)
    write(folder, "victim", table=TABLE.slice(0, 10))
    assert gw.arrow("crime", folder).equals(TABLE)
    pd.testing.assert_frame_equal(gw.read("crime", folder), TABLE.to_pandas().astype({"id": "Int64"}))
    with gw.duckdb(folder=folder) as connection:
        assert connection.sql("FROM crime").to_arrow_table().equals(TABLE)
        assert connection.sql("SELECT count(*) FROM crime JOIN victim USING (id)").fetchall() == [(10,)]


def test_every_file_has_a_key_of_its_own(folder):
    known = gw.by_id([KEY])
    found = {gw.data_key(write(folder, name), f"{name}.parquet", known) for name in ("one", "two")}
    assert len(found) == 2 and all(len(key) == 32 for key in found)


def test_nothing_of_the_content_is_in_the_file(folder):
    content = write(folder).read_bytes()
    assert content.startswith(b"PARE") and content.endswith(b"PARE")
    for told in (b"Northshire", b"place", b"ARROW", b"pandas"):
        assert told not in content


def test_without_the_key_it_is_not_read(folder):
    path = write(folder)
    with pytest.raises(OSError, match="encrypted"):
        parquet.read_table(path)
    with duckdb.connect() as connection, pytest.raises(duckdb.Error, match="encrypted"):
        connection.execute(f"FROM read_parquet('{path}')")


def flip(path, place):
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)


def test_what_was_altered_is_found(folder, keyed):
    flip(write(folder), 100)
    with pytest.raises(OSError):
        gw.arrow("crime", folder)
    flip(write(folder), -20)
    with pytest.raises(gw.Damaged):
        gw.arrow("crime", folder)


@pytest.mark.parametrize("change", [lambda content: content[:-3], lambda content: content + b"x", lambda _: b"PARE"])
def test_a_file_that_is_cut_short_or_goes_on(folder, keyed, change):
    path = write(folder)
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(gw.Truncated):
        gw.arrow("crime", folder)


def test_a_file_under_another_name_or_key_is_refused(folder, keyed):
    write(folder).rename(folder / "victim.parquet")
    with pytest.raises(gw.WrongFile, match="victim"):
        gw.arrow("victim", folder)
    write(folder, key=bytes(32))
    with pytest.raises(gw.WrongKey):
        gw.duckdb("crime", folder=folder)


def test_duckdb_filters_and_is_told_no_key(folder, keyed):
    path = write(folder)
    write(folder, "victim", table=TABLE.slice(0, 10))
    with gw.duckdb(folder=folder) as connection:
        connection.execute("CALL enable_logging('QueryLog')")
        assert connection.execute("SELECT count(place) FROM crime WHERE id BETWEEN 10 AND 19").fetchall() == [(5,)]
        joined = "SELECT count(*) FROM crime JOIN victim USING (id) WHERE crime.place IS NULL"
        assert connection.execute(joined).fetchall() == [(5,)]
        said = str(connection.execute("SELECT message FROM duckdb_logs()").fetchall())
        said += str(connection.execute("SELECT sql FROM duckdb_views()").fetchall())
        assert connection.execute("SELECT current_setting('temp_directory')").fetchall() == [("",)]
    assert "FROM crime" in said, "it was looked for where it would be"
    key = gw.data_key(path, path.name)
    for form in (key.hex(), key.hex().upper(), base64.b64encode(key).decode(), KEY.hex()):
        assert form not in said


def test_duckdb_reads_the_files_by_itself_within_its_limits(folder):
    """What the R script rests on: pages as `tables.PAGES` says, and OFFSET 0 so that no filter reaches the scan."""
    table = pa.table({"id": pa.array(range(300_000), pa.int64()), "place": ["N", "S", None] * 100_000})
    path = folder / "t.parquet"
    with parquet.ParquetWriter(path, table.schema, encryption_properties=Seal(KEY).parquet(path.name), **PAGES) as out:
        for batch in table.to_batches(max_chunksize=131_072):
            out.write_batch(batch)
    key = gw.data_key(path, path.name, gw.by_id([KEY]))
    source = f"read_parquet('{path}', encryption_config = {{footer_key_value: $key}})"
    with duckdb.connect() as connection:
        asked = f"SELECT count(place), sum(id) FROM (FROM {source} OFFSET 0) WHERE id < 150000"
        assert connection.execute(asked, {"key": key}).fetchall() == [(100_000, sum(range(150_000)))]


def test_a_sealed_store_reads_sealed_tables(tmp_path):
    """Its settings are locked, and it may read its two folders only."""
    small.published(tmp_path)
    with small.open_small(tmp_path) as store:
        path = write(tmp_path / "staging")
        Seal(KEY).offer(store.connection, "written crime", path, path.name)
        assert store.connection.execute('SELECT count(place) FROM "written crime"').fetchall() == [(500,)]


def test_a_seal_tells_nothing_of_its_key_and_takes_whole_keys_only():
    assert KEY.hex() not in repr(Seal(KEY)) and "hidden" in repr(Seal(KEY))
    assert Seal(KEY).key_id == gw.key_id(KEY).hex()
    with pytest.raises(ValueError, match="32 bytes"):
        Seal(bytes(16))
