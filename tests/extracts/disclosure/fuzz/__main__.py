"""`python -m tests.extracts.disclosure.fuzz --files 20000 --seed 1`: prints a tally; fails when anything is amiss."""

import argparse
import sys
import time

from .run import fuzz


def main() -> int:
    """Run, print, and give 1 when a file crashed, hung, reached outside or passed unseen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    started = time.monotonic()
    tally = fuzz(options.files, options.seed, workers=options.workers)
    print(f"{options.files} files with seed {options.seed} in {time.monotonic() - started:.0f} s")
    print(f"read {tally.read}, turned away {tally.turned_away}; slowest {tally.slowest[0]} s ({tally.slowest[1]})")
    for name in ("crashes", "hangs", "reached_outside", "passed_unseen"):
        found = getattr(tally, name)
        print(f"{name.replace('_', ' ')}: {len(found)}", *found[:20], sep="\n  ")
    print("means:", dict(tally.means.most_common()))
    print("exceptions that no reader expected:", dict(tally.unexpected.most_common(25)))
    return 1 if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
