"""`python -m benchmarks.disclosure_cases --seed 1 --number 2000 --into FOLDER`: write labelled outputs."""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.disclosure_cases.making import make


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.disclosure_cases", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--number", type=int, default=2000)
    parser.add_argument("--into", type=Path, required=True, help="a folder that is new or empty")
    parser.add_argument("--only", action="append", default=[], help="this class alone; may be given again")
    parser.add_argument("--plain", action="store_true", help="plain CSV and everything said, no unusual dress")
    asked = parser.parse_args()
    cases = make(asked.into, seed=asked.seed, number=asked.number, only=asked.only, plain=asked.plain)
    print(f"{len(cases)} cases of {len({case['class'] for case in cases})} classes in {asked.into / 'cases.json'}")


if __name__ == "__main__":
    main()
