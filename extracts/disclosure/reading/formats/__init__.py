"""Readers of files, one module for each family of formats, and the table that says which reads what.

A reader is called `read(content, name, limits)`, gives `Contents` and raises `CannotRead`. It never
runs what it reads, and opens neither a file nor a connection. It is loaded when a file needs it.
"""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.contents import Contents
from extracts.disclosure.reading.triage import CannotRead, triage

# Module of this package -> the kinds that it reads, as `triage` names them.
READS = {
    "delimited":   "csv tsv",
    "workbook":    "xlsx xlsm xls ods",
    "html":        "html",
    "svg":         "svg",
    "word":        "docx docm",
    "slides":      "pptx pptm",
    "pdf":         "pdf",
    "notebook":    "ipynb",
    "text":        "text",
    "structured":  "json yaml",
    "columnar":    "parquet arrow feather",
    "statistical": "dta sav sas7bdat xpt rds rda",
    "picture":     "png jpeg gif",
    "archive":     "zip gzip tar",
    "opaque":      "pickle joblib numpy hdf5 torch",
}  # fmt: skip

READER_OF = {kind: module for module, kinds in READS.items() for kind in kinds.split()}

# Formats that are read as they are, without a parser that hostile bytes could mislead.
PLAIN = frozenset(["csv", "tsv"])


def read(content: bytes, name: str, limits: Policy) -> Contents:
    """What a file of any kind holds, read in this process: for files from outside use `guarded.read_all`.

    A name that promises another type than the content has is among what is concealed.
    Raises CannotRead for files that are empty, too large, of no known type or damaged.
    """
    found = triage(name, content, limits)
    reader = READER_OF.get(found.kind)
    if reader is None:
        raise CannotRead(f"The file is {found.said}, which the engine cannot check.")
    contents: Contents = import_module(f"{__name__}.{reader}").read(content, name, limits)
    return replace(contents, kind=found.kind, concealed=(*found.concealed, *contents.concealed))
