"""Workbooks: every sheet is read, everything hidden is found, clean ones conceal nothing."""

import io
import random
import struct
from collections.abc import Callable

import openpyxl
import pandas as pd
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule, ColorScaleRule
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from python_calamine import CalamineWorkbook

from extracts.disclosure.policy import SRS_10, Policy
from extracts.disclosure.reading.formats import read
from extracts.disclosure.reading.triage import CannotRead

from ..office_files import ODF, changed, docx, members_of, ods, ods_cell, ods_row, with_members, xls, xlsx, zipped
from .parts import concealed, tables, texts

WANTED = [("area", "n"), ("North", "10"), ("South", "20")]
SHEET = "xl/worksheets/sheet1.xml"


def found(content: bytes, name: str = "a.xlsx") -> list[tuple[str, str]]:
    return concealed(read(content, name, SRS_10))


def test_clean_workbooks_of_every_format() -> None:
    assert tables(read(xlsx(), "a.xlsx", SRS_10)) == {"sheet Counts": WANTED}
    assert tables(read(ods(), "a.ods", SRS_10)) == {"sheet Counts": WANTED}
    assert found(xlsx()) == found(ods(), "a.ods") == []
    assert tables(read(xls(), "a.xls", SRS_10)) == {"sheet Counts": WANTED}
    assert found(xls(), "a.xls") == [("hidden_content", "review")], "an old file is never taken for all there is"


def test_values_are_those_that_another_reader_finds() -> None:
    """A naive twin: calamine, over sheets with gaps, texts, numbers and booleans."""
    rows: list[tuple[object, ...]] = [
        ("k", "a", "b"),
        ("x", 1, 2.5),
        ("y", None, -3),
        ("z", True, "text"),
        ("w", 1e20, 0.1),
    ]
    content = xlsx(*rows)
    twin = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("Counts").to_python()
    as_text = [
        tuple("TRUE" if c is True else f"{c:.15g}" if isinstance(c, float) else str(c) for c in row) for row in twin
    ]
    assert tables(read(content, "a.xlsx", SRS_10))["sheet Counts"] == as_text


@pytest.mark.slow
def test_any_sheet_is_read_as_another_reader_reads_it() -> None:
    """The naive twin again, over random sheets: every value that calamine finds is in a table or a text."""
    rng = random.Random(7)
    for _ in range(40):
        rows: list[tuple[object, ...]] = [
            tuple(rng.choice([None, rng.randrange(9_999), rng.random(), "North", "n", True]) for _ in range(5))
            for _ in range(rng.randrange(1, 9))
        ]
        content = xlsx(*rows)
        contents = read(content, "a.xlsx", SRS_10)
        seen = [value for table in tables(contents).values() for row in table for value in row]
        words = set(" / ".join([*seen, texts(contents).replace("\n", " / ").replace("\t", " / ")]).split(" / "))
        for row in CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("Counts").to_python():
            for value in row:
                text = "TRUE" if value is True else f"{value:.15g}" if isinstance(value, float) else str(value)
                assert not text or text in words or any(word.startswith(f"{text} (") for word in words), (text, rows)


def test_pandas_with_headings_of_two_rows_and_merged_labels() -> None:
    frame = pd.DataFrame(
        {("M", "n"): [1, 2], ("M", "%"): [3, 4]}, index=pd.MultiIndex.from_product([["x"], ["p", "q"]])
    )
    file = io.BytesIO()
    frame.to_excel(file)
    [rows] = tables(read(file.getvalue(), "a.xlsx", SRS_10)).values()
    assert rows[-2:] == [("x", "p", "1", "3"), ("x", "q", "2", "4")]
    assert rows[0][2:] == ("M / n", "M / %")


def test_percentages_and_dates_are_read_as_they_are_shown() -> None:
    def change(book: openpyxl.Workbook) -> None:
        sheet = book["Counts"]
        sheet["B2"].number_format, sheet["B2"].value = "0.0%", 0.123
        sheet["B3"].number_format, sheet["B3"].value = "yyyy-mm-dd", 43831

    [rows] = tables(read(xlsx(change=change), "a.xlsx", SRS_10)).values()
    assert (rows[1][1], rows[2][1]) == ("12.3%", "2020-01-01")


