"""From deliveries to a built release: jobs in processes of their own, each of which can open its own zones only.

No record passes through here. What is known of a step is what its job says of it: counts, seconds, reasons.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from extracts import publishing
from extracts.intake import Accepted, accept_delivery
from extracts.intake.findings import Findings
from extracts.intake.folder import DELIVERY, read_delivery
from extracts.providers import Refusal, merged_description, read_providers
from extracts.sealed import make_private, newest_change, run_sealed
from extracts.zones import Zones

Report = dict[str, Any]
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Walls:
    """How jobs are run: in which zones, told to whom, and whether a machine without walls will do (a demonstration)."""

    zones: Zones
    progress: Progress
    cancelled: Callable[[], bool] = lambda: False
    unsealed_allowed: bool = False

    def run(self, job: str, grant: str, arguments: Mapping[str, Any], **names: Path | str) -> Report:
        """Run the job with the folders of its grant. Raises JobRefused, JobFailed, SealUnavailable and Cancelled."""
        reads, writes = self.zones.granted(grant, **names)
        return run_sealed(
            job,
            {name: str(value) if isinstance(value, Path) else value for name, value in arguments.items()},
            reads=reads,
            writes=writes,
            progress=self.progress,
            cancelled=self.cancelled,
            unsealed_allowed=self.unsealed_allowed,
        )


@dataclass(frozen=True)
class Plan:
    """What is to be built.

    version      of the release; the linkage run goes by the same name in the zones
    description  folder of the dataset's description, with its `providers`
    deliveries   provider and name of every accepted one, oldest first
    key          of the dataset: person ids and surrogates come from it, so it is the same for all releases
    decisions    every decision on pairs that were settled: token, reviewer_hash, verdict
    previous     the version to compare with, or ""
    """

    code: str
    version: str
    seed: int
    description: Path
    deliveries: tuple[tuple[str, str], ...]
    key: bytes
    created_at: str
    decisions: Sequence[Mapping[str, str]] = ()
    previous: str = ""


def staged(zones: Zones, code: str, version: str) -> Path:
    """Where a release is built before it is put in place."""
    return zones.staging / f"release-{code}-{version}"


def tidy(zones: Zones, code: str, version: str) -> None:
    """Throw away what was built apart: it was moved into place, or is no longer wanted."""
    shutil.rmtree(staged(zones, code, version), ignore_errors=True)


# What a killed job leaves behind, beneath the storage root; whoever goes on makes its own anew.
LEFTOVERS = (
    "identifiers/*/spine/.*.draft", "identifiers/*/.scan/*", "crosswalk/*/.*.draft", "crosswalk/*/.*.old",
)  # fmt: skip


def sweep(zones: Zones, older_than: datetime) -> list[str]:
    """Remove what killed jobs left in the zones, if nothing in it changed since that moment; returns their names."""
    removed = []
    for folder in sorted(path for pattern in LEFTOVERS for path in zones.root.glob(pattern) if path.is_dir()):
        if newest_change(folder) < older_than.timestamp():
            shutil.rmtree(folder, ignore_errors=True)
            removed.append(folder.relative_to(zones.root).as_posix())
    return removed


def deliveries_in(folder: Path, description: Path) -> list[tuple[str, str, Path]]:
    """Provider, name and folder of each delivery in a folder that has a folder for each provider.

    Raises Refusal when there is none, or when something in it is no delivery of a known provider; BadProvider too.
    """
    known = {provider.code for provider in read_providers(description / "providers")}
    sources = sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    findings, found = Findings(), []
    for source in sources:
        if source.is_symlink():
            findings.add(source.name, "It is a link, not a folder.")
        elif source.name not in known:
            findings.add(source.name, f"No provider has this code; they are {', '.join(sorted(known))}.")
        elif about := read_delivery(source / DELIVERY, source.name, findings):
            found.append((source.name, about.name, source))
    if not sources:
        findings.add(folder.name, "There is no delivery in it: a folder for each provider is expected.")
    if findings.found:
        raise Refusal(findings.found)
    return found


def bring_in(source: Path, inbox: Path) -> None:
    """Put a delivery into the inbox, as links to the same bytes where the disk allows it; the source stays.

    Safe to repeat: what lay there before is replaced.
    """
    shutil.rmtree(inbox, ignore_errors=True)
    make_private(inbox.parent)
    shutil.copytree(source, inbox, symlinks=True, copy_function=_link_or_copy)  # a link stays one, and is refused
    inbox.chmod(0o700)


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def accept(source: Path, provider: str, *, code: str, description: Path, walls: Walls) -> Accepted:
    """Look at a delivery in the inbox; keep it whole, or raise JobRefused with the findings and keep nothing."""
    return accept_delivery(
        source,
        code=code,
        description=description,
        provider=description / "providers" / f"{provider}.toml",
        zones=walls.zones,
        progress=walls.progress,
        cancelled=walls.cancelled,
        unsealed_allowed=walls.unsealed_allowed,
    )


def link(plan: Plan, walls: Walls) -> Report:
    """Persons and case numbers: the crosswalk, the clerical pairs, and what the run says of itself."""
    zones, code = walls.zones, plan.code
    arguments = {
        "identities": zones.identifiers / code / "identities",
        "spine": zones.identifiers / code / "spine",
        "crosswalk": zones.crosswalk / code,
        "clerical": zones.clerical / code,
        "code": code,
        "run": plan.version,
        "seed": plan.seed,
        "key": plan.key.hex(),
        "decisions": list(plan.decisions),
        "model": model_of(plan.description),
        "deliveries": [list(one) for one in plan.deliveries],
    }
    return walls.run("extracts.linkage.job:link", "link", arguments, code=code, description=plan.description)


def model_of(description: Path) -> str:
    """The model that the dataset's description names in `linkage.toml`, or "" to learn one."""
    path = description / "linkage.toml"
    return str(tomllib.loads(path.read_text(encoding="utf-8")).get("model", "")) if path.is_file() else ""


