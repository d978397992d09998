"""The two records of a clerical pair, read from the clerical zone: the only place from which a page gets a name.

Nothing of them is kept or logged. That they were opened is on the trail, with the pair's token and no more.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from extracts.models import ClericalPair
from extracts.zones import Zones
from governance.audit import trail
from governance.people.models import User

TOKEN = re.compile(r"[0-9a-f]{16,64}")
FIELDS = {
    "forename": "Forename", "middle_name": "Middle name", "surname": "Surname", "aliases": "Also known as",
    "date_of_birth": "Date of birth", "sex": "Sex", "ethnicity": "Ethnicity", "postcode": "Postcode",
    "address": "Address", "town": "Town", "pnc": "PNC number", "cro": "CRO number", "prison_number": "Prison number",
    "person_number": "The source's own person number", "national_insurance": "National Insurance number",
    "asn": "Arrest or summons number", "case_reference": "Case reference", "event_date": "Date of the event",
    "sentence_dates": "Dates of sentence",
}  # fmt: skip
SEVERAL = frozenset({"aliases", "postcode", "sentence_dates"})
# What the linkage found of the two values, in the words of the page. Only "differs" stands out: the eye is for that.
FOUND = {"same": "Same", "close": "Nearly the same", "different": "Differs", "one missing": "On one side only"}


class Unavailable(RuntimeError):
    """The file of the pair is not there, or is not what it should be."""


@dataclass(frozen=True)
class Line:
    """One field of both records, and how the two compare: same, close, different or one missing."""

    label: str
    left: str
    right: str
    comparison: str

    @property
    def word(self) -> str:
        return FOUND[self.comparison]


@dataclass(frozen=True)
class Records:
    """Two records side by side: where they come from, and the fields that at least one of them has."""

    sources: tuple[str, str]
    lines: tuple[Line, ...]

    @property
    def differences(self) -> int:
        return sum(line.comparison == "different" for line in self.lines)


def folder(dataset: str) -> Path:
    return Zones(Path(settings.GATEHOUSE_DATA)).root / "clerical" / dataset / "pairs"


def opened(pair: ClericalPair, *, by: User, at: datetime) -> Records:
    """The pair's records, with the opening on the trail first. Raises Unavailable."""
    if not TOKEN.fullmatch(pair.token):
        raise Unavailable
    trail.append(actor=by, action="open pair", subject=pair, at=at)
    try:
        return side_by_side(json.loads((folder(pair.run.dataset) / f"{pair.token}.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise Unavailable from None


def side_by_side(given: Mapping[str, Any]) -> Records:
    """Two records field by field, in the order in which the linkage wrote them."""
    left, right = given["records"]
    lines = [
        Line(FIELDS.get(name) or name.replace("_", " ").capitalize(), *shown, _comparison(given, name, *shown))
        for name in given["fields"]
        if any(shown := (_shown(name, left), _shown(name, right)))
    ]
    return Records((_from(left), _from(right)), tuple(lines))


def _from(record: Mapping[str, Any]) -> str:
    """The source, and in what part the person stands in it."""
    part = str(record.get("person_role") or "").replace("_", " ")
    return f"{record['source']}, {part}" if part else str(record["source"])


def _shown(name: str, record: Mapping[str, Any]) -> str:
    value = str(record.get(name) or "").strip()
    return ", ".join(part.strip() for part in value.split("|") if part.strip()) if name in SEVERAL else value


def _comparison(given: Mapping[str, Any], name: str, left: str, right: str) -> str:
    """What the linkage found; what it left open is told from the two texts."""
    if not (left and right):
        return "one missing"
    found = given.get("comparison", {}).get(name)
    return found if found in {"same", "close", "different"} else "same" if left == right else "different"
