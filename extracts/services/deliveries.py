"""Deliveries of the providers: received, then accepted whole or refused whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from extracts.lifecycle.delivery import ACCEPTED, REFUSED
from extracts.lifecycle.linkage import UNFINISHED
from extracts.models import Delivery
from governance.act import act, begin
from governance.people.grants import worker
from governance.people.models import User
from governance.workflow import Refused


@transaction.atomic
def receive(*, dataset: str, provider: str, name: str, sha256: str, by: User, at: datetime) -> Delivery:
    """Make a delivery known. Safe to repeat; one that was refused is received again, to be looked at afresh.

    sha256  of its folder: one name stands for one content
    Raises Refused for one that a linkage under way is about to look at, as its bytes must not change beneath it, and
    for one that was accepted with other content.
    """
    known = Delivery.objects.select_for_update().filter(dataset=dataset, provider=provider, name=name).first()
    if known is None:
        new = Delivery(dataset=dataset, provider=provider, name=name, sha256=sha256)
        return begin(new, "receive", by=by, at=at)
    if known.state != ACCEPTED and known.runs.filter(state__in=UNFINISHED).exists():
        raise Refused(f"{known} is in the hands of a linkage: wait for it, or cancel it first.")
    if known.state == REFUSED:
        return act(known, "receive", by=worker(), at=at, note="Sent again.", counts={}, findings=[], sha256=sha256)
    if known.state == ACCEPTED and known.sha256 not in ("", sha256):
        raise Refused(f"{known} was accepted before, with other content: a new delivery needs a name of its own.")
    if known.state != ACCEPTED:
        Delivery.objects.filter(pk=known.pk).update(sha256=sha256)
        known.sha256 = sha256
    return known


def accept(delivery: Delivery, *, counts: Mapping[str, int], at: datetime) -> Delivery:
    """Both streams are as agreed and kept. `counts`: file -> records, e.g. {"identity/pol_victim": 61}."""
    note = f"{sum(counts.values()):,} records in {len(counts)} files."
    return act(delivery, "accept", by=worker(), at=at, note=note, counts=dict(counts), findings=[])


def refuse(delivery: Delivery, *, findings: Sequence[Mapping[str, Any]], at: datetime) -> Delivery:
    """Something is not as agreed, and nothing was kept. A finding says file, row and reason, never the value."""
    note = f"{len(findings)} finding{'' if len(findings) == 1 else 's'}."
    return act(delivery, "refuse", by=worker(), at=at, note=note, counts={}, findings=[dict(one) for one in findings])