def test_a_workbook_with_a_chart_and_a_rule_conceals_nothing() -> None:
    def change(book: openpyxl.Workbook) -> None:
        sheet, chart = book["Counts"], BarChart()
        chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=3), titles_from_data=True)
        sheet.add_chart(chart, "D2")
        colours = ColorScaleRule("min", start_color="FF0000", end_type="max", end_color="00FF00")
        sheet.conditional_formatting.add("B2:B3", colours)
        sheet.oddHeader.center.text = "Counts of &D"
        choice = DataValidation("list", formula1='"North,South"')
        choice.add("A2")
        sheet.add_data_validation(choice)

    contents = read(xlsx(change=change), "a.xlsx", SRS_10)
    assert (concealed(contents), tables(contents)["sheet Counts"]) == ([], WANTED)
    assert "North,South" in texts(contents)


def hide(what: Callable[[openpyxl.Workbook], object]) -> bytes:
    def change(book: openpyxl.Workbook) -> None:
        what(book)

    return xlsx(change=change)


def _hidden_sheet(state: str) -> Callable[[openpyxl.Workbook], None]:
    def change(book: openpyxl.Workbook) -> None:
        sheet = book.create_sheet("other")
        sheet["A1"], sheet.sheet_state = 777, state

    return change


def _white_when_small(book: openpyxl.Workbook) -> None:
    rule = CellIsRule(operator="lessThan", formula=["15"], font=Font(color="FFFFFFFF"))
    book["Counts"].conditional_formatting.add("B2:B3", rule)


HIDDEN: dict[str, Callable[[openpyxl.Workbook], object]] = {
    "a hidden sheet": _hidden_sheet("hidden"),
    "a very hidden sheet": _hidden_sheet("veryHidden"),
    "a hidden row": lambda book: setattr(book["Counts"].row_dimensions[3], "hidden", True),
    "a hidden column": lambda book: setattr(book["Counts"].column_dimensions["B"], "hidden", True),
    "a comment": lambda book: setattr(book["Counts"]["B2"], "comment", Comment("7 people", "R")),
    "a format that shows nothing": lambda book: setattr(book["Counts"]["B2"], "number_format", ";;;"),
    "a format that shows a sign": lambda book: setattr(book["Counts"]["B2"], "number_format", '[<15]"c";0'),
    "white on white": lambda book: setattr(book["Counts"]["B2"], "font", Font(color="FFFFFFFF")),
    "a name that holds a number": lambda book: book.defined_names.update({"a": DefinedName("a", attr_text="12")}),
    "a hidden name": lambda book: book.defined_names.update(
        {"a": DefinedName("a", attr_text="Counts!$A$1", hidden=True)}
    ),
}


@pytest.mark.parametrize("what", HIDDEN)
def test_hidden_content_of_sheets_is_found(what: str) -> None:
    assert ("hidden_content", "fail") in found(hide(HIDDEN[what]))


def test_conditions_that_may_hide_numbers_are_for_a_person() -> None:
    assert found(hide(_white_when_small)) == [("hidden_content", "review")]


def test_what_stands_between_cells_is_for_a_person() -> None:
    odd = changed(xlsx(), SHEET, lambda text: text.replace("</row>", "<x>7</x></row>", 1))
    assert found(odd) == [("hidden_content", "fail"), ("hidden_content", "review")]
    for old, new in (('<c r="A2"', '<c r="A2" about="7"'), ('<row r="2"', '<row about="7" r="2"')):
        kept = changed(xlsx(), SHEET, lambda text, old=old, new=new: text.replace(old, new))  # type: ignore[misc]
        assert found(kept) == [("hidden_content", "review")]


def test_a_cell_with_two_values_is_for_a_person() -> None:
    two = changed(xlsx(), SHEET, lambda text: text.replace("<is><t>North</t></is>", "<is><t>North</t></is><v>7</v>"))
    assert found(two) == [("hidden_content", "review")]


def test_sheets_whose_rows_have_no_height() -> None:
    none = changed(xlsx(), SHEET, lambda text: text.replace("<sheetFormatPr ", '<sheetFormatPr zeroHeight="1" '))
    assert ("hidden_content", "fail") in found(none)


@pytest.mark.parametrize(
    ("member", "end"),
    [("xl/styles.xml", "</styleSheet>"), ("xl/workbook.xml", "</workbook>"), ("xl/theme/theme1.xml", "</a:theme>")],
)
def test_words_where_no_program_looks_for_any_are_found_and_read(member: str, end: str) -> None:
    contents = read(changed(xlsx(), member, lambda text: text.replace(end, f"<x>7 people</x>{end}")), "a.xlsx", SRS_10)
    assert ("hidden_content", "fail") in concealed(contents) and "7 people" in texts(contents)


