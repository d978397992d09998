"""The whole way by the commands: made-up deliveries of every provider become a release, which is checked.

The work: `make_sources`, then `link` (accept the deliveries, link, measure, build, scan) and `release verify`, in a
portal of its own. There is nothing to compare it with. Sizes are people; PNC numbers are in the records.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from benchmarks.harness import Benchmark, Case

PROJECT = Path(__file__).parents[1]
SEED = 8
RELEASE = "2026.1"


def prepare(folder: Path, people: int) -> None:
    """Nothing: making up the deliveries is part of the way."""


def whole_way(data: Path, out: Path, people: int) -> None:
    sources = out / "sources"
    own = {name: value for name, value in os.environ.items() if not name.startswith("GATEHOUSE_")}
    for command in (
        ("migrate", "--verbosity", "0"),
        ("make_sources", "--people", str(people), "--seed", str(SEED), "--out", str(sources)),
        ("link", str(sources / "deliveries"), "--release", RELEASE, "--truth", str(sources / "truth")),
        ("release", "verify", RELEASE),
    ):
        subprocess.run(
            [sys.executable, str(PROJECT / "manage.py"), *command],
            check=True, stdout=subprocess.DEVNULL,
            env=own | {"GATEHOUSE_DEMO": "1", "GATEHOUSE_DATA": str(out / "portal")},
        )  # fmt: skip


def judge(data: Path, out: Path) -> dict[str, float]:
    """Pairs of the release's own ids, against the truth."""
    [quality] = (out / "portal").glob(f"**/releases/*/{RELEASE}/quality.json")
    [everyone] = [
        row
        for row in json.loads(quality.read_text(encoding="utf-8"))["measures"]
        if row["ids"] == "person_id" and row["by"] == "overall"
    ]
    return {name: everyone[name]["value"] for name in ("precision", "recall", "f1")}


BENCHMARK = Benchmark(
    name="dataset",
    sizes=(50_000, 1_000_000),
    quick_sizes=(500,),
    cases=(Case("deliveries to release", "", prepare, whole_way, None, judge),),
    rounds=1,
    quick_rounds=1,
)
