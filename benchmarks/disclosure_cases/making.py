"""The making of a folder of cases: every class in turn, unsafe and safe twins by turns."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import count, islice
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.disclosure_cases.classes import CLASSES
from benchmarks.disclosure_cases.writing import PLAIN, dress, written

# What the labels take for granted wherever a case has no policy of its own.
DEFAULT_POLICY = {
    "threshold": 10,
    "nk": {"n": 2, "k": 0.9, "fails_when": "top n / total > k"},
    "p_percent": {"p": 10, "fails_when": "total - top1 - top2 < p% of top1"},
    "dof": 10,
    "zeros_disclosive": False,
    "min_max": "fail unless structural or shared by >= threshold",
    "differencing_threshold": 10,
    "survival_threshold": 10,
    "unit": "person where microdata name one, else row",
}


def make(
    folder: Path, *, seed: int, number: int, only: Sequence[str] = (), plain: bool = False
) -> list[dict[str, Any]]:
    """Write `number` cases below `folder`; the same seed and number always give the same bytes.

    Each case has a random source of its own, named by seed, class and turn, so a class that
    is changed leaves the cases of all others as they were. `plain` writes all of them as plain CSV with
    everything said. Raises KeyError for an unknown class in `only`.
    """
    (folder / "files").mkdir(parents=True, exist_ok=True)
    chosen = {name: CLASSES[name] for name in only or CLASSES}
    turns = ((name, unsafe, turn) for turn in count() for unsafe in (True, False) for name in chosen)
    cases = []
    for name, unsafe, turn in islice(turns, number):
        random = Random(f"{seed}/{name}/{unsafe}/{turn}")
        draft = chosen[name](random, unsafe)
        case_name = f"{name}_{'u' if unsafe else 's'}{turn:03}"
        worn = PLAIN if plain else dress(random, draft)
        cases.append(written(draft, worn, random, name=case_name, group=name, folder=folder))
    text = json.dumps({"default_policy": DEFAULT_POLICY, "cases": cases}, indent=1, ensure_ascii=False)
    (folder / "cases.json").write_text(text + "\n", encoding="utf-8")
    return cases
