"""Opening a file: its contents, whatever its format, read where hostile bytes can do no harm."""

from __future__ import annotations

from dataclasses import replace

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.contents import Contents
from extracts.disclosure.reading.formats import PLAIN, read
from extracts.disclosure.reading.guarded import read_all
from extracts.disclosure.reading.row_numbers import without_row_numbers
from extracts.disclosure.reading.triage import CannotRead, triage


def contents_of(name: str, content: bytes, policy: Policy) -> Contents:
    """The tables, texts and hidden parts of a file; tables without columns that only number their rows.

    Plain text is read here; every other format in a guarded process of its own. Raises CannotRead.
    """
    if triage(name, content, policy).kind in PLAIN:
        found: Contents | CannotRead = read(content, name, policy)
    else:
        found = read_all({name: content}, policy)[name]
    if isinstance(found, CannotRead):
        raise found
    parts = (replace(part, table=part.table and without_row_numbers(part.table)) for part in found.parts)
    return replace(found, parts=tuple(parts))
