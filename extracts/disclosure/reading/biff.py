"""Records of old Excel workbooks ([MS-XLS]), looked through before anything parses them.

They tell how large a sheet would be, so that no library asks for the memory of billions of cells, and what it hides.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.office import FAIL, Office
from extracts.disclosure.reading.triage import CannotRead

CELLS = frozenset([0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x7E, 0xBD, 0xBE, 0xD6, 0xFD, 0x201, 0x203, 0x204, 0x205, 0x27E])
SIZE, START, TEXTS, NOTE, ROW, COLUMNS, LINKED, PASSWORD = 0x200, 0x809, 0xFC, 0x1C, 0x208, 0x7D, 0x1AE, 0x2F
HIDDEN_ROW, HIDDEN_COLUMN = 0x20, 0x01
CURE = "Save it as an XLSX workbook."


def look_through(office: Office, stream: bytes, limits: Policy) -> None:
    """Note comments, hidden rows and columns, and links. Raises CannotRead for sheets too large and for encryption."""
    rows: list[int] = []
    columns: list[int] = []
    for kind, body in _records(stream):
        if kind == START:
            _require_room(rows, columns, limits)
            rows, columns = [], []
        elif kind in CELLS and len(body) >= 4:
            row, column = struct.unpack_from("<HH", body)
            rows.append(row)
            columns.append(column)
        elif kind == SIZE and len(body) >= 10:
            first, last, left, right = struct.unpack_from("<IIHH" if len(body) >= 12 else "<HHHH", body)
            _require_room([first, max(first, last)], [left, max(left, right)], limits)
        else:
            _beside_cells(office, kind, body, len(stream))
    _require_room(rows, columns, limits)


def _records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and content of each record. Raises CannotRead when one is cut off."""
    place = 0
    while place + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, place)
        if kind == length == 0:  # what fills the last sector
            return
        if place + 4 + length > len(stream):
            raise CannotRead("The old Excel file is damaged.", CURE)
        yield kind, stream[place + 4 : place + 4 + length]
        place += 4 + length


def _require_room(rows: list[int], columns: list[int], limits: Policy) -> None:
    """Raises CannotRead when the rectangle of a sheet's cells is far larger than any table may be."""
    if rows and (max(rows) - min(rows) + 1) * (max(columns) - min(columns) + 1) > 4 * limits.max_cells:
        raise CannotRead(f"A sheet has more than {limits.max_cells:,} cells.", "Split it into smaller tables.")


def _beside_cells(office: Office, kind: int, body: bytes, size: int) -> None:
    """Records that hide something, lead elsewhere, or ask for more than there is."""
    if kind == PASSWORD:
        raise CannotRead("The file is encrypted.", "Supply it without a password.")
    if kind == TEXTS and (len(body) < 8 or struct.unpack_from("<I", body, 4)[0] > size):
        raise CannotRead("The old Excel file is damaged.", CURE)
    hidden = (kind == ROW and len(body) >= 16 and body[12] & HIDDEN_ROW) or (
        kind == COLUMNS and len(body) >= 10 and body[8] & HIDDEN_COLUMN
    )
    if hidden:
        office.conceals("hidden_content", FAIL, "Rows or columns are hidden.", "Delete them, or show them.")
    if kind == NOTE:
        office.conceals("hidden_content", FAIL, "Cells have comments.", "Delete all comments.")
    if kind == LINKED and len(body) > 4:
        office.conceals("hidden_content", FAIL, "The file is linked to values of other files.", "Break the links.")
