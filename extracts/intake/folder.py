"""A delivery as a folder: which files it must hold, and that they are plain files that do not change under our eyes."""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extracts.delivery import sha256_of
from extracts.intake.findings import Findings

DELIVERY = "delivery.json"
STREAMS = ("identity", "payload")
ENDINGS = (".parquet", ".csv")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MOST_BYTES = 64 << 10  # of delivery.json


@dataclass(frozen=True)
class File:
    """One delivered file: what it holds, its name within the delivery, where it is, and what it was when we looked."""

    holds: str
    name: str
    path: Path
    sha256: str
    seen: tuple[int, ...]

    def has_changed(self) -> bool:
        try:
            return _look(self.path) != self.seen
        except OSError:
            return True


@dataclass(frozen=True)
class Delivery:
    """What delivery.json says. `empty`: files that hold no records on purpose, such as `payload/hmpps_oasys`."""

    provider: str
    name: str
    cut: str
    empty: frozenset[str]


def read_delivery(path: Path, provider: str, findings: Findings) -> Delivery | None:
    """What delivery.json says, or None with a finding. It must speak of this provider."""
    try:
        stored = json.loads(_small_file(path))
    except (OSError, ValueError, RecursionError):
        stored = None
    if not isinstance(stored, Mapping):
        findings.add(DELIVERY, "It is missing or is not a JSON object.")
        return None
    before = len(findings.found)
    _check(stored, provider, findings)
    if len(findings.found) > before:
        return None
    return Delivery(provider, stored["delivery"], stored["cut"], frozenset(stored.get("empty", [])))


def _check(stored: Mapping[str, Any], provider: str, findings: Findings) -> None:
    rules = (
        (stored.get("provider") == provider, "provider must be the code of the provider whose delivery it is."),
        (_is(NAME, stored.get("delivery")), "delivery must be a name of letters, digits, dashes and underscores."),
        (_is(DAY, stored.get("cut")), "cut must be a day as YYYY-MM-DD."),
        (_is_list_of_texts(stored.get("empty", [])), "empty must be a list of files that hold no records."),
        (not set(stored) - {"provider", "delivery", "cut", "empty"}, "There is a key that is not agreed."),
    )
    for holds, reason in rules:
        if not holds:
            findings.add(DELIVERY, reason)


def _small_file(path: Path) -> bytes:
    """The bytes of a plain file. Raises OSError or ValueError for one that is large, a link, a pipe or the like.

    This is read outside the walls, so it neither waits nor follows nor takes more than it expects.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ValueError("It is not a plain file.")
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise ValueError("It is too large.")
    return content


def _is_list_of_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _is(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def files_of(folder: Path, stream: str, expected: Iterable[str], findings: Findings) -> list[File]:
    """The expected files of a stream that are there as plain files, each as Parquet or CSV. All else is a finding.

    Files that are not agreed are counted, not named: a name can say whose file it is.
    """
    try:
        present = sorted(os.listdir(folder))
    except OSError:
        findings.add(stream, "The folder is missing.")
        return []
    found, known = [], set()
    for holds in expected:
        names = [holds + ending for ending in ENDINGS if holds + ending in present]
        known |= set(names)
        label = f"{stream}/{names[0] if names else holds + ENDINGS[0]}"
        if len(names) != 1:
            findings.add(label, "The file is missing." if not names else "It is there as Parquet and as CSV.")
            continue
        if file := _plain(folder / names[0], holds, label, findings):
            found.append(file)
    if strangers := len(set(present) - known):
        findings.add(stream, f"{strangers} {'entry is' if strangers == 1 else 'entries are'} not part of the delivery.")
    return found


def _plain(path: Path, holds: str, label: str, findings: Findings) -> File | None:
    seen = _look(path)
    if not stat.S_ISREG(seen[0]):
        findings.add(label, "It is not a plain file.")
    elif seen[1] == 0:
        findings.add(label, "The file is empty.")
    else:
        try:
            return File(holds, label, path, sha256_of(path), seen)
        except OSError:
            findings.add(label, "The file cannot be opened.")
    return None


def _look(path: Path) -> tuple[int, ...]:
    """What changes when a file is written to or exchanged. Links are not followed.

    The time of writing can be set back; the time of the last change to the entry (ctime) is the kernel's.
    """
    found = path.lstat()
    return (found.st_mode, found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_dev)


def strangers(folder: Path) -> int:
    """How many entries beside delivery.json and the two streams a delivery has. Links to streams count too."""
    allowed = {DELIVERY, *STREAMS}
    return sum(1 for entry in os.scandir(folder) if entry.name not in allowed or entry.is_symlink())


def look_at_kinds(folder: Path, findings: Findings) -> None:
    """Findings when the delivery, a stream or delivery.json is a link or not of its kind; missing ones are left.

    To be asked before a process is granted any of them: a grant follows links.
    """
    kinds = [(folder, "delivery", stat.S_ISDIR), (folder / DELIVERY, DELIVERY, stat.S_ISREG)]
    kinds += [(folder / name, name, stat.S_ISDIR) for name in STREAMS]
    for path, label, is_kind in kinds:
        try:
            mode = path.lstat().st_mode
        except (FileNotFoundError, NotADirectoryError):
            continue
        if not is_kind(mode):
            findings.add(label, "It is not a plain file." if is_kind is stat.S_ISREG else "It is not a folder.")
