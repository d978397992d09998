"""The pages of amendments: begin one, say what it changes, submit it, decide on it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from governance.agreements.services import in_force
from governance.amendments import services
from governance.amendments.delta import Kind
from governance.amendments.lifecycle import OWNERS, PANEL, TRIAGE
from governance.amendments.models import Amendment
from governance.catalogue.catalogue import Catalogue
from governance.people.grants import owner_code, roles_on
from governance.people.models import User, local_day
from governance.people.roles import Role
from governance.projects.boards import Verdict
from governance.projects.models import Project
from governance.workflow import Refused
from portal import application, deciding
from portal.access import SignedIn, visible_or_404
from portal.catalogues import described
from portal.entering import sent, status_of, turned_away
from portal.forms import amendments as forms
from portal.forms import picker
from portal.forms.deciding import Interests
from portal.forms.projects import Reasons
from portal.records import allowed_actions, hindrances_of, reads_names

VOTES = {
    TRIAGE: (
        (Verdict.APPROVE, "Agree to it"),
        (Verdict.REFUSE, "Refuse it"),
        (Verdict.RETURN, "Return it for changes"),
    ),
    OWNERS: (
        (Verdict.APPROVE, "Approve what is added"),
        (Verdict.REFUSE, "Refuse it"),
        (Verdict.RETURN, "Return it for changes"),
    ),
    PANEL: ((Verdict.APPROVE, "Approve it"), (Verdict.REFUSE, "Refuse it"), (Verdict.RETURN, "Return it for changes")),
}
HAND_ON = ((Verdict.APPROVE, "Hand it on to the data owners"), (Verdict.RETURN, "Return it for changes"))
ACTION_IN = {TRIAGE: "return", OWNERS: "vote", PANEL: "vote"}
SITS_IN = {TRIAGE: Role.SUPPORT, OWNERS: Role.OWNER, PANEL: Role.PANEL}


def new(request: SignedIn, pk: int) -> HttpResponse:
    """Begin an amendment: which kind of change, and why."""
    at = timezone.now()
    project = visible_or_404(Project, pk, to=request.user, at=at)
    form = forms.NewAmendment(sent(request))
    if form.is_valid():
        try:
            amendment = services.start(project, kind=Kind(form.cleaned_data["kind"]), by=request.user, at=at)
            services.explain(amendment, reason=form.cleaned_data["reason"], by=request.user, at=at)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(amendment if amendment.kind == Kind.DATA else "amendment_edit", *_pk(amendment))
    return render(request, "amendments/new.html", {"project": project, "form": form}, status=status_of(form))


def _pk(amendment: Amendment) -> list[int]:
    return [] if amendment.kind == Kind.DATA else [amendment.pk]


def detail(request: SignedIn, pk: int) -> HttpResponse:
    """What it changes, where it stands, who decided what."""
    at = timezone.now()
    amendment = visible_or_404(Amendment, pk, to=request.user, at=at)
    catalogue = described(amendment.project.dataset)
    actions = allowed_actions(amendment, request.user, at)
    roles = roles_on(amendment.project, request.user, at)
    context = {
        **context_of(amendment, catalogue),
        "actions": actions,
        "may_decide": decides(amendment, request.user, actions),
        "hindrances": _told(amendment, request.user, at),
        "missing": amendment.missing() if "edit" in actions else [],
        "votes": [
            (deciding.board_name(_stage(one.stage), one.owner, catalogue), one, deciding.GIVEN[Verdict(one.verdict)])
            for one in amendment.votes.select_related("person")
        ],
        "named": reads_names(roles),
        "requestable": catalogue.requestable if "edit" in actions and amendment.kind == Kind.DATA else [],
    }
    return render(request, "amendments/detail.html", context)


def _stage(stage: str) -> str:
    return {"owners": "owner"}.get(stage, stage)


def _told(amendment: Amendment, person: User, at: datetime) -> list[str]:
    found = hindrances_of(amendment, person, at)
    return list(
        dict.fromkeys(
            reason
            for action, reason in found.items()
            if action not in {"submit", "refuse"} and not reason.startswith(("Say first", "Research support decides"))
        )
    )


def decides(amendment: Amendment, person: User, actions: Collection[str]) -> bool:
    """Whether it is this person's turn to decide, or to declare interests before that."""
    undeclared = "declare" in actions and amendment.project.interest_of(person) is None
    return undeclared or bool({"hand on", "agree", "vote"} & set(actions))


