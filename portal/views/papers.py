"""What goes with an application: its files, comments, changes between rounds, and the whole of it to take along."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from governance.audit import trail
from governance.people.grants import roles_on
from governance.people.roles import TEAM_ROLES, Role
from governance.projects import attaching, commenting
from governance.projects.attachment_rules import MOST_BYTES
from governance.projects.form.rights import audiences_of, readable_by
from governance.projects.models import Attachment, Project
from governance.projects.papers import Scan
from governance.workflow import Refused
from portal import application_export, application_page, clamd
from portal.access import SignedIn, one_of_or_404, visible_or_404
from portal.entering import sent, status_of, turned_away
from portal.forms import application as forms

A_PAGE = 50


def attach(request: SignedIn, pk: int, key: str) -> HttpResponse:
    """Add files to the answer of one question."""
    at = timezone.now()
    project = visible_or_404(Project, pk, to=request.user, at=at)
    if away := turned_away(request, project, "edit"):
        return away
    if key not in project.form or project.form[key].type != "file":
        raise Http404
    question = project.form[key]
    form = forms.Attach(sent(request), request.FILES or None)
    if form.is_valid():
        for one in form.cleaned_data["chosen"]:
            try:
                attaching.attach(
                    project,
                    key,
                    name=one.name,
                    content=one.read(MOST_BYTES + 1),
                    scanner=clamd.scanner,
                    by=request.user,
                    at=at,
                )
            except Refused as refusal:
                form.add_error("chosen", str(refusal))
        if not form.errors:
            return redirect("project_section", pk, question.section)
    context = {"project": project, "question": question, "form": form}
    return render(request, "application/attach.html", context, status=status_of(form))


@require_safe
def attachment(request: SignedIn, pk: int, attachment: int) -> FileResponse:
    """A file, for those who may read its question; 404 for one that the scanner did not find clean."""
    at = timezone.now()
    project = visible_or_404(Project, pk, to=request.user, at=at)
    file = get_object_or_404(project.attachments, pk=attachment)
    known, roles = file.question in project.form, roles_on(project, request.user, at)
    if not (known and file.can_be_opened and readable_by(project.form[file.question], roles)):
        raise Http404
    details = {"file": file.name, "sha256": file.sha256}
    trail.append(actor=request.user, action="open file", subject=project, details=details, at=at)
    return FileResponse(file.content.open("rb"), as_attachment=True, filename=file.name, content_type=file.kind)


@require_safe
def unscanned(request: SignedIn) -> HttpResponse:
    """Files that wait for the malware scanner, for research support."""
    one_of_or_404(request.user, {Role.SUPPORT})
    waiting = Attachment.objects.exclude(scan=Scan.CLEAN).select_related("project", "uploaded_by")
    page = Paginator(waiting, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "application/unscanned.html", {"page": page, "set": clamd.is_set()})


@require_POST
def rescan(request: SignedIn, attachment: int) -> HttpResponse:
    """Send a file to the scanner again."""
    one_of_or_404(request.user, {Role.SUPPORT})
    file = get_object_or_404(Attachment.objects.select_related("project"), pk=attachment)
    with file.content.open("rb") as stored:
        content = stored.read()
    file = attaching.rescan(file, content=content, scanner=clamd.scanner, by=request.user, at=timezone.now())
    if file.can_be_opened:
        messages.success(request, f"{file.name} was scanned and can be opened.")
    else:
        messages.error(request, f"{file.name} stays closed. {file.scan_note}")
    return redirect("attachments")


def comment(request: SignedIn, pk: int, about: str) -> HttpResponse:
    """Write a comment on a question or section, after choosing who will read it."""
    at = timezone.now()
    project = visible_or_404(Project, pk, to=request.user, at=at)
    roles = roles_on(project, request.user, at)
    if not commenting.may_comment(project, about, roles):
        raise Http404
    form = forms.WriteComment(sent(request), audiences=audiences_of(roles))
    if form.is_valid():
        commenting.comment(project, about, by=request.user, at=at, **form.cleaned_data)
        messages.success(request, "The comment is saved.")
        return redirect(f"{project.get_absolute_url()}#answer-{about}")
    section = project.form.section(about)
    context = {
        "project": project,
        "title": section.title if section else project.form[about].label,
        "about": about,
        "form": form,
        "comments": application_page.comments_by_place(project, request.user, roles).get(about, []),
    }
    return render(request, "application/comment.html", context, status=status_of(form))


@require_safe
def changes(request: SignedIn, pk: int) -> HttpResponse:
    """What changed between an earlier submission and the present one, for whoever may read the answers."""
    project = visible_or_404(Project, pk, to=request.user, at=timezone.now())
    earlier = [one for one in project.submissions.all() if one.round < project.round]
    if not earlier:
        raise Http404
    asked = request.GET.get("since", "")
    seen = application_page.last_seen(project, request.user)
    default = next((one for one in earlier if seen and one.pk == seen.pk), earlier[-1])
    since = next((one for one in earlier if str(one.round) == asked), default)
    roles = roles_on(project, request.user, timezone.now())
    context = {
        "project": project,
        "earlier": earlier,
        "since": since,
        "seen": None if roles & TEAM_ROLES else seen,
        "changes": application_page.changes_between(project, since, roles),
    }
    return render(request, "application/changes.html", context)


@require_safe
def pdf(request: SignedIn, pk: int) -> HttpResponse:
    """The application as a PDF, with the questions that this person may read."""
    return exported(request, pk, "pdf", "application/pdf")


@require_safe
def csv(request: SignedIn, pk: int) -> HttpResponse:
    """The same as CSV, one row a question."""
    return exported(request, pk, "csv", "text/csv; charset=utf-8")


def exported(request: SignedIn, pk: int, kind: str, content_type: str) -> HttpResponse:
    at = timezone.now()
    project = visible_or_404(Project, pk, to=request.user, at=at)
    content = application_export.MAKE[kind](project, request.user, at)
    trail.append(actor=request.user, action="export", subject=project, details={"as": kind}, at=at)
    name = f"{project.reference}.{kind}"
    return HttpResponse(
        content, content_type=content_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
