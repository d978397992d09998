"""A small linked dataset before its build: deliveries as accepted, and a crosswalk that knows the truth."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from benchmarks import release
from benchmarks.release import CREATED_AT, DESCRIPTION, KEY
from extracts.building import build
from extracts.linkage.job import link, measure

__all__ = ["CREATED_AT", "DESCRIPTION", "KEY", "PEOPLE", "SEED", "Linked", "accepted", "linked"]

# Of the published release that tests share.
PEOPLE, SEED = 1500, 7


def quiet(what, share):
    """Progress that nobody looks at."""


@dataclass(frozen=True)
class Linked:
    """The zones of one dataset, as folders."""

    payload: Path
    identities: Path
    crosswalk: Path

    def link(self, root: Path) -> Path:
        """Link the records, measure the links by the truth; the folder of the run's crosswalk."""
        zones = {name: str(root / name) for name in ("spine", "crosswalk", "clerical")}
        names = {"code": "cjs_linked", "run": "2026.1", "seed": 1, "key": KEY.hex(), "model": "cjs-1"}
        link(quiet, identities=str(self.identities), **zones, **names)
        measure(quiet, crosswalk=str(root / "crosswalk" / "2026.1"), truth=str(root / "sources" / "truth"))
        return root / "crosswalk" / "2026.1"

    def build(self, into: Path, *, version="2026.1", progress=quiet, **options):
        """Build a release into `into`; returns what was reported."""
        arguments = {
            "payload": str(self.payload), "crosswalk": str(self.crosswalk), "description": str(DESCRIPTION),
            "code": "cjs_linked", "version": version, "key": KEY.hex(), "into": str(into), "created_at": CREATED_AT,
        }  # fmt: skip
        return build(progress, **(arguments | options))


def accepted(root: Path, people: int, *, seed: int) -> Linked:
    """Make up sources and accept them; nothing is linked yet."""
    release.accepted(root, people, seed=seed)
    return Linked(root / "payload", root / "identities", root / "crosswalk")


def linked(root: Path, *, people=600, seed=3) -> Linked:
    """Make up sources, accept them, and link them by the truth: for tests of what comes after linking."""
    release.zones(root, people, seed=seed)
    (root / "crosswalk" / "run.json").write_text(json.dumps({"model": "truth", "seconds": 1.5}))
    return Linked(root / "payload", root / "identities", root / "crosswalk")
