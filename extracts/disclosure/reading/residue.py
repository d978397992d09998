"""What is left in the XML of Office packages when all that has a place for text is read: words where none belong."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extracts.disclosure.reading.contents import Part, PartKind
from extracts.disclosure.reading.markup import Element, attribute, descendants, local, parse_xml
from extracts.disclosure.reading.office import FAIL, REVIEW, Office
from extracts.disclosure.reading.package import Package

# Elements that hold characters by their schema (ECMA-376), and that readers here give or that hold sizes only.
PLACES = """
    t v f nf is text delText instrText definedName formula formula1 formula2 calculatedColumnFormula totalsRowFormula
    oddHeader oddFooter evenHeader evenFooter firstHeader firstFooter author formatCode col colOff row rowOff posOffset
    align pctWidth pctHeight pctPosHOffset pctPosVOffset sqref attrName lvl id txfldGUID
"""
WITH_TEXT = frozenset(PLACES.split())
# Names that a person gives, and that no page shows.
NAMED = {
    "bookmarkStart": "name", "tag": "val", "alias": "val", "cNvPr": "name", "docPr": "name", "cellStyle": "name",
    "sheetPr": "codeName", "sheet": "name", "name": "val", "numFmt": "formatCode", "table": "displayName",
}  # fmt: skip
TELLING = re.compile(r"\d{3}|@")
YEARS_AND_SIZES = re.compile(r"(?:19|20)\d\d|#?,?##0[.0]*|0{3,}")
NOT_LOOKED_AT = re.compile(r"docProps/|customXml/|\.vml$|xl/model/", re.I)


def note_residue(office: Office, package: Package) -> None:
    """Note words in places for none, names with numbers in them, and folders of somebody's computer."""
    for name in package.names:
        if name.endswith((".xml", ".rels")) and not NOT_LOOKED_AT.search(name):
            root = parse_xml(package.read(name))
            if text := " ".join(" ".join(_stray(root)).split()):
                problem = "The file holds words where no program looks for any."
                office.conceals("hidden_content", FAIL, problem, "Save it anew with ordinary software.", name)
                office.parts.append(Part(PartKind.TEXT, f"residue of {name}", text=text))
            if telling := "\n".join(dict.fromkeys(_telling_names(root))):
                office.parts.append(Part(PartKind.TEXT, "names", text=telling))
            if any(True for _ in descendants(root, "absPath")):
                problem = "The file names a folder of somebody's computer."
                office.conceals("metadata", REVIEW, problem, "Remove personal information from the file.")


def _stray(root: Element) -> Iterator[str]:
    """Characters within elements that have no place for them."""
    for one in root.iter():
        if not local(one):
            continue
        pieces = [one.text, *(inner.tail for inner in one)]
        if local(one) not in WITH_TEXT:
            yield from (str(piece) for piece in pieces if piece and not piece.isspace())


def _telling_names(root: Element) -> Iterator[str]:
    """Names with a longer number or an address in them; years and formats of numbers are none."""
    for one in descendants(root, *NAMED):
        said = attribute(one, NAMED[local(one)]) or ""
        if TELLING.search(YEARS_AND_SIZES.sub("", said)):
            yield said
