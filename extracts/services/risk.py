"""The risk of an extract: kept when it was assessed, held above the ceiling, decided on by research support."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from extracts.models import Extract, RiskAssessment
from extracts.risk import Remedy, RiskReport
from extracts.services import jobs
from governance.act import act
from governance.people.models import User
from governance.workflow import Refused

Decision = RiskAssessment.Decision


class Held(Exception):
    """The extract waits for research support: build nothing of it."""


@transaction.atomic
def may_go_on(extract: Extract, *, report: RiskReport, remedies: Sequence[Remedy], at: datetime) -> bool:
    """Keep the report; False when the extract is held for it.

    A dataset without a ceiling holds nothing. What research support let through goes on, as long as specification,
    release, key and report are those that they decided on. Raises Superseded when the job is no longer this attempt's.
    """
    jobs.lock_as_mine(extract)
    assessment = _kept(extract, report, remedies, at)
    if not report.above or assessment.is_let_through:
        return True
    tables = ", ".join(table.table for table in report.above)
    jobs.end(extract, "hold", reason=f"More identifying than the dataset allows: {tables}.", at=at)
    return False


def basis_of(extract: Extract, report: RiskReport) -> str:
    """The SHA-256 of everything that a decision on the risk of an extract is about."""
    release = extract.release
    parts = [extract.specification, release.code, release.version, extract.key_version, report.to_json()]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _kept(extract: Extract, report: RiskReport, remedies: Sequence[Remedy], at: datetime) -> RiskAssessment:
    """The assessment as it is stored now: the one before, with its decision, when it is of the same."""
    basis = basis_of(extract, report)
    known = RiskAssessment.objects.select_for_update().filter(extract=extract).first()
    if known is not None and known.basis == basis:
        return known
    found: dict[str, Any] = {
        "report_json": report.to_json(),
        "remedies_json": [remedy.to_json() for remedy in remedies],
        "basis": basis,
        "made_at": at,
    }
    undecided: dict[str, Any] = {"decision": "", "decided_by": None, "decided_at": None, "reasons": ""}
    return RiskAssessment.objects.update_or_create(extract=extract, defaults=found | undecided)[0]


@transaction.atomic
def let_through(extract: Extract, *, basis: str, reasons: str, by: User, at: datetime) -> Extract:
    """Research support takes the risk on itself: the extract is built and delivered. Raises Refused."""
    extract = act(extract, "let through", by=by, at=at, note=reasons, attempt=0, lease_until=None, reason="")
    _decide(extract, Decision.LET_THROUGH, basis, reasons, by, at)
    return extract


@transaction.atomic
def refuse(extract: Extract, *, basis: str, reasons: str, by: User, at: datetime) -> Extract:
    """Research support refuses it: nothing is delivered. The page says what would help. Raises Refused."""
    extract = act(extract, "refuse", by=by, at=at, note=reasons)
    _decide(extract, Decision.REFUSED, basis, reasons, by, at)
    return extract


def _decide(extract: Extract, decision: str, basis: str, reasons: str, by: User, at: datetime) -> None:
    """Write the decision down. `basis` is that of the report which was read: it must still be the newest."""
    changed = RiskAssessment.objects.filter(extract=extract, basis=basis, decision="").update(
        decision=decision, decided_by=by, decided_at=at, reasons=reasons
    )
    if not changed:
        raise Refused("It was assessed anew since you opened the page: read the report again.")
