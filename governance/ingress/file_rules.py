"""Which files can be brought in: those that a person can read in full, so text alone, by table `file_kinds.csv`."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePath

TABLE = Path(__file__).with_name("file_kinds.csv")
PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._ ()-]{0,119}")
RESERVED = frozenset({"manifest.json"})  # the folder in the workspace has one of its own
MOST_FILES = 20
KILOBYTE = 1024
NOT_IN_A_TEXT = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")


class NotBroughtIn(ValueError):
    """The message says why, for whoever uploads it."""


@dataclass(frozen=True)
class FileKind:
    """One line of the table: an ending that files of a kind ("data" or "code") may have, and their largest size."""

    kind: str
    ending: str
    label: str
    most_kilobytes: int


@cache
def file_kinds() -> tuple[FileKind, ...]:
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return tuple(
            FileKind(row["kind"], row["ending"], row["label"], int(row["most_kilobytes"]))
            for row in csv.DictReader(lines)
        )


def most_bytes() -> int:
    """The largest size that any kind of file may have."""
    return max(one.most_kilobytes for one in file_kinds()) * KILOBYTE


def kinds_of(kind: str) -> dict[str, FileKind]:
    """Ending -> line of the table, for "data" or "code"."""
    return {one.ending: one for one in file_kinds() if one.kind == kind}


def plain_name(name: str) -> str:
    """The file's own name without folders. Raises NotBroughtIn for one that could not lie in a workspace."""
    own = PurePath(name.replace("\\", "/")).name.strip()
    if not PLAIN_NAME.fullmatch(own) or own.lower() in RESERVED:
        raise NotBroughtIn(f"Give {own or 'the file'} a plain name: letters, digits, spaces and . - _ ( ).")
    return own


def text_of(name: str, content: bytes, *, kind: str) -> str:
    """The text that the file holds. Raises NotBroughtIn for an ending, a size or bytes that are not taken."""
    taken = kinds_of(kind).get(PurePath(name).suffix.lower())
    if taken is None:
        raise NotBroughtIn(f"{name} cannot be brought in: take one of {', '.join(kinds_of(kind))}.")
    if not content:
        raise NotBroughtIn(f"{name} is empty.")
    if len(content) > taken.most_kilobytes * KILOBYTE:
        raise NotBroughtIn(
            f"{name} is larger than {size_in_words(taken.most_kilobytes)}: nobody could look it through."
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotBroughtIn(f"{name} is no text in UTF-8: save it as one.") from None
    if NOT_IN_A_TEXT.search(text):
        raise NotBroughtIn(f"{name} holds characters that no text has: save it as plain text.")
    return text


def why_not_of_kind(names: list[str], kind: str) -> str | None:
    """Why these files do not go with the kind that was chosen, or None."""
    strange = [name for name in names if PurePath(name).suffix.lower() not in kinds_of(kind)]
    return f"Remove {', '.join(strange)}: it does not go with what you say these files are." if strange else None


def size_in_words(kilobytes: int) -> str:
    return f"{kilobytes // KILOBYTE} MB" if kilobytes >= KILOBYTE else f"{kilobytes} KB"
