"""`python -m benchmarks.disclosure FOLDER`: the disclosure engine on labelled cases, class by class.

FOLDER holds `cases.json` in the form of the shared examples; without it the cases are made here. The exit code is 1
when a case passes that must not. `python -m benchmarks disclosure` prints this and the engine's other measurements.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.disclosure_cases.making import make
from benchmarks.disclosure_scores import Score, by_class, score, table

NUMBER, QUICK_NUMBER, SEED = 2_000, 256, 1
Figures = dict[str, Any]
FORM = ("id", "title", "kind", "files", "layout", "context", "policy")  # what an engine may see of a case


def scores(folder: Path) -> Iterator[Score]:
    """The engine's answer to each case of the folder, scored. An error of the engine is an answer too: none."""
    from extracts.disclosure.case import check_case
    from extracts.disclosure.case_policy import policy_of
    from extracts.disclosure.policy import SRS_10

    for case in json.loads((folder / "cases.json").read_text(encoding="utf-8"))["cases"]:
        shown = {name: case[name] for name in FORM if name in case}
        try:
            yield score(case, check_case(shown, folder, policy=policy_of(case.get("policy"), SRS_10)))
        except Exception as error:  # the benchmark must tell of every failure, whatever it is
            yield score(case, {}, failed=f"{type(error).__name__}: {error}")


def measured(number: int, folder: Path | None = None) -> list[Score]:
    """Scores of the cases of a folder, or of `number` that are made for it."""
    if folder:
        return list(scores(folder))
    with tempfile.TemporaryDirectory(prefix="cases-") as made:
        make(Path(made), seed=SEED, number=number)
        return list(scores(Path(made)))


def report(found: Sequence[Score], seconds: float) -> str:
    """The table by class, the time, and the cases that went worst."""
    worst = [one for one in found if one.false_pass or one.false_fail or one.failed]
    lines = [table(by_class(found)), "", f"{len(found)} cases in {seconds:.1f} s."]
    lines += [f"- {one.case}: expected {one.expected}, said {one.said}. {one.failed}".rstrip() for one in worst]
    return "\n".join(lines)


def details(found: Sequence[Score]) -> str:
    """What is wrong with each case that is not all right: verdict, cells that were missed, cells too many."""
    lines = []
    for one in found:
        if one.right and one.found == one.must and one.flagged == one.flagged_right and not one.failed:
            continue
        lines.append(f"{one.case}: expected {one.expected}, said {one.said} {one.failed}".rstrip())
        lines += [f"  missed {dict(key)}" for key in one.missed[:3]]
        lines += [f"  too much {dict(key)}" for key in one.too_much[:3]]
    return "\n".join(lines)


def _by_figures(module: Any, quick: bool) -> list[Figures]:
    return list(module.figures(quick=quick))


def _of_ledger(module: Any, quick: bool) -> list[Figures]:
    sizes = {"persons": 20_000, "cells": 2_000, "new": 200} if quick else {}
    with tempfile.TemporaryDirectory(prefix="ledger-") as folder:
        steps = module.figures(Path(folder), **sizes)
    return [{"step": name, **told} for name, told in steps.items()]


# Each other measurement of the engine: its module, and how it is asked for rows of figures.
OTHERS: dict[str, Callable[[Any, bool], list[Figures]]] = {
    "disclosure_cube": _by_figures,
    "disclosure_audit": _by_figures,
    "disclosure_repair": _by_figures,
    "disclosure_ledger": _of_ledger,
    "disclosure_growth": _by_figures,
}


def others(*, quick: bool) -> Iterator[tuple[str, list[Figures]]]:
    """The engine's other measurements, each with its rows of figures; those whose module is not there are left out."""
    for name, asked in OTHERS.items():
        if importlib.util.find_spec(f"benchmarks.{name}"):
            yield name.removeprefix("disclosure_"), asked(importlib.import_module(f"benchmarks.{name}"), quick)


def rows_of(figures: Sequence[Figures]) -> str:
    """Figures as a Markdown table; a figure that a row lacks is left blank."""
    names = list(dict.fromkeys(name for row in figures for name in row))
    lines = [f"| {' | '.join(names)} |", "|" + "---|" * len(names)]
    return "\n".join([*lines, *(f"| {' | '.join(str(row.get(name, '')) for name in names)} |" for row in figures)])


def everything(*, quick: bool, as_json: bool) -> int:
    """Print the cases' table and every other measurement; 1 when a case passed that must not, else 0."""
    start = time.perf_counter()
    found = measured(QUICK_NUMBER if quick else NUMBER)
    seconds = time.perf_counter() - start
    if as_json:
        more = dict(others(quick=quick))
        print(json.dumps({"cases": [asdict(one) for one in found], **more}, indent=2, default=str))
    else:
        print(report(found, seconds), flush=True)
        for name, figures in others(quick=quick):
            print(f"\n{name}\n\n{rows_of(figures)}", flush=True)
    return int(any(one.false_pass for one in found))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.disclosure", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", help="a folder with cases.json; made when left out")
    parser.add_argument("--number", type=int, default=NUMBER, help="how many cases to make")
    parser.add_argument("--json", action="store_true", help="print every score as JSON")
    parser.add_argument("--details", action="store_true", help="say of each case what is wrong with it")
    asked = parser.parse_args()
    start = time.perf_counter()
    found = measured(asked.number, asked.folder)
    seconds = time.perf_counter() - start
    print(json.dumps([asdict(one) for one in found], indent=1) if asked.json else report(found, seconds))
    if asked.details:
        print(details(found))
    print(f"Verdicts: {dict(Counter(one.said for one in found))}", file=sys.stderr)
    sys.exit(any(one.false_pass for one in found))


if __name__ == "__main__":
    main()
