"""A key ring in HashiCorp Vault: the key-value engine, version 2, spoken to by hvac.

Under the path of the ring lie `master` and `signing`, and for each project one document with the salts of all its
versions. It is written by check-and-set, so that of two who make a salt at once one wins and both read the same; and
destruction is one more write of that kind: it puts the account in the salts' place, after which Vault destroys the
versions before. No reader can come in between, and a tombstone that is the document itself cannot be overlooked.

Source: https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import hvac
import requests
from hvac import exceptions as vault

from extracts.keys.ring import SECRET_BYTES, Account, BadKeyRing, KeyRing, destroyed, new_signing_key

T = TypeVar("T")
MASTER, SIGNING = "master", "signing"
NOTHING_TO_SAY = 204
SECONDS = 10  # that an answer may take
MOST_TRIES = 20  # of a write that others were faster than; one of them succeeds each time
REFUSALS = {
    vault.Forbidden: "Vault does not allow it (403): the token has ended, or its policy lacks this path.",
    vault.Unauthorized: "Vault does not know this token (401).",
    vault.VaultDown: "Vault is sealed or in maintenance (503).",
    vault.VaultNotInitialized: "Vault was never set up (501).",
    vault.InvalidRequest: "Vault does not accept it (400).",
    vault.InvalidPath: "Vault has nothing of that kind (404).",
    vault.RateLimitExceeded: "Vault has too much to do (429).",
}


@dataclass(frozen=True)
class Place:
    """Where the ring is in Vault, and how one shows who one is: a token in a file, or an AppRole.

    address      https://host:8200
    mount, path  the engine's mount point, and the ring's path in it
    token_file   holds a token; without it, `role_id` and `secret_id_file` sign in by AppRole
    ca           file with the certificate of the authority that signed Vault's; "" for those that the system trusts
    """

    address: str
    mount: str = "secret"
    path: str = "gatehouse"
    token_file: str = ""
    role_id: str = field(default="", repr=False)
    secret_id_file: str = ""
    ca: str = ""
    namespace: str = ""


def open_vault_ring(place: Place, *, create: bool) -> KeyRing:
    """The key ring in Vault, made there on first use when `create` is true.

    Safe when several processes create at once: all get the same keys. Raises BadKeyRing when it is not there, or
    Vault is sealed, out of reach, or refuses.
    """
    keeper = VaultKeeper(place)
    if create:
        keeper.make_once(MASTER, secrets.token_bytes(SECRET_BYTES))
        keeper.make_once(SIGNING, new_signing_key())
    return KeyRing(keeper)


@dataclass(frozen=True, repr=False)
class Document:
    """What lies at one path: its content, and the number of its newest version; 0 for nothing."""

    content: dict[str, Any]
    version: int


class OthersWereFaster(Exception):
    """A check-and-set failed: the document has changed since it was read."""


class VaultKeeper:
    """Keeps each secret as hexadecimal text. Holds a token of Vault in memory, and shows it to nobody."""

    def __init__(self, place: Place) -> None:
        self._place = place
        session = requests.Session()
        session.trust_env = False  # no proxy, and no password file, from the environment
        session.verify = place.ca or True
        self._client = hvac.Client(
            url=place.address, token="", session=session, timeout=SECONDS, namespace=place.namespace or None,
            allow_redirects=False,
        )  # fmt: skip
        self._sign_in()

    def __repr__(self) -> str:
        return "VaultKeeper(hidden)"

    def master(self) -> bytes:
        return self._secret(MASTER)

    def signing(self) -> bytes:
        return self._secret(SIGNING)

    def make_once(self, name: str, secret: bytes) -> None:
        """Keep a secret under a name, unless there is one already."""
        if self._read(name).version == 0:
            try:
                self._write(name, {"hex": secret.hex()}, after=0)
            except OthersWereFaster:
                return

    def salt(self, reference: str, version: int) -> bytes:
        def step() -> str:
            found = self._project(reference)
            if "destroyed" in found.content:
                raise destroyed(reference)
            salts = found.content.get("salts", {})
            if str(version) not in salts:
                salts = {**salts, str(version): secrets.token_hex(SECRET_BYTES)}
                self._write(_name_of(reference), {"salts": salts}, after=found.version)
            return str(salts[str(version)])

        return _bytes_of(_tried(step))

    def forget(self, reference: str, account: Account) -> str:
        def step() -> tuple[str, int]:
            found = self._project(reference)
            if "destroyed" in found.content:
                return str(found.content["destroyed"]), found.version
            salts = {int(version): _bytes_of(salt) for version, salt in found.content.get("salts", {}).items()}
            told = account(salts)
            self._write(_name_of(reference), {"destroyed": told}, after=found.version)
            return told, found.version + 1

        told, version = _tried(step)
        self._destroy_before(_name_of(reference), version)
        return told

    def _secret(self, name: str) -> bytes:
        found = self._read(name)
        if found.version == 0:
            raise BadKeyRing(f"The key ring in Vault has no {name} key.")
        return _bytes_of(found.content.get("hex"))

    def _project(self, reference: str) -> Document:
        return self._read(_name_of(reference))

    def _read(self, name: str) -> Document:
        """The newest version of a document. One that was deleted in Vault is told of, never taken for none."""
        try:
            answer = self._asked(
                self._client.secrets.kv.v2.read_secret_version, vault.InvalidPath,
                path=self._path(name), mount_point=self._place.mount, raise_on_deleted_version=True,
            )  # fmt: skip
        except vault.InvalidPath as missing:
            if missing.errors or missing.json is None or "data" in missing.json:
                raise BadKeyRing(
                    f"Vault gives no {name} (404): it was deleted there, or there is no key-value engine of version 2."
                ) from None
            return Document({}, 0)
        try:
            return Document(dict(answer["data"]["data"]), int(answer["data"]["metadata"]["version"]))
        except (KeyError, TypeError, ValueError):
            raise BadKeyRing(f"Vault's answer for {name} is not that of a key-value engine of version 2.") from None

    def _write(self, name: str, content: dict[str, Any], *, after: int) -> None:
        """Write the version that follows `after`. Raises OthersWereFaster when that one is not the newest any more."""
        try:
            self._asked(
                self._client.secrets.kv.v2.create_or_update_secret, vault.InvalidRequest,
                path=self._path(name), secret=content, cas=after, mount_point=self._place.mount,
            )  # fmt: skip
        except vault.InvalidRequest as problem:
            if any("check-and-set" in error for error in problem.errors or ()):
                raise OthersWereFaster from None
            raise BadKeyRing(f"Vault does not accept what is written to {name} (400).") from None

    def _destroy_before(self, name: str, version: int) -> None:
        """Destroy all versions of a document before this one. Vault keeps no more than their numbers."""
        if earlier := list(range(1, version)):
            self._asked(
                self._client.secrets.kv.v2.destroy_secret_versions,
                path=self._path(name), versions=earlier, mount_point=self._place.mount,
            )  # fmt: skip

    def _sign_in(self) -> None:
        if self._place.token_file:
            self._client.token = _line_of(self._place.token_file)
            return
        secret_id = _line_of(self._place.secret_id_file)
        try:
            login = self._client.auth.approle.login
            self._asked(login, vault.InvalidRequest, role_id=self._place.role_id, secret_id=secret_id)
        except vault.InvalidRequest:
            raise BadKeyRing("Vault does not know this AppRole (400).") from None

    def _asked(self, call: Callable[..., T], *but: type[vault.VaultError], **given: Any) -> T:
        """Vault's answer. What Vault or the network refuses is told by its kind alone, never by what was sent.

        but  the refusals that the caller makes something of
        """
        try:
            answer = call(**given)
        except vault.VaultError as problem:
            if isinstance(problem, but):
                raise
            raise BadKeyRing(REFUSALS.get(type(problem), "Vault has failed inside.")) from None
        except (requests.RequestException, ValueError, KeyError) as problem:
            raise BadKeyRing(f"Vault cannot be reached ({type(problem).__name__}).") from None
        if isinstance(answer, requests.Response) and answer.status_code != NOTHING_TO_SAY:
            raise BadKeyRing(f"Vault sends elsewhere or says something unknown ({answer.status_code}).")
        return answer

    def _path(self, name: str) -> str:
        return f"{self._place.path}/{name}"


def _tried(step: Callable[[], T]) -> T:
    """The answer of a step that reads and then writes, done again while others are faster."""
    for _ in range(MOST_TRIES):
        try:
            return step()
        except OthersWereFaster:
            continue
    raise BadKeyRing("Others wrote to the key ring in Vault each time: try again.")


def _name_of(reference: str) -> str:
    return f"projects/{reference}"


def _bytes_of(text: Any) -> bytes:
    try:
        return bytes.fromhex(text)
    except (TypeError, ValueError):
        raise BadKeyRing("A secret of the key ring in Vault is damaged.") from None


def _line_of(path: str) -> str:
    """The one line of a file with a token. Raises BadKeyRing with the file's name when it cannot be read."""
    try:
        return Path(path).read_text().strip()
    except (OSError, UnicodeDecodeError):
        raise BadKeyRing(f"The file {path or 'with the secret id of the AppRole'} cannot be read.") from None