def context_of(amendment: Amendment, catalogue: Catalogue) -> dict[str, Any]:
    """What an amendment changes, in words."""
    person = User.objects.filter(pk=amendment.delta.get("person")).select_related("organisation").first()
    return {
        "amendment": amendment,
        "project": amendment.project,
        "kind": Kind(amendment.kind).label,
        "tables": application.asked(amendment.added, catalogue),
        "person": person,
        "role": Role(amendment.delta["role"]).label if person else "",
    }


def edit(request: SignedIn, pk: int) -> HttpResponse:
    """Say what it changes: a person, a day or words."""
    at = timezone.now()
    amendment = visible_or_404(Amendment, pk, to=request.user, at=at)
    if away := turned_away(request, amendment, "edit", keeps=True):
        return away
    kind = Kind(amendment.kind)
    if kind is Kind.DATA:
        return redirect(amendment)
    first = {**amendment.delta, "ends_on": amendment.new_end}
    form = forms.CHANGES[kind](sent(request), initial=first, today=local_day(at))
    if form.is_valid():
        try:
            change(amendment, form.cleaned_data, request.user, at)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Saved. Submit the amendment when it is complete.")
            return redirect(amendment)
    context = {"amendment": amendment, "project": amendment.project, "kind": kind.label, "form": form}
    return render(request, "amendments/edit.html", context, status=status_of(form))


def change(amendment: Amendment, given: dict[str, Any], by: User, at: datetime) -> None:
    """Hand what was typed to the service of its kind."""
    kind = Kind(amendment.kind)
    if kind is Kind.PERSON:
        services.name_person(amendment, given["who"], role=Role(given["role"]), by=by, at=at)
    elif kind is Kind.END:
        services.name_end(amendment, given["ends_on"], by=by, at=at)
    else:
        services.reword(
            amendment, lay_summary=given["lay_summary"], public_benefit=given["public_benefit"], by=by, at=at
        )


def choose(request: SignedIn, pk: int, table: str) -> HttpResponse:
    """The variable picker of one table, for what is added to the agreement in force."""
    at = timezone.now()
    amendment = visible_or_404(Amendment, pk, to=request.user, at=at)
    if away := turned_away(request, amendment, "edit", keeps=True):
        return away
    catalogue = described(amendment.project.dataset)
    if amendment.kind != Kind.DATA or table not in catalogue or not catalogue[table].requestable:
        raise Http404
    given = catalogue[table]
    first = picker.stored(amendment.added.get(table, {}))
    form = picker.PickVariables(sent(request), initial=first, table=given, catalogue=catalogue)
    if form.is_valid():
        reason, chosen = form.cleaned_data["reason"], form.chosen
        try:
            services.choose_table(
                amendment, table, reason=reason, variables=chosen, catalogue=catalogue, by=request.user, at=at
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"What you add of {given.label} is saved.")
            return redirect(amendment)
    granted = in_force(amendment.project, at).scope.table(table)
    context = {
        "amendment": amendment,
        "project": amendment.project,
        "form": form,
        "table": given,
        "granted": [given[one.name].label for one in granted.variables] if granted else [],
        "chosen_before": table in amendment.added,
    }
    return render(request, "amendments/choose.html", context, status=status_of(form))


@require_POST
def drop(request: SignedIn, pk: int, table: str) -> HttpResponse:
    """Add nothing of this table any more."""
    at = timezone.now()
    amendment = visible_or_404(Amendment, pk, to=request.user, at=at)
    catalogue = described(amendment.project.dataset)
    services.choose_table(amendment, table, reason="", variables={}, catalogue=catalogue, by=request.user, at=at)
    return redirect(amendment)


