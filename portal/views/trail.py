"""The audit trail, for auditors alone. Whoever reads it is on it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from extracts.zones import Zones
from governance.audit import chain, trail
from governance.audit.models import Entry
from portal.access import SignedIn, auditor_or_404
from portal.entering import status_of
from portal.govuk_forms import GovukForm

PAGE = 50
MOST_DIGITS = 18  # of an entry's number: more are no number that a database holds


class Filters(GovukForm):
    """What to look for on the trail; everything may be left empty."""

    says_optional = False
    project = forms.CharField(label="Project reference", required=False, max_length=40)
    actor = forms.CharField(label="User name", required=False, max_length=150)
    action = forms.CharField(label="Action", required=False, max_length=40)
    subject = forms.CharField(label="Words in the record's name", required=False, max_length=100)


@require_safe
def index(request: SignedIn) -> HttpResponse:
    """Entries, newest first. The visit itself is the newest."""
    person = request.user
    auditor_or_404(person)
    form = Filters(request.GET)
    chosen = {name: value for name, value in form.cleaned_data.items() if value} if form.is_valid() else {}
    read = trail.append(actor=person, action="read trail", details=on_record(chosen), at=timezone.now())
    page = Paginator(matching(chosen, up_to=pinned(request, read)), PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "chosen": chosen, "head": trail.head(), **signed()}
    return render(request, "trail/index.html", context, status=status_of(form))


def on_record(chosen: dict[str, str]) -> dict[str, Any]:
    """What was looked for. Free words are not copied: anything could stand in them."""
    return {name: True if name == "subject" else value for name, value in chosen.items()}


def pinned(request: SignedIn, read: Entry) -> int:
    """The newest entry to show. Kept in the links to further pages, so that new entries do not shift them."""
    asked = request.GET.get("up_to", "")
    if asked.isascii() and asked.isdigit() and len(asked) <= MOST_DIGITS and int(asked) <= read.seq:
        return int(asked)
    query: Any = request.GET.copy()
    query["up_to"] = str(read.seq)
    request.GET = query
    return read.seq


def matching(chosen: dict[str, str], *, up_to: int) -> QuerySet[Entry]:
    """The entries up to a number that meet the filters, newest first."""
    exact = {name: value for name, value in chosen.items() if name != "subject"}
    entries = Entry.objects.filter(seq__lte=up_to, **exact).order_by("-seq")
    for word in chosen.get("subject", "").split():
        entries = entries.filter(subject__icontains=word)
    return entries


def signed() -> dict[str, Any]:
    """The last signed head, where it lies, and how many entries have come since."""
    folder = Zones(Path(settings.GATEHOUSE_DATA)).trail_heads
    newest = max(folder.glob("*.json"), default=None)
    if newest is None:
        return {"signed_head": None}
    try:
        head = json.loads(newest.read_text(encoding="utf-8"))
        stated = {"seq": head["seq"], "digest": head["digest"], "at": datetime.fromisoformat(head["at"])}
        return {"signed_head": stated, "signed_file": newest.name}
    except (OSError, ValueError, KeyError, TypeError):
        return {"signed_head": None, "signed_file": newest.name}


@require_safe
def export(request: SignedIn) -> StreamingHttpResponse:
    """The whole trail as JSON Lines, as `governance/audit/chain.py` reads it. The download is its last entry."""
    person = request.user
    auditor_or_404(person)
    last = trail.append(actor=person, action="download trail", at=timezone.now())
    response = StreamingHttpResponse(lines(last.seq), content_type="application/x-ndjson")
    response["Content-Disposition"] = f'attachment; filename="gatehouse-trail-{last.seq}.jsonl"'
    return response


def lines(last: int) -> Iterator[bytes]:
    """Each entry up to number `last`, as canonical JSON on a line of its own."""
    for entry in trail.entries():
        if entry["seq"] > last:
            return
        yield chain.canonical(entry) + b"\n"
