"""The folder of a release: what it says of itself, where it stands, and how it is taken away.

`manifest.json` names every file with its hash, and holds one digest of the content
alone: the same for the same deliveries, description and key, whenever it was made.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from extracts import delivery
from extracts.specification import BadSpecification, Release

RELEASE = "release.json"
WITHDRAWN = ".withdrawn"


class AlreadyPublished(RuntimeError):
    """That version exists with other content, or was withdrawn; a release never changes."""


def seal(folder: Path, release: Release, **said: Any) -> str:
    """Write release.json, with what else is `said` of the release, and manifest.json; returns the content's digest."""
    write_json(folder / RELEASE, {**said, **release.to_json()})
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    hashes = {name: delivery.sha256_of(folder / name) for name in names if name != delivery.MANIFEST}
    files = [{"name": name, "bytes": (folder / name).stat().st_size, "sha256": value} for name, value in hashes.items()]
    content = _content_digest(folder, hashes)
    write_json(folder / delivery.MANIFEST, {"content_sha256": content, "files": files})
    return content


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """JSON that comes out the same for the same content."""
    path.write_text(json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


def _content_digest(folder: Path, hashes: Mapping[str, str]) -> str:
    """One SHA-256 over all files, with release.json taken without the moment it was made."""
    said = json.loads((folder / RELEASE).read_bytes())
    said.pop("created_at")
    timeless = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
    lines = [f"{value}  {name}\n" for name, value in sorted({**hashes, RELEASE: timeless}.items())]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def put_in_place(folder: Path, versions: Path, version: str) -> Release:
    """Move a sealed folder to `versions/version`, read-only, or find that its content is there already.

    Returns the release in place. Raises AlreadyPublished when the version has other
    content, or once stood there and was withdrawn.
    """
    target = versions / version
    if is_locked(target):
        raise AlreadyPublished(f"{versions.name} {version} was withdrawn; give the new release another version.")
    if target.exists():
        if _content_of(target) != _content_of(folder):
            raise AlreadyPublished(f"{versions.name} {version} is published with other content.")
    else:
        folder.chmod(0o750)
        delivery.move_into_place(folder, versions, version, rights=0o440)
    return Release.from_json(json.loads((target / RELEASE).read_bytes()))


def _content_of(folder: Path) -> str:
    """The digest that a manifest gives; "" for a folder without one, which is no release of this kind."""
    path = folder / delivery.MANIFEST
    return str(json.loads(path.read_bytes()).get("content_sha256", "")) if path.is_file() else ""


def verify(folder: Path) -> list[str]:
    """What is wrong with a release, one sentence each; empty when every file is what the manifest says.

    The hashes that release.json gives for tables must be those of the manifest too.
    """
    problems = delivery.verify(folder)
    if problems:
        return problems
    stated = {file["name"]: file["sha256"] for file in json.loads((folder / delivery.MANIFEST).read_bytes())["files"]}
    try:
        release = Release.from_json(json.loads((folder / RELEASE).read_bytes()))
        if _content_digest(folder, stated) != _content_of(folder):
            problems.append("The digest of the content is not that of the files.")
    except (OSError, ValueError, BadSpecification):
        return [f"{RELEASE} is missing or cannot be read."]
    return problems + [
        f"{table.file} is not the file that {RELEASE} names."
        for table in release.tables.values()
        if stated.get(table.file) != table.sha256
    ]


def lock(folder: Path) -> Path:
    """Take a withdrawn release away from where extracts open it, at once and whole; returns where it lies now.

    It is kept, closed to everyone but its owner, so that what was delivered from it
    can still be explained. Safe to repeat. Raises FileNotFoundError when there is none.
    """
    place = locked_at(folder)
    if not place.exists():
        place.parent.mkdir(mode=0o700, exist_ok=True)
        os.rename(folder, place)
        place.chmod(0o500)
        delivery.flush_entry(folder.parent)
    return place


def is_locked(folder: Path) -> bool:
    """Whether the release that stood in this folder was taken away."""
    return locked_at(folder).exists()


def locked_at(folder: Path) -> Path:
    """Where a withdrawn release lies."""
    return folder.parent / WITHDRAWN / folder.name
