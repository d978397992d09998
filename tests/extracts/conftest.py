"""What tests of intake start from: a delivery, the file of who sent it, and the one zone that is there beforehand."""

from __future__ import annotations

from pathlib import Path

import pytest

from extracts.zones import Zones
from tests.extracts.a_delivery import provider_file, write_delivery


@pytest.fixture
def sent(tmp_path: Path) -> Path:
    return write_delivery(tmp_path / "sent")


@pytest.fixture
def provider(tmp_path: Path) -> Path:
    return provider_file(tmp_path / "providers")


@pytest.fixture
def identifiers(zones: Zones) -> Path:
    """The zone of identifiers, private and empty."""
    zones.root.mkdir()
    zones.identifiers.mkdir(mode=0o700)
    return zones.identifiers
