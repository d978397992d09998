"""Fixtures that several parts share: a data folder of one's own, and a small published release in it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as portal_settings
from django.core.cache import cache
from django.utils import timezone

from extracts import publishing, services
from extracts.models import Release
from extracts.synthetic.write import write
from extracts.zones import Zones
from governance.people.grants import worker

CRIMES = 1500
DESCRIPTION = Path(portal_settings.BASE_DIR) / "governance" / "catalogue" / "datasets" / "cjs_linked"


@pytest.fixture(autouse=True)
def fresh_cache() -> Iterator[None]:
    """No test sees what another one counted, such as wrong passwords."""
    cache.clear()
    yield


@pytest.fixture
def zones(tmp_path: Path, settings: Any) -> Zones:
    """A data folder of one's own."""
    settings.GATEHOUSE_DATA = tmp_path / "data"
    settings.MEDIA_ROOT = tmp_path / "data" / "outputs"
    return Zones(settings.GATEHOUSE_DATA)


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder `releases` of a small synthetic release, made once."""
    root = tmp_path_factory.mktemp("published")
    source = tmp_path_factory.mktemp("source")
    write(CRIMES, seed=7, codelists=DESCRIPTION / "codelists", into=source)
    publishing.publish(
        source,
        catalogue_folder=DESCRIPTION,
        releases=root / "releases",
        key=bytes(range(32)),
        created_at=timezone.now(),
        progress=lambda *step: None,
    )
    return root


@pytest.fixture
def release(db: None, zones: Zones, published: Path) -> Release:
    """The synthetic linked data, small, published into this test's own data folder and known to the portal."""
    shutil.copytree(published / "releases", zones.releases)
    return services.register_release(
        code="cjs_linked",
        version="2026.1",
        title="Linked criminal justice data",
        tables=json.loads((zones.release("cjs_linked", "2026.1") / "release.json").read_text())["tables"],
        by=worker(),
        at=timezone.now(),
    )
