"""A dataset's description with what its providers' files add to it, as a folder that the catalogue reads."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from extracts.providers.entries import Provider
from extracts.providers.reading import BadProvider
from governance.catalogue.catalogue import BadCatalogue, Catalogue, copy_description, read_catalogue

LINKS, SOURCES, PERSON_ROLES = "xjs_link", "source_dataset", "person_role"
PROVIDERS = "providers"


def merged_description(base: Path, providers: Iterable[Provider], into: Path) -> Catalogue:
    """Write the description `base` with the providers' own tables, code lists, owners and key domains to `into`.

    Their sources and person roles join the ranges of `xjs_link`. `into` must not exist; it is complete, with the
    ladders. Without anything to add it describes the same as `base`. The same arguments give the same bytes. Raises
    BadProvider when a file adds what the catalogue refuses or has already, or names a table that nobody defines.
    """
    providers = sorted(providers, key=lambda provider: provider.code)
    copy_description(base, into)
    for provider in providers:
        _add(provider, into)
    try:
        catalogue = read_catalogue(into)
    except BadCatalogue as problem:
        raise _blamed(problem, providers, into) from problem
    for provider in providers:
        if absent := [name for name in provider.payload if name not in catalogue]:
            raise _wrong(provider, "payload", f"No table {absent[0]} is described.")
    return catalogue


def _add(provider: Provider, folder: Path) -> None:
    _extend_dataset(provider, folder / "dataset.json")
    _extend(
        provider, folder / "owners.csv", "owner", [{"owner": code, "label": name} for code, name in provider.owners]
    )
    _extend(provider, folder / "tables.csv", "table", [table.row for table in provider.own_tables])
    rows = [row for table in provider.own_tables for row in table.variables]
    _extend(provider, folder / "variables.csv", "", rows)
    _extend_ranges(provider, folder / "variables.csv")
    for codes in provider.own_codes:
        path = folder / "codelists" / f"{codes.name}.csv"
        if path.exists():
            raise _wrong(provider, "codes", f"The code list {codes.name} exists already.")
        path.parent.mkdir(exist_ok=True)
        _write(path, codes.rows)


def _extend_dataset(provider: Provider, path: Path) -> None:
    if not provider.key_domains:
        return
    stored = json.loads(path.read_text(encoding="utf-8"))
    if known := [code for code, _ in provider.key_domains if code in stored["keys"]]:
        raise _wrong(provider, "key_domain", f"{known[0]} exists already.")
    stored["keys"].update(provider.key_domains)
    path.write_text(json.dumps(stored, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _extend(provider: Provider, path: Path, unique: str, rows: Sequence[Mapping[str, str]]) -> None:
    """Add rows to a CSV file of the description, in the order of its header."""
    if not rows:
        return
    header, *present = _read(path)
    if unique:
        known = {row[header.index(unique)] for row in present}
        if again := [row[unique] for row in rows if row[unique] in known]:
            raise _wrong(provider, unique, f"{again[0]} exists already.")
    _write(path, [header, *present, *([row.get(column, "") for column in header] for row in rows)])


def _extend_ranges(provider: Provider, path: Path) -> None:
    """The provider's sources and person roles become choices of the person link look-up."""
    wanted = {
        SOURCES: [source.name for source in provider.identity],
        PERSON_ROLES: [source.person_role for source in provider.identity],
    }
    header, *rows = _read(path)
    table, variable, span = (header.index(name) for name in ("table", "variable", "range"))
    for row in rows:
        if row[table] == LINKS and row[variable] in wanted:
            choices = [choice.strip() for choice in row[span].split("|")]
            row[span] = " | ".join(dict.fromkeys([*choices, *wanted[row[variable]]]))
    _write(path, [header, *rows])


def _blamed(problem: BadCatalogue, providers: Sequence[Provider], folder: Path) -> ValueError:
    """The same complaint with the provider's file and key, when it is about something that a provider added."""
    cells = set(_row_at(folder / problem.file, problem.row))
    for provider in providers:
        for table in provider.own_tables:
            if table.name in cells:
                names = (
                    [variable["variable"] for variable in table.variables] if problem.file == "variables.csv" else []
                )
                named = [name for name in names if name in cells]
                return _wrong(provider, ".".join(["table", table.name, *named[:1]]), problem.problem)
        if any(problem.file == f"{codes.name}.csv" for codes in provider.own_codes):
            return _wrong(provider, f"codes.{problem.file.removesuffix('.csv')}", problem.problem)
    return problem


def _row_at(path: Path, line: int) -> list[str]:
    """The cells of the row that ends in that line."""
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        return next((row for row in rows if rows.line_num == line), [])


def _read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.reader(file) if row]


def _write(path: Path, rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def _wrong(provider: Provider, key: str, problem: str) -> BadProvider:
    return BadProvider(f"{provider.code}.toml", key, problem)
