"""Compound files whose chains of sectors would lead a library astray."""

import struct

import pytest

from extracts.disclosure.policy import SRS_10
from extracts.disclosure.reading.compound_file import require_sound
from extracts.disclosure.reading.formats import read
from extracts.disclosure.reading.triage import CannotRead

from .office_files import compound, xls

FIRST, DIRECTORIES, DIRECTORY, CUTOFF, MINIS, MORE, TABLE = 76, 40, 48, 60, 64, 68, 512


def changed(place: int, number: int) -> bytes:
    """An old workbook with another number at a place."""
    content = xls()
    return content[:place] + struct.pack("<I", number) + content[place + 4 :]


def test_whole_files_are_sound() -> None:
    require_sound(xls())
    require_sound(xls(streams=("VBA",)))
    require_sound(compound({"WordDocument": b"x" * 9000}))


DAMAGE = {
    "the table of chains is a sector of zeros, which lead to each other": (FIRST, 8),
    "the table of chains is beyond the end": (FIRST, 2048),
    "the directory leads into itself": (TABLE + 4, 1),
    "a stream leads into itself": (TABLE + 4 * 5, 3),
    "a stream leads out of the file": (TABLE + 4 * 5, 4_000_000),
    "the directory is said to be huge": (DIRECTORIES, 2**31),
    "the directory begins beyond the end": (DIRECTORY, 900),
    "small sectors begin beyond the end": (CUTOFF, 900),
    "small sectors are said to be many": (MINIS, 2**31),
    "the table goes on in a sector that is none of its own": (MORE, 6),
}


@pytest.mark.parametrize("what", DAMAGE)
def test_chains_that_would_fill_the_memory_are_refused(what: str) -> None:
    content = changed(*DAMAGE[what])
    with pytest.raises(CannotRead, match="damaged"):
        require_sound(content)
    with pytest.raises(CannotRead, match="damaged"):
        read(content, "a.xls", SRS_10)


def test_a_header_that_is_cut_off_is_refused() -> None:
    with pytest.raises(CannotRead, match="damaged"):
        require_sound(xls()[:80])
