"""`python -m benchmarks NAME [--json] [--quick] [--size N]`: run one benchmark and print what was measured."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict

from benchmarks import atrest, dataset, disclosure, extract, linkage, permissions, release, sources
from benchmarks.harness import Result, results

BENCHMARKS = {
    benchmark.name: benchmark
    for benchmark in (
        extract.BENCHMARK,
        extract.ON_SPARK,
        sources.BENCHMARK,
        release.BENCHMARK,
        linkage.BENCHMARK,
        dataset.BENCHMARK,
        permissions.BENCHMARK,
        atrest.BENCHMARK,
    )
}

DISCLOSURE = "disclosure"  # judged by labelled cases, so it prints tables of its own

# Heading -> what stands below it.
COLUMNS: dict[str, Callable[[Result], str]] = {
    "size":              lambda result: f"{result.size:,}",
    "ratio":             lambda result: _number(result.ratio, 2),
    "seconds":           lambda result: _number(result.seconds, 2),
    "baseline seconds":  lambda result: _number(result.baseline_seconds, 2),
    "per CPU second":    lambda result: _number(result.per_cpu_second, 0),
    "peak MiB":          lambda result: _number(result.peak_mib, 0),
    "baseline peak MiB": lambda result: _number(result.baseline_peak_mib, 0),
    "queries":           lambda result: _number(result.quality.get("queries"), 0),
    "F1":                lambda result: _number(result.quality.get("f1"), 4),
    "baseline F1":       lambda result: _number(result.baseline_quality.get("f1"), 4),
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", choices=sorted([*BENCHMARKS, DISCLOSURE]))
    parser.add_argument("--json", action="store_true", help="print a list of results as JSON")
    parser.add_argument("--quick", action="store_true", help="small sizes and fewer rounds, to see that it runs")
    parser.add_argument("--size", type=int, action="append", default=[], help="this size alone")
    asked = parser.parse_args()
    if asked.name == DISCLOSURE:
        sys.exit(disclosure.everything(quick=asked.quick, as_json=asked.json))
    found = results(BENCHMARKS[asked.name], quick=asked.quick, sizes=asked.size)
    if asked.json:
        print(json.dumps([asdict(result) for result in found], indent=2))
        return
    print(f"| case | baseline | {' | '.join(COLUMNS)} |")
    print("|---|---" + "|---:" * len(COLUMNS) + "|", flush=True)
    for result in found:
        print(line(result), flush=True)


def line(result: Result) -> str:
    """One result as a row of a Markdown table."""
    return f"| {result.case} | {result.baseline} | {' | '.join(told(result) for told in COLUMNS.values())} |"


def _number(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:,.{digits}f}"


if __name__ == "__main__":
    main()
