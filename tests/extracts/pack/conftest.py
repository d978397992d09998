from __future__ import annotations

import pytest

from tests.extracts.pack import linked_extract


@pytest.fixture(scope="package")
def made(tmp_path_factory):
    return linked_extract.build(tmp_path_factory.mktemp("linked"))
