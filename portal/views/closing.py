"""Pages of the end of a project: its checklist, who confirms, the certificate of destruction."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from extracts.services import closing as under_way
from governance.audit import trail
from governance.closing import services
from governance.closing.checklist import Who, item_of
from governance.closing.lifecycle import CONFIRMED, DESTROYED, DESTROYING, NOTHING_DESTROYED
from governance.closing.models import Closure
from governance.people.grants import roles_on
from governance.people.models import User
from governance.projects.models import Project
from governance.workflow import Refused
from portal import closing_page
from portal.access import SignedIn, visible_or_404
from portal.entering import sent, status_of, turned_away
from portal.forms import closing as forms
from portal.forms.outputs import Confirm
from portal.forms.projects import Reasons
from portal.records import allowed_actions, hindrances_of, reads_names


def start(request: SignedIn, pk: int) -> HttpResponse:
    """Say why the project ends; the checklist opens. Nothing is destroyed by that."""
    at = timezone.now()
    project = visible_or_404(Project, pk, to=request.user, at=at)
    if reason := services.why_not_started(project, request.user, at):
        messages.error(request, reason)
        return redirect(project)
    form = forms.Start(sent(request))
    if form.is_valid():
        made = services.start(project, why=form.cleaned_data["why"], by=request.user, at=at)
        messages.success(request, "The checklist is open. Nothing is destroyed yet.")
        return redirect(made)
    return render(request, "closing/start.html", {"project": project, "form": form}, status=status_of(form))


@require_safe
def detail(request: SignedIn, pk: int) -> HttpResponse:
    """The checklist and who still has to tick; afterwards the certificate."""
    at = timezone.now()
    closure = visible_or_404(Closure, pk, to=request.user, at=at)
    return render(request, "closing/detail.html", context_of(closure, request.user, at))


def context_of(closure: Closure, person: User, at: datetime) -> dict[str, Any]:
    actions = allowed_actions(closure, person, at)
    found = under_way.look(closure.project) if closure.state in NOTHING_DESTROYED else {}
    lines = closing_page.lines_of(closure, person, found, may_answer="answer" in actions) if found else []
    required = [line for line in lines if line.item.required]
    return {
        "closure": closure,
        "project": closure.project,
        "lines": lines,
        "done": sum(line.is_done for line in required),
        "required": len(required),
        "all_found_done": not any(found.values()),
        "ingresses": list(closure.project.ingresses.exclude(folder="")),
        "publications": closure.project.publications.count(),
        "actions": actions,
        "hindrances": hindrances_of(closure, person, at),
        "working": closure.state in {CONFIRMED, DESTROYING},
        "named": reads_names(roles_on(closure.project, person, at)),
        **certified(closure),
    }


def certified(closure: Closure) -> dict[str, Any]:
    """What the page shows of the certificate, once there is one."""
    if closure.state != DESTROYED:
        return {"given": None}
    given = closing_page.document_of(closure)
    said = given["certificate"]
    return {
        "given": given,
        "facts": closing_page.facts_of(given),
        "folders": closing_page.rows_of(said["extracts"], "Extract")
        + closing_page.rows_of(said["brought_in"], "Ingress"),
    }


def answer(request: SignedIn, pk: int, key: str) -> HttpResponse:
    """One line of the checklist."""
    at = timezone.now()
    closure = visible_or_404(Closure, pk, to=request.user, at=at)
    try:
        item = item_of(key)
    except KeyError:
        raise Http404 from None
    if item.who == Who.SYSTEM:
        raise Http404
    if away := turned_away(request, closure, "answer", keeps=True):
        return away
    before = closure.answers.filter(key=key, person=request.user).first()
    form = forms.AnswerItem(sent(request), item=item, initial={"says": before.says if before else ""})

    def answered() -> None:
        says = form.cleaned_data.get("says", "")
        services.answer(closure, key, says=says, by=request.user, at=at)

    told = "Your answer is recorded."
    return _done(request, closure, form, answered, told, "closing/answer.html", item=item)


def excuse(request: SignedIn, pk: int, person: int) -> HttpResponse:
    """Research support excuses a member who cannot be reached."""
    at = timezone.now()
    closure = visible_or_404(Closure, pk, to=request.user, at=at)
    if away := turned_away(request, closure, "excuse", keeps=True):
        return away
    member = get_object_or_404(closure.project.members, person=person)
    form = Reasons(sent(request))

    def excused() -> None:
        services.excuse(closure, member.person, reasons=form.cleaned_data["reasons"], by=request.user, at=at)

    told = f"{member.person} is excused."
    return _done(request, closure, form, excused, told, "closing/excuse.html", member=member)


def submit(request: SignedIn, pk: int) -> HttpResponse:
    """The lead hands the checklist in."""
    return _decided(request, pk, "submit", Confirm, "Submitted. Research support confirms or returns it.")


def send_back(request: SignedIn, pk: int) -> HttpResponse:
    """Research support opens the checklist again."""
    return _decided(request, pk, "return", Reasons, "The checklist is open again.")


def confirm(request: SignedIn, pk: int) -> HttpResponse:
    """Research support confirms, and everything is destroyed."""
    return _decided(request, pk, "confirm", Confirm, "Confirmed. The worker destroys workspace and keys.")


def withdraw(request: SignedIn, pk: int) -> HttpResponse:
    """The project is not closed after all."""
    return _decided(request, pk, "withdraw", Reasons, "Withdrawn. Nothing was destroyed.")


SENTENCES = {
    "submit": "The answers are complete and true, and nothing in the workspace is needed any more",
    "confirm": "I have read the checklist, and I understand that this cannot be undone",
}


def _decided(request: SignedIn, pk: int, action: str, kind: type[BaseForm], told: str) -> HttpResponse:
    at = timezone.now()
    closure = visible_or_404(Closure, pk, to=request.user, at=at)
    if away := turned_away(request, closure, action, keeps=True):
        return away
    form = Confirm(sent(request), sentence=SENTENCES[action]) if kind is Confirm else kind(sent(request))

    def decided() -> None:
        _decide(closure, action, form.cleaned_data.get("reasons", ""), request.user, at)

    return _done(request, closure, form, decided, told, f"closing/{action}.html")


def _decide(closure: Closure, action: str, reasons: str, by: User, at: datetime) -> None:
    if action in SENTENCES:
        act = services.submit if action == "submit" else services.confirm
        act(closure, look=under_way.look, by=by, at=at)
    else:
        end = services.withdraw if action == "withdraw" else services.send_back
        end(closure, reasons=reasons, by=by, at=at)


def _done(
    request: SignedIn, closure: Closure, form: BaseForm, do: Callable[[], None], told: str, page: str, **more: Any
) -> HttpResponse:
    """Do it and go to the closure; else the form again, with what is wrong."""
    if form.is_valid():
        try:
            do()
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, told)
            return redirect(closure)
    context = {"closure": closure, "project": closure.project, "form": form, **more}
    return render(request, page, context, status=status_of(form))


@require_safe
def certificate_pdf(request: SignedIn, pk: int) -> HttpResponse:
    """The certificate as a paper."""
    closure = _certified_or_404(request, pk, "PDF")
    return _file(closing_page.as_pdf(closure, closure.state_since), "application/pdf", closure, "pdf")


@require_safe
def certificate_json(request: SignedIn, pk: int) -> HttpResponse:
    """The certificate with its signature, to be checked with the public key."""
    closure = _certified_or_404(request, pk, "JSON")
    content = json.dumps(closing_page.document_of(closure), indent=2, ensure_ascii=False)
    return _file(content.encode(), "application/json", closure, "json")


def _certified_or_404(request: SignedIn, pk: int, kind: str) -> Closure:
    at = timezone.now()
    closure = visible_or_404(Closure, pk, to=request.user, at=at)
    if closure.state != DESTROYED:
        raise Http404
    trail.append(actor=request.user, action="export", subject=closure, details={"as": kind}, at=at)
    return closure


def _file(content: bytes, kind: str, closure: Closure, ending: str) -> HttpResponse:
    name = f"{closure.project.reference}-certificate.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=kind, headers=headers)
