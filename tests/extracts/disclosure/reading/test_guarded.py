"""The guarded child: whatever a reader does, the answer is contents or a refusal, and nothing outside is touched."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from extracts.disclosure.policy import SRS_10
from extracts.disclosure.reading import formats
from extracts.disclosure.reading.contents import Contents
from extracts.disclosure.reading.csv_table import read_table
from extracts.disclosure.reading.guarded import Guard, is_plain, read_all
from extracts.disclosure.reading.triage import CannotRead

from ..fuzz.corpus import CORPUS, TELLING
from .misbehaving import ACTS
from .office_files import docx, xlsx


class Misbehaving(Guard):
    """A guard whose child does what files say."""

    module = f"{__package__}.misbehaving"


@pytest.fixture(scope="module")
def misbehaving() -> Iterator[Misbehaving]:
    with Misbehaving(seconds=1.5, megabytes=700) as guard:
        yield guard


def outcome(guard: Guard, act: str) -> str:
    """What is said of a file that makes its reader do something."""
    try:
        return guard.read("a.txt", act.encode(), SRS_10).parts[0].text
    except CannotRead as error:
        return error.problem


EXPECTED = {
    "sleep": "takes too long", "spin": "takes too long", "fill": "too much memory", "die": "broke off",
    "segfault": "broke off", "raise": "is damaged (ZeroDivisionError)", "long": "takes too", "print": "print",
    "temporary": "temporary", "nothing": "nothing",
}  # fmt: skip


SLOW = ("sleep", "spin", "long", "fill")


@pytest.mark.parametrize("act", [pytest.param(a, marks=pytest.mark.long) if a in SLOW else a for a in sorted(ACTS)])
def test_whatever_a_reader_does_is_contained(misbehaving: Misbehaving, act: str) -> None:
    assert EXPECTED.get(act, "would have") in outcome(misbehaving, act)
    assert outcome(misbehaving, "nothing") == "nothing", "the next file is read as if nothing had been"
    assert not Path("/tmp/outside").exists()


@pytest.mark.slow
def test_a_guarded_reader_gives_what_the_reader_gives() -> None:
    """A naive twin: the same files read in this process."""
    names = ("a.xlsx", "a.docx", "a.html", "a.svg", "semicolon.csv", "a.json", "a.csv")
    files = {name: CORPUS[name](TELLING) for name in names}
    assert read_all(files, SRS_10) == {name: formats.read(content, name, SRS_10) for name, content in files.items()}


def test_one_file_that_cannot_be_read_does_not_keep_others_from_it() -> None:
    found = read_all({"a.xlsx": xlsx()[:100], "b.docx": docx(), "c.xlsx": b""}, SRS_10)
    assert [type(result) for result in found.values()] == [CannotRead, Contents, CannotRead]


def test_plain_tables_need_no_child() -> None:
    with Guard() as guard:
        contents = guard.read("a.csv", b"area,n\nNorth,10\n", SRS_10)
        assert guard.process is None
    assert contents.parts[0].table == read_table("a.csv", b"area,n\nNorth,10\n", SRS_10)


@pytest.mark.parametrize("content", [b"RDX2\nX\n", b"A\n2\n197888\n", b"PK\x03\x04", b"<table>", "é,n\n".encode()])
def test_what_only_calls_itself_plain_is_read_by_a_child(content: bytes) -> None:
    assert not is_plain("a.csv", content, SRS_10)


def test_the_child_is_ready_in_well_under_a_second_and_leaves_nothing_behind() -> None:
    started = time.monotonic()
    with Guard() as guard:
        guard.read("a.xlsx", xlsx(), SRS_10)
        assert time.monotonic() - started < 3.0, "about 0.4 s on an idle machine"
        assert guard.process is not None and guard.scratch is not None
        process, scratch = guard.process, Path(guard.scratch.name)
    assert process.poll() is not None and not scratch.exists()
