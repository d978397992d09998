"""The declaration that every researcher signs: texts with a version, each in force from a day on.

A text is a file of `declarations/`, named for its version: a line `since: YYYY-MM-DD`, an empty line, the text. Whoever
signed an older one signs again once a newer one is in force.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "declarations"


@dataclass(frozen=True)
class Declaration:
    """One version. `sha256` is of the text, so that a signature says what was signed."""

    version: str
    since: date
    text: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


class NoDeclaration(ValueError):
    """A file of the folder is no declaration, or none is in force on the day."""


@cache
def declarations(folder: Path = FOLDER) -> tuple[Declaration, ...]:
    """Every version, the oldest first. Raises NoDeclaration for a file that does not begin with its day."""
    return tuple(sorted((_read(path) for path in folder.glob("*.md")), key=lambda one: (one.since, one.version)))


def in_force(on: date, folder: Path = FOLDER) -> Declaration:
    """The newest version whose day has come. Raises NoDeclaration."""
    begun = [one for one in declarations(folder) if one.since <= on]
    if not begun:
        raise NoDeclaration(f"No declaration is in force on {on}.")
    return begun[-1]


def _read(path: Path) -> Declaration:
    head, _, text = path.read_text(encoding="utf-8").partition("\n\n")
    name, _, day = head.partition(":")
    if name != "since" or not text.strip():
        raise NoDeclaration(f"{path.name} does not begin with `since: YYYY-MM-DD`, an empty line and a text.")
    return Declaration(path.stem, date.fromisoformat(day.strip()), text.strip())
