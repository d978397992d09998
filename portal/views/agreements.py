"""The pages of agreements: what was agreed, until when, who signed, revoking it, and conditions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from governance.agreements import services
from governance.agreements.lifecycle import DRAWN_UP, SIGNED
from governance.agreements.models import Agreement, Condition
from governance.catalogue.cohort import in_words
from governance.people.grants import roles_on
from governance.people.models import User
from governance.people.roles import Role
from governance.workflow import Refused
from portal import agreement_pdf, application
from portal.access import SignedIn, visible_or_404
from portal.catalogues import described
from portal.deciding import board_name, condition_in_words
from portal.entering import sent, status_of, turned_away
from portal.forms import projects as forms
from portal.records import allowed_actions, hindrances_of, reads_names


def detail(request: SignedIn, pk: int) -> HttpResponse:
    """The record page, with the form to sign for who can sign now."""
    at = timezone.now()
    agreement = visible_or_404(Agreement, pk, to=request.user, at=at)
    return render(
        request,
        "agreements/detail.html",
        context_of(agreement, request.user, forms.Sign(initial={"sha256": agreement.sha256}), at),
    )


def sign(request: SignedIn, pk: int) -> HttpResponse:
    """Members sign for themselves and a signatory for the institution; after them research support for the service."""
    at = timezone.now()
    agreement = visible_or_404(Agreement, pk, to=request.user, at=at)
    if request.method != "POST":
        return redirect(agreement)
    countersigns = may_countersign(agreement, request.user, at)
    if away := turned_away(request, agreement, "countersign" if countersigns else "sign"):
        return away
    form = forms.Sign(request.POST)
    if form.is_valid():
        try:
            take = services.countersign if countersigns else services.sign
            take(agreement, sha256=form.cleaned_data["sha256"], by=request.user, at=at)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, SIGNED_FOR_SERVICE if countersigns else SIGNED_FOR_PROJECT)
            return redirect(agreement)
    return render(request, "agreements/detail.html", context_of(agreement, request.user, form, at), status=422)


def may_countersign(agreement: Agreement, person: User, at: datetime) -> bool:
    """Whether it is the service's turn, and the person signs for the service."""
    return agreement.state == SIGNED and Role.SUPPORT in roles_on(agreement.project, person, at)


SIGNED_FOR_PROJECT = "You signed the agreement. Once everybody on the project's side has, research support signs."
SIGNED_FOR_SERVICE = "You signed for the service. The agreement is in force."


def pdf(request: SignedIn, pk: int) -> HttpResponse:
    """The terms and their signatures, to print and to keep."""
    at = timezone.now()
    agreement = visible_or_404(Agreement, pk, to=request.user, at=at)
    named = reads_names(roles_on(agreement.project, request.user, at))
    content = agreement_pdf.as_pdf(agreement, described(agreement.scope.dataset), at, named=named)
    name = f"{agreement.project.reference}-agreement-{agreement.version}.pdf"
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type="application/pdf", headers=disposition)


def condition(request: SignedIn, pk: int) -> HttpResponse:
    """One condition: what it asks, how it is met, and the buttons that its lifecycle allows."""
    at = timezone.now()
    one = visible_or_404(Condition, pk, to=request.user, at=at)
    form, action = forms.MeetCondition(sent(request)), request.POST.get("action", "")
    if request.method == "POST" and action not in ACT_ON_CONDITION:
        return redirect(one)
    if request.method == "POST" and (away := turned_away(request, one, action, keeps=True)):
        return away
    if form.is_valid():
        try:
            ACT_ON_CONDITION[action](one, form.cleaned_data["words"], request.user, at)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, DONE_TO_CONDITION[action])
            return redirect(one)
    catalogue = described(one.project.dataset)
    context = {
        "condition": one,
        "project": one.project,
        "in_words": condition_in_words(one.to_json(), catalogue),
        "owner": board_name("owner", one.owner, catalogue),
        "actions": allowed_actions(one, request.user, at),
        "form": form,
    }
    return render(request, "agreements/condition.html", context, status=status_of(form))


ACT_ON_CONDITION: dict[str, Callable[[Condition, str, User, datetime], Condition]] = {
    "report": lambda one, words, by, at: services.report(one, how=words, by=by, at=at),
    "discharge": lambda one, words, by, at: services.discharge(one, reasons=words, by=by, at=at),
    "reopen": lambda one, words, by, at: services.reopen(one, reasons=words, by=by, at=at),
}
DONE_TO_CONDITION = {
    "report": "Your report is with the data owner.",
    "discharge": "The condition is discharged.",
    "reopen": "The condition is open again.",
}


def revoke(request: SignedIn, pk: int) -> HttpResponse:
    """End an agreement at once, with a reason, after a page that says what that means."""
    at = timezone.now()
    agreement = visible_or_404(Agreement, pk, to=request.user, at=at)
    if away := turned_away(request, agreement, "revoke", keeps=True):
        return away
    form = forms.Reasons(sent(request))
    if form.is_valid():
        try:
            services.revoke(agreement, reasons=form.cleaned_data["reasons"], by=request.user, at=at)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "The agreement is revoked. Nothing can be extracted under it any more.")
            return redirect(agreement)
    context = {"agreement": agreement, "form": form}
    return render(request, "agreements/revoke.html", context, status=status_of(form))


def context_of(agreement: Agreement, person: User, form: forms.Sign, at: datetime) -> dict[str, Any]:
    """The variables of the record page."""
    scope, actions = agreement.scope, allowed_actions(agreement, person, at)
    catalogue = described(scope.dataset)
    tables = application.granted(scope, catalogue)
    return {
        "agreement": agreement,
        "project": agreement.project,
        "scope": scope,
        "dataset": catalogue.dataset,
        "cohort": in_words(scope.cohort, catalogue.cohort_frame),
        "tables": tables,
        "variables": sum(len(table.variables) for table in tables),
        "conditions": [
            (one, condition_in_words(one.to_json(), catalogue), board_name("owner", one.owner, catalogue))
            for one in agreement.project.conditions.all()
        ],
        "unsigned": agreement.unsigned(at) if agreement.state == DRAWN_UP else [],
        "left_unsigned": agreement.left_unsigned(at),
        "signatures": agreement.signatures.select_related("person__organisation"),
        # Who acts for the service is not named to the team, here as in the history.
        "named": reads_names(roles_on(agreement.project, person, at)),
        "actions": actions,
        "may_sign": bool(actions & {"sign", "countersign"}),
        "for_service": "countersign" in actions,
        "hindrances": list(dict.fromkeys(hindrances_of(agreement, person, at).values())),
        "ended": agreement.why_ended(at),
        "form": form,
    }
