"""Notebooks: every output is read as what it is, in all the forms that it comes in."""

import base64
import io
import json

import pytest
from PIL import Image

from extracts.disclosure.policy import SRS_10
from extracts.disclosure.reading.contents import Contents, PartKind
from extracts.disclosure.reading.formats.notebook import read
from extracts.disclosure.reading.triage import CannotRead

from .parts import concealed, kinds, tables, texts


def notebook(*outputs: dict, source: str = "counts", cell: dict | None = None, **properties: object) -> Contents:
    """What is read of a notebook with one cell."""
    inner = {"cell_type": "code", "source": source, "metadata": {}, "execution_count": 1, "outputs": list(outputs)}
    whole = {"nbformat": 4, "nbformat_minor": 4, "metadata": properties, "cells": [inner | (cell or {})]}
    return read(json.dumps(whole).encode(), "a.ipynb", SRS_10)


def shown(**bundle: object) -> dict:
    """An output in these forms."""
    data = {name.replace("__", "/").replace("_", "."): value for name, value in bundle.items()}
    return {"output_type": "display_data", "metadata": {}, "data": data}


def test_printed_tables_and_sources() -> None:
    printed = {"output_type": "stream", "name": "stdout", "text": ["       n\n", "North  12\n", "South   3\n"]}
    contents = notebook(printed, source=["import pandas\n", "counts"])
    assert tables(contents) == {"cell 1, output 1, lines 1 to 3": [("row", "n"), ("North", "12"), ("South", "3")]}
    assert "import pandas\ncounts" in texts(contents)
    assert concealed(contents) == []


def test_charts_give_their_data() -> None:
    plotly = {"data": [{"type": "bar", "x": ["North"], "y": [3]}], "layout": {}}
    contents = notebook(
        {"output_type": "display_data", "metadata": {}, "data": {"application/vnd.plotly.v1+json": plotly}}
    )
    assert tables(contents) == {"cell 1, output 1, trace 1": [("x", "y"), ("North", "3")]}


def test_pictures_are_for_a_person_and_every_form_is_read() -> None:
    file = io.BytesIO()
    Image.new("RGB", (3, 2)).save(file, "PNG")
    encoded = base64.encodebytes(file.getvalue()).decode()
    output = shown(image__png=encoded, text__plain="Figure of 3 people")
    contents = notebook(output)
    assert PartKind.PICTURE in kinds(contents)
    assert "Figure of 3 people" in texts(contents)


def test_errors_and_their_traces_are_text() -> None:
    error = {"output_type": "error", "ename": "KeyError", "evalue": "Ann Ash", "traceback": ["line 1"]}
    assert "Ann Ash" in texts(notebook(error))


def test_scripts_are_active() -> None:
    assert ("active_content", "fail") in concealed(notebook(shown(application__javascript="alert(1)")))


def test_attachments_properties_and_folded_cells_are_found() -> None:
    picture = {"markdown": True, "attachments": {"a.png": {"text/plain": "Ann Ash"}}}
    markdown = {"cell_type": "markdown", "attachments": picture["attachments"]}
    whole = {"nbformat": 4, "nbformat_minor": 4, "metadata": {},
             "cells": [{"source": "Text", "metadata": {}, **markdown}]}  # fmt: skip
    contents = read(json.dumps(whole).encode(), "a.ipynb", SRS_10)
    assert "Ann Ash" in texts(contents) and concealed(contents) == [("hidden_content", "fail")]
    assert concealed(notebook(authors=[{"name": "Ann"}])) == [("metadata", "review")]
    folded = notebook(cell={"metadata": {"jupyter": {"outputs_hidden": True}}})
    assert concealed(folded) == [("hidden_content", "review")]


@pytest.mark.parametrize("content", [b"{}", b"[]", b'{"cells": 3, "nbformat": 4}', b'{"cells": [{}], "nbformat": 4}'])
def test_what_is_no_notebook_is_not_read(content: bytes) -> None:
    with pytest.raises(CannotRead):
        read(content, "a.ipynb", SRS_10)
