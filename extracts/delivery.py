"""Folders built apart and moved into place whole; released outputs packed and signed.

Whatever is here can be done twice: a second move of the same content changes nothing.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import json
import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

MANIFEST = "manifest.json"
SIGNATURE = "manifest.sig"
PUBLIC_KEY = "public-key.pem"
OUR_OWN = frozenset({MANIFEST, SIGNATURE, PUBLIC_KEY})
# What Python leaves when a module of an extract is imported.
MADE_BY_OPENING = re.compile(r"__pycache__/gatehouse_(?:workspace|sdc)\.[A-Za-z0-9.-]+\.pyc")
STAGING_PREFIX = "build-"
CHUNK_BYTES = 1 << 20
# The earliest moment that a ZIP can hold: the same files always make the same package.
ZIP_MOMENT = (1980, 1, 1, 0, 0, 0)
SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._ ()-]*(/[A-Za-z0-9][A-Za-z0-9._ ()-]*)*")


class AlreadyThere(RuntimeError):
    """The place is taken by a folder with other content."""


class BadName(ValueError):
    """A name that is reserved, given twice, or could reach out of its folder."""


class WrongBytes(RuntimeError):
    """A file is no longer what was checked and approved."""


@dataclass(frozen=True)
class PackedFile:
    """A file to pack: its name in the package, where it is, the SHA-256 that was approved."""

    name: str
    path: Path
    sha256: str


@contextmanager
def staging(root: Path) -> Iterator[Path]:
    """A new folder of one's own (0700) under `root`, gone at the end unless it was moved away."""
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=STAGING_PREFIX, dir=root))
    descriptor = os.open(folder, os.O_RDONLY)
    _locked(descriptor)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(descriptor)