def test_names_with_numbers_in_them_can_be_searched() -> None:
    contents = read(
        changed(xlsx(), "xl/workbook.xml", lambda text: text.replace("Counts", "A1234BC")), "a.xlsx", SRS_10
    )
    assert "A1234BC" in texts(contents)


def test_the_folder_of_a_workbook_is_metadata() -> None:
    path = '<x:absPath xmlns:x="http://x" url="C:/Users/a/"/></workbook>'
    assert found(changed(xlsx(), "xl/workbook.xml", lambda text: text.replace("</workbook>", path))) == [
        ("metadata", "review")
    ]


def test_narrow_columns_are_hidden_ones() -> None:
    assert ("hidden_content", "fail") in found(
        hide(lambda book: setattr(book["Counts"].column_dimensions["B"], "width", 0.5))
    )


def test_what_hides_nothing_is_left_in_peace() -> None:
    def change(book: openpyxl.Workbook) -> None:
        sheet = book["Counts"]
        sheet.row_dimensions[9].hidden = True  # nothing stands there
        sheet["B2"].number_format, sheet["B3"].number_format = "#,##0", '0.0 "people"'
        sheet["A1"].font, sheet["A1"].fill = Font(color="FFFFFFFF"), PatternFill("solid", fgColor="FF112233")
        sheet.auto_filter.ref, sheet.print_title_rows, sheet.freeze_panes = "A1:B3", "1:1", "A2"
        book.defined_names["counts"] = DefinedName("counts", attr_text="Counts!$A$1:$B$3")

    assert found(xlsx(change=change)) == []


def test_hidden_numbers_are_read_all_the_same() -> None:
    contents = read(hide(HIDDEN["a very hidden sheet"]), "a.xlsx", SRS_10)
    assert "777" in texts(contents)


MEMBERS = {
    "xl/vbaProject.bin": ("active_content", "fail"),
    "xl/externalLinks/externalLink1.xml": ("hidden_content", "fail"),
    "xl/pivotCache/pivotCacheRecords1.xml": ("hidden_content", "fail"),
    "xl/connections.xml": ("hidden_content", "fail"),
    "xl/activeX/activeX1.xml": ("active_content", "fail"),
    "customXml/item1.xml": ("hidden_content", "fail"),
    "xl/worksheets/sheet7.xml": ("hidden_content", "fail"),
    "xl/printerSettings/printerSettings1.bin": ("metadata", "review"),
    "xl/something.dat": ("hidden_content", "review"),
}


@pytest.mark.parametrize("member", MEMBERS)
def test_members_that_no_sheet_shows_are_found(member: str) -> None:
    name = "a.xlsm" if "vba" in member else "a.xlsx"
    for content in ("<a>7</a>", "<a b='7'/>"):
        assert MEMBERS[member] in found(with_members(xlsx(), {member: content}), name)


def test_an_embedded_file_is_found_and_read() -> None:
    contents = read(with_members(xlsx(), {"xl/embeddings/book.xlsx": xlsx(("who", "n"), ("x", 987))}), "a.xlsx", SRS_10)
    assert ("hidden_content", "fail") in concealed(contents)
    assert tables(contents)["embedded book.xlsx, sheet Counts"] == [("who", "n"), ("x", "987")]


def test_an_embedded_document_is_read_to_its_tables() -> None:
    contents = read(with_members(xlsx(), {"xl/embeddings/a.docx": docx()}), "a.xlsx", SRS_10)
    assert tables(contents)["embedded a.docx, table 1"] == WANTED


def test_the_author_is_metadata() -> None:
    assert found(hide(lambda book: setattr(book.properties, "creator", "A. Person"))) == [("metadata", "review")]


def with_formula(formula: str, cached: str | None) -> bytes:
    """The workbook with a formula in B3 and the result that the file keeps of it."""
    result = f"<v>{cached}</v>" if cached is not None else ""
    old = '<c r="B3" t="n"><v>20</v></c>'
    return changed(xlsx(), SHEET, lambda text: text.replace(old, f'<c r="B3"><f>{formula}</f>{result}</c>'))


