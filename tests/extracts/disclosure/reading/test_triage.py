"""Triage: what a file is by its content, whatever its name says; bombs and packages that say two things are refused."""

import io
import struct
import zipfile

import pytest

from extracts.disclosure.policy import SRS_10, Policy
from extracts.disclosure.reading.formats import READER_OF, read
from extracts.disclosure.reading.triage import CannotRead, triage
from extracts.disclosure.reading.types import TYPES

from ..fuzz.corpus import CORPUS, TELLING
from .formats.parts import concealed
from .office_files import docx, members_of, xls, xlsx, zipped

OLD_WORD = xls().replace("Workbook".encode("utf-16-le"), "WordDocu".encode("utf-16-le"))


@pytest.mark.parametrize("name", sorted(CORPUS))
def test_a_file_is_known_by_its_content_and_its_name_agrees(name: str) -> None:
    found = triage(name, CORPUS[name](TELLING), SRS_10)
    assert found.concealed == ()
    assert found.kind in READER_OF


@pytest.mark.parametrize(
    "name", sorted(set(CORPUS) - {"a.yaml", "a.txt", "a.tsv", "a.csv", "semicolon.csv", "wide.csv"})
)
def test_another_name_does_not_change_what_a_file_is_and_is_told(name: str) -> None:
    content = CORPUS[name](TELLING)
    found = triage("innocent.csv", content, SRS_10)
    assert found.kind == triage(name, content, SRS_10).kind
    assert [(one.rule, one.verdict) for one in found.concealed] == [("hidden_content", "review")]


def test_every_kind_that_is_read_has_a_type() -> None:
    assert set(READER_OF) <= set(TYPES)


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.xlsx", b"",                                         "is empty"),
        ("a.csv",  b" \n",                                      "is empty"),
        ("a.exe",  b"MZ\x90\x00" + b"\x00" * 100,               "a program"),
        ("a.db",   b"SQLite format 3\x00" + b"\x00" * 100,      "an SQLite database"),
        ("a.xml",  b"<?xml version='1.0'?><a>1</a>",            "XML"),
        ("a.doc",  OLD_WORD, "an old Office file"),
        ("a.7z",   b"7z\xbc\xaf\x27\x1c" + b"\x00" * 50,        r"looks like \.7z"),
        ("a.bin",  bytes(range(256)) * 4,                       "does not know"),
        ("a.xlsx", xlsx()[:300],                                "damaged package"),
        ("a.xls",  xls()[:700],                                 "damaged old Office"),
    ],
)  # fmt: skip
def test_what_no_reader_takes_is_for_a_person(name: str, content: bytes, problem: str) -> None:
    with pytest.raises(CannotRead, match=problem):
        read(content, name, SRS_10)


def test_encrypted_files_are_refused() -> None:
    content = bytearray(xlsx())
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(CannotRead, match="encrypted"):
        read(bytes(content), "a.xlsx", SRS_10)
    office = xls().replace("Workbook".encode("utf-16-le").ljust(32, b"\0"), "EncryptedPackage".encode("utf-16-le"))
    with pytest.raises(CannotRead, match="encrypted"):
        read(office.replace(struct.pack("<H", 18) + b"\x02", struct.pack("<H", 34) + b"\x02"), "a.xlsx", SRS_10)


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = zipped({**members_of(xlsx()), "xl/worksheets/sheet2.xml": b"\x00" * 8 * 2**20})
    assert len(bomb) < 40_000
    with pytest.raises(CannotRead, match="far more than it is"):
        read(bomb, "a.xlsx", SRS_10)
    with pytest.raises(CannotRead, match="parts"):
        read(zipped({f"{n}.txt": "1" for n in range(2_100)}), "a.zip", SRS_10)


def test_files_are_nested_to_a_depth_only() -> None:
    content = zipped({"a.csv": "area,n\nNorth,10\n"})
    for _ in range(5):
        content = zipped({"inner.zip": content})
    problems = [one.problem for one in read(content, "a.zip", SRS_10).concealed]
    assert any("nested more than 3 deep" in problem for problem in problems)


def test_a_file_larger_than_the_policy_allows_is_refused() -> None:
    with pytest.raises(CannotRead, match="larger than 100"):
        read(xlsx(), "a.xlsx", Policy("small", "1", max_bytes=100))


def _twice(content: bytes) -> bytes:
    file = io.BytesIO(content)
    with zipfile.ZipFile(file, "a") as package, pytest.warns(UserWarning, match="Duplicate"):
        package.writestr("word/document.xml", "<a/>")
    return file.getvalue()


def _between(content: bytes) -> bytes:
    place, end = content.index(b"PK\x01\x02"), content.rindex(b"PK\x05\x06")
    return content[:place] + b"secret" + content[place : end + 16] + struct.pack("<I", place + 6) + content[end + 20 :]


def _other_size(content: bytes) -> bytes:
    return content[:18] + struct.pack("<I", 7) + content[22:]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (_twice,                             "same name"),
        (lambda content: b"1,2" + content,   "."),
        (lambda content: content + b"1,2",   "."),
        (_between,                           "in none of its parts"),
        (_other_size,                        "two different things"),
    ],
)  # fmt: skip
def test_a_package_that_two_readers_would_read_differently_is_refused(change: object, problem: str) -> None:
    assert callable(change)
    with pytest.raises(CannotRead, match=problem):
        read(change(docx()), "a.docx", SRS_10)


def test_words_beside_the_members_of_a_package_are_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        for name, content in members_of(docx()).items():
            about = zipfile.ZipInfo(name)
            about.comment = b"7 people"
            package.writestr(about, content)
    with pytest.raises(CannotRead, match="beside"):
        read(file.getvalue(), "a.docx", SRS_10)


def test_names_of_members_may_not_lead_elsewhere() -> None:
    with pytest.raises(CannotRead, match="leads outside"):
        read(zipped({**members_of(docx()), "../../a.txt": "1"}), "a.docx", SRS_10)


def test_entities_are_never_followed() -> None:
    bomb = "<!DOCTYPE w:document [<!ENTITY a 'x'><!ENTITY b '&a;&a;'>]>"
    for kind in (bomb, "<!DOCTYPE w:document [<!ENTITY b SYSTEM 'file:///etc/hostname'>]>"):
        members = members_of(docx())
        members["word/document.xml"] = kind.encode() + members["word/document.xml"].replace(b"North", b"&b;")
        with pytest.raises(CannotRead):
            read(zipped(members), "a.docx", SRS_10)


def test_clean_files_of_every_kind_of_office_conceal_nothing() -> None:
    for name in ("a.xlsx", "a.ods", "a.pptx", "a.csv", "a.html"):
        made = CORPUS[name](TELLING)
        expected = [("active_content", "review")] if name == "a.html" else []  # its chart is a script
        assert concealed(read(made, name, SRS_10)) == expected, name
