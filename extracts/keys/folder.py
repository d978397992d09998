"""A key ring in a folder of its own: files of 0600 in a folder of 0700, owned by the workers' account."""

from __future__ import annotations

import fcntl
import os
import secrets
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from extracts.keys.ring import SECRET_BYTES, Account, BadKeyRing, KeyRing, destroyed, new_signing_key

MASTER = "master.key"
SIGNING = "signing.pem"
SIGNING_PUBLIC = "signing.pub.pem"


def open_key_ring(folder: Path, *, create: bool) -> KeyRing:
    """The key ring in `folder`, made there on first use when `create` is true.

    Safe when several processes create at once: all get the same keys. Raises
    BadKeyRing when it is not there, when the folder's rights are wider than 0700
    or a file's wider than 0600, or when either belongs to somebody else.
    """
    if create:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
    _refuse_wide(folder, allowed=0o700, is_kind=stat.S_ISDIR)
    if create:
        _create_once(folder / MASTER, secrets.token_bytes(SECRET_BYTES))
        _create_once(folder / SIGNING, new_signing_key())
    ring = KeyRing(FolderKeeper(folder))
    if create:
        write_public_half(ring, folder)
    return ring


def write_public_half(ring: KeyRing, folder: Path) -> None:
    """Put the public half of the signing key where signatures are checked with it, unless it is there already."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _create_once(folder / SIGNING_PUBLIC, ring.public_key_pem())


class FolderKeeper:
    """Keeps each secret as a file. One process at a time makes or destroys salts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def master(self) -> bytes:
        return _read(self._folder / MASTER)

    def signing(self) -> bytes:
        return _read(self._folder / SIGNING)

    def salt(self, reference: str, version: int) -> bytes:
        path = self._folder / f"salt.{reference}.{version}"
        with self._alone():
            if self._tombstone(reference).exists():
                raise destroyed(reference)
            _create_once(path, secrets.token_bytes(SECRET_BYTES))
            return _read(path)

    def forget(self, reference: str, account: Account) -> str:
        """The account is written before the first salt goes: whatever happens in between, no key is made again."""
        with self._alone():
            if not self._tombstone(reference).exists():
                salts = {int(file.name.rpartition(".")[2]): _read(file) for file in self._salts(reference)}
                _create_once(self._tombstone(reference), account(salts).encode())
            # A maker that was killed may have left a draft, which is a second copy.
            for file in (*self._salts(reference), *self._folder.glob(f".salt.{reference}.*")):
                _overwrite_and_remove(file)
            _sync(self._folder)
            return _read(self._tombstone(reference)).decode()

    def _tombstone(self, reference: str) -> Path:
        return self._folder / f"destroyed.{reference}"

    def _salts(self, reference: str) -> list[Path]:
        return sorted(self._folder.glob(f"salt.{reference}.*"))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the folder's lock; the kernel gives it back when a holder dies."""
        descriptor = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def _overwrite_and_remove(path: Path) -> None:
    """Write over a file in its place, then remove it. What a file system or disk keeps besides is not reached."""
    with path.open("r+b") as file:
        file.write(secrets.token_bytes(max(SECRET_BYTES, path.stat().st_size)))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()


def _create_once(path: Path, content: bytes) -> None:
    """Write a 0600 file whole, unless it is there already.

    A link fails where a rename would replace: the first of two creators wins, and
    nobody ever reads half a key or loses one that is in use.
    """
    if path.exists():
        return
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink()
    _sync(path.parent)


def _sync(folder: Path) -> None:
    """Have the names in a folder on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read(path: Path) -> bytes:
    _refuse_wide(path, allowed=0o600, is_kind=stat.S_ISREG)
    return path.read_bytes()


def _refuse_wide(path: Path, *, allowed: int, is_kind: Callable[[int], bool]) -> None:
    """Raise BadKeyRing unless the path is of its kind, our own, and closed to others."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        raise BadKeyRing(f"The key ring has no {path.name}.") from None
    if not is_kind(found.st_mode) or found.st_uid != os.geteuid():
        raise BadKeyRing(f"{path.name} in the key ring is not a file or folder of this user.")
    if stat.S_IMODE(found.st_mode) & ~allowed:
        raise BadKeyRing(f"{path.name} in the key ring must have rights {allowed:04o} at most.")
