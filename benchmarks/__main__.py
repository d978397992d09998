"""`python -m benchmarks NAME [--json] [--quick]`: run one benchmark and print what was measured."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from benchmarks import extract
from benchmarks.harness import Result, results

BENCHMARKS = {benchmark.name: benchmark for benchmark in (extract.BENCHMARK,)}

HEAD = "| case | baseline | size | ratio | seconds | baseline seconds | peak MiB | baseline peak MiB |"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", choices=sorted(BENCHMARKS))
    parser.add_argument("--json", action="store_true", help="print a list of results as JSON")
    parser.add_argument("--quick", action="store_true", help="small sizes and three rounds, to see that it runs")
    asked = parser.parse_args()
    found = results(BENCHMARKS[asked.name], quick=asked.quick)
    if asked.json:
        print(json.dumps([asdict(result) for result in found], indent=2))
        return
    print(HEAD)
    print("|---|---" + "|---:" * 6 + "|")
    for result in found:
        print(line(result), flush=True)


def line(result: Result) -> str:
    """One result as a row of a Markdown table."""
    return (
        f"| {result.case} | {result.baseline} | {result.size:,} | {result.ratio:.2f} | {result.seconds:.2f} "
        f"| {result.baseline_seconds:.2f} | {result.peak_mib:.0f} | {result.baseline_peak_mib:.0f} |"
    )


if __name__ == "__main__":
    main()