def measure(plan: Plan, walls: Walls) -> Report:
    """How good the links are, by group: from the truth where data are synthetic, else from reviewed pairs."""
    zones, truth = walls.zones, walls.zones.truth / plan.code
    arguments = {
        "truth": truth if truth.is_dir() else "",
        "crosswalk": zones.run(plan.code, plan.version),
        "decisions": list(plan.decisions),
    }
    return walls.run("extracts.linkage.job:measure", "measure", arguments, code=plan.code, run=plan.version)


def build(plan: Plan, walls: Walls) -> Report:
    """The release, staged: tables, figures, quality, differences, manifest. Raises BadProvider too."""
    zones = walls.zones
    into = staged(zones, plan.code, plan.version)
    shutil.rmtree(into, ignore_errors=True)
    description = into.with_name(f"{into.name}-description")
    with _described(plan.description, description):
        arguments = {
            "payload": zones.payload / plan.code,
            "crosswalk": zones.run(plan.code, plan.version),
            "description": description,
            "code": plan.code,
            "version": plan.version,
            "key": plan.key.hex(),
            "into": into,
            "created_at": plan.created_at,
            "previous": zones.release(plan.code, plan.previous) if plan.previous else "",
            "deliveries": [list(one) for one in plan.deliveries],
        }
        return walls.run(
            "extracts.building:build", "build", arguments,
            code=plan.code, run=plan.version, description=description, staged=into,
        )  # fmt: skip


@contextlib.contextmanager
def _described(base: Path, into: Path) -> Iterator[None]:
    """The dataset's description with the tables that its providers add to it, for as long as it is needed."""
    shutil.rmtree(into, ignore_errors=True)
    into.parent.mkdir(parents=True, exist_ok=True)
    try:
        merged_description(base, read_providers(base / "providers"), into)
        yield
    finally:
        shutil.rmtree(into, ignore_errors=True)


def scan(plan: Plan, walls: Walls) -> Report:
    """Whether any identifier of the input is in the staged release: counts and columns, never a value."""
    into = staged(walls.zones, plan.code, plan.version)
    arguments = {
        "identities": walls.zones.identifiers / plan.code / "identities",
        "release": into / "release",
        "row_keys": into / "row_keys.parquet",
        "into": walls.zones.identifiers / plan.code / ".scan",
    }
    return walls.run("extracts.scanning:scan", "scan", arguments, code=plan.code, staged=into)


def put_in_place(plan: Plan, zones: Zones) -> None:
    """Move the staged release to where extracts read it. Safe to repeat; a release never changes."""
    folder = staged(zones, plan.code, plan.version)
    publishing.put_in_place(folder / "release", zones.releases / plan.code, plan.version)
    tidy(zones, plan.code, plan.version)
