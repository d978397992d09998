"""Small Office files made on the spot, and surgery on packages."""

import io
import struct
import zipfile
from collections.abc import Callable, Mapping

import openpyxl

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
P = (
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
ODF = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text", "style")
)
TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    """A package of these members."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            package.writestr(name, content)
    return file.getvalue()


def members_of(content: bytes) -> dict[str, bytes]:
    """Name to content of the members of a package."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def changed(content: bytes, member: str, change: Callable[[str], str]) -> bytes:
    """A package with one text member changed."""
    members = members_of(content)
    before = members[member].decode()
    members[member] = change(before).encode()
    assert members[member] != before.encode(), "the change changes nothing"
    return zipped(members)


def with_members(content: bytes, members: Mapping[str, str | bytes]) -> bytes:
    """A package with more members."""
    return zipped({**members_of(content), **members})


ROWS = (("area", "n"), ("North", 10), ("South", 20))


def xlsx(*rows: tuple[object, ...], change: Callable[[openpyxl.Workbook], None] | None = None) -> bytes:
    """A workbook with these rows on its only sheet, `Counts`; `change` is called with it before it is saved."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Counts"
    for row in rows or ROWS:
        sheet.append(row)
    if change:
        change(book)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def word_table(*rows: tuple[object, ...]) -> str:
    """The XML of a table of a Word document."""
    return "<w:tbl>" + "".join(f"<w:tr>{''.join(map(word_cell, row))}</w:tr>" for row in rows) + "</w:tbl>"


def word_cell(text: object, properties: str = "") -> str:
    """The XML of a cell."""
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{word_text(text)}</w:tc>"


def word_text(text: object, properties: str = "") -> str:
    """The XML of a paragraph."""
    return f"<w:p><w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r></w:p>"


def docx(*body: str, more: Mapping[str, str | bytes] | None = None) -> bytes:
    """A Word document of these paragraphs and tables."""
    document = f"<w:document {W}><w:body>{''.join(body) or word_table(*ROWS)}</w:body></w:document>"
    return zipped({"[Content_Types].xml": TYPES, "word/document.xml": document, **(more or {})})


def slide_table(*rows: tuple[object, ...]) -> str:
    """The XML of a table of a slide."""
    cell = "<a:tc><a:txBody><a:p><a:r><a:t>{}</a:t></a:r></a:p></a:txBody></a:tc>"
    lines = "".join(f"<a:tr>{''.join(cell.format(text) for text in row)}</a:tr>" for row in rows)
    return (
        f"<p:graphicFrame><a:graphic><a:graphicData><a:tbl>{lines}</a:tbl></a:graphicData></a:graphic></p:graphicFrame>"
    )


def slide_text(text: str, shape: str = "", x: int = 0) -> str:
    """The XML of a text on a slide."""
    place = f'<p:spPr><a:xfrm><a:off x="{x}" y="0"/></a:xfrm></p:spPr>'
    about = f'<p:nvSpPr><p:cNvPr id="2" name="Text" {shape}/></p:nvSpPr>'
    return f"<p:sp>{about}{place}<a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sp>"


def pptx(
    *slides: str, show: str = "", more: Mapping[str, str | bytes] | None = None, listed: int | None = None
) -> bytes:
    """A presentation of these slides."""
    slides = slides or (slide_table(*ROWS),)
    ids = "".join(f'<p:sldId id="{256 + n}" r:id="rId{n}"/>' for n in range(len(slides) if listed is None else listed))
    made = {
        f"ppt/slides/slide{n}.xml": f"<p:sld {P} {show}><p:cSld><p:spTree>{slide}</p:spTree></p:cSld></p:sld>"
        for n, slide in enumerate(slides, 1)
    }
    presentation = (
        f'<p:presentation {P}><p:sldIdLst>{ids}</p:sldIdLst><p:sldSz cx="9144000" cy="6858000"/></p:presentation>'
    )
    return zipped({"[Content_Types].xml": TYPES, "ppt/presentation.xml": presentation, **made, **(more or {})})


def ods_cell(value: object, attributes: str = "", inside: str = "") -> str:
    """The XML of a cell of an OpenDocument sheet."""
    number = f'office:value-type="float" office:value="{value}"' if isinstance(value, int | float) else ""
    return f"<table:table-cell {number} {attributes}><text:p>{value}</text:p>{inside}</table:table-cell>"


def ods_row(*cells: object, attributes: str = "") -> str:
    """The XML of a row; cells are values or XML."""
    made = (cell if str(cell).startswith("<") else ods_cell(cell) for cell in cells)
    return f"<table:table-row {attributes}>{''.join(map(str, made))}</table:table-row>"


def ods(
    *rows: str, columns: str = "", style: str = "", beside: str = "", more: Mapping[str, str | bytes] | None = None
) -> bytes:
    """An OpenDocument workbook with these rows on its only sheet, `Counts`."""
    unseen = '<style:table-properties table:display="false"/>'
    hidden = f'<style:style style:name="gone" style:family="table">{unseen}</style:style>'
    table = "".join(rows) or "".join(ods_row(*row) for row in ROWS)
    content = (
        f"<office:document-content {ODF}><office:automatic-styles>{hidden}</office:automatic-styles><office:body>"
        f'<office:spreadsheet><table:table table:name="Counts" {style}>{columns}{table}</table:table>{beside}'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    mimetype = "application/vnd.oasis.opendocument.spreadsheet"
    return zipped({"mimetype": mimetype, "content.xml": content, **(more or {})})


def xls(
    rows: tuple[tuple[object, ...], ...] = ROWS, *, state: int = 0, streams: tuple[str, ...] = (), more: bytes = b""
) -> bytes:
    """An old Excel workbook (BIFF8 in a compound file) with one sheet, `Counts`; state 1 hides it, 2 hides it well.

    `more` are further records of the sheet.
    """
    bof = struct.pack("<HHHHHHII", 0x809, 16, 0x600, 5, 0, 0, 0, 0)
    name = b"Counts"
    bound = struct.pack("<HHIBBBB", 0x85, 8 + len(name), len(bof) + 12 + len(name) + 4, state, 0, len(name), 0) + name
    end = struct.pack("<HH", 0x0A, 0)
    cells = b"".join(
        _biff_cell(row, column, value) for row, line in enumerate(rows) for column, value in enumerate(line)
    )
    sheet = struct.pack("<HHHHHHII", 0x809, 16, 0x600, 0x10, 0, 0, 0, 0) + cells + more + end
    return compound({"Workbook": bof + bound + end + sheet, **dict.fromkeys(streams, b"x" * 10)})


def _biff_cell(row: int, column: int, value: object) -> bytes:
    if isinstance(value, int | float):
        return struct.pack("<HHHHHd", 0x203, 14, row, column, 0, float(value))
    text = str(value).encode("ascii")
    return struct.pack("<HHHHHHB", 0x204, 9 + len(text), row, column, 0, len(text), 0) + text


def compound(streams: Mapping[str, bytes]) -> bytes:
    """A compound file ([MS-CFB], version 3) with these streams, each padded to the least size of a full one."""
    sector, end, free, fat_mark, none = 512, 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD, 0xFFFFFFFF
    padded = {name: content.ljust(4096, b"\x00") for name, content in streams.items()}
    directory_sectors = -(-(len(padded) + 1) // 4)
    table = [fat_mark, *range(2, directory_sectors + 1), end]
    data, entries = b"", []
    for name, content in padded.items():
        start, count = len(table), -(-len(content) // sector)
        table += [*range(start + 1, start + count), end]
        data += content.ljust(count * sector, b"\x00")
        entries.append((name, 2, start, len(content)))
    assert len(table) <= 128, "one sector of the table must be enough"
    rows = b""
    for number, (name, kind, start, size) in enumerate([("Root Entry", 5, end, 0), *entries]):
        right = number + 1 if 0 < number < len(entries) else none
        child = 1 if number == 0 else none
        coded = name.encode("utf-16-le")
        rows += struct.pack(
            "<64sHBBIII16sIQQIQ", coded, len(coded) + 2, kind, 1, none, right, child, b"", 0, 0, 0, start, size
        )
    rows = rows.ljust(directory_sectors * sector, b"\x00")
    header = struct.pack(
        "<8s16sHHHHH6sIIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6, b"",
        0, 1, 1, 0, 4096, end, 0, end, 0, 0,
    )  # fmt: skip
    header += struct.pack("<108I", *[free] * 108)
    return header + struct.pack("<128I", *(table + [free] * (128 - len(table)))) + rows + data
