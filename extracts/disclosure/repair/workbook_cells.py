"""The cells of workbooks in their XML: another text in place of a number, a value in place of a formula.

XLSX after ECMA-376, part 1, section 18; ODS after ISO/IEC 26300.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Collection, Iterator, Mapping

from lxml import etree

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading import opendocument, spreadsheetml
from extracts.disclosure.reading.markup import Element, attribute, children, descendants, local, parse_xml, text_of
from extracts.disclosure.reading.office import Office
from extracts.disclosure.reading.opendocument_package import CELLS
from extracts.disclosure.reading.package import Package
from extracts.disclosure.reading.sheet import At, Sheet

# Member -> its new content, or None for one that goes.
Members = Mapping[str, bytes | None]
# Sheet -> cell -> its new text, or None where only its formula goes.
Wanted = Mapping[str, Mapping[At, str | None]]

STRINGS, CHAIN = "xl/sharedStrings.xml", "xl/calcChain.xml"
PLAIN = re.compile(r"-?\d+(?:\.\d+)?")


class CannotWrite(ValueError):
    """A file cannot be changed without changing more than was asked. The message is a sentence for a person."""


def sheets_in(package: Package, policy: Policy) -> Iterator[tuple[Sheet, Element]]:
    """Each sheet of an XLSX or ODS workbook with its XML. Raises CannotRead."""
    if spreadsheetml.WORKBOOK in package.names:
        root, book = spreadsheetml.workbook_of(package)
        yield from spreadsheetml.sheets_of(package, root, book)
    else:
        yield from opendocument.sheets_of(parse_xml(package.read("content.xml")), Office(), policy)


def is_cell(element: Element) -> bool:
    """Whether an element is a cell of a sheet, or part of one."""
    return any(local(one) in ("sheetData", "table-row") for one in (element, *element.iterancestors()))


def edited_xlsx(package: Package, wanted: Wanted) -> dict[str, bytes | None]:
    """The members of an XLSX workbook that differ when cells do. Raises CannotWrite."""
    root, _ = spreadsheetml.workbook_of(package)
    targets = spreadsheetml.targets_of(package)
    members = {
        attribute(one, "name") or "": targets.get(attribute(one, "id") or "", "") for one in descendants(root, "sheet")
    }
    sheets = {member: parse_xml(package.read(member)) for member in members.values()}
    before, formulas, changed = _strings_used(sheets.values()), 0, set()
    for name, member in members.items():
        texts = wanted.get(name, {})
        for at, cell in _cells(sheets[member]) if texts else ():
            if at in texts:
                formulas += _put(cell, texts[at])
                changed.add(member)
        _require_whole_groups(sheets[member])
    made: dict[str, bytes | None] = {member: _written(sheets[member]) for member in changed}
    if unused := before - _strings_used(sheets.values()):
        made[STRINGS] = _without_strings(parse_xml(package.read(STRINGS)), unused)
    # It lists the cells with formulas, and is made anew by whoever opens the file.
    return {**made, **without_members(package, [CHAIN])} if formulas and CHAIN in package.names else made


def _cells(sheet: Element) -> Iterator[tuple[At, Element]]:
    """The cells of a sheet with their places: what an element says, or else the next one."""
    row = -1
    for line in descendants(sheet, "row"):
        row = int(attribute(line, "r") or row + 2) - 1
        column = -1
        for cell in children(line, "c"):
            row, column = spreadsheetml.at_of(attribute(cell, "r"), row, column + 1)
            yield (row, column), cell


def _put(cell: Element, text: str | None) -> bool:
    """Write a text or a number into a cell, or only take its formula away; whether it had one."""
    formulas = list(children(cell, "f"))
    for one in formulas if text is None else list(cell):
        cell.remove(one)
    for name in ("cm", "vm"):  # they say that a formula fills other cells, or name a value kept elsewhere
        cell.attrib.pop(name, None)
    if text is None:
        return bool(formulas)
    space = f"{{{etree.QName(cell).namespace}}}"
    was_text = attribute(cell, "t") in ("s", "inlineStr")
    cell.attrib.pop("t", None)
    if PLAIN.fullmatch(text) and not was_text:
        etree.SubElement(cell, f"{space}v").text = text
    else:
        cell.set("t", "inlineStr")
        etree.SubElement(etree.SubElement(cell, f"{space}is"), f"{space}t").text = text
    return bool(formulas)


def _require_whole_groups(sheet: Collection[Element]) -> None:
    """Raises CannotWrite when a formula is left that is shared with one that went."""
    shared = [one for one in descendants(sheet, "f") if attribute(one, "t") == "shared"] if len(sheet) else []
    first = {attribute(one, "si") for one in shared if text_of(one)}
    if any(attribute(one, "si") not in first for one in shared):
        raise CannotWrite("A formula beside a table is shared with one in the table. Replace formulas by their values.")


def _strings_used(sheets: Collection[Element]) -> set[int]:
    """Places of the shared texts that some cell shows."""
    cells = (cell for sheet in sheets for cell in descendants(sheet, "c") if attribute(cell, "t") == "s")
    return {int(text_of(one)) for cell in cells for one in children(cell, "v")}


def _without_strings(strings: Element, unused: Collection[int]) -> bytes:
    """The shared texts, with nothing in place of those that no cell shows any more."""
    for number, one in enumerate(children(strings, "si")):
        if number in unused:
            for inner in list(one):
                one.remove(inner)
            etree.SubElement(one, f"{{{etree.QName(one).namespace}}}t")
    return _written(strings)


def without_members(package: Package, names: Collection[str]) -> dict[str, bytes | None]:
    """What differs in a package when some members go: these, and the lists that name them."""
    made: dict[str, bytes | None] = dict.fromkeys(names)
    for member in package.names:
        if not member.endswith((".rels", "[Content_Types].xml", "META-INF/manifest.xml")):
            continue
        root, found = parse_xml(package.read(member)), False
        for one in list(root):
            said = attribute(one, "Target") or attribute(one, "PartName") or attribute(one, "full-path") or ""
            folder = member.rpartition("_rels/")[0] if member.endswith(".rels") and not said.startswith("/") else ""
            if f"{folder}{said}".lstrip("/") in names:
                root.remove(one)
                found = True
        if found:
            made[member] = _written(root)
    return made


def _written(root: Element) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def edited_ods(package: Package, wanted: Wanted) -> dict[str, bytes | None]:
    """The members of an OpenDocument workbook that differ when cells do."""
    root = parse_xml(package.read("content.xml"))
    for table in descendants(root, "table"):
        texts = wanted.get(attribute(table, "name") or "", {})
        if not texts or local(table.getparent()) != "spreadsheet":
            continue
        for row, line in _apart(list(descendants(table, "table-row")), {at[0] for at in texts}, "number-rows-repeated"):
            columns = {column for number, column in texts if number == row}
            for column, cell in _apart(list(children(line, *CELLS)), columns, "number-columns-repeated"):
                _put_ods(cell, texts[row, column])
    return {"content.xml": _written(root)}


def _apart(elements: list[Element], wanted: Collection[int], times: str) -> list[tuple[int, Element]]:
    """The wanted ones of a run of rows or cells, each an element of its own: those that stand for several are split."""
    found, place = [], 0
    for one in elements:
        number = opendocument.times_of(one, times)
        end, first, rest = place + number, place, one
        for at in sorted(at for at in wanted if place <= at < end):
            if at > first:
                before = copy.deepcopy(rest)
                before.tail = None
                _repeat(before, times, at - first)
                rest.addprevious(before)
            if at + 1 < end:
                mine = copy.deepcopy(rest)
                mine.tail = None
                rest.addprevious(mine)
                _repeat(rest, times, end - at - 1)
            else:
                mine = rest
            _repeat(mine, times, 1)
            found.append((at, mine))
            first = at + 1
        place = end
    return found


def _repeat(element: Element, times: str, number: int) -> None:
    key = f"{{{etree.QName(element).namespace}}}{times}"
    element.attrib.pop(key, None)
    if number > 1:
        element.set(key, str(number))


def _put_ods(cell: Element, text: str | None) -> None:
    """Write a text or a number into a cell, or only take its formula away."""
    table = etree.QName(cell).namespace
    cell.attrib.pop(f"{{{table}}}formula", None)
    if text is None:
        return
    for key in list(cell.attrib):
        if key.rpartition("}")[2] in (
            "value",
            "value-type",
            "string-value",
            "date-value",
            "time-value",
            "boolean-value",
            "currency",
        ):
            del cell.attrib[key]
    for one in list(children(cell, "p")):
        cell.remove(one)
    spaces = {prefix: uri for prefix, uri in cell.nsmap.items() if prefix in ("office", "text")}
    number = PLAIN.fullmatch(text) is not None
    cell.set(f"{{{spaces['office']}}}value-type", "float" if number else "string")
    if number:
        cell.set(f"{{{spaces['office']}}}value", text)
    etree.SubElement(cell, f"{{{spaces['text']}}}p").text = text
