"""Options of the commands that take tables, `audit` and `protect`: which files, and what their columns hold."""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePath

from extracts.disclosure.audit.grid import Hierarchies
from extracts.disclosure.description import TOTAL_LABELS, FileDescription
from extracts.disclosure.layout import Layout
from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.csv_table import Table, read_table
from extracts.disclosure.reading.opening import contents_of
from extracts.disclosure.reading.triage import KINDS, CannotRead
from extracts.disclosure.suggest import UNNAMED, suggest_for


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options that both commands have."""
    parser.add_argument(
        "tables", nargs="+", type=Path, metavar="TABLE",
        help="CSV, TSV, XLSX or ODS files of tables that are published together; headings in the first row",
    )  # fmt: skip
    parser.add_argument("--dims", help="columns that hold labels, with commas between; told from the file by default")
    parser.add_argument("--value", help="the one column that holds counts; the others then hold labels")
    parser.add_argument(
        "--total-label", action="append", default=[], metavar="LABEL",
        help="a label that means a total, besides Total and All; may be repeated",
    )  # fmt: skip
    parser.add_argument("--threshold", type=int, help="smallest count that may be shown (10, or as the policy says)")
    parser.add_argument(
        "--hierarchy", type=Path, metavar="FILE.csv",
        help="labels that are sums of others: a CSV file with the columns dimension, child, parent",
    )  # fmt: skip
    parser.add_argument("--seconds", type=float, default=60.0, help="stop after so long (%(default)s)")
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")


def described(name: str, table: Table, arguments: argparse.Namespace) -> FileDescription:
    """A table described by the options, or else by what its columns seem to hold.

    Raises CannotRead where the options name columns that it has not.
    """
    if arguments.dims or arguments.value:
        found = FileDescription(name, "FREQ", layout=layout_of(table.columns, arguments))
    else:
        found = suggest_for(name, table)
    missing = set(found.layout.placed) - set(table.columns)
    if missing:
        raise CannotRead(f"{name} has no column called {', '.join(sorted(missing))}.", _has(table.columns))
    return replace(found, total_labels=(*TOTAL_LABELS, *arguments.total_label))


def layout_of(columns: Sequence[str], arguments: argparse.Namespace) -> Layout:
    """The layout that the options give: long with one column of counts, or wide when none is named."""
    dims = labels(arguments)
    if arguments.value:
        rows = dims or tuple(name for name in columns if name != arguments.value)
        return Layout("long", rows=rows, counts=(arguments.value,))
    others = tuple(name for name in columns if name not in dims)
    if len(others) == 1:
        return Layout("long", rows=dims, counts=others)
    return Layout("wide", rows=dims, columns=UNNAMED, counts=others)


def labels(arguments: argparse.Namespace) -> tuple[str, ...]:
    """The columns of labels that the options name."""
    return tuple(name.strip() for name in (arguments.dims or "").split(",") if name.strip())


def _has(columns: Sequence[str]) -> str:
    return f"Its columns are {', '.join(columns)}."


def tables_in(name: str, content: bytes, policy: Policy) -> list[tuple[str, Table]]:
    """The tables of a file, each with its place: a CSV or TSV file is one. Raises CannotRead."""
    if PurePath(name).suffix.lower() in KINDS:
        return [("", read_table(name, content, policy))]
    found = [(part.place, part.table) for part in contents_of(name, content, policy).tables if part.table]
    if not found:
        raise CannotRead(f"No table was found in {name}.")
    return found


def sentence(error: Exception) -> str:
    """What went wrong, for a person, with what to do about it."""
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}."
    return f"{error} {error.cure}".rstrip() if isinstance(error, CannotRead) else str(error)


def hierarchies(path: Path | None) -> Hierarchies:
    """Dimension -> child label -> parent label, from a CSV file with those headings. Raises CannotRead."""
    found: dict[str, dict[str, str]] = {}
    if path is None:
        return found
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    if not rows or not {"dimension", "child", "parent"} <= set(rows[0]):
        raise CannotRead("The hierarchy has no columns dimension, child and parent.", "Give it these headings.")
    for row in rows:
        found.setdefault(row["dimension"].strip(), {})[row["child"].strip()] = row["parent"].strip()
    return found
