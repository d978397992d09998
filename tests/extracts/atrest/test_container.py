"""A sealed file gives back what was written, and anything else than that has an error of its own."""

import gc
import io
import zipfile
from hashlib import sha256

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import csv

from extracts.atrest import container
from extracts.atrest import gatehouse_workspace as gw
from extracts.atrest.container import SealedWriter

KEY, OTHER = bytes(range(32)), bytes(32)
SMALL = 64  # bytes of a chunk, in the tests that try many sizes
HEAD = gw.HEADER.size + gw.TAG_BYTES


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(container, "CHUNK_BYTES", SMALL)


def sealed(path, plain, *, name="a.csv", key=KEY):
    with SealedWriter(path, name=name, workspace_key=key) as file:
        file.write(plain)
    return path


def opened(path, *, name="a.csv", key=KEY):
    return gw.SealedFile(path.open("rb"), name=name, known=gw.by_id([key]))


def read(path, **more):
    with io.BufferedReader(opened(path, **more)) as file:
        return file.read()


def chunk(number):
    """Where a chunk of SMALL bytes lies in its file."""
    return slice(HEAD + number * (SMALL + gw.TAG_BYTES), HEAD + (number + 1) * (SMALL + gw.TAG_BYTES))


def altered(path, change):
    content = bytearray(path.read_bytes())
    change(content)
    path.write_bytes(content)
    return path


SIZES = [0, 1, SMALL - 1, SMALL, SMALL + 1, 2 * SMALL - 1, 2 * SMALL, 2 * SMALL + 1, 5 * SMALL]


@pytest.mark.parametrize("size", SIZES)
def test_every_size_around_the_end_of_a_chunk_comes_back(tmp_path, small_chunks, size):
    plain = bytes(number % 251 for number in range(size))
    path = sealed(tmp_path / "a", plain)
    assert read(path) == plain
    assert path.stat().st_size == HEAD + size + gw.TAG_BYTES * max(1, -(-size // SMALL))


def test_a_chunk_has_a_mebibyte(tmp_path):
    plain = bytes(gw.CHUNK_BYTES) + b"and more"
    assert read(sealed(tmp_path / "a", plain)) == plain


@settings(max_examples=60, deadline=None)
@given(
    pieces=st.lists(st.binary(max_size=3 * SMALL), max_size=6),
    places=st.lists(st.tuples(st.integers(0, 600), st.integers(0, 200)), max_size=8),
)
def test_however_it_is_written_and_read(tmp_path_factory, pieces, places):
    """The naive way: one bytes object, cut by Python."""
    plain, path = b"".join(pieces), tmp_path_factory.mktemp("sealed") / "a"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(container, "CHUNK_BYTES", SMALL)
        with SealedWriter(path, name="a.csv", workspace_key=KEY) as file:
            assert [file.write(piece) for piece in pieces] == [len(piece) for piece in pieces]
            assert file.tell() == len(plain)
    assert file.content_sha256() == sha256(plain).hexdigest()
    with io.BufferedReader(opened(path)) as back:
        for start, length in places:
            back.seek(start)
            assert back.read(length) == plain[start : start + length]
        assert back.seek(0, io.SEEK_END) == len(plain)


def test_nothing_of_the_content_is_in_the_file_and_no_two_files_are_alike(tmp_path):
    plain = b"a person's number, again and again; " * 1000
    one, two = (sealed(tmp_path / name, plain).read_bytes() for name in ("one", "two"))
    assert b"person" not in one
    assert one[HEAD:] != two[HEAD:] and one[:HEAD] != two[:HEAD]


def test_writers_of_other_libraries_write_to_it(tmp_path):
    table = pa.table({"a": list(range(1000)), "b": ["x"] * 1000})
    with (
        SealedWriter(tmp_path / "t", name="t.csv", workspace_key=KEY) as file,
        csv.CSVWriter(file, table.schema) as out,
    ):
        out.write(table)
    plain = io.BytesIO()
    csv.write_csv(table, plain)
    assert read(tmp_path / "t", name="t.csv") == plain.getvalue()

    with SealedWriter(tmp_path / "z", name="z.zip", workspace_key=KEY) as file, zipfile.ZipFile(file, "w") as package:
        package.writestr("inside.txt", "hello")
    with zipfile.ZipFile(io.BufferedReader(opened(tmp_path / "z", name="z.zip"))) as package:
        assert package.read("inside.txt") == b"hello"

    with SealedWriter(tmp_path / "x", name="x", workspace_key=KEY) as file, io.TextIOWrapper(file, "utf-8") as text:
        text.write("Grüße\n")
    assert read(tmp_path / "x", name="x").decode() == "Grüße\n"


THREE = bytes(range(150))  # three chunks, the last one short


@pytest.mark.parametrize("cut", [1, gw.TAG_BYTES, 150 - 2 * SMALL + gw.TAG_BYTES, SMALL, 200, 260])
def test_a_file_that_ends_early(tmp_path, small_chunks, cut):
    path = altered(sealed(tmp_path / "a", THREE), lambda content: content.__delitem__(slice(-cut, None)))
    with pytest.raises(gw.Truncated, match="ends"):
        opened(path)


@pytest.mark.parametrize("extra", [b"x", bytes(SMALL + gw.TAG_BYTES)])
def test_a_file_that_goes_on(tmp_path, small_chunks, extra):
    with pytest.raises(gw.ExtraBytes, match=f"{len(extra)} bytes are too many"):
        opened(altered(sealed(tmp_path / "a", THREE), lambda content: content.extend(extra)))


def test_a_file_that_was_never_finished(tmp_path, small_chunks):
    with pytest.raises(ZeroDivisionError), SealedWriter(tmp_path / "a", name="a.csv", workspace_key=KEY) as file:
        file.write(THREE)
        raise ZeroDivisionError
    with pytest.raises(gw.Truncated, match="never finished"):
        opened(tmp_path / "a")


@pytest.mark.slow
def test_a_writer_that_was_thrown_away_finishes_nothing(tmp_path):
    file = SealedWriter(tmp_path / "a", name="a.csv", workspace_key=KEY)
    file.write(b"half")
    del file
    gc.collect()
    with pytest.raises(gw.Truncated, match="never finished"):
        opened(tmp_path / "a")


def swap(first, second):
    def change(content):
        content[first], content[second] = content[second], content[first]

    return change


def copy(source, target):
    return lambda content: content.__setitem__(target, content[source])


def flip(place):
    return lambda content: content.__setitem__(place, content[place] ^ 1)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (swap(chunk(0), chunk(1)), "chunk 1 of 3"),
        (copy(chunk(0), chunk(1)), "chunk 2 of 3"),
        (flip(HEAD), "chunk 1 of 3"),
        (flip(-1), "chunk 3 of 3"),
        (flip(HEAD - 1), "its header"),  # its tag
        (flip(gw.HEADER.size - 1), "its header"),  # the number of plain bytes
        (flip(12), "its header"),  # the size of a chunk
        (flip(15), "its header"),  # the nonce prefix
        (flip(0), "not a sealed file"),
        (flip(8), "not a sealed file"),  # the version
    ],
)
def test_bytes_that_are_not_what_was_written_there(tmp_path, small_chunks, change, says):
    path = altered(sealed(tmp_path / "a", THREE), change)
    with pytest.raises(gw.Damaged, match=says):
        read(path)


