"""The key ring: secrets in a folder of their own, apart from the database.

Only workers open it. Nothing here is logged, and no message or repr holds a secret.
Losing the folder means that no extract can be continued under its old pseudonyms,
and no dataset under its old surrogates.
"""

from __future__ import annotations

import os
import re
import secrets
import stat
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MASTER = "master.key"
SIGNING = "signing.pem"
SIGNING_PUBLIC = "signing.pub.pem"
SECRET_BYTES = 32
REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


class BadKeyRing(RuntimeError):
    """The key ring is missing, damaged, or open to others than its owner."""


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
        _create_once(folder / SIGNING, _new_signing_key())
    ring = KeyRing(folder)
    if create:
        _create_once(folder / SIGNING_PUBLIC, ring.public_key_pem())
    return ring


class KeyRing:
    """Keys by name. Made by `open_key_ring`; reads a file when a key is asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for name in (MASTER, SIGNING):
            _refuse_wide(folder / name, allowed=0o600, is_kind=stat.S_ISREG)
        if len(_read(folder / MASTER)) != SECRET_BYTES:
            raise BadKeyRing("The master key is damaged.")

    def __repr__(self) -> str:
        return "KeyRing(hidden)"

    def __reduce__(self) -> str:
        raise BadKeyRing("A key ring stays in the process that opened it.")

    def project_key(self, project_reference: str, version: int) -> bytes:
        """The 256-bit pseudonym key of one project; another version is another key.

        HKDF-SHA256 (RFC 5869) of the master key, with a random salt that is made
        and kept on first use. Raises BadKeyRing for a reference that cannot be a
        file name or a version below 1.
        """
        if not REFERENCE.fullmatch(project_reference) or version < 1:
            raise BadKeyRing("A project reference is letters, digits, - and _; a version is 1 or more.")
        salt_file = self._folder / f"salt.{project_reference}.{version}"
        _create_once(salt_file, secrets.token_bytes(SECRET_BYTES))
        salt = _read(salt_file)
        if len(salt) != SECRET_BYTES:
            raise BadKeyRing("The salt of a project key is damaged.")
        info = f"gatehouse pseudonyms|{project_reference}|{version}".encode()
        return HKDF(hashes.SHA256(), SECRET_BYTES, salt, info).derive(_read(self._folder / MASTER))

    def dataset_key(self, code: str) -> bytes:
        """The 256-bit key of a dataset's surrogates, the same for all its releases.

        HKDF-SHA256 of the master key alone: a dataset must come out the same wherever the
        ring was restored. Raises BadKeyRing for a code that is not a plain name.
        """
        if not REFERENCE.fullmatch(code):
            raise BadKeyRing("A dataset code is letters, digits, - and _.")
        info = f"gatehouse surrogates|{code}".encode()
        return HKDF(hashes.SHA256(), SECRET_BYTES, None, info).derive(_read(self._folder / MASTER))

    def signing_key(self) -> Ed25519PrivateKey:
        """The key that signs released packages and the head of the audit trail."""
        try:
            key = serialization.load_pem_private_key(_read(self._folder / SIGNING), password=None)
        except ValueError:
            raise BadKeyRing("The signing key is damaged.") from None
        if not isinstance(key, Ed25519PrivateKey):
            raise BadKeyRing("The signing key is not an Ed25519 key.")
        return key

    def public_key_pem(self) -> bytes:
        """The public half of the signing key, to hand to anyone who checks a signature."""
        return (
            self.signing_key()
            .public_key()
            .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        )


def _new_signing_key() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


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
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


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
