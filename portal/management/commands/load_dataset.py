"""manage.py load_dataset FOLDER: publish a linked dataset and make the release known."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from extracts import publishing, services, tasks
from extracts.conversion import BadDataset
from extracts.zones import Zones
from governance.catalogue.catalogue import BadCatalogue, copy_description, read_catalogue
from governance.people.grants import worker


class Command(BaseCommand):
    help = (
        "Publish a linked dataset: Parquet files named for the tables of its description "
        "(dataset.json, owners.csv, tables.csv, variables.csv, codelists/). Safe to repeat."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="the folder of Parquet files")
        parser.add_argument(
            "--description",
            type=Path,
            help="the folder of the description; by default FOLDER itself, or the description of that name "
            "that comes with Gatehouse",
        )

    def handle(self, *args: Any, folder: Path, description: Path | None, **options: Any) -> None:
        try:
            load(folder, description or described_at(folder), say=self.stdout.write)
        except (BadCatalogue, BadDataset, FileNotFoundError) as problem:
            raise CommandError(str(problem)) from problem


def described_at(folder: Path) -> Path:
    """Where the description of the Parquet files in `folder` is. Raises FileNotFoundError."""
    for place in (folder, *(parent / folder.name for parent in settings.GATEHOUSE_CATALOGUES)):
        if (place / "dataset.json").is_file():
            return place
    raise FileNotFoundError(f"No description (dataset.json) in {folder}, and none named {folder.name} is known.")


def load(folder: Path, description: Path, *, say: Any) -> None:
    """Publish, register, and keep the description where the portal looks for it."""
    catalogue = read_catalogue(description)
    zones = Zones(Path(settings.GATEHOUSE_DATA))
    release = publishing.publish(
        folder,
        catalogue_folder=description,
        releases=zones.releases,
        key=tasks.key_ring().dataset_key(catalogue.dataset.code),
        created_at=timezone.now(),
        progress=lambda table, done, tables: say(f"  {done} of {tables} tables published. {table}"),
    )
    known = [parent / release.code for parent in settings.GATEHOUSE_CATALOGUES]
    if not any((place / "dataset.json").is_file() for place in known):
        copy_description(description, zones.catalogues / release.code)
    services.register_release(
        code=release.code,
        version=release.version,
        title=catalogue.dataset.title,
        tables={name: {"rows": table.rows, "sha256": table.sha256} for name, table in release.tables.items()},
        by=worker(),
        at=timezone.now(),
    )
    rows = sum(table.rows for table in release.tables.values())
    say(f"{catalogue.dataset.title}, release {release.version}: {len(release.tables)} tables, {rows:,} rows.")