@contextmanager
def going_on(root: Path, name: str) -> Iterator[Path]:
    """The folder `name` (0700) under `root`, with what a killed build left in it; gone at the end.

    Only one process has it: another one that comes meanwhile gets an empty folder of its own. Folders of other names
    that nobody has are removed, for they can only be of builds that nobody goes on with.
    """
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = root / f"{STAGING_PREFIX}{name}"
    folder.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        if not _locked(descriptor) or not _is_there(folder, descriptor):
            with staging(root) as own:
                yield own
            return
        for other in root.glob(f"{STAGING_PREFIX}*"):
            if other != folder:
                _remove_unless_in_use(other)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(descriptor)  # gives up the lock, as the end of the process would


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _is_there(folder: Path, descriptor: int) -> bool:
    """Whether the folder of that name is still the one that was opened: whoever had it before may have removed it."""
    try:
        return os.path.samestat(os.stat(folder), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _remove_unless_in_use(folder: Path) -> None:
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        return
    try:
        if _locked(descriptor):
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(descriptor)


def sweep_staging(root: Path, older_than: datetime) -> list[str]:
    """Remove what killed builds left: staging folders in which nothing changed since that moment.

    Returns the names removed. `older_than` has a time zone.
    """
    removed = []
    for folder in sorted(root.glob(f"{STAGING_PREFIX}*")):
        newest = max((path.lstat().st_mtime for path in [folder, *folder.rglob("*")]), default=0.0)
        if newest < older_than.timestamp():
            shutil.rmtree(folder)
            removed.append(folder.name)
    return removed


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest_of(folder: Path) -> str:
    """One SHA-256 for a folder: of the lines `<sha256>  <path>` of its files, sorted by path."""
    lines = [f"{sha256_of(folder / name)}  {name}\n" for name in _files_in(folder)]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def settle(folder: Path, *, rights: int = 0o440) -> None:
    """Make the files of a folder read-only and see all bytes on the disk. Doing it before a move makes that quick."""
    for file in _files_in(folder):
        (folder / file).chmod(rights)
    _flush(folder)


def move_into_place(folder: Path, workspace: Path, name: str, *, rights: int = 0o440) -> Path:
    """Move `folder` whole to `workspace/name`, its files read-only, and return that path.

    All bytes are on the disk before the rename. When the place already holds the
    same content it is left alone and `folder` is removed. Raises AlreadyThere when
    it holds anything else, and BadName for a name that is not a plain one.
    """
    if not SAFE_NAME.fullmatch(name) or "/" in name:
        raise BadName("A folder is delivered under a plain name.")
    target = workspace / name
    workspace.mkdir(parents=True, exist_ok=True)
    settle(folder, rights=rights)
    try:
        # A rename onto a folder with files in it fails, so nothing is ever replaced.
        os.rename(folder, target)
    except OSError:
        if not target.is_dir():
            raise
        if digest_of(target) != digest_of(folder):
            raise AlreadyThere(f"{name} has been delivered before, with other content.") from None
        shutil.rmtree(folder)
    flush_entry(workspace)
    return target


def content_of(manifest: Mapping[str, Any]) -> str:
    """One SHA-256 for what an extract holds: of the lines `<content_sha256>  <name>` of its files, sorted by name.

    The same in every build of it, where the bytes of encrypted files never are.
    """
    files = sorted(manifest["files"], key=lambda file: str(file["name"]))
    lines = [f"{file['content_sha256']}  {file['name']}\n" for file in files]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def manifest_there(folder: Path, like: Mapping[str, Any]) -> dict[str, Any] | None:
    """The manifest of a folder that is whole and holds what another manifest says, under the same key; else None."""
    if not folder.is_dir() or verify(folder):
        return None
    found: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
    same = found["sealed_under"] == like["sealed_under"] and content_of(found) == content_of(like)
    return found if same else None


def verify(folder: Path) -> list[str]:
    """What is wrong with a delivered folder, measured against its manifest; empty when all is well."""
    try:
        stated = {entry["name"]: entry["sha256"] for entry in json.loads((folder / MANIFEST).read_bytes())["files"]}
    except (OSError, ValueError, KeyError, TypeError):
        return [f"{MANIFEST} is missing or cannot be read."]
    found = {name: sha256_of(folder / name) for name in _files_in(folder) if name != MANIFEST}
    return _differences(stated, found)


def pack_release(
    files: Sequence[PackedFile], *, manifest: Mapping[str, Any], signing_key: Ed25519PrivateKey, into: Path
) -> str:
    """Write the files and a signed manifest as one ZIP at `into`; returns its SHA-256.

    `manifest` holds what the caller knows (times, approvals); the list of files with
    sizes and hashes is added. The same arguments give the same bytes. Raises
    BadName, and WrongBytes when a file is not the one whose hash was approved: each
    is hashed while it is packed, so what was checked is what goes out.
    """
    _refuse_names([file.name for file in files])
    draft = into.with_name(f".{into.name}.draft")
    try:
        with zipfile.ZipFile(draft, "w") as package:
            entries = [_pack(package, file) for file in sorted(files, key=lambda file: file.name)]
            statement = json.dumps({**manifest, "files": entries}, indent=2, sort_keys=True).encode()
            _write(package, MANIFEST, statement)
            _write(package, SIGNATURE, base64.b64encode(signing_key.sign(statement)))
            _write(package, PUBLIC_KEY, _pem(signing_key.public_key()))
        draft.chmod(0o440)
        flush_entry(draft)
        os.replace(draft, into)
        flush_entry(into.parent)
    finally:
        draft.unlink(missing_ok=True)
    return sha256_of(into)


def verify_package(path: Path, public_key: Ed25519PublicKey) -> list[str]:
    """What is wrong with a package: its signature, its manifest, its files; empty when all is well."""
    try:
        with zipfile.ZipFile(path) as package:
            statement = package.read(MANIFEST)
            public_key.verify(base64.b64decode(package.read(SIGNATURE), validate=True), statement)
            stated = {entry["name"]: entry["sha256"] for entry in json.loads(statement)["files"]}
            names = [name for name in package.namelist() if name not in OUR_OWN]
            found = {name: _sha256_within(package, name) for name in names}
    except InvalidSignature:
        return ["The manifest was not signed with this key."]
    except (OSError, zipfile.BadZipFile, KeyError, ValueError, TypeError):
        return ["The package is damaged or is not one of ours."]
    twice = [f"{name} is there twice." for name in sorted(found) if names.count(name) > 1]
    return twice + _differences(stated, found)


def _files_in(folder: Path) -> list[str]:
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(name for name in found if not MADE_BY_OPENING.fullmatch(name))


def _differences(stated: Mapping[str, str], found: Mapping[str, str]) -> list[str]:
    """Sentences on the files that are missing, changed, or not in the manifest."""
    problems = [f"{name} is missing." for name in sorted(stated.keys() - found.keys())]
    problems += [f"{name} has changed." for name in sorted(stated.keys() & found.keys()) if stated[name] != found[name]]
    return problems + [f"{name} is not in the manifest." for name in sorted(found.keys() - stated.keys())]


def _flush(folder: Path) -> None:
    """Put every file and directory entry under a folder on the disk."""
    for path in [*folder.rglob("*"), folder]:
        flush_entry(path)


def flush_entry(path: Path) -> None:
    """Wait until a file, or the entries of a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _refuse_names(names: Sequence[str]) -> None:
    if len(set(names)) != len(names):
        raise BadName("Two files of a package have the same name.")
    for name in names:
        if name in OUR_OWN or not SAFE_NAME.fullmatch(name):
            raise BadName("A file of a package has a name that is reserved or not plain.")


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, ZIP_MOMENT)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o440 << 16
    return entry


def _write(package: zipfile.ZipFile, name: str, content: bytes) -> None:
    package.writestr(_entry(name), content)


def _pack(package: zipfile.ZipFile, file: PackedFile) -> dict[str, Any]:
    """Copy one file into the package; its line for the manifest."""
    with file.path.open("rb") as source, package.open(_entry(file.name), "w", force_zip64=True) as target:
        size, sha256 = _copy(source, target)
    if sha256 != file.sha256:
        raise WrongBytes(f"{file.name} is not the file that was approved.")
    return {"name": file.name, "bytes": size, "sha256": sha256}


def _copy(source: IO[bytes], target: IO[bytes]) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    while chunk := source.read(CHUNK_BYTES):
        size += len(chunk)
        digest.update(chunk)
        target.write(chunk)
    return size, digest.hexdigest()


def _sha256_within(package: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    with package.open(name) as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def _pem(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
