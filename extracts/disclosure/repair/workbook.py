"""Workbooks repaired in place: the cells that changed are changed, and every other part of the file stays as it is.

A workbook may keep a number in more places than one: in the result of a formula, behind a chart or a pivot
table, in a comment, a hidden sheet, a name. What cannot be changed for certain is refused.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.contents import Contents, PartKind
from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.reading.figures import as_plain
from extracts.disclosure.reading.formulas import NotWorkedOut, cells_used
from extracts.disclosure.reading.labels import as_seen
from extracts.disclosure.reading.markup import local, parse_xml
from extracts.disclosure.reading.package import Package, open_package
from extracts.disclosure.reading.references import column_number, letters
from extracts.disclosure.reading.sheet import At, Sheet
from extracts.disclosure.repair import workbook_cells as cells
from extracts.disclosure.repair.workbook_cells import CannotWrite, Members

SUFFIXES = (".xlsx", ".ods")
COLUMNS = re.compile(r"columns ([A-Z]+)-([A-Z]+)$")
# A number of so many digits is looked for in all of the file; smaller ones stand in any file for something else.
TELLING = 100
# A comma may stand between thousands or between two numbers: both are looked at.
NUMBERS = (
    re.compile(r"(?<![\w.,])\d{1,3}(?:[, ]\d{3})+(?:\.\d+)?(?![\w,])"),
    re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?!\w)"),
)
NO_NUMBERS = re.compile(r"\d{4}-\d\d-\d\d(?:T[\d:.]+Z?)?|\$?\b[A-Z]{1,3}\$?\d+\b")  # moments and references to cells
# Attributes that may hold a number of a table; the others hold sizes, places and colours.
VALUES = frozenset(
    ["v", "val", "value", "string-value", "name", "title", "prompt", "error", "descr", "tooltip", "display"]
)
# Lists of the package itself; and styles, whose attributes are no copies of the numbers of a table.
LISTS = re.compile(r"\[Content_Types\]\.xml|.*\.rels|xl/calcChain\.xml|settings\.xml")
STYLES = re.compile(r"xl/styles\.xml|xl/theme/.*|styles\.xml")
# What programs count for themselves.
OF_PROGRAMS = frozenset(["TotalTime", "AppVersion", "Application", "i4", "revision", "editing-cycles", "generator"])
PICTURE_OF_ITSELF = re.compile(r"docProps/thumbnail\.\w+|Thumbnails/.*", re.I)


@dataclass(frozen=True, order=True)
class Spot:
    """Where a cell of a table stands in a workbook, row and column from 0."""

    sheet: str
    row: int
    column: int

    @property
    def at(self) -> At:
        """Row and column."""
        return self.row, self.column

    @property
    def name(self) -> str:
        """Its name as spreadsheets have it: B3."""
        return f"{letters(self.column)}{self.row + 1}"


def without_pictures_of_itself(content: bytes, policy: Policy) -> bytes:
    """The workbook without the small picture that software keeps of its first sheet, which shows its numbers."""
    package = open_package(content, policy)
    pictures = [name for name in package.names if PICTURE_OF_ITSELF.fullmatch(name)]
    return _packed(package, cells.without_members(package, pictures)) if pictures else content


def kept_elsewhere(contents: Contents) -> list[str]:
    """Sentences on what a workbook holds that may keep a number after its cell has changed."""
    found = [
        " ".join(filter(None, (f"{_at(one.place)}{one.problem}", one.cure)))
        for one in contents.concealed
        if one.rule in ("hidden_content", "active_content")
    ]
    kept = {PartKind.CHART: "A chart keeps the numbers that it draws. Delete the chart, or make it anew afterwards.",
            PartKind.PICTURE: "A picture may show the numbers. Delete it."}  # fmt: skip
    found += [f"{_at(part.place)}{kept[part.kind]}" for part in contents.parts if part.kind in kept]
    return list(dict.fromkeys(found))


def _at(place: str) -> str:
    return f"{place[0].upper()}{place[1:]}: " if place else ""


def spots(
    content: bytes, tables: Sequence[tuple[str, Table, Collection[str]]], policy: Policy
) -> list[dict[str, Spot]]:
    """Per table, where the first row of each of its columns of numbers stands.

    tables  place, table and the columns of numbers

    Raises CannotWrite for a column that is not to be found as it was read.
    """
    sheets = _sheets(open_package(content, policy), policy)
    found = []
    for place, table, columns in tables:
        here = [sheet for sheet in sheets if place == sheet.place or place.startswith(f"{sheet.place}, rows ")]
        if len(here) != 1:
            raise CannotWrite("Two sheets have the same name.")
        found.append(_columns(here[0], place, table, columns))
    return found


def _columns(sheet: Sheet, place: str, table: Table, columns: Collection[str]) -> dict[str, Spot]:
    """From the last to the first, the next column to the left that holds the same texts on the same rows."""
    limits, found = COLUMNS.search(place), dict[str, Spot]()
    last = column_number(limits[2]) if limits else max((column for _, column in sheet.cells), default=-1)
    first = column_number(limits[1]) if limits else 0
    for name in reversed([name for name in table.columns if name in columns]):
        texts = table.column(name)
        while last >= first and texts != _texts(sheet, table, last):
            last -= 1
        if last < first:
            raise CannotWrite(f"The column {name} stands in the sheet in another form than it was read in.")
        found[name] = Spot(sheet.name, table.row_numbers[0] - 1, last)
        last -= 1
    return found


def _texts(sheet: Sheet, table: Table, column: int) -> tuple[str, ...]:
    return tuple(as_plain(as_seen(sheet.cells.get((row - 1, column), ""))) for row in table.row_numbers)


def with_cells_changed(
    content: bytes,
    now: Mapping[Spot, str],
    own: Collection[Spot],
    gone: Collection[float],
    labels: Collection[str],
    policy: Policy,
) -> tuple[bytes, list[Spot]]:
    """The workbook in which other texts stand in some cells; and the cells whose formula became a value for that.

    now     cell -> its new text
    own     the cells of the tables, changed or not: a formula in one of them becomes the value that it shows
    gone    numbers that must be nowhere in the file now
    labels  texts of the tables that are no numbers of theirs, which may well contain such a number

    Raises CannotWrite when another formula uses a changed cell, or when a number is still there.
    """  # fmt: skip
    package = open_package(content, policy)
    before = {sheet.name: sheet for sheet in _sheets(package, policy)}
    _require_no_user(before, now, own)
    as_values = [spot for spot in sorted(own) if spot.at in before[spot.sheet].formulas]
    edit = cells.edited_xlsx if "xl/workbook.xml" in package.names else cells.edited_ods
    wanted: dict[str, dict[At, str | None]] = {name: {} for name in before}
    for spot in as_values:
        wanted[spot.sheet][spot.at] = None
    for spot, text in now.items():
        wanted[spot.sheet][spot.at] = text
    made = _packed(package, edit(package, wanted))
    _require_gone(made, own, {number for number in gone if abs(number) >= TELLING}, labels, policy)
    return made, [spot for spot in as_values if spot not in now]


def _require_no_user(sheets: Mapping[str, Sheet], now: Collection[Spot], own: Collection[Spot]) -> None:
    """Raises CannotWrite for a formula outside of the tables that uses a number which changes."""
    changed = {(spot.sheet, *spot.at) for spot in now}
    inside = {(spot.sheet, *spot.at) for spot in own}
    for name, sheet in sheets.items():
        for at, formula in sheet.formulas.items():
            try:
                uses = (name, *at) not in inside and changed & cells_used(formula, name)
            except NotWorkedOut:
                uses = changed
            if uses:
                where = f"{sheet.place}, cell {letters(at[1])}{at[0] + 1}"
                raise CannotWrite(f"The formula in {where} works with a number that must go. Delete it.")


def _require_gone(
    content: bytes, own: Collection[Spot], gone: Collection[float], labels: Collection[str], policy: Policy
) -> None:
    """Raises CannotWrite when a number of several digits that was hidden or rounded is still in the file."""
    package = open_package(content, policy)
    tables = {(spot.sheet, *spot.at) for spot in own}
    for sheet in _sheets(package, policy):
        for at, text in sheet.cells.items():
            if (sheet.name, *at) not in tables and as_seen(text) not in labels and _numbers(text) & set(gone):
                where = f"{sheet.place}, cell {letters(at[1])}{at[0] + 1}"
                raise CannotWrite(f"The text in {where} tells a number that must go. Change it.")
    for name in package.names:
        if not LISTS.fullmatch(name) and any(
            _numbers(text) & set(gone) for text in _words(package, name) if as_seen(text) not in labels
        ):
            raise CannotWrite(f"The part {name} of the file tells a number that must go.")


def _numbers(text: str) -> set[float]:
    """The numbers that a text contains, with or without separators of thousands."""
    plain = NO_NUMBERS.sub(" ", as_seen(text))
    return {float(re.sub("[, ]", "", one)) for pattern in NUMBERS for one in pattern.findall(plain)}


def _words(package: Package, member: str) -> Iterator[str]:
    """The texts of a member that may hold a number of a table, but for the cells of its sheets."""
    if not member.endswith((".xml", ".vml")):
        yield package.read(member).decode("latin-1")
        return
    for one in parse_xml(package.read(member)).iter():
        if local(one) not in ("", *OF_PROGRAMS) and not cells.is_cell(one):
            yield from (str(text) for text in (one.text, one.tail) if text)
            if not STYLES.fullmatch(member):
                yield from (str(text) for key, text in one.attrib.items() if str(key).rpartition("}")[2] in VALUES)


def _sheets(package: Package, policy: Policy) -> list[Sheet]:
    """The sheets as the engine reads them."""
    return [sheet for sheet, _ in cells.sheets_in(package, policy)]


def _packed(package: Package, made: Members) -> bytes:
    """The package with other members in place of some, and without those that are None; all others byte for byte."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for old in package.file.infolist():
            if old.filename in made and made[old.filename] is None:
                continue
            info = zipfile.ZipInfo(old.filename, old.date_time)
            info.compress_type, info.external_attr = old.compress_type, old.external_attr
            new = made.get(old.filename)
            file.writestr(info, package.file.read(old) if new is None else new)
    return content.getvalue()
