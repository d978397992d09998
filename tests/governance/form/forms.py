"""Forms for tests: the shipped one, and copies of it with some cells changed."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path

from governance.projects import form
from governance.projects.form.entries import Form
from governance.projects.form.versions import find

SHIPPED = Path(form.__file__).parent
Rows = list[dict[str, str]]


def shipped() -> Form:
    return find("2026-1", [SHIPPED])


def another(into: Path, version: str = "2026-2") -> Path:
    """The folder of another version, a copy of the shipped one."""
    folder = into / version
    shutil.copytree(SHIPPED / "2026-1", folder)
    about = json.loads((folder / "form.json").read_text())
    (folder / "form.json").write_text(json.dumps({**about, "version": version}))
    return folder


def change(folder: Path, file: str, edit: Callable[[Rows], Rows | None]) -> None:
    """Change the rows of one file of a form; `edit` changes them in place or returns others."""
    path = folder / file
    with path.open(newline="") as lines:
        reader = csv.DictReader(lines)
        rows = list(reader)
        names = list(reader.fieldnames or [])
    rows = edit(rows) or rows
    with path.open("w", newline="") as lines:
        writer = csv.DictWriter(lines, names)
        writer.writeheader()
        writer.writerows(rows)


def set_cell(question: str, column: str, value: str) -> Callable[[Rows], None]:
    def edit(rows: Rows) -> None:
        next(row for row in rows if row["question"] == question)[column] = value

    return edit
