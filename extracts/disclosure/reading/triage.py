"""Triage: what a file really is, by its content, before anything parses it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from extracts.disclosure.policy import Policy

if TYPE_CHECKING:
    from extracts.disclosure.reading.contents import Concealed

# First bytes of formats that `kind_of` turns away; named so that the finding can say what the file is.
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


def require_size(content: bytes, policy: Policy) -> None:
    """Raises CannotRead for a file that is empty or larger than the policy allows."""
    if not content.removeprefix(b"\xef\xbb\xbf").strip():
        raise CannotRead("The file is empty.")
    if len(content) > policy.max_bytes:
        raise CannotRead(
            f"The file is larger than {policy.max_bytes:,} bytes.",
            "Split it, or show fewer categories: tables this large are seldom safe to release.",
        )


def kind_of(name: str, content: bytes, policy: Policy) -> str:
    """The kind of plain table a file holds: csv or tsv.

    Content and name must agree. Raises CannotRead for anything else.
    """
    require_size(content, policy)
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    found = next((what for signature, what in SIGNATURES.items() if start.startswith(signature)), None)
    if found:
        raise CannotRead(f"The file is {found}, which the engine cannot check yet.")
    if b"\x00" in content:
        raise CannotRead("The file is not text.")
    kind = KINDS.get(PurePath(name).suffix.lower())
    if kind is None:
        raise CannotRead("The name of the file does not end in .csv or .tsv.")
    return kind


@dataclass(frozen=True)
class Triaged:
    """What a file is. `kind` is a key of `types.TYPES`, `said` its name in a sentence."""

    kind: str
    said: str
    concealed: tuple[Concealed, ...] = ()


def triage(name: str, content: bytes, policy: Policy) -> Triaged:
    """The real type of a file, by its content; that its name promises another is among what is concealed.

    Raises CannotRead for a file that is empty, too large, encrypted, or an archive that unpacks to
    far more than it is, and for text without a type.
    """
    from extracts.disclosure.reading.content_type import type_by_content
    from extracts.disclosure.reading.contents import Concealed
    from extracts.disclosure.reading.types import TYPES
    from extracts.disclosure.report import Verdict

    require_size(content, policy)
    kind = type_by_content(name, content, policy)
    known = TYPES[kind]
    if PurePath(name).suffix.lower() in known.suffixes:
        return Triaged(kind, known.said)
    problem = f"The file is {known.said}, but its name does not say so."
    cure = f"Name it with the ending {known.suffixes[0]}." if known.suffixes else "Supply a table or a chart instead."
    return Triaged(kind, known.said, (Concealed("hidden_content", Verdict.REVIEW, problem, cure),))
