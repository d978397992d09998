"""Delivered extracts as their researchers see them: with the key of their workspace at hand."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pyarrow import parquet

from extracts.atrest import gatehouse_workspace as gw
from extracts.keys import open_key_ring
from extracts.zones import Zones


@contextmanager
def key_at_hand(folder: Path, version: int = 1) -> Iterator[None]:
    """As if in the workspace of a delivered folder: `workspaces/REFERENCE/extract-...` below a data folder."""
    ring = open_key_ring(Zones(folder.parents[2]).keys, create=False)
    with tempfile.NamedTemporaryFile("w") as file, pytest.MonkeyPatch.context() as patch:
        file.write(f"{version} {ring.workspace_key(folder.parent.name, version).hex()}\n")
        file.flush()
        patch.setenv(gw.KEY_VARIABLE, file.name)
        yield


def unsealed(folder: Path, into: Path) -> Path:
    """A copy of a delivered folder with nothing encrypted, for tests that read its files in their own way."""
    with key_at_hand(folder):
        for name in gw.names(folder):
            (into / name).parent.mkdir(parents=True, exist_ok=True)
            if name.endswith(".parquet"):
                parquet.write_table(gw.arrow(name, folder), into / name)
            else:
                with gw.open(name, folder) as source, (into / name).open("wb") as target:
                    shutil.copyfileobj(source, target)
    return into
