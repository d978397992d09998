"""What type a file is, by its first bytes, its members and its text."""

from __future__ import annotations

import bz2
import io
import json
import lzma
import re
import zlib
from pathlib import PurePath

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.encodings import CONTROL, as_text
from extracts.disclosure.reading.package import open_package
from extracts.disclosure.reading.triage import CannotRead
from extracts.disclosure.reading.types import TYPES

STARTS = (
    (b"%PDF", "pdf"), (b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"), (b"GIF8", "gif"),
    (b"II*\x00", "picture"), (b"MM\x00*", "picture"), (b"BM", "picture"), (b"PAR1", "parquet"), (b"ARROW1", "arrow"),
    (b"FEA1", "feather"),
    (b"\xff\xff\xff\xff", "arrow"), (b"<stata_dta>", "dta"), (b"$FL2", "sav"), (b"$FL3", "sav"),
    (b"\x00" * 12 + b"\xc2\xea\x81\x60\xb3\x14\x11\xcf", "sas7bdat"), (b"HEADER RECORD*******LIB", "xpt"),
    (b"RDX2\n", "rda"), (b"RDX3\n", "rda"), (b"RDA2\n", "rda"), (b"RDA3\n", "rda"), (b"X\n\x00\x00\x00", "rds"),
    (b"A\n2\n", "rds"), (b"A\n3\n", "rds"), (b"\x80\x02", "pickle"), (b"\x80\x03", "pickle"), (b"\x80\x04", "pickle"),
    (b"\x80\x05", "pickle"), (b"\x93NUMPY", "numpy"), (b"\x89HDF\r\n\x1a\n", "hdf5"),
    (b"SQLite format 3\x00", "sqlite"), (b"\x7fELF", "program"), (b"MZ", "program"),
)  # fmt: skip
STATA_BEFORE_117 = frozenset(b"\x69\x6c\x6e\x6f\x71\x72\x73")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HTML = re.compile(
    r"\s*(?:<!--.*?-->\s*)*(?:<\?xml[^>]*>\s*(?:<!doctype\s+html|<html)|"
    r"<(?:!doctype\s+html|html|head|body|table|div|p|h[1-6]|meta|style|script|span|section|title|iframe|img|a|link|ul))\b",
    re.I | re.S,
)
SVG = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*|<!DOCTYPE\s+svg[^>\[]*(?:\[.*?\]\s*)?>\s*)*<(?:\w+:)?svg\b", re.I | re.S
)
XML = re.compile(r"\s*<[?!\w]")


def type_by_content(name: str, content: bytes, policy: Policy) -> str:
    """A key of TYPES. The name decides only between types of plain text. Raises CannotRead."""
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _in_zip(content, policy)
    if content.startswith(OLE):
        return _in_ole(content)
    if (packed := _unpacked_start(content)) is not None:
        return _in_compressed(name, packed)
    for start, kind in STARTS:
        # Two letters are not enough to call a text a picture or a program.
        if content.startswith(start) and (len(start) > 2 or CONTROL.search(content[:512])):
            return kind
    if content[0] in STATA_BEFORE_117 and content[1:2] in (b"\x01", b"\x02") and content[2:4] == b"\x01\x00":
        return "dta"
    if content[257:262] == b"ustar":
        return "tar"
    text = as_text(content)
    return _text_type(name, text) if text is not None else _by_puremagic(content)


def _in_zip(content: bytes, policy: Policy) -> str:
    """The type of a zip file by its members."""
    package = open_package(content, policy)
    names = set(package.names)
    macros = any(name.lower().endswith("vbaproject.bin") for name in names)
    for member, kind in (("xl/workbook.xml", "xlsx"), ("word/document.xml", "docx"), ("ppt/presentation.xml", "pptx")):
        if member in names and "[Content_Types].xml" in names:
            return kind[:3] + "m" if macros else kind
    if "xl/workbook.bin" in names:
        return "xlsb"
    if "mimetype" in names:
        mimetype = package.read("mimetype").decode("ascii", "replace")
        if "opendocument" in mimetype:
            return "ods" if "spreadsheet" in mimetype else "odf"
    if any(name.rpartition("/")[2] == "data.pkl" for name in names):
        return "torch"
    return "numpy" if names and all(name.endswith(".npy") for name in names) else "zip"


def _in_ole(content: bytes) -> str:
    """The type of an old Office file by its streams. Raises CannotRead for encrypted and damaged ones."""
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(content)) as file:
            streams = {entry[0] for entry in file.listdir()}
    except Exception:  # olefile raises whatever the damage leads to
        raise CannotRead("The file is a damaged old Office file.") from None
    if "EncryptedPackage" in streams:
        raise CannotRead("The file is encrypted.", "Supply it without a password.")
    return "xls" if streams & {"Workbook", "Book"} else "ole"


def _unpacked_start(content: bytes) -> bytes | None:
    """The first bytes of what gzip, bzip2, xz or zlib packed, or None when none of them did. Only 1 KiB is unpacked."""
    try:
        if content.startswith(b"\x1f\x8b"):
            return zlib.decompressobj(31).decompress(content[:65536], 1024)
        if content.startswith(b"BZh"):
            return bz2.BZ2Decompressor().decompress(content, 1024)
        if content.startswith(b"\xfd7zXZ\x00"):
            return lzma.LZMADecompressor().decompress(content, 1024)
        if content[:2] in (b"x\x01", b"x\x5e", b"x\x9c", b"x\xda"):
            return zlib.decompressobj().decompress(content[:65536], 1024)
    except (zlib.error, OSError, lzma.LZMAError, EOFError):
        return b"" if content[:1] != b"x" else None
    return None


def _in_compressed(name: str, start: bytes) -> str:
    """R and joblib pack what they write; anything else packed is an archive."""
    for signature, kind in STARTS:
        if start.startswith(signature) and kind in ("rds", "rda"):
            return kind
        if start.startswith(signature) and kind == "pickle":
            return "joblib" if PurePath(name).suffix.lower() == ".joblib" else "pickle"
    return "gzip"


def _text_type(name: str, text: str) -> str:
    """Types of text: by what it says, and by its name where any text would do."""
    suffix = PurePath(name).suffix.lower()
    start = text[:4096].lstrip("\ufeff")
    if SVG.match(start):
        return "svg"
    if HTML.match(start):
        return "html"
    if start.lstrip()[:1] in ("{", "[") and (kind := _json_type(text)):
        return kind
    if XML.match(start) and suffix not in (".csv", ".tsv", ".txt"):
        return "xml"
    named = next((kind for kind in ("csv", "tsv", "yaml", "text") if suffix in TYPES[kind].suffixes), None)
    return named or "text"


def _json_type(text: str) -> str | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return "ipynb" if isinstance(value, dict) and "cells" in value and "nbformat" in value else "json"


def _by_puremagic(content: bytes) -> str:
    """A second opinion on bytes that nothing here knows, so that the finding can name them. Raises CannotRead."""
    import puremagic

    try:
        ending = puremagic.from_string(content[:65536]).lstrip(".")
    except (puremagic.PureError, ValueError, IndexError):
        ending = ""
    kind = f" (it looks like .{ending})" if re.fullmatch(r"\w{1,8}", ending) else ""
    raise CannotRead(f"The file is of a type that the engine does not know{kind}.")
