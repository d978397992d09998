"""`protect TABLE [MORE ...] --out FOLDER`: safe versions of tables, from the command line."""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from extracts.disclosure import table_options as options
from extracts.disclosure.description import FileDescription
from extracts.disclosure.layout import Layout
from extracts.disclosure.policies import named
from extracts.disclosure.policy import PRESETS, BadPolicy, Policy
from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.reading.triage import CannotRead
from extracts.disclosure.repair.cell_key import BadNoise, Noise
from extracts.disclosure.repair.keyed import NOISE, perturbed
from extracts.disclosure.repair.plan import METHODS, Repair, Task, plans, unfit
from extracts.disclosure.repair.round import CannotRound
from extracts.disclosure.repair.tables import CannotRepair, TrueTable, true_tables
from extracts.disclosure.repair.workbook_cells import CannotWrite
from extracts.disclosure.report import ENGINE_VERSION
from extracts.disclosure.rounding import Rounding, UnknownRounding

PROTECTED, NOT_SAFE, REFUSED = range(3)
CELL_KEY = "cell-key"
ROUNDED = "midpoint6"
REFUSALS = (CannotRead, CannotRepair, CannotRound, CannotWrite, BadPolicy, BadNoise, OSError)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    options.add_arguments(parser)
    parser.add_argument("--out", type=Path, required=True, help="folder for the protected tables and audit.json")
    parser.add_argument(
        "--method", choices=[*METHODS, CELL_KEY], default="suppress",
        help="hide cells (the default), round all, merge categories, or add noise by cell keys",
    )  # fmt: skip
    parser.add_argument("--by", choices=["count", "value"], default="count", help="what loss is counted by")
    parser.add_argument(
        "--policy", default="", help=f"a file, or one of {', '.join(PRESETS)}; its p%% and dominance rules are for sums"
    )
    parser.add_argument(
        "--base", help=f"of the rounding: a number such as 5 or 10, or {ROUNDED}; else the policy's, or 5"
    )
    parser.add_argument(
        "--evidence", type=Path, action="append", default=[], metavar="FILE.csv",
        help="for sums and means: n, total, largest and second_largest beside the labels of each cell; one a table",
    )  # fmt: skip
    parser.add_argument(
        "--sum", metavar="COLUMN",
        help="the column that holds sums; in a wide table with evidence, all but those of --dims do",
    )  # fmt: skip
    parser.add_argument("--mean", metavar="COLUMN", help="the column that holds means; they need evidence as sums do")
    parser.add_argument(
        "--records", type=Path, help="for cell keys: the records that the tables were counted from (CSV)"
    )
    parser.add_argument("--person", help="for cell keys: the column of the records that says who each one is about")
    parser.add_argument("--secret", type=Path, help="for cell keys: a file whose content nobody outside knows")


def run(arguments: argparse.Namespace) -> int:
    """Write protected tables and their audit. 0: written, 1: no safe version was found, 2: refused."""
    try:
        _require_a_place(arguments.tables, arguments.out)
        task = _task(arguments)
        if why := unfit(task, arguments.method):
            raise CannotRepair(why)
        repair = _repair(task, arguments)
        if repair is not None:
            _write(repair, task, arguments.out)
    except REFUSALS as error:
        print(f"This could not be protected: {options.sentence(error)}", file=sys.stderr)
        return REFUSED
    if repair is None:
        other = "another method, a coarser table or more --seconds"
        print(f"No safe version was found by the method {arguments.method}: try {other}.", file=sys.stderr)
        return NOT_SAFE
    answer = repair.to_json()
    print(json.dumps(answer, indent=1) if arguments.json else _as_text(repair, task, arguments.out))
    return PROTECTED


def _require_a_place(tables: Sequence[Path], out: Path) -> None:
    """Raises CannotRepair when protected tables would overwrite one another, or the true ones."""
    names = [path.name for path in tables]
    if len(set(names)) < len(names) or "audit.json" in names:
        raise CannotRepair("Two tables have the same name, or one is called audit.json; rename it.")
    if any((out / path.name).resolve() == path.resolve() for path in tables):
        raise CannotRepair("The folder for the protected tables is where the true ones are; choose another.")


def _task(arguments: argparse.Namespace) -> Task:
    """What the options ask for. Raises one of REFUSALS."""
    policy = named(arguments.policy).of()
    if arguments.threshold is not None:
        policy = replace(policy, threshold=arguments.threshold)
        policy = replace(policy, name=f"{policy.name} with threshold {arguments.threshold}")
    return Task(
        tables=_tables(arguments, policy),
        policy=policy,
        by=arguments.by,
        rounding=_rounding(arguments.base) if arguments.base else None,
        hierarchies=options.hierarchies(arguments.hierarchy) or None,
        seconds=arguments.seconds,
    )


