"""Where data lie: one folder for each zone.

So file rights can differ, and no process needs two zones that must not meet.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Zones:
    """The folders under the storage root."""

    root: Path

    @property
    def identifiers(self) -> Path:
        """Source keys and their surrogates. Publishing writes it; no extract opens it."""
        return self.root / "identifiers"

    @property
    def releases(self) -> Path:
        """De-identified releases of linked datasets, immutable."""
        return self.root / "releases"

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

    def release(self, code: str, version: str) -> Path:
        return self.releases / code / version

    def workspace(self, reference: str) -> Path:
        return self.workspaces / reference
