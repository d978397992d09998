"""Tables of an extract that an earlier attempt finished: what a build that goes on need not do again.

A table counts as finished when its mark is there and every one of its files has the hash that the mark names. Marks
are written last, so a build that was killed leaves either a whole table or none.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from extracts.atrest.files import Files
from extracts.delivery import flush_entry, sha256_of
from extracts.formats.known import FORMATS
from extracts.specification import ExtractSpec, TableSpec

MARKS = ".finished"


def names_of(table: TableSpec, spec: ExtractSpec) -> list[str]:
    """The files of a table, in every format of the specification."""
    return [table.name + FORMATS[name].suffix for name in spec.formats]


def take_over(spec: ExtractSpec, files: Files) -> dict[str, int]:
    """The rows of every table that is finished already; whatever else lies in the folder is removed."""
    found: dict[str, int] = {}
    for table in spec.tables:
        rows = _finished(table, spec, files)
        if rows is not None:
            found[table.name] = rows
    keep = {name for table in spec.tables if table.name in found for name in names_of(table, spec)}
    for path in files.folder.iterdir():
        if path.name not in keep | {MARKS}:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    return found


def mark(table: TableSpec, spec: ExtractSpec, files: Files, rows: int) -> None:
    """Say that a table is finished. Its bytes are on the disk before the mark is."""
    names = names_of(table, spec)
    held = {}
    for name in names:
        flush_entry(files.folder / name)
        held[name] = {"sha256": sha256_of(files.folder / name), **files.remembered(name)}
    marks = files.folder / MARKS
    marks.mkdir(exist_ok=True)
    draft = marks / f".{table.name}"
    draft.write_text(json.dumps({"rows": rows, "files": held}))
    flush_entry(draft)
    os.replace(draft, marks / table.name)
    flush_entry(marks)


def remove_marks(folder: Path) -> None:
    """Leave the extract's own files alone."""
    shutil.rmtree(folder / MARKS, ignore_errors=True)


def _finished(table: TableSpec, spec: ExtractSpec, files: Files) -> int | None:
    try:
        said = json.loads((files.folder / MARKS / table.name).read_bytes())
        if set(said["files"]) != set(names_of(table, spec)) or not _as_marked(said["files"].items(), files.folder):
            return None
        for name, held in said["files"].items():
            files.recall(name, bytes=held["bytes"], content_sha256=held["content_sha256"])
        return int(said["rows"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _as_marked(held: Iterable[tuple[str, dict[str, str]]], folder: Path) -> bool:
    return all((folder / name).is_file() and sha256_of(folder / name) == said["sha256"] for name, said in held)
