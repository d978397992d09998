"""A release of a linked dataset, made from what providers delivered and from the crosswalk: a job of its own process.

It reads no name: row keys and attributes come from the payload, persons and groups from
the crosswalk. Linking is `extracts.linkage`; what every release shares is `extracts.publishing`.
"""

from extracts.building.job import build

__all__ = ["build"]
