"""What was read in a certificate, from one sending of the page to the next: the file itself is not kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from django.core import signing
from django.forms import BaseForm
from django.http import HttpRequest, QueryDict

from governance.people.certificates import Certificate
from governance.people.models import User
from portal.govuk_dates import DateParts, DatePartsInput

SALT = "certificate that was read"
SECONDS = 3600
DAYS = ("passed_on", "valid_until")


def is_chosen(request: HttpRequest) -> bool:
    """Whether a file is to be read: one was sent, or the button for it was pressed."""
    return request.method == "POST" and (bool(request.FILES) or request.POST.get("do") == "read")


def found_by(reading: BaseForm, posted: QueryDict, person: User) -> tuple[Certificate | None, str]:
    """What the file says that was sent now; else what was found before, as the page brought it back.

    And why that counts no more, if it does not.
    """
    if reading.is_bound and reading.is_valid():
        return reading.cleaned_data["file"], ""
    return _brought_back(posted.get("found", ""), person)


def kept(found: Certificate | None, person: User) -> str:
    """What was found, signed and for this person alone, for the page to bring back."""
    if found is None:
        return ""
    plain = asdict(found) | {name: str(getattr(found, name) or "") for name in DAYS}
    return signing.dumps([person.pk, plain], salt=SALT)


def _brought_back(text: str, person: User) -> tuple[Certificate | None, str]:
    """Nothing counts but what Gatehouse signed for this person within the hour."""
    if not text:
        return None, ""
    try:
        whose, plain = signing.loads(text, salt=SALT, max_age=SECONDS)
    except signing.BadSignature:
        whose, plain = None, {}
    if whose != person.pk:
        return None, "The certificate was read too long ago: choose it again."
    days = {name: date.fromisoformat(plain[name]) if plain[name] else None for name in DAYS}
    return Certificate(**plain | days), ""


def proposed(posted: QueryDict, found: Certificate | None) -> Mapping[str, Any]:
    """What stands in the boxes when a file was read: what was typed before, and for the rest what was found."""
    typed = {name: DatePartsInput().value_from_datadict(posted, None, name) for name in DAYS}
    shown: dict[str, Any] = {name: typed[name] if isinstance(typed[name], DateParts) else None for name in DAYS}
    shown["certificate"] = posted.get("certificate", "")
    if found is None:
        return shown
    there = {"certificate": found.number, "passed_on": found.passed_on, "valid_until": found.valid_until}
    return {name: value or there[name] for name, value in shown.items()}