def _rounding(name: str) -> Rounding:
    """The rounding to a number, or by its name. Raises CannotRound."""
    try:
        found = Rounding.named(f"base{name}" if name.isdigit() else name)
    except UnknownRounding:
        found = None
    if found is None or found.kind not in ("base", "midpoint"):
        raise CannotRound(f"The base of the rounding is a whole number, or {ROUNDED}.")
    return found


def _tables(arguments: argparse.Namespace, policy: Policy) -> list[TrueTable]:
    """The tables, described by the options or else as their columns seem to be. Raises one of REFUSALS."""
    if len(arguments.evidence) > len(arguments.tables):
        raise CannotRepair("There is more evidence than tables.")
    found = list[TrueTable]()
    for path, evidence in itertools.zip_longest(arguments.tables, arguments.evidence):
        supplied = {str(evidence): evidence.read_bytes()} if evidence else {}

        def describe(name: str, table: Table, evidence: Path | None = evidence) -> FileDescription:
            return replace(_described(name, table, arguments, evidence), evidence=str(evidence or ""))

        found += true_tables(path.name, path.read_bytes(), policy, describe, supplied)
    return found


def _described(name: str, table: Table, arguments: argparse.Namespace, evidence: Path | None) -> FileDescription:
    """A table described by the options: the numbers of a wide one are sums if it has evidence. Raises CannotRepair."""
    found = options.described(name, table, arguments)
    layout = found.layout
    counts, totals, means = (tuple(filter(None, [one])) for one in (arguments.value, arguments.sum, arguments.mean))
    if totals or means:
        said = (*counts, *totals, *means)
        rows = options.labels(arguments) or tuple(one for one in table.columns if one not in said)
        layout = Layout("long", rows=rows, counts=counts, totals=totals, means=means)
    elif evidence and layout.columns and not layout.magnitudes:
        layout = replace(layout, counts=(), totals=layout.counts)
    if evidence and not layout.magnitudes:
        raise CannotRepair(f"Evidence is for sums and means: name the column of {name} with --sum or --mean.")
    return replace(found, layout=layout, output_type="MAGN" if layout.magnitudes else found.output_type)


def _repair(task: Task, arguments: argparse.Namespace) -> Repair | None:
    """The repair of least loss by the method that was asked for."""
    if arguments.method != CELL_KEY:
        return next(iter(plans(task, [arguments.method])), None)
    if not (arguments.records and arguments.person and arguments.secret):
        raise CannotRepair("Cell keys need the records, the column with the person, and a file with a secret.")
    secret = hashlib.blake2b(arguments.secret.read_bytes()).digest()
    noise = Noise.of(most=int(NOISE["most"]), variance=NOISE["variance"])
    return perturbed(task, arguments.records.read_bytes(), arguments.person, secret=secret, noise=noise)


def _write(repair: Repair, task: Task, out: Path) -> None:
    """The files, and audit.json beside them."""
    out.mkdir(parents=True, exist_ok=True)
    for name, content in repair.files.items():
        (out / name).write_bytes(content)
    answer: dict[str, Any] = {
        "engine_version": ENGINE_VERSION,
        "policy": task.policy.name,
        "policy_version": task.policy.version,
        "sha256": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(repair.files.items())},
        **repair.to_json(),
        "intervals": [one.to_json() for one in repair.audit.told],
    }
    (out / "audit.json").write_text(json.dumps(answer, indent=1) + "\n", encoding="utf-8")


def _as_text(repair: Repair, task: Task, out: Path) -> str:
    """What was done, for a person."""
    audit = repair.audit
    lines = [
        repair.summary,
        f"Changes: {len(repair.changes):,} in {len(repair.files):,} files; {out / 'audit.json'} lists them.",
        f"Loss: {repair.loss_by_count:,} cells, {repair.loss_by_value:,.10g} by value.",
        f"Audit: {audit.protected:,} cells hidden or rounded, none of which can be worked out or narrowed down.",
    ]
    if hidden := [one for one in audit.told if one.hidden]:
        closest = min(hidden, key=lambda one: one.high - one.low)
        lines.append(f"The hidden cell that all the tables together tell most of: {closest.said}.")
    if any(table.beside for table in task.tables):
        lines.append("Titles, notes and other texts of the workbook stand as they were: read them before it leaves.")
    return "\n".join(lines)
