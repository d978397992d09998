"""Which description of a dataset a page shows: that of the published release, which says exactly what can be had.

Until a release is published, or where this account cannot read its folder, it is the description that comes with
the portal. A provider that was added by configuration is therefore seen once a release holds its tables.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from django.conf import settings

from extracts.models import Release
from extracts.services import current_release
from extracts.zones import Zones
from governance.catalogue.catalogue import Catalogue, UnknownName, catalogue_at, find


def described(code: str) -> Catalogue:
    """The catalogue of a dataset as it is now. Raises UnknownName."""
    return described_and_published(code)[0]


def described_and_published(code: str) -> tuple[Catalogue, Release | None]:
    """The same, with the published release. Raises UnknownName."""
    release = current_release(code)
    return described_in(release) if release else find(code, settings.GATEHOUSE_CATALOGUES), release


def described_in(release: Release) -> Catalogue:
    """The catalogue that was published with the release, or else the one that comes with the portal."""
    own = Zones(Path(settings.GATEHOUSE_DATA)).release(release.code, release.version) / "catalogue"
    with suppress(OSError):  # not for this account to read, or locked away
        if (own / "dataset.json").is_file():
            return catalogue_at(own)
    return find(release.code, settings.GATEHOUSE_CATALOGUES)


def described_in_or_none(release: Release) -> Catalogue | None:
    """The same for pages that can do without."""
    try:
        return described_in(release)
    except UnknownName:
        return None


def described_or_none(code: str) -> Catalogue | None:
    """The same for pages that can do without, as for a dataset that is no longer described."""
    try:
        return described(code)
    except UnknownName:
        return None
