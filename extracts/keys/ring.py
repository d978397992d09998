"""The key ring whoever keeps it: keys by name, derived from one master key and a salt for each project and version.

A project's keys are destroyed by destroying its salts (crypto-shredding): without the salt the master key alone gives
neither the pseudonyms nor the contents of the workspace again.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SECRET_BYTES = 32
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


class BadKeyRing(RuntimeError):
    """The key ring is missing, damaged, out of reach, or open to others than its owner."""


class KeyDestroyed(BadKeyRing):
    """The keys of this project were destroyed. They never come back, and no new ones are made in their place."""


@dataclass(frozen=True)
class Destroyed:
    """What was destroyed, and when: enough for a certificate, and nothing that helps to find a key.

    fingerprints  key version -> SHA-256 of a check value of its keys, as `KeyRing.fingerprint` gave it before
    """

    reference: str
    at: datetime
    fingerprints: Mapping[int, str]

    @property
    def versions(self) -> tuple[int, ...]:
        return tuple(self.fingerprints)

    def to_text(self) -> str:
        told = {str(version): fingerprint for version, fingerprint in self.fingerprints.items()}
        return json.dumps({"reference": self.reference, "at": self.at.isoformat(), "fingerprints": told})

    @classmethod
    def from_text(cls, text: str) -> Destroyed:
        """Raises BadKeyRing for what `to_text` did not write."""
        try:
            stored = json.loads(text)
            fingerprints = {int(version): str(one) for version, one in stored["fingerprints"].items()}
            return cls(str(stored["reference"]), datetime.fromisoformat(stored["at"]), fingerprints)
        except (ValueError, TypeError, KeyError, AttributeError):
            raise BadKeyRing("What is on record of destroyed keys is damaged.") from None


class Account(Protocol):
    """Says of the salts of a project, by version, what is to be kept in their place."""

    def __call__(self, salts: Mapping[int, bytes]) -> str: ...


class Keeper(Protocol):
    """Where secrets lie. Every method raises BadKeyRing when they cannot be had, and no message holds one."""

    def master(self) -> bytes:
        """The master key."""

    def signing(self) -> bytes:
        """The private signing key, PEM."""

    def salt(self, reference: str, version: int) -> bytes:
        """The salt of one key version, made at random and kept on first use; all who ask get the same.

        Raises KeyDestroyed once `forget` has begun.
        """

    def forget(self, reference: str, account: Account) -> str:
        """Destroy every salt of a project for good, and keep the account of them; give what is kept.

        Safe to repeat: what was begun is ended, and the first account is given again.
        """


class KeyRing:
    """Keys by name. Made by `open_key_ring` or `open_vault_ring`; asks its keeper whenever a key is asked for."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self._master()
        self.signing_key()

    def __repr__(self) -> str:
        return "KeyRing(hidden)"

    def __reduce__(self) -> str:
        raise BadKeyRing("A key ring stays in the process that opened it.")

    def project_key(self, reference: str, version: int) -> bytes:
        """The 256-bit pseudonym key of one project; another version is another key.

        HKDF-SHA256 (RFC 5869) of the master key, with a random salt that is made
        and kept on first use. Raises KeyDestroyed, and BadKeyRing for a reference that
        is no plain name or a version below 1.
        """
        return self._derived("pseudonyms", reference, version)

    def workspace_key(self, reference: str, version: int) -> bytes:
        """The 256-bit key under which a project's files are encrypted; of the same salt, so destroyed with it.

        Raises what `project_key` raises.
        """
        return self._derived("workspace", reference, version)

    def fingerprint(self, reference: str, version: int) -> str:
        """What tells one key version from all others without telling it: 64 hexadecimal characters.

        SHA-256 of a check value, which HKDF derives as it does the keys, so that neither salt nor key can be worked
        out of it. Raises what `project_key` raises.
        """
        return hashlib.sha256(self._derived("check value", reference, version)).hexdigest()

    def destroy(self, reference: str, *, at: datetime) -> Destroyed:
        """Destroy all key versions of one project for good; whoever asks for one later gets KeyDestroyed.

        Safe to repeat: gives the record of the first time. Copies of the ring in backups are not reached.
        """
        _refuse_unplain(reference)
        return Destroyed.from_text(self._keeper.forget(reference, partial(self._account, reference, at)))

    def dataset_key(self, code: str) -> bytes:
        """The 256-bit key of a dataset's surrogates, the same for all its releases.

        HKDF-SHA256 of the master key alone: a dataset must come out the same wherever the
        ring was restored. Raises BadKeyRing for a code that is not a plain name.
        """
        if not NAME.fullmatch(code):
            raise BadKeyRing("A dataset code is letters, digits, - and _.")
        return _hkdf(self._master(), salt=None, info=f"gatehouse surrogates|{code}")

    def signing_key(self) -> Ed25519PrivateKey:
        """The key that signs released packages and the head of the audit trail."""
        try:
            key = serialization.load_pem_private_key(self._keeper.signing(), password=None)
        except (ValueError, TypeError):
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

    def _master(self) -> bytes:
        return whole(self._keeper.master(), "The master key is damaged.")

    def _derived(self, purpose: str, reference: str, version: int) -> bytes:
        _refuse_unplain(reference)
        if version < 1:
            raise BadKeyRing("A key version is 1 or more.")
        salt = whole(self._keeper.salt(reference, version), "The salt of a project key is damaged.")
        return _hkdf(self._master(), salt=salt, info=info_of(purpose, reference, version))

    def _account(self, reference: str, at: datetime, salts: Mapping[int, bytes]) -> str:
        """A damaged salt is told of by what is left of it: it must not stand in the way of destruction."""
        master = self._master()
        fingerprints = {
            version: hashlib.sha256(
                _hkdf(master, salt=salt, info=info_of("check value", reference, version))
            ).hexdigest()
            for version, salt in sorted(salts.items())
        }
        return Destroyed(reference, at, fingerprints).to_text()


def new_signing_key() -> bytes:
    """A new private signing key, PEM."""
    return Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def info_of(purpose: str, reference: str, version: int) -> str:
    """What HKDF is told of a key, so that no two uses, projects or versions share one."""
    return f"gatehouse {purpose}|{reference}|{version}"


def destroyed(reference: str) -> KeyDestroyed:
    return KeyDestroyed(f"The keys of {reference} were destroyed: what was made under them cannot be made again.")


def whole(secret: bytes, otherwise: str) -> bytes:
    """The secret, if it is as long as one is. Raises BadKeyRing with the sentence `otherwise`."""
    if len(secret) != SECRET_BYTES:
        raise BadKeyRing(otherwise)
    return secret


def _refuse_unplain(reference: str) -> None:
    if not NAME.fullmatch(reference):
        raise BadKeyRing("A project reference is letters, digits, - and _.")


def _hkdf(master: bytes, *, salt: bytes | None, info: str) -> bytes:
    return HKDF(hashes.SHA256(), SECRET_BYTES, salt, info.encode()).derive(master)
