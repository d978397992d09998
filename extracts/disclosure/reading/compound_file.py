"""Compound files ([MS-CFB]), in which old Office files lie: their chains of sectors, followed before a library does.

A chain that leads back into itself or out of the file makes a library ask for all memory, which ends its process.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from extracts.disclosure.reading.triage import CannotRead

FIRST_SPECIAL = 0xFFFFFFFA  # from here on numbers are marks, not sectors
END = 0xFFFFFFFE
ENTRY, STORAGE = 128, 1
BELOW_IS_MINI = 4096
CURE = "Save it as an XLSX workbook."


def require_sound(content: bytes) -> None:
    """Raises CannotRead unless every stream is a chain of sectors of its own within the file."""
    try:
        _follow(content)
    except (struct.error, IndexError):
        raise _damaged() from None


def _damaged() -> CannotRead:
    return CannotRead("The old Office file is damaged.", CURE)


def _follow(content: bytes) -> None:
    shift, mini_shift = struct.unpack_from("<HH", content, 30)
    if shift not in (9, 12) or mini_shift != 6:
        raise _damaged()
    size = 1 << shift
    directories, directory_start = struct.unpack_from("<I4xI", content, 40)
    mini_start, minis, more_start = struct.unpack_from("<III", content, 60)
    if max(directories, minis) * size > len(content):
        raise _damaged()
    taken: set[int] = set()
    table = _numbers(content, _table_sectors(content, more_start, size, taken), size)
    directory = b"".join(_sector(content, one, size) for one in _chain(directory_start, table, taken))
    mini_table = _numbers(content, list(_chain(mini_start, table, taken)), size)
    mini_taken: set[int] = set()
    for place in range(0, len(directory) - ENTRY + 1, ENTRY):
        named, kind, start, length = struct.unpack_from("<HB49xIQ", directory[place + 64 :])
        length = length & 0xFFFFFFFF if size == 512 else length
        if not named or kind == STORAGE or not length:
            continue
        if length > len(content):
            raise _damaged()
        if place == 0 or length >= BELOW_IS_MINI:
            sectors = list(_chain(start, table, taken))
            for one in sectors:
                _sector(content, one, size)
        else:
            sectors = list(_chain(start, mini_table, mini_taken))
        if not sectors:
            raise _damaged()


def _table_sectors(content: bytes, more: int, size: int, taken: set[int]) -> list[int]:
    """Sectors of the table of all chains: 109 from the header, others from sectors of their own."""
    found = list(struct.unpack_from("<109I", content, 76))
    while more < FIRST_SPECIAL:
        if more in taken:
            raise _damaged()
        taken.add(more)
        *numbers, more = struct.unpack(f"<{size // 4}I", _sector(content, more, size))
        found += numbers
    sectors = [one for one in found if one < FIRST_SPECIAL]
    if len(set(sectors)) < len(sectors):
        raise _damaged()
    return sectors


def _numbers(content: bytes, sectors: list[int], size: int) -> list[int]:
    """The numbers that sectors hold."""
    return [number for one in sectors for number in struct.unpack(f"<{size // 4}I", _sector(content, one, size))]


def _sector(content: bytes, number: int, size: int) -> bytes:
    """The bytes of a sector. Raises CannotRead for one beyond the end of the file."""
    start = (number + 1) * size
    if start >= len(content):
        raise _damaged()
    return content[start : start + size]


def _chain(start: int, table: list[int], taken: set[int]) -> Iterator[int]:
    """The sectors of a chain. Raises CannotRead for one that another chain, or this one, has already."""
    while start != END:
        if start >= len(table) or start in taken:
            raise _damaged()
        taken.add(start)
        yield start
        start = table[start]