@require_POST
def submit(request: SignedIn, pk: int) -> HttpResponse:
    """Hand it in."""
    amendment = visible_or_404(Amendment, pk, to=request.user, at=timezone.now())
    catalogue = described(amendment.project.dataset)
    services.submit(amendment, catalogue=catalogue, by=request.user, at=timezone.now())
    messages.success(request, "The amendment is submitted. Research support looks at it first.")
    return redirect(amendment)


def withdraw(request: SignedIn, pk: int) -> HttpResponse:
    """End it, with a reason, after a page that says so."""
    at = timezone.now()
    amendment = visible_or_404(Amendment, pk, to=request.user, at=at)
    if away := turned_away(request, amendment, "withdraw", keeps=True):
        return away
    form = Reasons(sent(request))
    if form.is_valid():
        try:
            services.withdraw(amendment, reasons=form.cleaned_data["reasons"], by=request.user, at=at)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "The amendment is withdrawn. The project goes on as it was.")
            return redirect(amendment)
    context = {"amendment": amendment, "project": amendment.project, "form": form}
    return render(request, "amendments/withdraw.html", context, status=status_of(form))


def interests(request: SignedIn, pk: int) -> HttpResponse:
    """Say whether there is a conflict of interest in the project, before the first vote on it."""
    at = timezone.now()
    amendment = visible_or_404(Amendment, pk, to=request.user, at=at)
    if away := turned_away(request, amendment, "declare", keeps=True):
        return away
    form = Interests(sent(request))
    if form.is_valid():
        conflict = form.cleaned_data["conflict"] == "yes"
        try:
            services.declare_interest(
                amendment, conflict=conflict, details=form.cleaned_data["details"], by=request.user, at=at
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(amendment) if conflict else redirect("amendment_decide", pk)
    members = amendment.project.members.select_related("person__organisation")
    context = {"amendment": amendment, "project": amendment.project, "form": form, "members": members}
    return render(request, "amendments/interests.html", context, status=status_of(form))


def decide(request: SignedIn, pk: int) -> HttpResponse:
    """One form for whoever decides now: on the change, and on nothing else."""
    at = timezone.now()
    amendment = visible_or_404(Amendment, pk, to=request.user, at=at)
    catalogue, roles = described(amendment.project.dataset), roles_on(amendment.project, request.user, at)
    if SITS_IN.get(amendment.state) not in roles:  # type: ignore[call-overload]
        messages.error(request, "There is nothing for you to decide on this amendment now.")
        return redirect(amendment)
    if amendment.project.interest_of(request.user) is None:
        return redirect("amendment_interests", pk)
    if away := turned_away(request, amendment, ACTION_IN[amendment.state], keeps=True):  # type: ignore[index]
        return away
    context = context_of(amendment, catalogue)
    own = [table for table in context["tables"] if table.owner == owner_code(request.user)]
    choices = HAND_ON if amendment.state == TRIAGE and not amendment.is_light else VOTES[amendment.state]  # type: ignore[index]
    form = forms.DecideOnAmendment(
        sent(request), amendment=amendment, choices=choices, tables=own if amendment.state == OWNERS else []
    )
    if form.is_valid():
        try:
            record(amendment, form.cleaned_data, catalogue, request.user, at)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Your decision is recorded.")
            return redirect(amendment)
    shown = {**context, "tables": own if amendment.state == OWNERS and own else context["tables"], "form": form}
    return render(request, "amendments/decide.html", shown, status=status_of(form))


def record(amendment: Amendment, given: dict[str, Any], catalogue: Catalogue, by: User, at: datetime) -> None:
    """Hand a vote to the service of the state that the amendment is in. Raises Refused."""
    verdict = Verdict(given["verdict"])
    said: dict[str, Any] = {"reasons": given["reasons"], "round": given["round"], "by": by, "at": at}
    if verdict is Verdict.RETURN:
        services.send_back(amendment, **said)
    elif amendment.state == TRIAGE:
        services.decide_as_support(amendment, verdict=verdict, **said)
    elif amendment.state == OWNERS:
        services.vote(amendment, verdict=verdict, refused=given.get("refused", []), catalogue=catalogue, **said)
    else:
        services.vote_on_panel(amendment, verdict=verdict, catalogue=catalogue, **said)
