"""Words that stand beside tables and pages in files of every kind: each is read, so that a count in it is found."""

import json
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.table import Table
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

from extracts.disclosure.policy import SRS_10
from extracts.disclosure.reading.formats import read
from extracts.disclosure.reading.triage import CannotRead

from .formats.documents import pdf
from .formats.parts import texts
from .office_files import changed, docx, ods, word_table, xlsx

SAID = "Women (n=3)"
ROWS = (("area", "n"), ("North", 40))
DRAWING = "xmlns:wp='http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing'"
TITLED = ('"Counts" >', f'"Counts"><table:title>{SAID}</table:title>')
PAGE = "<html><body><table {}><tr><th>area</th><th>n</th></tr><tr><td>North</td><td>40</td></tr></table></body></html>"


def word(properties: str = "", body: str = "") -> bytes:
    return docx(word_table(*ROWS).replace("<w:tbl>", f"<w:tbl><w:tblPr>{properties}</w:tblPr>"), body)


def picture(attributes: str) -> str:
    inner = f"<w:drawing><wp:inline {DRAWING}><wp:docPr id='1' name='a' {attributes}/></wp:inline></w:drawing>"
    return f"<w:p><w:r>{inner}</w:r></w:p>"


def with_table(book: openpyxl.Workbook) -> None:
    table = Table(displayName="Table1", ref="A1:B2")
    table.comment = SAID
    assert book.active is not None
    book.active.add_table(table)  # type: ignore[union-attr]


def notebook(**properties: Any) -> bytes:
    cell = {"cell_type": "markdown", "metadata": properties, "source": "A title", "id": "a"}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def structure(writer: PdfWriter, *, circular: bool = False) -> None:
    part = DictionaryObject({NameObject("/S"): NameObject("/Figure"), NameObject("/Alt"): TextStringObject(SAID)})
    kids = ArrayObject([writer._add_object(part)])
    root = DictionaryObject({NameObject("/Type"): NameObject("/StructTreeRoot"), NameObject("/K"): kids})
    own = writer._add_object(root)
    if circular:
        kids.append(own)
    writer._root_object[NameObject("/StructTreeRoot")] = own


WHERE = {
    "the title of a Word table": ("a.docx", word(f"<w:tblCaption w:val='{SAID}'/>")),
    "the description of a Word table": ("a.docx", word(f"<w:tblDescription w:val='{SAID}'/>")),
    "the alternative text of a picture": ("a.docx", word(body=picture(f"descr='{SAID}'"))),
    "the title of a picture": ("a.docx", word(body=picture(f"title='{SAID}'"))),
    "the comment of an Excel table": ("a.xlsx", xlsx(*ROWS, change=with_table)),
    "the title of an OpenDocument table": ("a.ods", changed(ods(), "content.xml", lambda text: text.replace(*TITLED))),
    "the id of a table in a page": ("a.html", PAGE.format(f'id="{SAID}"').encode()),
    "the tag of a cell of a notebook": ("a.ipynb", notebook(tags=[SAID])),
    "a property of a cell of a notebook": ("a.ipynb", notebook(about={"said": SAID})),
    "the contents of a PDF": ("a.pdf", pdf("Text", change=lambda writer: writer.add_outline_item(SAID, 0))),
    "the alternative text of a PDF": ("a.pdf", pdf("Text", change=structure)),
    "a PDF whose parts lead to each other": ("a.pdf", pdf("Text", change=lambda one: structure(one, circular=True))),
}  # fmt: skip


@pytest.mark.parametrize("where", WHERE)
def test_words_are_read_wherever_they_stand(where: str) -> None:
    name, content = WHERE[where]
    assert SAID in texts(read(content, name, SRS_10))


def test_what_programs_write_into_a_notebook_is_not_read_as_words() -> None:
    content = notebook(execution={"iopub.execute_input": "2024-01-01T10:00:00"}, collapsed=False, scrolled=True)
    assert texts(read(content, "a.ipynb", SRS_10)) == "A title"


def test_names_of_defined_ranges_may_have_comments() -> None:
    def named(book: openpyxl.Workbook) -> None:
        book.defined_names["area"] = openpyxl.workbook.defined_name.DefinedName(
            "area", attr_text="Counts!$A$1:$A$2", comment=SAID
        )

    assert SAID in texts(read(xlsx(*ROWS, change=named), "a.xlsx", SRS_10))


def test_a_pdf_of_far_too_many_parts_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extracts.disclosure.reading.formats.pdf_extras.MOST_NODES", 2)
    with pytest.raises(CannotRead, match="too many parts"):
        read(pdf("Text", change=structure), "a.pdf", SRS_10)
