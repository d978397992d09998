"""`protect TABLE.csv [MORE.csv ...] --out FOLDER`: safe versions of tables, from the command line."""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from extracts.disclosure.audit.command import hierarchies
from extracts.disclosure.audit.rounding import NAMES, Rounding, UnknownRounding
from extracts.disclosure.description import TOTAL_LABELS, FileDescription
from extracts.disclosure.layout import Layout
from extracts.disclosure.policy import SRS_10, BadPolicy, Policy
from extracts.disclosure.reading.csv_table import read_table
from extracts.disclosure.reading.triage import CannotRead
from extracts.disclosure.repair.cell_key import BadNoise, Noise
from extracts.disclosure.repair.keyed import NOISE, perturbed
from extracts.disclosure.repair.plan import METHODS, Repair, Task, plans
from extracts.disclosure.repair.round import CannotRound
from extracts.disclosure.repair.tables import CannotRepair, CountTable, count_table
from extracts.disclosure.repair.write import CannotWrite
from extracts.disclosure.report import ENGINE_VERSION
from extracts.disclosure.suggest import UNNAMED, suggest

PROTECTED, NOT_SAFE, REFUSED = range(3)
CELL_KEY = "cell-key"
REFUSALS = (CannotRead, CannotRepair, CannotRound, CannotWrite, UnknownRounding, BadPolicy, BadNoise, OSError)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("tables", nargs="+", type=Path, metavar="TABLE.csv", help="tables that are published together")
    parser.add_argument("--out", type=Path, required=True, help="folder for the protected tables and audit.json")
    parser.add_argument("--method", choices=[*METHODS, CELL_KEY], default="suppress", help="how to protect them")
    parser.add_argument("--by", choices=["count", "value"], default="count", help="what loss is counted by")
    parser.add_argument("--dims", help="columns that hold labels, with commas between; told from the file by default")
    parser.add_argument("--value", help="the column that holds counts, in a table with one count per row")
    parser.add_argument("--total-label", action="append", default=[], help="a label that means a total")
    parser.add_argument("--threshold", type=int, default=SRS_10.threshold, help="smallest count that may be shown")
    parser.add_argument("--base", default="5", help=f"base of the rounding, such as 5 or 10; or {NAMES}")
    parser.add_argument("--hierarchy", type=Path, help="a CSV file with the columns dimension, child, parent")
    parser.add_argument("--records", type=Path, help="for cell keys: the records that the tables were counted from")
    parser.add_argument("--person", help="for cell keys: the column of the records that says who each one is about")
    parser.add_argument("--secret", type=Path, help="for cell keys: a file whose content nobody outside knows")
    parser.add_argument("--seconds", type=float, default=60.0, help="stop after so long")
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Write protected tables and their audit. 0: written, 1: no safe version was found, 2: refused."""
    try:
        _require_a_place(arguments.tables, arguments.out)
        task = _task(arguments)
        repair = _repair(task, arguments)
        if repair is not None:
            _write(repair, task, arguments.out)
    except REFUSALS as error:
        print(f"This could not be protected: {error}", file=sys.stderr)
        return REFUSED
    if repair is None:
        print(f"No safe version was found by the method {arguments.method}; try another one.", file=sys.stderr)
        return NOT_SAFE
    answer = repair.to_json()
    print(json.dumps(answer, indent=1) if arguments.json else _as_text(repair, arguments.out))
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
    policy = replace(SRS_10, threshold=arguments.threshold)
    if policy != SRS_10:
        policy = replace(policy, name=f"{SRS_10.name} with threshold {arguments.threshold}")
    base = f"base{arguments.base}" if arguments.base.isdigit() else arguments.base
    return Task(
        tables=[_table(path, arguments, policy) for path in arguments.tables],
        policy=policy,
        by=arguments.by,
        rounding=Rounding.named(base),
        hierarchies=hierarchies(arguments.hierarchy) or None,
        seconds=arguments.seconds,
    )


def _table(path: Path, arguments: argparse.Namespace, policy: Policy) -> CountTable:
    """One table, described by the options or else as its columns seem to be."""
    content = path.read_bytes()
    described = suggest(path.name, content, policy)
    if arguments.dims or arguments.value:
        layout = _layout(read_table(path.name, content, policy).columns, arguments)
        described = FileDescription(path.name, "FREQ", layout=layout)
    described = replace(described, total_labels=(*TOTAL_LABELS, *arguments.total_label))
    return count_table(path.name, content, policy, described)


def _layout(columns: Sequence[str], arguments: argparse.Namespace) -> Layout:
    """The layout that the options give: long with one column of counts, or wide when none is named."""
    dims = tuple(name.strip() for name in (arguments.dims or "").split(",") if name.strip())
    others = tuple(name for name in columns if name not in dims)
    if arguments.value:
        rows = dims or tuple(name for name in columns if name != arguments.value)
        return Layout("long", rows=rows, counts=(arguments.value,))
    if len(others) == 1:
        return Layout("long", rows=dims, counts=others)
    return Layout("wide", rows=dims, columns=UNNAMED, counts=others)


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
    }
    (out / "audit.json").write_text(json.dumps(answer, indent=1) + "\n", encoding="utf-8")


def _as_text(repair: Repair, out: Path) -> str:
    """What was done, for a person."""
    audit = repair.audit
    return "\n".join(
        (
            repair.summary,
            f"{len(repair.changes):,} changes in {len(repair.files):,} files; they are listed in {out / 'audit.json'}.",
            f"Loss: {repair.loss_by_count:,} cells, {repair.loss_by_value:,.0f} by value.",
            f"Audit: {audit.protected:,} cells hidden or rounded, none of which can be worked out or narrowed down.",
        )
    )
