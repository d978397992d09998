"""Notebooks: every cell, every output and every attachment as a part of its own."""

from __future__ import annotations

import base64
import binascii
import json
import warnings
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.contents import Concealed, Contents, Part, PartKind
from extracts.disclosure.reading.formats.printed import tables_in
from extracts.disclosure.reading.formats.structured import parts_of_value
from extracts.disclosure.reading.formats.texts import decoded, unseen
from extracts.disclosure.reading.nesting import read_within
from extracts.disclosure.reading.triage import CannotRead
from extracts.disclosure.report import Verdict

# Endings for the types of output that are read as a file of their own.
FILES = {"text/html": ".html", "image/svg+xml": ".svg", "image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif",
         "application/pdf": ".pdf", "text/csv": ".csv"}  # fmt: skip
ENCODED = ("image/png", "image/jpeg", "image/gif", "application/pdf")
ACTIVE = ("application/javascript", "text/javascript")
# What notebooks say of the program that made them, and nothing else.
USUAL = {"kernelspec", "language_info", "orig_nbformat", "toc", "colab", "widgets"}
OF_CELLS = {"jupyter", "collapsed", "scrolled", "execution", "editable", "deletable", "slideshow", "trusted", "format",
            "vscode", "pycharm", "colab", "outputId", "id", "papermill", "ExecuteTime", "hidden", "heading_collapsed",
            "run_control", "hide_input", "hideCode", "hidePrompt"}  # fmt: skip
CURE = "Clear the outputs that are not to be released, and save the notebook again."
Found = tuple[list[Part], list[Concealed]]


def read(content: bytes, name: str, limits: Policy) -> Contents:
    """Sources, outputs and attachments of a notebook, by cell: `cell 3, output 1`. Raises CannotRead."""
    notebook = _notebook(decoded(content))
    parts: list[Part] = []
    concealed: list[Concealed] = list(_metadata(notebook))
    for number, cell in enumerate(notebook["cells"], 1):
        for found in _of_cell(cell, f"cell {number}", limits):
            parts += found[0]
            concealed += found[1]
    if widgets := notebook["metadata"].get("widgets"):
        parts += parts_of_value(widgets, "saved widgets", limits)
        problem = "The notebook keeps the state of its widgets, which is not shown as text."
        concealed.append(Concealed("hidden_content", Verdict.REVIEW, problem, CURE, "saved widgets"))
    return Contents("ipynb", tuple(parts), tuple(concealed))


def _notebook(text: str) -> Any:
    """The notebook in the form of version 4, whichever it was written in. Raises CannotRead."""
    nbformat: Any = import_module("nbformat")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            notebook = nbformat.convert(nbformat.reader.reads(text), 4)
        # What does not follow the format might be read by one program and passed over by another.
        nbformat.validate(notebook, relax_add_props=True)
        return json.loads(json.dumps(notebook))
    except Exception:
        # nbformat raises many kinds of errors for files that only look like notebooks.
        raise CannotRead("The file is not a notebook that can be read.", "Export it as HTML or CSV tables.") from None


def _metadata(notebook: Mapping[str, Any]) -> Iterator[Concealed]:
    """Properties of the notebook beside those every notebook has."""
    if unusual := set(notebook["metadata"]) - USUAL:
        problem = f"The notebook has {len(unusual)} properties that it does not show."
        yield Concealed("metadata", Verdict.REVIEW, problem, "Clear the notebook's metadata.", "properties")


