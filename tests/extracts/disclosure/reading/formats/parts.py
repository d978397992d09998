"""Short ways to say what was read of a file."""

from extracts.disclosure.reading.contents import Contents, PartKind


def tables(contents: Contents) -> dict[str, list[tuple[str, ...]]]:
    """Place of each table or chart -> its headings and rows."""
    return {part.place: [part.table.columns, *part.table.rows] for part in contents.parts if part.table is not None}


def texts(contents: Contents) -> str:
    """All texts of a file."""
    return "\n".join(part.text for part in contents.parts)


def concealed(contents: Contents) -> list[tuple[str, str]]:
    """Rule and verdict of what is concealed."""
    return [(one.rule, str(one.verdict)) for one in contents.concealed]


def kinds(contents: Contents) -> list[PartKind]:
    """The kinds of parts, in order."""
    return [part.kind for part in contents.parts]
