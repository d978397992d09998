"""An agreement to print and to keep: what was signed, as it was signed, with the hash of the terms on every page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from governance.agreements.lifecycle import AgreementState
from governance.agreements.models import Agreement
from governance.agreements.scope import Scope
from governance.catalogue.catalogue import Catalogue
from governance.catalogue.cohort import in_words
from portal import application, typesetting
from portal.deciding import board_name, condition_in_words


def as_pdf(agreement: Agreement, catalogue: Catalogue, at: datetime, *, named: bool) -> bytes:
    """The terms as stored and signed, not as the project is now. Who signed for the service is named to no team."""
    terms = agreement.terms
    scope = Scope.from_json(terms["scope"])
    tables = application.granted(scope, catalogue)
    shown = {
        "name": str(agreement),
        "title": f"Agreement for {terms['title']}",
        "state": AgreementState(agreement.state).label,
        "sha256": agreement.sha256,
        "facts": facts_of(terms, scope, catalogue),
        "parties": [[one["name"], one["organisation"], one["capacity"]] for one in terms["parties"]],
        "scope": "Nothing but these variables can be extracted. Keys come with them, as pseudonyms of this project.",
        "variables": [
            [table.owner_label, table.label, one.label, one.level] for table in tables for one in table.variables
        ],
        "conditions": [
            [condition_in_words(one, catalogue), board_name("owner", one["owner"], catalogue)]
            for one in terms["conditions"]
        ],
        "undertakings": terms["undertakings"],
        "signatures": [
            [one.get_side_display(), str(one.person) if named or one.side != "service" else "Research support",
             f"{timezone.localtime(one.signed_at):%-d %B %Y, %H:%M}"]
            for one in agreement.signatures.select_related("person")
        ],
        "left": agreement.left_unsigned(at),
    }  # fmt: skip
    return typesetting.as_pdf("agreement", shown, at)


def facts_of(terms: Mapping[str, Any], scope: Scope, catalogue: Catalogue) -> list[list[str]]:
    """What the terms say in one line each."""
    return [
        ["Project", f"{terms['reference']}, {terms['title']}"],
        ["Dataset", catalogue.dataset.title],
        ["Period of the data", f"{scope.period_from:%-d %B %Y} to {scope.period_to:%-d %B %Y}"],
        ["Cohort", in_words(scope.cohort, catalogue.cohort_frame)],
        ["Last day", f"{date.fromisoformat(terms['ends_on']):%-d %B %Y}"],
        ["Researcher's declaration", f"version {terms['declaration']}" if terms["declaration"] else "not recorded"],
    ]
