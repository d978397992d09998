"""A small linked dataset before its build: deliveries as accepted, and a crosswalk that knows the truth."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from benchmarks import release
from benchmarks.release import CREATED_AT, DESCRIPTION, KEY
from extracts.building import build

__all__ = ["CREATED_AT", "DESCRIPTION", "KEY", "Linked", "linked"]


@dataclass(frozen=True)
class Linked:
    """The zones of one dataset, as folders."""

    payload: Path
    identities: Path
    crosswalk: Path

    def build(self, into: Path, *, version="2026.1", progress=lambda what, share: None, **options):
        """Build a release into `into`; returns what was reported."""
        arguments = {
            "payload": str(self.payload), "crosswalk": str(self.crosswalk), "description": str(DESCRIPTION),
            "code": "cjs_linked", "version": version, "key": KEY.hex(), "into": str(into), "created_at": CREATED_AT,
        }  # fmt: skip
        return build(progress, **(arguments | options))


def linked(root: Path, *, people=600, seed=3) -> Linked:
    """Make up sources, and accept and link them in the shortest way that can be thought of."""
    release.zones(root, people, seed=seed)
    (root / "crosswalk" / "run.json").write_text(json.dumps({"model": "truth", "seconds": 1.5}))
    return Linked(root / "payload", root / "identities", root / "crosswalk")