@pytest.mark.parametrize(
    ("formula", "cached", "verdicts"),
    [
        ("B2*2",                  "20",   []),
        ("SUM(B2:B2)+ROUND(9.6,0)", "20", []),
        ("-(2-B2)*5/2",           "20",   []),
        ("AVERAGE(B2,30)",        "20",   []),
        ("SUM(Counts!$B$2)*200%", "20",   []),
        ("B2*2",                  "21",   [("hidden_content", "fail")]),
        ("B2*2",                  None,   [("hidden_content", "review")]),
        ("VLOOKUP(B2,A1:B2,2)",   "20",   [("hidden_content", "review")]),
        ("B2^2",                  "100",  [("hidden_content", "review")]),
        ("[1]Sheet1!A1",          "20",   [("active_content", "fail")]),
        ("WEBSERVICE(&quot;http://x&quot;)", "20", [("active_content", "fail")]),
        ("cmd|&apos;/c calc&apos;!A0", "20", [("active_content", "fail")]),
    ],
)  # fmt: skip
def test_formulas_must_give_what_their_cells_show(
    formula: str, cached: str | None, verdicts: list[tuple[str, str]]
) -> None:
    assert found(with_formula(formula, cached)) == verdicts


def test_shared_formulas_are_read_in_their_own_cells() -> None:
    def share(text: str) -> str:
        first = '<c r="B2"><f t="shared" si="0" ref="B2:B3">C2*2</f><v>10</v></c><c r="C2"><v>5</v></c>'
        second = '<c r="B3"><f t="shared" si="0"/><v>{}</v></c><c r="C3"><v>10</v></c>'
        text = text.replace('<c r="B2" t="n"><v>10</v></c>', first)
        return text.replace('<c r="B3" t="n"><v>20</v></c>', second.format(20))

    content = changed(xlsx(), SHEET, share)
    assert found(content) == []
    assert found(changed(content, SHEET, lambda text: text.replace("<v>20</v>", "<v>22</v>"))) == [
        ("hidden_content", "fail")
    ]


def with_shared_texts(*texts: str) -> bytes:
    """The workbook with `North` as the first of these texts that cells share, as Excel writes them."""
    inline = '<c r="A2" t="inlineStr"><is><t>North</t></is></c>'
    content = changed(xlsx(), SHEET, lambda text: text.replace(inline, '<c r="A2" t="s"><v>0</v></c>'))
    shared = "".join(f"<si><t>{text}</t></si>" for text in texts)
    return with_members(content, {"xl/sharedStrings.xml": f"<sst>{shared}</sst>"})


def test_texts_that_no_cell_shows_are_found() -> None:
    clean = read(with_shared_texts("North"), "a.xlsx", SRS_10)
    assert (tables(clean)["sheet Counts"], concealed(clean)) == (WANTED, [])
    contents = read(with_shared_texts("North", "7 people of Elm Road"), "a.xlsx", SRS_10)
    assert ("hidden_content", "fail") in concealed(contents) and "Elm Road" in texts(contents)
    with pytest.raises(CannotRead, match="not there"):
        read(with_shared_texts(), "a.xlsx", SRS_10)


def test_values_beneath_merged_cells_are_found() -> None:
    merge = '<mergeCells count="1"><mergeCell ref="B2:B3"/></mergeCells>'
    content = changed(xlsx(), SHEET, lambda text: text.replace("</sheetData>", "</sheetData>" + merge))
    assert ("hidden_content", "fail") in found(content)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('r="B3"', 'r="B2"'),
        ('r="B3"', 'r="ZZZZ9"'),
        ("</sheetData>", ""),
        ("<v>20</v>", "<v>&x;</v>"),
    ],
)
def test_sheets_that_make_no_sense_are_for_a_person(old: str, new: str) -> None:
    with pytest.raises(CannotRead):
        read(changed(xlsx(), SHEET, lambda text: text.replace(old, new)), "a.xlsx", SRS_10)


def test_too_many_cells() -> None:
    with pytest.raises(CannotRead, match="more than 3 cells"):
        read(xlsx(), "a.xlsx", Policy("few", "1", max_cells=3))

    def move(text: str) -> str:
        for old, new in (('<row r="3"', '<row r="90000"'), ('r="A3"', 'r="A90000"'), ('r="B3"', 'r="XFD90000"')):
            text = text.replace(old, new)
        return text

    far = changed(xlsx(), SHEET, move)
    assert texts(read(far, "a.xlsx", SRS_10)), "a lone far cell is read"