def _of_cell(cell: Mapping[str, Any], place: str, limits: Policy) -> Iterator[Found]:
    """What one cell holds: its source, its outputs, its attachments and its properties."""
    source = _text(cell.get("source", ""))
    if source.strip():
        yield [Part(PartKind.TEXT, place, text=source), *_printed(source, place, limits)], list(unseen(source, place))
    if said := _said(cell.get("metadata", {})):
        yield [Part(PartKind.TEXT, f"{place}, properties", text=said)], []
    for number, output in enumerate(cell.get("outputs", ()), 1):
        yield from _of_output(output, f"{place}, output {number}", limits)
    for number, (name, bundle) in enumerate(cell.get("attachments", {}).items(), 1):
        where = f"{place}, attachment {number}"
        yield from _of_bundle(bundle, where, limits)
        if name not in source:
            problem = "The cell keeps an attachment that it does not show."
            yield [], [Concealed("hidden_content", Verdict.FAIL, problem, "Delete the attachment.", where)]
    if cell.get("cell_type") == "raw" or _folded(cell.get("metadata", {})):
        problem = "The cell or its output is folded or not shown in all programs."
        yield [], [Concealed("hidden_content", Verdict.REVIEW, problem, "Unfold it, so that all is seen.", place)]


def _said(properties: Mapping[str, Any]) -> str:
    """The words of a cell's properties: its name, its tags, and whatever no program writes by itself."""
    own = {name: value for name, value in properties.items() if name not in OF_CELLS}
    return json.dumps(own, ensure_ascii=False) if own else ""


def _folded(properties: Mapping[str, Any]) -> bool:
    shown = properties.get("jupyter", {})
    hidden = isinstance(shown, Mapping) and (shown.get("source_hidden") or shown.get("outputs_hidden"))
    return bool(hidden or properties.get("collapsed"))


def _of_output(output: Mapping[str, Any], place: str, limits: Policy) -> Iterator[Found]:
    """What one output holds: printed text, an error with its trace, or one thing in several forms."""
    if output.get("output_type") == "stream":
        yield _printed_part(_text(output.get("text", "")), place, limits)
    elif output.get("output_type") == "error":
        trace = [str(output.get("ename", "")), str(output.get("evalue", "")), *map(str, output.get("traceback", ()))]
        yield _printed_part("\n".join(trace), place, limits)
    else:
        yield from _of_bundle(output.get("data", {}), place, limits)
    if output.get("metadata") and any(isinstance(value, str | list) for value in output["metadata"].values()):
        yield parts_of_value(output["metadata"], f"{place}, properties", limits), []


def _of_bundle(bundle: Mapping[str, Any], place: str, limits: Policy) -> Iterator[Found]:
    """The forms that one output comes in; each is read, since a reader may see any of them."""
    several = len(bundle) > 1
    for kind, value in bundle.items():
        where = f"{place} as {kind}" if several else place
        if kind in ACTIVE:
            problem = "The output runs a script when the notebook is opened."
            yield (
                [Part(PartKind.TEXT, where, text=_text(value))],
                [Concealed("active_content", Verdict.FAIL, problem, CURE, where)],
            )
        elif kind in FILES:
            parts, concealed = read_within(_bytes(kind, value), f"output{FILES[kind]}", where, limits)
            yield list(parts), list(concealed)
        elif isinstance(value, Mapping) or kind.endswith("json"):
            yield parts_of_value(value, where, limits), []
        else:
            yield _printed_part(_text(value), where, limits)


def _bytes(kind: str, value: Any) -> bytes:
    """The file that an output is. Raises CannotRead for one that is not encoded as it should be."""
    text = _text(value)
    if kind not in ENCODED:
        return text.encode()
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error:
        raise CannotRead("An output of the notebook cannot be decoded.", CURE) from None


def _printed_part(text: str, place: str, limits: Policy) -> Found:
    return [Part(PartKind.TEXT, place, text=text), *_printed(text, place, limits)], list(unseen(text, place))


def _printed(text: str, place: str, limits: Policy) -> list[Part]:
    """Tables printed in a text."""
    return [Part(PartKind.TABLE, f"{place}, {where}", table) for table, where in tables_in(text, limits)]


def _text(value: Any) -> str:
    """Text, which notebooks may keep as a list of lines."""
    return "".join(map(str, value)) if isinstance(value, list) else str(value)
