"""`audit TABLE [MORE ...]`: the interval of each hidden or rounded cell, from the command line."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from extracts.disclosure import table_options as options
from extracts.disclosure.audit.bounds import Contradiction
from extracts.disclosure.audit.judgement import audited
from extracts.disclosure.audit.linked import linked
from extracts.disclosure.audit.listing import as_text, listing
from extracts.disclosure.audit.part import TooSparse
from extracts.disclosure.policy import SRS_10
from extracts.disclosure.reading.cells import Cells, tidy
from extracts.disclosure.reading.triage import CannotRead
from extracts.disclosure.rounding import NAMES, Rounding, UnknownRounding

NONE_UNSAFE, UNSAFE, CANNOT_READ, NOT_PROVEN = range(4)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    options.add_arguments(parser)
    parser.add_argument("--rounding", help=f"how the counts shown are rounded: {NAMES}")


def run(arguments: argparse.Namespace) -> int:
    """Print what an intruder can work out. 0: nothing unsafe, 1: something is, 2: could not read, 3: not proven."""
    try:
        threshold = SRS_10.threshold if arguments.threshold is None else arguments.threshold
        rounding = Rounding.named(arguments.rounding) if arguments.rounding else None
        tables = [table for path in arguments.tables for table in _tables(path, arguments)]
        known = options.hierarchies(arguments.hierarchy)
        groups = linked([cells for _, cells in tables], hierarchies=known, rounding=rounding)
        audits = [
            audited(group.system, threshold=threshold, zeros=False, seconds=arguments.seconds) for group in groups
        ]
    except (CannotRead, UnknownRounding, OSError) as error:
        return _refuse(error, CANNOT_READ)
    except (Contradiction, TooSparse) as error:
        return _refuse(error, NOT_PROVEN)
    names = [name for name, _ in tables]
    reports = [
        listing(group, audit, names=names, threshold=threshold) for group, audit in zip(groups, audits, strict=True)
    ]
    answer = {"threshold": threshold, "rounding": arguments.rounding or "", "groups": reports}
    print(
        json.dumps(answer, indent=1) if arguments.json else "\n".join(line for one in reports for line in as_text(one))
    )
    found = {cell["verdict"] for one in reports for cell in one["intervals"]}
    return UNSAFE if "unsafe" in found else NOT_PROVEN if found & {"doubtful", "not proven"} else NONE_UNSAFE


def _refuse(error: Exception, code: int) -> int:
    print(f"This could not be audited: {options.sentence(error)}", file=sys.stderr)
    return code


def _tables(path: Path, arguments: argparse.Namespace) -> list[tuple[str, Cells]]:
    """The counts of each table of a file, with what it is called. Raises CannotRead."""
    found = []
    for place, table in options.tables_in(path.name, path.read_bytes(), SRS_10):
        name = ", ".join(filter(None, (path.name, place)))
        described = options.described(name, table, arguments)
        if not described.layout.counts:
            problem = f"No column of {name} seems to hold counts; its columns are {', '.join(table.columns)}."
            raise CannotRead(problem, "Name the columns with --dims and --value.")
        found.append((name, tidy(table, described).of_kind("count")))
    return found
