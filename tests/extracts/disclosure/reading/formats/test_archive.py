"""Archives: each file in them is read, and what lies beside the files is found."""

import bz2
import gzip
import io
import tarfile
import zipfile

import pytest

from extracts.disclosure.policy import SRS_10, Policy
from extracts.disclosure.reading.formats.archive import read
from extracts.disclosure.reading.triage import CannotRead

from .parts import concealed, tables, texts

COUNTS = b"area,n\nNorth,12\n"
WANTED = [("area", "n"), ("North", "12")]
IN_ARCHIVE = ("hidden_content", "review")


def zipped(files: dict[str, bytes], comment: bytes = b"") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
        archive.comment = comment
    return file.getvalue()


def tarred(files: dict[str, bytes], link: str = "") -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
        if link:
            entry = tarfile.TarInfo("link")
            entry.type, entry.linkname = tarfile.SYMTYPE, link
            archive.addfile(entry)
    return file.getvalue()


@pytest.mark.parametrize("make", [zipped, tarred, lambda files: gzip.compress(tarred(files))])
def test_every_file_is_read(make: object) -> None:
    contents = read(make({"a.csv": COUNTS, "notes/b.txt": b"3 people"}), "a", SRS_10)
    assert tables(contents) == {"file a.csv": WANTED}
    assert "3 people" in texts(contents)
    assert concealed(contents) == [IN_ARCHIVE]


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress])
def test_a_packed_file_is_read_by_its_name(pack: object) -> None:
    contents = read(pack(COUNTS), "a.csv.gz", SRS_10)
    assert list(tables(contents).values()) == [WANTED]


def test_archives_in_archives_are_read_to_a_depth() -> None:
    content, name = COUNTS, "a.csv"
    for depth in range(5):
        content, name = zipped({name: content}), f"{depth}.zip"
        found = read(content, name, SRS_10)
        assert bool(tables(found)) == (depth < 3)
        assert IN_ARCHIVE in concealed(found)


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        (zipped({"a.csv": COUNTS}, comment=b"Ann Ash"), ("hidden_content", "fail")),
        (b"person_id,age\nP1,30\n" + zipped({"a.csv": COUNTS}), ("hidden_content", "fail")),
        (zipped({"../a.csv": COUNTS}), ("active_content", "fail")),
        (zipped({"/etc/a.csv": COUNTS}), ("active_content", "fail")),
        (tarred({"a.csv": COUNTS}, link="/etc/passwd"), ("active_content", "fail")),
    ],
)
def test_what_lies_beside_the_files(content: bytes, wanted: tuple[str, str]) -> None:
    if content.startswith(b"person_id"):
        content = b"PK\x03\x04" + content
    assert wanted in concealed(read(content, "a", SRS_10))


def test_bombs_and_broken_archives_are_not_read() -> None:
    small = Policy("small", "1", max_bytes=2**16)
    bombs = (zipped({f"{n}.txt": bytes(2**18) for n in range(4)}), gzip.compress(bytes(2**20)),
             zipped({f"{n}.csv": COUNTS for n in range(300)}))  # fmt: skip
    for content in bombs:
        with pytest.raises(CannotRead):
            read(content, "a", small)
    for content in (
        zipped({"a.csv": COUNTS})[:40],
        gzip.compress(COUNTS)[:12],
        b"PK\x03\x04",
        gzip.compress(COUNTS) + b"x",
    ):
        with pytest.raises(CannotRead):
            read(content, "a", SRS_10)
