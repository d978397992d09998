"""Opening a file: its contents, whatever its format, read where hostile bytes can do no harm."""

from __future__ import annotations

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.contents import Contents
from extracts.disclosure.reading.formats import read


def contents_of(name: str, content: bytes, policy: Policy) -> Contents:
    """The tables, texts and hidden parts of a file. Raises CannotRead."""
    return read(content, name, policy)