def test_a_shorter_file_does_not_pass_for_a_whole_one(tmp_path, small_chunks):
    """Somebody who can write cuts at the end of a chunk and says so in the header: its tag does not agree."""

    def change(content):
        del content[chunk(1).start :]
        content[gw.HEADER.size - 8 : gw.HEADER.size] = SMALL.to_bytes(8, "big")

    with pytest.raises(gw.Damaged, match="header"):
        opened(altered(sealed(tmp_path / "a", bytes(2 * SMALL)), change))


def test_a_chunk_of_another_file_does_not_fit(tmp_path, small_chunks):
    other = sealed(tmp_path / "b", THREE).read_bytes()
    path = altered(sealed(tmp_path / "a", THREE), lambda content: content.__setitem__(chunk(1), other[chunk(1)]))
    with pytest.raises(gw.Damaged, match="chunk 2 of 3"):
        read(path)


def test_a_file_under_another_name_is_refused(tmp_path):
    path = sealed(tmp_path / "a", THREE, name="victim.csv")
    with pytest.raises(gw.WrongFile, match=r"crime\.csv"):
        opened(path, name="crime.csv")


def test_a_wrapped_key_that_was_altered_is_refused(tmp_path):
    with pytest.raises(gw.WrongFile):
        opened(altered(sealed(tmp_path / "a", THREE), flip(gw.HEADER.size - 9)))


def test_another_key_opens_nothing_and_the_keys_are_named_by_their_ids_alone(tmp_path):
    path = sealed(tmp_path / "a", THREE)
    with pytest.raises(gw.WrongKey) as refused:
        opened(path, key=OTHER)
    assert gw.key_id(KEY).hex() in str(refused.value) and gw.key_id(OTHER).hex() in str(refused.value)
    assert KEY.hex() not in str(refused.value)


def test_a_key_that_claims_the_id_of_another_opens_nothing(tmp_path):
    with pytest.raises(gw.WrongFile):
        gw.SealedFile(sealed(tmp_path / "a", THREE).open("rb"), name="a.csv", known={gw.key_id(KEY): OTHER})
