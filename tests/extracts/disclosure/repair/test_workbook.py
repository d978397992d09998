"""Workbooks repaired in place: the cells that changed are changed, and no old number is left anywhere in the file."""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.workbook.defined_name import DefinedName

from extracts.disclosure.check import check
from extracts.disclosure.description import Description, FileDescription
from extracts.disclosure.layout import Layout
from extracts.disclosure.policy import SRS_10
from extracts.disclosure.reading import opening
from extracts.disclosure.reading.formats import read
from extracts.disclosure.reading.opening import contents_of
from extracts.disclosure.repair.plan import Repair, Task, plans
from extracts.disclosure.repair.tables import CannotRepair, true_tables
from extracts.disclosure.repair.workbook import Spot, with_cells_changed
from extracts.disclosure.repair.workbook_cells import CannotWrite
from extracts.disclosure.repairs import repairs, write_repairs

from ..reading.office_files import changed, members_of, ods, ods_cell, ods_row, with_members, xlsx

ROWS = (
    ("area", "theft", "fraud", "arson", "Total"),
    ("North", 120, 4, 33, 157),
    ("South", 80, 212, 7, 299),
    ("East", 95, 40, 52, 187),
    ("West", 61, 18, 25, 104),
    ("Total", 356, 274, 117, 747),
)
SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture(autouse=True)
def read_in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the guarded child, which takes a second to start and is tested where it belongs."""
    monkeypatch.setattr(
        opening, "read_all", lambda files, limits: {name: read(one, name, limits) for name, one in files.items()}
    )


def repaired(content: bytes, name: str = "t.xlsx") -> Repair:
    (repair,) = plans(Task(true_tables(name, content, SRS_10), SRS_10), ["suppress"])
    return repair


def cells(content: bytes) -> dict[tuple[str, str], object]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {(sheet.title, cell.coordinate): cell.value for sheet in book for row in sheet for cell in row}


def two_sheets(book: openpyxl.Workbook) -> None:
    book.active["B2"].font = Font(bold=True)
    book.active["C2"].number_format = "0.0"
    book.create_sheet("Notes").append(["Counts of people"])


@pytest.mark.slow
def test_only_the_changed_cells_differ_and_the_change_list_names_them() -> None:
    content = xlsx(*ROWS, change=two_sheets)
    repair = repaired(content)
    before, after = cells(content), cells(repair.files["t.xlsx"])
    differ = {(change.sheet, change.cell) for change in repair.changes}
    assert {place for place in before if before[place] != after[place]} == differ
    assert {after[place] for place in differ} == {"[c]"} and ("Counts", "C2") in differ
    old, new = members_of(content), members_of(repair.files["t.xlsx"])
    assert list(old) == list(new) and [name for name in old if old[name] != new[name]] == [SHEET]
    style = openpyxl.load_workbook(io.BytesIO(repair.files["t.xlsx"]))["Counts"]
    assert style["B2"].font.b and style["C2"].number_format == "0.0"


@pytest.mark.slow
def test_rounded_numbers_stay_numbers() -> None:
    (repair,) = plans(Task(true_tables("t.xlsx", xlsx(*ROWS), SRS_10), SRS_10), ["round"])[:1]
    assert cells(repair.files["t.xlsx"])["Counts", "E2"] == 155


def with_formulas(*formulas: str, rows: tuple[tuple[object, ...], ...] = ROWS) -> bytes:
    """A workbook with formulas as a program saves them: `E2: SUM(B2:D2)`, beside the number that they give."""
    content = xlsx(*rows)
    for formula in formulas:
        place, _, text = formula.partition(": ")
        content = changed(content, SHEET, lambda xml, at=place, f=text: re.sub(
            rf'(<c r="{at}"[^>]*>)(<v>)', rf"\1<f>{f}</f>\2", xml))  # fmt: skip
    return content


@pytest.mark.slow
def test_formulas_of_a_table_become_the_values_that_they_show() -> None:
    content = with_formulas("E2: SUM(B2:D2)", "E3: SUM(B3:D3)", "C6: SUM(C2:C5)")
    chain = '<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><c r="E2" i="1"/></calcChain>'
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"
    content = changed(content, "[Content_Types].xml", lambda xml: xml.replace(
        "</Types>", f'<Override PartName="/xl/calcChain.xml" ContentType="{kind}"/></Types>'))  # fmt: skip
    repair = repaired(with_members(content, {"xl/calcChain.xml": chain}))
    made = members_of(repair.files["t.xlsx"])
    assert (
        b"<f>" not in made[SHEET] and "xl/calcChain.xml" not in made and b"calcChain" not in made["[Content_Types].xml"]
    )
    assert cells(repair.files["t.xlsx"])["Counts", "E2"] == 157
    notes = {change.cell: change.note for change in repair.changes if change.note}
    assert notes == dict.fromkeys(("E2", "E3", "C6"), "value in place of a formula")


def test_a_formula_beside_the_table_that_uses_a_hidden_cell_is_refused_by_its_place() -> None:
    content, fraud = with_formulas("E2: SUM(B2:D2)", "E3: 2*B3"), Spot("Counts", 1, 2)
    with pytest.raises(CannotWrite, match="sheet Counts, cell E2 works with a number that must go"):
        with_cells_changed(content, {fraud: "[c]"}, [fraud], [], [], SRS_10)
    total = Spot("Counts", 1, 4)
    made, as_values = with_cells_changed(content, {fraud: "[c]"}, [fraud, total], [], [], SRS_10)
    assert as_values == [total] and cells(made)["Counts", "E3"] == "=2*B3"


def test_a_formula_that_is_shared_with_one_of_the_table_is_refused() -> None:
    shared = {"E2": '<f t="shared" si="0">SUM(B2:D2)</f>', "E3": '<f t="shared" si="0"/>'}
    content = xlsx(*ROWS)
    for place, formula in shared.items():
        content = changed(content, SHEET, lambda xml, at=place, f=formula: re.sub(
            rf'(<c r="{at}"[^>]*>)', rf"\1{f}", xml))  # fmt: skip
    fraud, total = Spot("Counts", 3, 2), Spot("Counts", 1, 4)
    with pytest.raises(CannotWrite, match="shared"):
        with_cells_changed(content, {fraud: "[c]"}, [fraud, total], [], [], SRS_10)


def comment(book: openpyxl.Workbook) -> None:
    book.active["C2"].comment = Comment("4 before", "")


def hidden_sheet(book: openpyxl.Workbook) -> None:
    book.create_sheet("Old").append([212])
    book["Old"].sheet_state = "veryHidden"


def constant(book: openpyxl.Workbook) -> None:
    book.defined_names["fraud"] = DefinedName("fraud", attr_text="212")


def hidden_row(book: openpyxl.Workbook) -> None:
    book.active.row_dimensions[3].hidden = True


@pytest.mark.parametrize(
    ("what", "said"),
    [
        (comment, "Comments: Cells have comments"), (hidden_sheet, "Sheet Old: A sheet is very hidden"),
        (constant, "Defined names: A defined name holds a value"),
        (hidden_row, "Sheet Counts: Rows with values are hidden"),
    ],
)  # fmt: skip
def test_what_may_keep_a_number_is_refused_by_name(what: Callable[[openpyxl.Workbook], None], said: str) -> None:
    with pytest.raises(CannotRepair, match=said):
        repaired(xlsx(*ROWS, change=what))


@pytest.mark.parametrize(
    ("member", "content", "said"),
    [
        ("xl/pivotCache/pivotCacheRecords1.xml", '<r xmlns="x"><n v="212"/></r>', "the rows behind a pivot table"),
        ("xl/externalLinks/externalLink1.xml", '<e xmlns="x"/>', "values of other workbooks"),
        ("xl/charts/chart1.xml",
         '<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"><c:chart><c:plotArea><c:barChart>'
         "<c:ser><c:cat><c:strRef><c:f>Counts!A2</c:f><c:strCache><c:pt idx='0'><c:v>North</c:v></c:pt></c:strCache>"
         "</c:strRef></c:cat><c:val><c:numRef><c:f>Counts!C2</c:f><c:numCache><c:pt idx='0'><c:v>4</c:v></c:pt>"
         "</c:numCache></c:numRef></c:val></c:ser></c:barChart></c:plotArea></c:chart></c:chartSpace>",
         "A chart keeps the numbers"),
    ],
)  # fmt: skip
def test_parts_that_keep_numbers_are_refused_by_name(member: str, content: str, said: str) -> None:
    with pytest.raises(CannotRepair, match=said):
        repaired(with_members(xlsx(*ROWS), {member: content}))


@pytest.mark.parametrize(
    "note", ["There were 212 cases of fraud in the South.", "South: 212", "4,212,7"]
)  # fmt: skip
def test_a_text_that_tells_a_hidden_number_is_refused(note: str) -> None:
    with pytest.raises(CannotWrite, match="sheet Notes, cell A1 tells a number"):
        repaired(xlsx(*ROWS, change=lambda book: book.create_sheet("Notes").append([note])))


def test_a_number_kept_where_no_sheet_shows_it_is_found() -> None:
    def described(book: openpyxl.Workbook) -> None:
        book.properties.description = "South 212"

    with pytest.raises(CannotWrite, match=r"docProps/core\.xml"):
        repaired(xlsx(*ROWS, change=described))


def test_a_number_in_the_header_of_a_page_is_found() -> None:
    header = (
        '<office:document-styles xmlns:office="o" xmlns:text="t"><text:p>South: 212</text:p></office:document-styles>'
    )
    rows = [ods_row(*row) for row in ROWS]
    with pytest.raises(CannotWrite, match=r"styles\.xml"):
        repaired(ods(*rows, more={"styles.xml": header}), "t.ods")


def test_what_is_no_number_of_the_table_is_no_reason_to_refuse() -> None:
    def printed(book: openpyxl.Workbook) -> None:
        book.active.print_area = "A1:E212"
        book.active.column_dimensions["A"].width = 212
        book.create_sheet("Notes").append(["Made on 2024-02-12 from cells A212 to B212, 1212 in all"])

    content = changed(xlsx(*ROWS, change=printed), "docProps/app.xml", lambda xml: xml.replace(
        "</Properties>", "<TotalTime>212</TotalTime></Properties>"))  # fmt: skip
    assert "C3" in {change.cell for change in repaired(content).changes}


def test_a_number_kept_as_shared_text_goes_from_the_shared_texts() -> None:
    shared = ("212", "Total", "212 of all")
    texts = "".join(f"<si><t>{text}</t></si>" for text in shared)
    strings = f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{texts}</sst>'
    content = changed(xlsx(*ROWS), SHEET, lambda xml: re.sub(
        '<c r="C3" t="n"><v>212</v></c>', '<c r="C3" t="s"><v>0</v></c>', re.sub(
            r'<c r="A6"[^>]*>.*?</c>', '<c r="A6" t="s"><v>1</v></c>', xml)))  # fmt: skip
    with pytest.raises(CannotRepair, match="texts that no cell shows"):
        repaired(with_members(content, {"xl/sharedStrings.xml": strings}))
    strings = strings.replace("<si><t>212 of all</t></si>", "")
    made = repaired(with_members(content, {"xl/sharedStrings.xml": strings})).files["t.xlsx"]
    assert not any(b"212" in part for name, part in members_of(made).items() if "theme" not in name)
    (table,) = (part.table for part in contents_of("t.xlsx", made, SRS_10).tables)
    assert table is not None and table.column("fraud")[1] == "[c]" and table.column("area")[-1] == "Total"


def test_the_small_picture_of_itself_goes() -> None:
    relation = '<Relationship Id="rId9" Type="thumbnail" Target="docProps/thumbnail.jpeg"/></Relationships>'
    content = changed(xlsx(*ROWS), "_rels/.rels", lambda xml: xml.replace("</Relationships>", relation))
    made = repaired(with_members(content, {"docProps/thumbnail.jpeg": b"\xff\xd8\xff picture"})).files["t.xlsx"]
    assert "docProps/thumbnail.jpeg" not in members_of(made) and b"thumbnail" not in members_of(made)["_rels/.rels"]


@pytest.mark.slow
def test_two_tables_on_a_sheet_are_protected_together() -> None:
    other = [("sex", "n"), ("male", 4), ("female", 40), ("Total", 44)]
    repair = repaired(xlsx(*ROWS, (), (), *other))
    assert {"C2", "B10", "B11"} <= {change.cell for change in repair.changes}


SUM = 'table:formula="of:=SUM([.B3:.D3])"'


def test_an_opendocument_workbook_is_changed_where_cells_and_rows_stand_for_several() -> None:
    rows = [
        ods_row("area", "a", "b", "c", "Total"),
        # Two rows in one element, and two equal cells in one.
        ods_row("x", ods_cell(4, 'table:number-columns-repeated="2"'), ods_cell(30), ods_cell(38)),
        ods_row(
            "y", ods_cell(50, 'table:number-columns-repeated="3"'), ods_cell(150, 'table:formula="of:=SUM([.B3:.D3])"')
        ),
        ods_row("z", ods_cell(60), ods_cell(70), ods_cell(80), ods_cell(210)),
        ods_row("Total", 114, 124, 160, 398),
    ]
    content = ods(*rows)
    repair = repaired(content, "t.ods")
    (part,) = contents_of("t.ods", repair.files["t.ods"], SRS_10).tables
    assert part.table is not None
    before = contents_of("t.ods", content, SRS_10).tables[0].table
    assert before is not None
    new = {(row, column) for row, (a, b) in enumerate(zip(before.rows, part.table.rows, strict=True))
           for column, (old, now) in enumerate(zip(a, b, strict=True)) if old != now}  # fmt: skip
    assert {part.table.rows[row][column] for row, column in new} == {"[c]"} and {(0, 1), (0, 2)} <= new
    assert b"formula" not in members_of(repair.files["t.ods"])["content.xml"]
    assert {change.cell for change in repair.changes if not change.note} == {
        f"{'ABCDE'[column]}{row + 2}" for row, column in new
    }
    assert zipfile.ZipFile(io.BytesIO(repair.files["t.ods"])).namelist()[0] == "mimetype"


def test_an_old_workbook_is_to_be_saved_as_a_new_one() -> None:
    with pytest.raises(CannotRepair, match="save its tables as one of these"):
        true_tables("t.xls", b"\xd0\xcf\x11\xe0", SRS_10)


@pytest.mark.slow
def test_the_check_of_a_workbook_offers_workbooks(tmp_path: Path) -> None:
    content = xlsx(*ROWS)
    layout = Layout("wide", rows=("area",), columns="offence", counts=("theft", "fraud", "arson", "Total"))
    said = Description((FileDescription("sub/t.xlsx", "FREQ", layout=layout),))
    assert check({"sub/t.xlsx": content}, said, SRS_10).verdict == "fail"
    offered = repairs({"sub/t.xlsx": content}, said, SRS_10).repairs
    assert {one.kind for one in offered} >= {"suppress"} and all(one.changes for one in offered)
    assert all(check(one.files, said, SRS_10).verdict == "pass" for one in offered)
    write_repairs(offered, tmp_path)
    written = openpyxl.load_workbook(tmp_path / "suppress" / "sub" / "t.xlsx")
    assert written["Counts"]["C2"].value == "[c]" and (tmp_path / "suppress" / "changes.json").is_file()


def test_a_safe_workbook_is_offered_nothing() -> None:
    rows = (("area", "n"), ("North", 40), ("South", 50), ("Total", 90))
    said = Description((FileDescription("t.xlsx", "FREQ", layout=Layout("long", rows=("area",), counts=("n",))),))
    assert "suppress" not in {one.kind for one in repairs({"t.xlsx": xlsx(*rows)}, said, SRS_10).repairs}