ODS_HIDDEN = {
    "hidden sheet": ods(style='table:style-name="gone"'),
    "hidden row": ods(ods_row("area", "n"), ods_row("North", 10, attributes='table:visibility="collapse"')),
    "filtered row": ods(ods_row("area", "n"), ods_row("North", 10, attributes='table:visibility="filter"')),
    "hidden column": ods(columns='<table:table-column/><table:table-column table:visibility="collapse"/>'),
    "comment": ods(
        ods_row("area", "n"),
        ods_row("N", ods_cell(10, inside="<office:annotation><text:p>7</text:p></office:annotation>")),
    ),
    "number not shown": ods(ods_row("area", "n"), ods_row("N", ods_cell(10).replace(">10<", ">c<"))),
    "tracked changes": ods(beside="<table:tracked-changes><text:p>7</text:p></table:tracked-changes>"),
    "hidden text": ods(beside="<text:hidden-text text:string-value='7'/>"),
    "pivot table": ods(beside="<table:data-pilot-tables><table:data-pilot-table/></table:data-pilot-tables>"),
    "wrong formula": ods(ods_row("a", "n"), ods_row("N", ods_cell(10, 'table:formula="of:=[.B3]*3"')), ods_row("S", 5)),
    "embedded file": ods(more={"Object 1/content.xml": f"<a {ODF}/>"}),
}


@pytest.mark.parametrize("what", ODS_HIDDEN)
def test_hidden_content_of_open_documents_is_found(what: str) -> None:
    assert ("hidden_content", "fail") in found(ODS_HIDDEN[what], "a.ods")


def test_macros_and_people_in_open_documents() -> None:
    assert ("active_content", "fail") in found(ods(more={"Basic/Standard/a.xml": "<a/>"}), "a.ods")
    person = '<dc:creator xmlns:dc="http://purl.org/dc/elements/1.1/">A. Person</dc:creator>'
    about = f"<office:document-meta {ODF}>{person}</office:document-meta>"
    assert found(ods(more={"meta.xml": about}), "a.ods") == [("metadata", "review")]


def test_repeated_cells_of_open_documents_are_bounded() -> None:
    cell = ods_cell(7, 'table:number-columns-repeated="3"')
    assert tables(read(ods(ods_row("a", "b", "c"), ods_row(cell)), "a.ods", SRS_10)) == {
        "sheet Counts": [("a", "b", "c"), ("7", "7", "7")]
    }
    with pytest.raises(CannotRead, match="repeated"):
        read(ods(ods_row(ods_cell(7, 'table:number-columns-repeated="999999"'))), "a.ods", SRS_10)


def test_a_right_formula_of_an_open_document_is_left_in_peace() -> None:
    assert (
        found(
            ods(ods_row("a", "n"), ods_row("N", ods_cell(15, 'table:formula="of:=SUM([.B3:.B3])*3"')), ods_row("S", 5)),
            "a.ods",
        )
        == []
    )


@pytest.mark.parametrize("stream", ["VBA", "_SX_DB_CUR", "MBD0001", "Ctls"])
def test_streams_of_old_workbooks_that_hold_more_are_found(stream: str) -> None:
    assert any(verdict == "fail" for _, verdict in found(xls(streams=(stream,)), "a.xls"))


RECORDS = {
    "a hidden row": struct.pack("<HHHHHHHHI", 0x208, 16, 1, 0, 2, 0xFF, 0, 0, 0x20),
    "a hidden column": struct.pack("<HHHHHHHH", 0x7D, 12, 0, 1, 0x900, 0, 1, 0),
    "a comment": struct.pack("<HHHHHH", 0x1C, 8, 1, 1, 0, 1),
    "a link": struct.pack("<HHHH6s", 0x1AE, 10, 1, 4, b"\x00a.xls"),
}


@pytest.mark.parametrize("what", RECORDS)
def test_records_of_old_workbooks_that_hide_are_found(what: str) -> None:
    assert ("hidden_content", "fail") in found(xls(more=RECORDS[what]), "a.xls")


def test_old_workbooks_that_would_fill_the_memory_are_refused() -> None:
    far = struct.pack("<HHHHHd", 0x203, 14, 65_535, 65_535, 0, 1.0)
    size = struct.pack("<HHIIHHH", 0x200, 14, 0, 2**31, 0, 2**15, 0)
    for record in (far, size):
        with pytest.raises(CannotRead, match="cells"):
            read(xls(more=record), "a.xls", SRS_10)


@pytest.mark.parametrize("state", [1, 2])
def test_hidden_sheets_of_old_workbooks_are_found_and_read(state: int) -> None:
    contents = read(xls(state=state), "a.xls", SRS_10)
    assert ("hidden_content", "fail") in concealed(contents) and tables(contents)["sheet Counts"] == WANTED


def test_members_of_a_package_are_compared_without_regard_to_capitals() -> None:
    with pytest.raises(CannotRead, match="same name"):
        read(zipped({**members_of(xlsx()), "XL/workbook.xml": "<a/>"}), "a.xlsx", SRS_10)
