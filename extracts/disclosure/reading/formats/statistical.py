"""Files of Stata, SPSS, SAS and R: their tables, labels and notes. R objects of other classes are models."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.contents import Concealed, Contents, Part, PartKind
from extracts.disclosure.reading.formats import r_objects
from extracts.disclosure.reading.formats.frames import as_text, as_texts, require_room, table_of_frame
from extracts.disclosure.reading.triage import CannotRead
from extracts.disclosure.report import Verdict

CURE = "Write the table as a CSV file."
OLD_STATA = (b"\x69", b"\x6c", b"\x6e", b"\x6f", b"\x71", b"\x72", b"\x73")


def read(content: bytes, name: str, limits: Policy) -> Contents:
    """Tables, labels and notes of a .dta, .sav, .por, .sas7bdat, .xpt, .rds or .rda file. Raises CannotRead."""
    kind = _kind(content)
    if not kind:
        return r_objects.read(content, name, limits)
    try:
        return _read(kind, content, limits)
    except CannotRead:
        raise
    except Exception:
        # The readers raise their own errors and whatever damaged numbers lead to.
        raise CannotRead("The file is damaged, encrypted or of a version that is not known.", CURE) from None


def _kind(content: bytes) -> str:
    """The kind by the first bytes; "" for an R file or none of these."""
    if content.startswith(b"<stata_dta>") or (content[:1] in OLD_STATA and content[2:4] == b"\x01\x00"):
        return "dta"
    if content.startswith((b"$FL2", b"$FL3")):
        return "sav"
    if content.startswith(b"HEADER RECORD"):
        return "xpt"
    return "sas7bdat" if content[12:20] == b"\xc2\xea\x81\x60\xb3\x14\x11\xcf" else ""


def _read(kind: str, content: bytes, limits: Policy) -> Contents:
    import pyreadstat

    readers: dict[str, Callable[..., Any]] = {
        "dta": pyreadstat.read_dta, "sav": pyreadstat.read_sav,
        "xpt": pyreadstat.read_xport, "sas7bdat": pyreadstat.read_sas7bdat,
    }  # fmt: skip
    _, promised = readers[kind](io.BytesIO(content), metadataonly=True)
    require_room(promised.number_rows or 0, promised.number_columns or 0, limits)
    # One row more than fits is read, so that a file that lies of its length is found out.
    most = limits.max_cells // max(len(promised.column_names), 1) + 1
    frame, noted = readers[kind](io.BytesIO(content), row_limit=most)
    labelled, _ = readers[kind](
        io.BytesIO(content), row_limit=most, apply_value_formats=True, formats_as_category=False
    ) if noted.variable_value_labels else (frame, noted)  # fmt: skip
    parts = [Part(PartKind.TABLE, table=table_of_frame(labelled, limits))]
    said, unused = _said(noted), list(_unused(frame, noted))
    for place, lines in (("labels", _labels(noted)), ("notes", said), ("unused labels", unused)):
        if lines:
            parts.append(Part(PartKind.TEXT, place, text="\n".join(lines)))
    return Contents(kind, tuple(parts), tuple(_concealed(len(said), len(unused))))


def _labels(noted: Any) -> list[str]:
    """The label of each column, which says in words what it holds, and the label of the file."""
    named = [f"{name}: {label}" for name, label in noted.column_names_to_labels.items() if label]
    return [*([as_text(noted.file_label)] if noted.file_label else []), *named]


def _said(noted: Any) -> list[str]:
    """Notes in the file: Stata's notes, SPSS's documents."""
    notes = [noted.notes] if isinstance(noted.notes, str) else noted.notes or []
    return [str(note) for note in notes if str(note).strip()]


def _unused(frame: Any, noted: Any) -> Iterator[str]:
    """Value labels that no row of their column has."""
    for name, labels in noted.variable_value_labels.items():
        if name in frame.columns:
            present = set(as_texts(list(frame[name].unique())))
            values = as_texts(list(labels))
            yield from (
                str(label) for value, label in zip(values, labels.values(), strict=True) if value not in present
            )


def _concealed(notes: int, unused: int) -> Iterator[Concealed]:
    if notes:
        problem = f"The file holds {notes} notes, which a table of it does not show."
        yield Concealed("hidden_content", Verdict.REVIEW, problem, "Remove the notes.", "notes")
    if unused:
        problem = f"The file holds {unused} labels of values that no row has."
        yield Concealed("hidden_content", Verdict.REVIEW, problem, "Remove unused labels.", "unused labels")
