"""Text: prose, logs and program code. The whole text is a part; tables printed in it are parts, too."""

from __future__ import annotations

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.contents import Contents, Part, PartKind
from extracts.disclosure.reading.formats.printed import tables_in
from extracts.disclosure.reading.formats.texts import decoded, unseen


def read(content: bytes, name: str, limits: Policy) -> Contents:
    """The text of a file and the tables printed in it. Raises CannotRead for bytes that are no text."""
    text = decoded(content)
    parts = [Part(PartKind.TEXT, text=text)]
    parts += [Part(PartKind.TABLE, place, table) for table, place in tables_in(text, limits)]
    return Contents("text", tuple(parts), tuple(unseen(text)))
