"""PDF: text and tables of each page, pictures and drawings, and everything a PDF may hold beside its pages."""

from __future__ import annotations

import io
import logging
import re
import zlib
from collections.abc import Iterator
from typing import Any

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.contents import Contents, Part, PartKind
from extracts.disclosure.reading.formats import pdf_extras
from extracts.disclosure.reading.formats.frames import require_room
from extracts.disclosure.reading.formats.printed import tables_in
from extracts.disclosure.reading.formats.texts import unseen
from extracts.disclosure.reading.headers import parts_of
from extracts.disclosure.reading.triage import CannotRead

MOST_PAGES, MOST_TIMES, MOST_MARKS = 200, 16, 200_000
STREAM = re.compile(rb"stream\r?\n")
CURE = "Supply the tables as CSV files, and the text as a text file."
# More lines and curves than the rules of a table are a drawing.
FEW_CURVES, FEW_LINES = 3, 400


def read(content: bytes, name: str, limits: Policy) -> Contents:
    """Parts by page and place, `page 2, table 1`, and what is hidden in the file. Raises CannotRead."""
    _require_small_streams(content, limits)
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)
    try:
        extras = pdf_extras.read(content, limits)
        pages = list(_pages(content, limits))
    except CannotRead:
        raise
    except Exception:
        # Both parsers raise whatever a damaged file leads to.
        raise CannotRead("The PDF is damaged or of a kind that cannot be read.", CURE) from None
    hidden = [one for part in pages for one in unseen(part.text, part.place)]
    return Contents("pdf", (*pages, *extras.parts), (*extras.concealed, *hidden))


def _require_small_streams(content: bytes, limits: Policy) -> None:
    """Raises CannotRead when the streams of a PDF unpack to far more than a file may have."""
    left, view = MOST_TIMES * limits.max_bytes, memoryview(content)
    for found in STREAM.finditer(content):
        try:
            machine = zlib.decompressobj()
            left -= len(machine.decompress(view[found.end() :], left + 1))
        except zlib.error:
            continue
        if left < 0:
            raise CannotRead("The PDF unpacks to far more than it is.", CURE)


def _pages(content: bytes, limits: Policy) -> Iterator[Part]:
    """The parts of each page."""
    import pdfplumber

    with pdfplumber.open(io.BytesIO(content), unicode_norm="NFC") as file:
        if len(file.pages) > MOST_PAGES:
            raise CannotRead(f"The PDF has more than {MOST_PAGES} pages.", CURE)
        for number, page in enumerate(file.pages, 1):
            yield from _page(page, f"page {number}", limits)
            page.close()


def _page(page: Any, place: str, limits: Policy) -> Iterator[Part]:
    """Tables, then the text outside of them, then pictures."""
    if len(page.chars) + len(page.lines) + len(page.rects) > MOST_MARKS:
        raise CannotRead("A page of the PDF holds far more than a reader could see.", CURE)
    found = [(table, rows) for table in page.find_tables() if (rows := _rows(table.extract()))]
    for number, (_, rows) in enumerate(found, 1):
        require_room(len(rows), len(rows[0]), limits)
        yield from parts_of(rows, f"{place}, table {number}")
    rest = page
    for table, _ in found:
        rest = rest.outside_bbox(table.bbox, strict=False)
    text = rest.extract_text() or ""
    if text.strip():
        yield Part(PartKind.TEXT, place, text=text)
        lines = (rest.extract_text(layout=True) or "").splitlines()
        lined_up = "\n".join(line for line in lines if line.strip())
        for table, where in tables_in(lined_up, limits):
            yield Part(PartKind.TABLE, f"{place}, {where}", table)
    yield from _pictures(page, place)


def _rows(cells: list[list[str | None]]) -> list[list[str]]:
    """The rows of a ruled table that hold anything; none for a mere box around text or an empty grid."""
    rows = [[" ".join((cell or "").split()) for cell in row] for row in cells]
    rows = [row for row in rows if any(row)]
    return rows if len(rows) > 1 and len(rows[0]) > 1 else []


def _pictures(page: Any, place: str) -> Iterator[Part]:
    """Pictures and drawings on a page, for people to look at."""
    for number, image in enumerate(page.images, 1):
        size = " by ".join(f"{side:,.0f}" for side in (image["width"], image["height"]))
        yield Part(PartKind.PICTURE, f"{place}, picture {number}", note=f"A picture of {size} points.")
    if len(page.curves) > FEW_CURVES or len(page.lines) + len(page.rects) > FEW_LINES:
        note = f"A drawing of {len(page.curves):,} curves and {len(page.lines) + len(page.rects):,} lines and boxes."
        yield Part(PartKind.PICTURE, f"{place}, drawing", note=note)
