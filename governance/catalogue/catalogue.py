"""The way in: read a description folder, or find a dataset by its code. Import from here what the catalogue offers."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from governance.catalogue.breaks import BREAKS, Break, read_breaks
from governance.catalogue.csvfiles import BadCatalogue
from governance.catalogue.entries import (
    Catalogue,
    CodeList,
    Dataset,
    KeyDomain,
    Owner,
    PeriodParent,
    RowRule,
    Table,
    Variable,
)
from governance.catalogue.ladders import Band, Ladder, Level, UnknownName
from governance.catalogue.reading import (
    STANDARD_LADDERS,
    read_code_list,
    read_dataset,
    read_ladders,
    read_owners,
)
from governance.catalogue.reading_cohort import COHORT, read_cohort_frame
from governance.catalogue.reading_risk import refuse_unknown
from governance.catalogue.reading_tables import read_tables
from governance.catalogue.reading_variables import read_variables
from governance.catalogue.search import Match, search
from governance.catalogue.sensitivity import Sensitivity

__all__ = [
    "BadCatalogue", "Band", "Break", "Catalogue", "CodeList", "Dataset", "KeyDomain", "Ladder", "Level", "Match",
    "Owner", "PeriodParent", "RowRule", "Sensitivity", "Table", "UnknownName", "Variable", "available", "catalogue_at",
    "copy_description", "description_of", "find", "read_catalogue", "search",
]  # fmt: skip


def read_catalogue(folder: Path) -> Catalogue:
    """The catalogue of one description folder, checked throughout.

    The folder's own `ladders.csv` counts when it has one, as a published copy does;
    otherwise the standard ladders. Raises BadCatalogue for the first wrong row.
    """
    dataset = read_dataset(folder / "dataset.json")
    owners = read_owners(folder / "owners.csv")
    code_lists = tuple(read_code_list(path) for path in sorted((folder / "codelists").glob("*.csv")))
    ladders = read_ladders(_ladder_file(folder))
    variables = read_variables(folder / "variables.csv", dataset, code_lists, ladders)
    tables = read_tables(folder / "tables.csv", owners, variables)
    refuse_unknown("dataset.json", dataset.risk, tables)
    frame = read_cohort_frame(folder / COHORT, tables, code_lists, ladders)
    breaks = read_breaks(folder / BREAKS, [table.name for table in tables])
    return Catalogue(dataset, owners, tables, code_lists, ladders, frame, breaks)


def _ladder_file(folder: Path) -> Path:
    own = folder / "ladders.csv"
    return own if own.exists() else STANDARD_LADDERS


@lru_cache(maxsize=64)
def catalogue_at(folder: Path) -> Catalogue:
    """As `read_catalogue`, read once per process: for folders that do not change, such as a published release's."""
    return read_catalogue(folder)


def available(folders: Iterable[Path]) -> tuple[Dataset, ...]:
    """The datasets described in these parent folders, by code. The first folder wins when a code is there twice."""
    return tuple(dataset for _, (dataset, _) in sorted(_described(folders).items()))


def find(code: str, folders: Iterable[Path]) -> Catalogue:
    """The catalogue of the dataset of that code in the first parent folder that has it. Raises UnknownName.

    The code is compared with what the descriptions say and never becomes part of a path.
    """
    return catalogue_at(description_of(code, folders))


def description_of(code: str, folders: Iterable[Path]) -> Path:
    """The description folder of the dataset of that code, as `find` reads it. Raises UnknownName."""
    described = _described(folders)
    if code not in described:
        raise UnknownName(f"There is no dataset {code}.")
    return described[code][1]


def _described(folders: Iterable[Path]) -> dict[str, tuple[Dataset, Path]]:
    """Code to dataset and description folder, for every folder one step below the given ones."""
    found: dict[str, tuple[Dataset, Path]] = {}
    for parent in folders:
        for path in sorted(parent.glob("*/dataset.json")):
            dataset = read_dataset(path)
            found.setdefault(dataset.code, (dataset, path.parent))
    return found


def copy_description(folder: Path, to: Path) -> None:
    """Copy a description into the new folder `to`, with the ladders it counts on, so that it never changes again."""
    shutil.copytree(folder, to)
    if not (to / "ladders.csv").exists():
        shutil.copy(_ladder_file(folder), to / "ladders.csv")
