"""The terms of an agreement: everything that is signed, as data, and the hash of exactly that."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

# What all parties undertake, whatever the project. New words are a new version: agreements keep theirs.
UNDERTAKINGS_VERSION = "2026-1"
UNDERTAKINGS = (
    "The data are used for the purpose of this project alone, inside the secure environment.",
    "Nobody tries to find out who somebody in the data is, nor links them with other data without a new decision.",
    "Nothing leaves the environment but by an output request that two checkers cleared.",
    "A suspected breach is reported to the service at once; use stops while it is looked into.",
    "Everybody named here keeps accreditation, training and declaration valid; who does not has no access.",
    "When the project ends, extract and workspace are destroyed, and drafts with them.",
)


@dataclass(frozen=True)
class Party:
    """Somebody who signs: a name, an organisation, and as what."""

    name: str
    organisation: str
    capacity: str


def terms_of(
    *,
    reference: str,
    title: str,
    version: int,
    parties: Sequence[Party],
    scope: Mapping[str, Any],
    conditions: Sequence[Mapping[str, Any]],
    ends_on: date,
    declaration: str,
) -> dict[str, Any]:
    """The terms as they are stored, shown, printed and signed.

    declaration  the version of the researcher's declaration that members have signed
    """
    return {
        "reference": reference,
        "title": title,
        "agreement": version,
        "parties": [vars(party) for party in parties],
        "scope": dict(scope),
        "conditions": [dict(condition) for condition in conditions],
        "ends_on": ends_on.isoformat(),
        "declaration": declaration,
        "undertakings_version": UNDERTAKINGS_VERSION,
        "undertakings": list(UNDERTAKINGS),
    }


def sha256_of(terms: Mapping[str, Any]) -> str:
    """The hash of the terms in one fixed form: JSON with sorted keys, no spaces, UTF-8."""
    text = json.dumps(terms, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
