"""Small files of each kind, made on the spot."""

import io
from typing import Any

from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject, NumberObject, TextStringObject


def pdf(*lines: str, table: list[list[str]] | None = None, change: Any = None) -> bytes:
    """A PDF of one page with lines of text and, below them, a ruled table. `change` is called with its writer."""
    writer = PdfWriter()
    page = writer.add_blank_page(width=595, height=842)
    font = DictionaryObject({
        NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1"),
        NameObject("/BaseFont"): NameObject("/Helvetica"),
    })  # fmt: skip
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/Font"): DictionaryObject({NameObject("/F1"): writer._add_object(font)})}
    )
    marks = [_text(72, 780 - 20 * number, line) for number, line in enumerate(lines)]
    marks += _ruled(table or [])
    stream = DecodedStreamObject()
    stream.set_data("\n".join(marks).encode("latin-1"))
    page[NameObject("/Contents")] = writer._add_object(stream.flate_encode())
    if change:
        change(writer)
    writer.metadata = {**(writer.metadata or {}), "/Producer": "test"}
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def _text(x: int, y: int, text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return f"BT /F1 11 Tf {x} {y} Td ({escaped}) Tj ET"


def _ruled(table: list[list[str]]) -> list[str]:
    """A table with lines around every cell."""
    if not table:
        return []
    top, left, high, wide = 600, 72, 20, 100
    right, bottom = left + wide * len(table[0]), top - high * len(table)
    marks = [f"{left} {top - high * row} m {right} {top - high * row} l S" for row in range(len(table) + 1)]
    marks += [f"{left + wide * place} {top} m {left + wide * place} {bottom} l S" for place in range(len(table[0]) + 1)]
    for row, cells in enumerate(table):
        marks += [_text(left + 5 + wide * place, top - high * row - 14, cell) for place, cell in enumerate(cells)]
    return marks


def comment(text: str) -> DictionaryObject:
    """A note on a page of a PDF."""
    return DictionaryObject({
        NameObject("/Type"): NameObject("/Annot"), NameObject("/Subtype"): NameObject("/Text"),
        NameObject("/Rect"): ArrayObject([NumberObject(n) for n in (10, 10, 30, 30)]),
        NameObject("/Contents"): TextStringObject(text),
    })  # fmt: skip
