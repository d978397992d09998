"""The log of a ledger: what was added and withdrawn, in a chain of digests in which nothing can be changed.

Each entry's digest covers the entry and the digest before it, and the first covers the ledger's own
header. Cutting off the end leaves a whole chain; who wants to notice keeps the last digest elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extracts.disclosure.ledger.segment import LedgerDamaged, written

NAME = "log.jsonl"


@dataclass(frozen=True)
class Entry:
    """One line of the log: `add` or `withdraw`, with what it is about."""

    what: str
    told: Mapping[str, Any]
    digest: str


def digest(previous: str, what: str, told: Mapping[str, Any]) -> str:
    """The digest of an entry after another."""
    content = json.dumps([previous, what, told], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()


def read(folder: Path, first: str) -> list[Entry]:
    """All entries, the chain checked. Raises LedgerDamaged."""
    entries, previous = list[Entry](), first
    try:
        lines = (folder / NAME).read_text(encoding="utf-8").splitlines()
        for line in lines:
            told = json.loads(line)
            entry = Entry(told["what"], told["told"], told["digest"])
            if entry.digest != digest(previous, entry.what, entry.told):
                raise LedgerDamaged(f"Entry {len(entries) + 1} of the ledger's log was changed after it was written.")
            entries.append(entry)
            previous = entry.digest
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LedgerDamaged("The ledger's log cannot be read.") from error
    return entries


def write(folder: Path, entries: Sequence[Entry]) -> None:
    """Put the log into place whole."""
    lines = (json.dumps({"what": e.what, "told": e.told, "digest": e.digest}, sort_keys=True) for e in entries)
    written(folder / NAME, "".join(f"{line}\n" for line in lines).encode())
