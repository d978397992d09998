"""Triage: what a file really is, by its content, before anything parses it."""

from __future__ import annotations

from pathlib import PurePath

from extracts.disclosure.policy import Policy

# First bytes of formats that later readers will take; named so that the finding can say what it is.
SIGNATURES = {
    b"PK\x03\x04":         "a zip archive or an Office workbook",
    b"\xd0\xcf\x11\xe0":   "an old Office file",
    b"%PDF":               "a PDF",
    b"\x89PNG":            "a PNG picture",
    b"\xff\xd8\xff":       "a JPEG picture",
    b"GIF8":               "a GIF picture",
    b"\x1f\x8b":           "a gzip archive",
    b"PAR1":               "a Parquet file",
    b"\x80\x04\x95":       "a Python pickle",
    b"\x80\x05\x95":       "a Python pickle",
    b"{":                  "JSON or code",
    b"[{":                 "JSON",
    b"<":                  "HTML, SVG or XML",
}  # fmt: skip

KINDS = {".csv": "csv", ".tsv": "tsv"}

CURE = "Supply the table as a CSV or TSV file in UTF-8, with the headings in the first row."


class CannotRead(ValueError):
    """A file cannot be read for certain. `problem` and `cure` are sentences for a person."""

    def __init__(self, problem: str, cure: str = CURE) -> None:
        super().__init__(problem)
        self.problem = problem
        self.cure = cure


def kind_of(name: str, content: bytes, policy: Policy) -> str:
    """The kind of table a file holds: csv or tsv.

    Content and name must agree. Raises CannotRead for anything else.
    """
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        raise CannotRead("The file is empty.")
    if len(content) > policy.max_bytes:
        raise CannotRead(
            f"The file is larger than {policy.max_bytes:,} bytes.",
            "Split it, or show fewer categories: tables this large are seldom safe to release.",
        )
    found = next((what for signature, what in SIGNATURES.items() if start.startswith(signature)), None)
    if found:
        raise CannotRead(f"The file is {found}, which the engine cannot check yet.")
    if b"\x00" in content:
        raise CannotRead("The file is not text.")
    kind = KINDS.get(PurePath(name).suffix.lower())
    if kind is None:
        raise CannotRead("The name of the file does not end in .csv or .tsv.")
    return kind
