"""Tables in other formats than CSV, and things hidden inside of files."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from html import escape
from random import Random

import pandas as pd
from docx import Document
from openpyxl import Workbook
from openpyxl.comments import Comment

from benchmarks.disclosure_cases.classes.counts import wide
from benchmarks.disclosure_cases.draft import Draft, Expect, File, Table

LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def _workbook(table: Table) -> Workbook:
    book = Workbook()
    book.properties.created = book.properties.modified = LONG_AGO
    sheet = book.active
    assert sheet is not None
    for row in table.lines:
        sheet.append(row)
    return book


def _saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def xlsx(table: Table) -> bytes:
    return _saved(_workbook(table))


def parquet(table: Table) -> bytes:
    out = io.BytesIO()
    _frame(table).to_parquet(out, index=False)
    return out.getvalue()


def stata(table: Table) -> bytes:
    """Names of variables become what Stata allows, as they would in the field."""
    out = io.BytesIO()
    frame = _frame(table)
    names = ["".join(sign if sign.isalnum() else "_" for sign in name) for name in frame.columns]
    frame.columns = pd.Index(["v" + name if name[0].isdigit() else name for name in names])
    frame.to_stata(out, write_index=False, time_stamp=LONG_AGO)
    return out.getvalue()


def docx(table: Table) -> bytes:
    document, out = Document(), io.BytesIO()
    drawn = document.add_table(rows=0, cols=len(table.headings))
    for row in table.lines:
        for box, value in zip(drawn.add_row().cells, row, strict=True):
            box.text = str(value)
    document.core_properties.created = document.core_properties.modified = LONG_AGO
    document.core_properties.author = ""
    document.save(out)
    return out.getvalue()


def html(table: Table, more: str = "") -> bytes:
    rows = [f"<tr>{''.join(f'<th>{escape(name)}</th>' for name in table.headings)}</tr>"]
    rows += [f"<tr>{''.join(f'<td>{escape(str(value))}</td>' for value in row)}</tr>" for row in table.rows]
    return f"<!doctype html><html><body><table>{''.join(rows)}</table>{more}</body></html>".encode()


def notebook(table: Table) -> bytes:
    """A notebook with the table as one output, in text and in HTML."""
    text = _frame(table).to_string(index=False)
    output = {
        "output_type": "execute_result", "execution_count": 1, "metadata": {},
        "data": {"text/html": html(table).decode(), "text/plain": text},
    }  # fmt: skip
    one = {
        "cell_type": "code", "execution_count": 1, "metadata": {}, "id": "a1",
        "source": "table", "outputs": [output],
    }  # fmt: skip
    return json.dumps({"cells": [one], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def as_json(table: Table) -> bytes:
    return json.dumps([dict(zip(table.headings, row, strict=True)) for row in table.rows]).encode()


def _frame(table: Table) -> pd.DataFrame:
    return pd.DataFrame(table.rows, columns=table.headings)


WRITERS: dict[str, Callable[[Table], bytes]] = {
    "xlsx": xlsx, "parquet": parquet, "dta": stata, "docx": docx, "html": html, "ipynb": notebook, "json": as_json,
}  # fmt: skip


def _table(draft: Draft) -> Table:
    content = draft.files[0].content
    assert isinstance(content, Table)
    return content


def other_formats(random: Random, unsafe: bool) -> Draft:
    """Counts in a workbook, a document, a page, a notebook or a data file. A safe one may be left to a person."""
    draft = wide(random, unsafe)
    kind = random.choice(sorted(WRITERS))
    draft.files = [File(f"table.{kind}", WRITERS[kind](_table(draft)))]
    draft.title += f" in {kind}"
    draft.fixed = True
    if kind == "dta" and unsafe:
        draft.expect.exhaustive = False  # names are not those of the layout
    return draft


def hidden_parts(random: Random, unsafe: bool) -> Draft:
    """A safe table, and beside it something that the eye does not see."""
    draft = wide(random, False)
    draft.fixed = True
    secret = random.choice(sorted(SECRETS)) if unsafe else random.choice(("xlsx", "html"))
    if unsafe:
        draft.title, (extension, write) = f"a safe table with {secret}", SECRETS[secret]
        draft.files = [File(f"table.{extension}", write(random, _table(draft)))]
        draft.expect = Expect("fail", exhaustive=False, may=["review"])
    else:
        draft.files = [File(f"table.{secret}", WRITERS[secret](_table(draft)))]
    return draft


def _small(random: Random) -> list[list[str | int]]:
    return [["offence", "count"], *([name, random.randint(1, 9)] for name in ("Theft", "Fraud", "Arson"))]


def hidden_sheet(random: Random, table: Table) -> bytes:
    book = _workbook(table)
    sheet = book.create_sheet("raw")
    sheet.sheet_state = random.choice(("hidden", "veryHidden"))
    for row in _small(random):
        sheet.append(row)
    return _saved(book)


def hidden_column(random: Random, table: Table) -> bytes:
    book = _workbook(table)
    sheet = book.active
    assert sheet is not None
    place = len(table.headings) + 1
    for number in range(1, len(table.rows) + 2):
        sheet.cell(number, place, "raw" if number == 1 else random.randint(1, 9))
    sheet.column_dimensions[sheet.cell(1, place).column_letter].hidden = True
    return _saved(book)


def comment(random: Random, table: Table) -> bytes:
    book = _workbook(table)
    sheet = book.active
    assert sheet is not None
    said = f"only {random.randint(1, 9)} before J. Abbott was added, P{random.randint(10**5, 10**6)}"
    sheet["B2"].comment = Comment(said, "x")
    return _saved(book)


def _records(random: Random, number: int = 80) -> list[dict[str, object]]:
    return [
        {"person_id": f"P{100_000 + 37 * place}", "age": random.randint(18, 80), "days": random.randint(5, 900)}
        for place in range(number)
    ]


def script(random: Random, table: Table) -> bytes:
    return html(table, f"<script>var data = {json.dumps(_records(random))};</script>")


def hidden_element(random: Random, table: Table) -> bytes:
    rows = "".join(f"<tr><td>{row['person_id']}</td><td>{row['age']}</td></tr>" for row in _records(random))
    return html(table, f'<table style="display:none"><tr><th>person_id</th><th>age</th></tr>{rows}</table>')


def page_comment(random: Random, table: Table) -> bytes:
    return html(table, f"<!-- {json.dumps(_records(random, 20))} -->")


SECRETS: dict[str, tuple[str, Callable[[Random, Table], bytes]]] = {
    "a hidden sheet": ("xlsx", hidden_sheet),
    "a hidden column": ("xlsx", hidden_column),
    "a comment in a cell": ("xlsx", comment),
    "records in a script": ("html", script),
    "a table that is not displayed": ("html", hidden_element),
    "records in a comment of the page": ("html", page_comment),
}
