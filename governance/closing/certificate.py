"""The certificate of destruction: what it says, how it is signed, and how anybody checks it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from governance.audit.chain import canonical

NOT_REACHED = (
    "Copies of the workspace in backups stay where they are and cannot be read: the keys are gone. Copies of the key "
    "ring in backups are not reached by this: they have to run out before the day from which nothing can be read again."
)
KEPT = (
    "the audit trail",
    "the application with its attachments, decisions and agreements",
    "outputs that were released",
)


def content_of(
    *,
    project: Mapping[str, str],
    inventory: Mapping[str, Any],
    keys: Sequence[Mapping[str, Any]],
    worker: str,
    confirmed_by: str,
    confirmed_at: datetime,
    destroyed_at: datetime,
    trail: Mapping[str, int],
    stored: Mapping[str, int],
) -> dict[str, Any]:
    """What the certificate says.

    trail   numbers of entries by action
    keys    tells of versions, never of keys
    stored  what lies outside of the workspace and stays there, with the number of its files
    """
    return {
        "kind": "Gatehouse certificate of destruction, version 1",
        "project": dict(project),
        **inventory,
        "keys": [dict(key) for key in keys],
        "confirmed_by": confirmed_by,
        "confirmed_at": confirmed_at.astimezone(UTC).isoformat(),
        "destroyed_by": worker,
        "destroyed_at": destroyed_at.astimezone(UTC).isoformat(),
        "trail_entries": dict(trail),
        "kept": [*KEPT, *(f"{what} ({number})" for what, number in stored.items() if number)],
        "not_reached": NOT_REACHED,
    }  # fmt: skip


def sha256_of(certificate: Mapping[str, Any]) -> str:
    """SHA-256, in hexadecimal, of the certificate's canonical JSON: sorted keys, no spaces, UTF-8."""
    return hashlib.sha256(canonical(certificate)).hexdigest()


def signature_of(certificate: Mapping[str, Any], key: Ed25519PrivateKey) -> str:
    """Ed25519 of the canonical JSON, in base64."""
    return base64.b64encode(key.sign(canonical(certificate))).decode()


def document(certificate: Mapping[str, Any], signature: str, trail_entry: int) -> dict[str, Any]:
    """What is handed out: the certificate with what it takes to check it. The trail's entry holds the hash."""
    return {
        "certificate": dict(certificate),
        "sha256": sha256_of(certificate),
        "signature": signature,
        "trail_entry": trail_entry,
    }


def problems_of(given: Mapping[str, Any], key: Ed25519PublicKey) -> list[str]:
    """What is wrong with a certificate that was handed out; empty when it is as it was signed."""
    try:
        certificate, stated, signature = given["certificate"], given["sha256"], given["signature"]
        key.verify(base64.b64decode(signature, validate=True), canonical(certificate))
    except InvalidSignature:
        return ["The certificate was not signed with this key, or was changed since."]
    except (KeyError, TypeError, ValueError, AttributeError):
        return ["This is no certificate of destruction."]
    return [] if stated == sha256_of(certificate) else ["The stated SHA-256 is not that of the certificate."]
