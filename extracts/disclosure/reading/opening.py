"""Opening a file: its contents, whatever its format, read where hostile bytes can do no harm."""

from __future__ import annotations

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.contents import Contents
from extracts.disclosure.reading.formats import PLAIN, read
from extracts.disclosure.reading.guarded import read_all
from extracts.disclosure.reading.triage import CannotRead, triage


def contents_of(name: str, content: bytes, policy: Policy) -> Contents:
    """The tables, texts and hidden parts of a file. Raises CannotRead.

    Plain text is read here; every other format in a guarded process of its own.
    """
    if triage(name, content, policy).kind in PLAIN:
        return read(content, name, policy)
    found = read_all({name: content}, policy)[name]
    if isinstance(found, CannotRead):
        raise found
    return found
