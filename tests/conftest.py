"""Fixtures that several parts share: a data folder of one's own, and a small published release in it."""

from __future__ import annotations

import inspect
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from extracts import publishing, services
from extracts.models import Release
from extracts.services import jobs
from extracts.zones import Zones
from governance.people.grants import worker
from tests import kept, migrated
from tests.cast import make_cast
from tests.extracts.small_linked import PEOPLE, SEED, accepted


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what asks the database: those tests CI runs on PostgreSQL too. The others would do the same again."""
    for item in items:
        if item.get_closest_marker("django_db") or "db" in getattr(item, "fixturenames", ()):
            item.add_marker("database")


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """Tests begin with the database that is there, which is a copy of a migrated one; its folder goes with the run."""
    return connection.vendor == "sqlite"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, pytestconfig: pytest.Config
) -> None:
    if connection.vendor == "sqlite":
        migrated.put_in_place(pytestconfig.cache.mkdir("migrated"))


@pytest.fixture(autouse=True)
def fresh_cache() -> Iterator[None]:
    """No test sees what another one counted, such as wrong passwords."""
    cache.clear()
    yield


@pytest.fixture(autouse=True)
def no_second_connection() -> Iterator[None]:
    """A test's changes are in a transaction that a heartbeat's own connection could not see, and would wait for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jobs, "LONGEST_BEAT_SECONDS", 3600.0)
        yield


@pytest.fixture(autouse=True)
def rows_of_the_code_as_it_is(request: pytest.FixtureRequest) -> None:
    """Who replaces parts of the code gets records of that code, and leaves none to other tests."""
    kept.copying = "monkeypatch" not in inspect.signature(request.function).parameters


@pytest.fixture
def zones(tmp_path: Path, settings: Any) -> Zones:
    """A data folder of one's own."""
    settings.GATEHOUSE_DATA = tmp_path / "data"
    settings.MEDIA_ROOT = tmp_path / "data" / "outputs"
    return Zones(settings.GATEHOUSE_DATA)


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder `releases` of a small release, linked from synthetic deliveries by the jobs of the product. Made once.

    The jobs run in this process: that each is walled in is shown by tests of its own.
    """
    root = tmp_path_factory.mktemp("published")
    made = accepted(root, PEOPLE, seed=SEED)
    crosswalk = made.link(root)
    made.build(root / "staged", crosswalk=str(crosswalk))
    publishing.put_in_place(root / "staged" / "release", root / "releases" / "cjs_linked", "2026.1")
    return root


@pytest.fixture
def release(db: None, zones: Zones, published: Path) -> Release:
    """The synthetic linked data, small, published into this test's own data folder and known to the portal."""
    shutil.copytree(published / "releases", zones.releases)
    make_cast()  # before the worker's account, so that it can be a copy
    tables = json.loads((zones.release("cjs_linked", "2026.1") / "release.json").read_text())["tables"]

    def registered() -> Release:
        return services.register_release(
            code="cjs_linked", version="2026.1", title="Linked criminal justice data", tables=tables, by=worker(),
            at=timezone.now(),
        )  # fmt: skip

    return kept.made_once("the release", registered)
