"""A dataset that comes linked already, published as the version that its description names."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from extracts import delivery
from extracts.conversion import BadDataset, text
from extracts.figures import described
from extracts.publishing.engine import engine
from extracts.publishing.folder import put_in_place, seal, write_json
from extracts.publishing.tables import Report, origin_of, refuse_bad, write_tables
from extracts.specification import Release
from governance.catalogue.catalogue import copy_description, read_catalogue

VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def publish(
    source: Path,
    *,
    catalogue_folder: Path,
    releases: Path,
    key: bytes,
    created_at: datetime,
    progress: Report,
    memory_limit: str = "2GB",
) -> Release:
    """Publish the tables found in `source` as the version that the catalogue names.

    source       a folder of `<table>.parquet`; a table without a file is not in the release
    key          the dataset's key: the same key gives the same surrogates in every version
    created_at   with a time zone; kept in release.json
    progress     called with (table, tables done, tables) before each table and at the end

    Direct identifiers are left out. The folder `releases/<code>/<version>` appears
    whole, its files read-only. The same content once more is left alone. Raises
    BadDataset, SurrogateCollision and AlreadyPublished.
    """
    catalogue = read_catalogue(catalogue_folder)
    code, version = catalogue.dataset.code, catalogue.dataset.version
    refuse_version(version)
    found = {table: source / f"{table.name}.parquet" for table in catalogue.tables}
    with delivery.staging(releases / ".staging") as room:
        spill, folder = room / "spill", room / "release"
        folder.mkdir()
        with engine(catalogue.dataset, key=key, spill=spill, memory_limit=memory_limit) as made:
            origins = [
                origin_of(made.connection, table, f"read_parquet({text(path)})")
                for table, path in found.items()
                if path.is_file()
            ]
            refuse_bad(made.connection, origins)
            released = dict(write_tables(made.connection, origins, folder, progress))
            made.surrogates.refuse_collisions()
        copy_description(catalogue_folder, folder / "catalogue")
        for name, content in described(folder, catalogue, released, spill=spill).items():
            write_json(folder / name, content)
        seal(folder, Release(code, version, created_at.isoformat(), released))
        return put_in_place(folder, releases / code, version)


def refuse_version(version: str) -> None:
    """Raise BadDataset for a version that cannot name a folder."""
    if not VERSION.fullmatch(version):
        raise BadDataset("The version of a release is letters, digits, dots, dashes and underscores.")
