"""`audit TABLE.csv [MORE.csv ...]`: the interval of each hidden or rounded cell, from the command line."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from extracts.disclosure.audit.bounds import Contradiction
from extracts.disclosure.audit.grid import Hierarchies
from extracts.disclosure.audit.judgement import audited
from extracts.disclosure.audit.linked import linked
from extracts.disclosure.audit.listing import as_text, listing
from extracts.disclosure.audit.part import TooSparse
from extracts.disclosure.audit.rounding import NAMES, Rounding, UnknownRounding
from extracts.disclosure.description import TOTAL_LABELS, FileDescription
from extracts.disclosure.layout import Layout
from extracts.disclosure.policy import SRS_10
from extracts.disclosure.reading.cells import Cells, tidy
from extracts.disclosure.reading.csv_table import read_table
from extracts.disclosure.reading.triage import CannotRead
from extracts.disclosure.suggest import UNNAMED, suggest

NONE_UNSAFE, UNSAFE, CANNOT_READ, NOT_PROVEN = range(4)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("tables", nargs="+", type=Path, metavar="TABLE.csv", help="tables that are published together")
    parser.add_argument("--dims", help="columns that hold labels, with commas between; told from the file by default")
    parser.add_argument("--value", help="the column that holds counts, in a table with one count per row")
    parser.add_argument(
        "--total-label", action="append", default=[], help="a label that means a total; may be repeated"
    )
    parser.add_argument("--rounding", help=f"how the counts shown are rounded: {NAMES}")
    parser.add_argument("--threshold", type=int, default=SRS_10.threshold, help="smallest count that may be shown")
    parser.add_argument("--hierarchy", type=Path, help="a CSV file with the columns dimension, child, parent")
    parser.add_argument("--seconds", type=float, default=60.0, help="stop after so long")
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Print what an intruder can work out. 0: nothing unsafe, 1: something is, 2: could not read, 3: not proven."""
    try:
        rounding = Rounding.named(arguments.rounding) if arguments.rounding else None
        tables = [table_cells(path, arguments) for path in arguments.tables]
        groups = linked(tables, hierarchies=hierarchies(arguments.hierarchy), rounding=rounding)
        audits = [
            audited(group.system, threshold=arguments.threshold, zeros=False, seconds=arguments.seconds)
            for group in groups
        ]
    except (CannotRead, UnknownRounding, OSError) as error:
        return _refuse(error, CANNOT_READ)
    except (Contradiction, TooSparse) as error:
        return _refuse(error, NOT_PROVEN)
    names = [path.name for path in arguments.tables]
    reports = [
        listing(group, audit, names=names, threshold=arguments.threshold)
        for group, audit in zip(groups, audits, strict=True)
    ]
    answer = {"threshold": arguments.threshold, "rounding": arguments.rounding or "", "groups": reports}
    print(
        json.dumps(answer, indent=1) if arguments.json else "\n".join(line for one in reports for line in as_text(one))
    )
    found = {cell["verdict"] for one in reports for cell in one["intervals"]}
    return UNSAFE if "unsafe" in found else NOT_PROVEN if found & {"doubtful", "not proven"} else NONE_UNSAFE


def _refuse(error: Exception, code: int) -> int:
    print(f"This could not be audited: {error}", file=sys.stderr)
    return code


def table_cells(path: Path, arguments: argparse.Namespace) -> Cells:
    """The cells of a table, described by the options or else by what its columns seem to hold. Raises CannotRead."""
    content = path.read_bytes()
    table = read_table(path.name, content, SRS_10)
    labels = (*TOTAL_LABELS, *arguments.total_label)
    if arguments.dims or arguments.value:
        layout = _layout(table.columns, arguments)
    else:
        layout = suggest(path.name, content).layout
    missing = set(layout.placed) - set(table.columns)
    if missing or not layout.counts:
        problem = f"No column is called {', '.join(sorted(missing))}." if missing else "No column seems to hold counts."
        raise CannotRead(problem, "Name the columns with --dims and --value.")
    return tidy(table, FileDescription(path.name, "FREQ", layout=layout, total_labels=labels)).of_kind("count")


def _layout(columns: Sequence[str], arguments: argparse.Namespace) -> Layout:
    """The layout that the options give: long with one column of counts, or wide when none is named."""
    dims = tuple(name.strip() for name in (arguments.dims or "").split(",") if name.strip())
    if arguments.value:
        return Layout("long", rows=dims or tuple(name for name in columns if name != arguments.value),
                      counts=(arguments.value,))  # fmt: skip
    others = tuple(name for name in columns if name not in dims)
    if len(others) == 1:
        return Layout("long", rows=dims, counts=others)
    return Layout("wide", rows=dims, columns=UNNAMED, counts=others)


def hierarchies(path: Path | None) -> Hierarchies:
    """Dimension -> child label -> parent label, from a CSV file with those headings. Raises CannotRead."""
    found: dict[str, dict[str, str]] = {}
    if path is None:
        return found
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    if not rows or not {"dimension", "child", "parent"} <= set(rows[0]):
        raise CannotRead("The hierarchy has no columns dimension, child and parent.")
    for row in rows:
        found.setdefault(row["dimension"].strip(), {})[row["child"].strip()] = row["parent"].strip()
    return found
