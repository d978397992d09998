"""Contents as JSON, the form in which they leave the guarded child. What comes back is checked, field by field."""

from __future__ import annotations

from typing import Any

from extracts.disclosure.reading.contents import Concealed, Contents, Part, PartKind
from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.reading.triage import CannotRead
from extracts.disclosure.report import Verdict


def as_json(result: Contents | CannotRead) -> dict[str, Any]:
    """A result as dictionaries, lists and strings."""
    if isinstance(result, CannotRead):
        return {"problem": result.problem, "cure": result.cure}
    return {
        "kind": result.kind,
        "parts": [
            {"kind": part.kind, "place": part.place, "text": part.text, "note": part.note, "table": _table(part.table)}
            for part in result.parts
        ],
        "concealed": [
            [one.rule, one.verdict, one.problem, one.cure, one.place] for one in result.concealed
        ],
    }  # fmt: skip


def _table(table: Table | None) -> dict[str, Any] | None:
    if table is None:
        return None
    return {"columns": table.columns, "rows": table.rows, "numbers": table.row_numbers}


def contents_of(answer: Any) -> Contents:
    """The contents that `as_json` wrote. Raises CannotRead when there are none, or when they make no sense."""
    try:
        if "problem" in answer:
            raise CannotRead(str(answer["problem"]), str(answer["cure"]))
        parts = tuple(_part(part) for part in answer["parts"])
        concealed = tuple(
            Concealed(str(rule), Verdict(verdict), str(problem), str(cure), str(place))
            for rule, verdict, problem, cure, place in answer["concealed"]
        )
        return Contents(str(answer["kind"]), parts, concealed)
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        raise CannotRead("What was read of the file makes no sense.") from error
    except ValueError as error:
        if isinstance(error, CannotRead):
            raise
        raise CannotRead("What was read of the file makes no sense.") from error


def _part(part: dict[str, Any]) -> Part:
    table = part["table"]
    return Part(
        PartKind(part["kind"]), str(part["place"]), None if table is None else _checked(table), str(part["text"]),
        str(part["note"]),
    )  # fmt: skip


def _checked(table: dict[str, Any]) -> Table:
    """A table whose headings differ and whose rows are as long as they are. Raises ValueError."""
    columns = tuple(str(name) for name in table["columns"])
    rows = tuple(tuple(str(value) for value in row) for row in table["rows"])
    numbers = tuple(int(number) for number in table["numbers"])
    if len(set(columns)) < len(columns) or len(numbers) != len(rows) or any(len(row) != len(columns) for row in rows):
        raise ValueError
    return Table(columns, rows, numbers)
