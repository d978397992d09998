"""Where data lie, and which job may reach what: one folder for each zone, and a table of grants.

No process needs two zones that must not meet, and none gets them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

UNDER_ROOT = "identifiers", "payload", "crosswalk", "clerical", "truth", "releases", "staging"


@dataclass(frozen=True)
class Grant:
    """The files and folders of one job. {code}, {run} and other names in braces are filled in by the caller."""

    reads: tuple[str, ...]
    writes: tuple[str, ...]

    @property
    def zones(self) -> frozenset[str]:
        """The zones that the job reaches at all."""
        return frozenset(path.split("/")[0] for path in (*self.reads, *self.writes)) & frozenset(UNDER_ROOT)


# The walls. {delivery} is what a provider sent, {description} describes the dataset, {staged} is a release being built:
# paths from anywhere; all others begin with a zone. Linkage never reads payload or truth, a build never identifiers.
GRANTS = {
    "accept_identity": Grant(
        reads=("{delivery}/identity", "{delivery}/delivery.json", "{description}", "identifiers/{code}/identities"),
        writes=("identifiers/{code}/.drafts/{draft}", "crosswalk/{code}/.row-ids/{draft}"),
    ),
    "accept_payload": Grant(
        reads=("{delivery}/payload", "{delivery}/delivery.json", "{description}", "payload/{code}",
               "crosswalk/{code}/.row-ids/{draft}"),
        writes=("payload/{code}/.drafts/{draft}",),
    ),
    "link": Grant(
        reads=("{description}",),
        writes=("identifiers/{code}", "crosswalk/{code}", "clerical/{code}"),
    ),
    "measure": Grant(
        reads=("truth/{code}",),
        writes=("crosswalk/{code}/{run}",),
    ),
    "build": Grant(
        reads=("crosswalk/{code}/{run}", "payload/{code}", "releases/{code}", "{description}"),
        writes=("{staged}",),
    ),
    "scan": Grant(
        reads=("identifiers/{code}", "{staged}"),
        writes=("identifiers/{code}/.scan",),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Zones:
    """The folders under the storage root."""

    root: Path

    @property
    def inbox(self) -> Path:
        """Deliveries as they came, until they are accepted or refused."""
        return self.root / "inbox"

    @property
    def identifiers(self) -> Path:
        """Identity records as accepted, the spine, scores, models. Linkage alone writes it; no build opens it."""
        return self.root / "identifiers"

    @property
    def payload(self) -> Path:
        """Attribute records as accepted. Builds of releases alone read it; linkage never does."""
        return self.root / "payload"

    @property
    def crosswalk(self) -> Path:
        """Row ids and person ids of each linkage run: the only thing that crosses from linkage to a build."""
        return self.root / "crosswalk"

    @property
    def clerical(self) -> Path:
        """Pairs that people have to look at, and what they decided."""
        return self.root / "clerical"

    @property
    def truth(self) -> Path:
        """Who is who, where the data are synthetic. Only measuring reads it."""
        return self.root / "truth"

    @property
    def releases(self) -> Path:
        """De-identified releases of linked datasets, immutable."""
        return self.root / "releases"

    @property
    def withheld(self) -> Path:
        """Lists of records that later extracts leave out: surrogates by dataset and version."""
        return self.root / "withheld"

    @property
    def staging(self) -> Path:
        return self.root / "staging"

    @property
    def workspaces(self) -> Path:
        """What was delivered, a folder for each project."""
        return self.root / "workspaces"

    @property
    def released(self) -> Path:
        """Signed packages of outputs that may leave."""
        return self.root / "released"

    @property
    def keys(self) -> Path:
        return self.root / "keys"

    @property
    def trail_heads(self) -> Path:
        """Signed heads of the audit trail; copy them off the machine."""
        return self.root / "trail" / "heads"

    @property
    def catalogues(self) -> Path:
        """Descriptions of datasets that were loaded from elsewhere."""
        return self.root / "catalogues"

    def identities(self, code: str, provider: str, delivery: str) -> Path:
        """The accepted identity records of one delivery: a Parquet file for each source."""
        return self.identifiers / code / "identities" / provider / delivery

    def payload_of(self, code: str, provider: str, delivery: str) -> Path:
        """The accepted attribute records of one delivery: a Parquet file for each table."""
        return self.payload / code / provider / delivery

    def run(self, code: str, run: str) -> Path:
        """What one linkage run hands over."""
        return self.crosswalk / code / run

    def release(self, code: str, version: str) -> Path:
        return self.releases / code / version

    def withheld_list(self, code: str, version: int) -> Path:
        return self.withheld / code / f"{version:06d}.parquet"

    def workspace(self, reference: str) -> Path:
        return self.workspaces / reference

    def granted(self, job: str, **names: Path | str) -> tuple[list[Path], list[Path]]:
        """What a job may read and what it may write to, for `run_sealed`. `names` fill the braces of its grant.

        Raises KeyError for a job or name that is missing, ValueError for a name that could reach out of its place.
        """
        for name, value in names.items():
            if isinstance(value, str) and (not value or "/" in value or value in (".", "..")):
                raise ValueError(f"{name} must be a plain name; hand folders in as paths.")
        grant = GRANTS[job]
        reads, writes = ([self._place(path, names) for path in paths] for paths in (grant.reads, grant.writes))
        return reads, writes

    def _place(self, path: str, names: dict[str, Path | str]) -> Path:
        """Under the root, unless it begins with a folder that was handed in from elsewhere."""
        return self.root / path.format(**{name: str(value) for name, value in names.items()})
