#!/usr/bin/env python3
# /// script
# requires-python = ">=3.11"
# dependencies = ["cryptography"]
# ///
"""The hash chain of the audit trail, and its verification: one file, no Django.

The portal calls `verify` through `manage.py verify_trail`. An auditor who distrusts the portal
takes this file, an exported trail and the signed heads that left the machine earlier, and runs

    python chain.py TRAIL.jsonl --key SIGNING_KEY.pem [--heads FOLDER]

Exit code 0: the trail is whole. 1: something was found, one line each. 2: it could not be read.

Each entry's digest is SHA-256 over canonical JSON (sorted keys, no spaces, UTF-8) of the entry
without its digest; the entry holds the digest before it, so that changing one changes all after.
A signed head (Ed25519) states which digest the chain had at which length: a tail that was cut, or
a chain that was written anew, no longer meets it.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

GENESIS = "0" * 64
HASHED = (
    "seq", "at", "actor", "actor_name", "action", "subject_type", "subject_id", "subject", "project",
    "before", "after", "note", "details", "previous",
)  # fmt: skip


class Unreadable(ValueError):
    """The file is not an exported trail, a signed head or a public key."""


def canonical(value: Mapping[str, Any]) -> bytes:
    """The one byte string that stands for a JSON object: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest_of(entry: Mapping[str, Any]) -> str:
    """SHA-256, in hexadecimal, of an entry's hashed fields."""
    return hashlib.sha256(canonical({name: entry[name] for name in HASHED})).hexdigest()


def signed_head(seq: int, digest: str, *, at: str, key: Ed25519PrivateKey) -> dict[str, Any]:
    """A statement that the chain had this digest at this length, which nobody without the key can make."""
    head = {"seq": seq, "digest": digest, "at": at}
    return {**head, "signature": base64.b64encode(key.sign(canonical(head))).decode()}


def signature_holds(head: Mapping[str, Any], key: Ed25519PublicKey) -> bool:
    """Whether the head was signed by the holder of the key and not changed since."""
    stated = {name: head.get(name) for name in ("seq", "digest", "at")}
    try:
        key.verify(base64.b64decode(head.get("signature", ""), validate=True), canonical(stated))
    except (InvalidSignature, ValueError):
        return False
    return True


def verify(
    entries: Iterable[Mapping[str, Any]], heads: Iterable[Mapping[str, Any]], key: Ed25519PublicKey | None
) -> Iterator[str]:
    """Say what is wrong with a trail, a sentence for each finding; nothing when it is whole.

    entries  all entries in the order in which they are stored, from the first on
    heads    signed heads, and the unsigned one that the database keeps (no "signature" field)
    key      needed when any head is signed

    Memory does not grow with the trail.
    """
    heads = list(heads)
    for head in heads:
        if "signature" in head and (key is None or not signature_holds(head, key)):
            yield f"The signed head at {head.get('seq')} does not carry a valid signature."
    wanted: dict[int, set[str]] = {}
    for head in heads:
        wanted.setdefault(int(head["seq"]), set()).add(str(head["digest"]))
    last, previous = 0, GENESIS
    for entry in entries:
        yield from _step(entry, last, previous)
        if any(digest != entry["digest"] for digest in wanted.pop(entry["seq"], ())):
            yield f"Entry {entry['seq']} is not the one that was the head then: the chain was written anew."
        last, previous = entry["seq"], entry["digest"]
    if last == 0:
        yield "The trail is empty: nothing is shown by it."
    for seq in sorted(seq for seq in wanted if seq > last):
        yield f"The tail was cut: a head at {seq} is known, the last entry is {last}."


def _step(entry: Mapping[str, Any], last: int, previous: str) -> Iterator[str]:
    """What is wrong with one entry, given the number and digest of the one before."""
    seq = entry["seq"]
    if seq <= last:
        yield f"Entry {seq} stands after entry {last}: reordered."
    elif seq != last + 1:
        gap = f"Entry {last + 1} is" if seq == last + 2 else f"Entries {last + 1} to {seq - 1} are"
        yield f"{gap} missing: removed."
    elif entry["previous"] != previous:
        yield f"Entry {seq} does not follow from the entry before it."
    if digest_of(entry) != entry["digest"]:
        yield f"Entry {seq} was altered: its content does not give its digest."


def read_export(path: Path) -> Iterator[dict[str, Any]]:
    """The entries of an exported trail, one JSON object a line. Raises Unreadable."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                entry = json.loads(line)
                digest_of(entry), entry["digest"]
            except (ValueError, KeyError, TypeError) as problem:
                raise Unreadable(f"{path.name}, line {number}: not an entry of a trail.") from problem
            yield entry


def read_heads(folder: Path) -> list[dict[str, Any]]:
    """The signed heads in a folder, oldest first. Raises Unreadable."""
    heads = []
    for path in sorted(folder.glob("*.json")):
        try:
            head = json.loads(path.read_text(encoding="utf-8"))
            int(head["seq"]), head["digest"], head["signature"]
        except (ValueError, KeyError, TypeError) as problem:
            raise Unreadable(f"{path.name}: not a signed head.") from problem
        heads.append(head)
    return heads


def read_key(path: Path) -> Ed25519PublicKey:
    """The public key in a PEM file. Raises Unreadable."""
    try:
        key = load_pem_public_key(path.read_bytes())
    except (OSError, ValueError) as problem:
        raise Unreadable(f"{path.name}: not a public key in PEM form.") from problem
    if not isinstance(key, Ed25519PublicKey):
        raise Unreadable(f"{path.name}: not an Ed25519 key.")
    return key


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Verify an exported audit trail of Gatehouse, without Gatehouse.")
    parser.add_argument("trail", type=Path, help="the exported trail, one JSON object a line")
    parser.add_argument("--key", type=Path, required=True, help="the service's public signing key (PEM)")
    parser.add_argument("--heads", type=Path, help="a folder of signed heads that were exported earlier")
    chosen = parser.parse_args(arguments)
    try:
        heads = read_heads(chosen.heads) if chosen.heads else []
        if chosen.heads and not heads:
            raise Unreadable(f"{chosen.heads.name}: no signed head is there.")
        findings = list(verify(read_export(chosen.trail), heads, read_key(chosen.key)))
    except (OSError, Unreadable) as problem:
        print(problem, file=sys.stderr)
        return 2
    for finding in findings:
        print(finding)
    if not findings:
        print(f"The trail is whole; {len(heads)} signed heads met.")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
