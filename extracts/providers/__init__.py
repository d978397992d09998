"""Who delivers records, and what a delivery of theirs holds: one TOML file each, read by pure code.

Here are the roles that identity columns can have and the one way to say no to what was handed in. What does not live
here: looking at a delivery (`extracts.intake`).
"""

from extracts.providers.entries import IDENTIFYING, ROLES, IdentitySource, OwnTable, Provider
from extracts.providers.merging import merged_description
from extracts.providers.reading import BadProvider, read_provider, read_providers
from extracts.providers.refusal import Finding, Refusal

__all__ = [
    "IDENTIFYING", "ROLES", "BadProvider", "Finding", "IdentitySource", "OwnTable", "Provider", "Refusal",
    "merged_description", "read_provider", "read_providers",
]  # fmt: skip
