"""The pages on which an application is written: its sections, the move to a newer form, a copy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from governance.people.grants import roles_on
from governance.people.models import local_day
from governance.people.roles import Role
from governance.projects import answering, attaching
from governance.projects.form import progress, versions
from governance.projects.form.entries import Section
from governance.projects.form.values import told
from governance.projects.models import Project
from governance.workflow import Refused
from portal import application_page
from portal.access import SignedIn, visible_or_404
from portal.catalogues import described
from portal.entering import sent, status_of, turned_away
from portal.forms import application as forms
from portal.forms.projects import CopyProject

PAGES = {"team": "project_team", "data": "project_data"}


@dataclass(frozen=True)
class Task:
    state: progress.SectionState
    address: str

    @property
    def colour(self) -> str:
        return {"Not started": "blue", "In progress": "teal"}.get(self.state.progress.value, "")


def tasks(request: SignedIn, pk: int) -> HttpResponse:
    """The list of sections, each with its state, and how far the whole is."""
    project = visible_or_404(Project, pk, to=request.user, at=timezone.now())
    if away := turned_away(request, project, "edit"):
        return away
    states = project.section_states()
    needed = [one for one in states if one.is_needed]
    newest = versions.newest(settings.GATEHOUSE_FORMS)
    context = {
        "project": project,
        "tasks": [Task(one, reverse("project_section", args=[pk, one.section.key])) for one in states],
        "done": sum(one.progress is progress.Progress.COMPLETE for one in needed),
        "of": len(needed),
        "gaps": sum(len(one.gaps) for one in needed),
        "newer": newest if newest.version != project.form_version else None,
    }
    return render(request, "application/tasks.html", context)


def section(request: SignedIn, pk: int, key: str) -> HttpResponse:
    """The questions of one section. What is right is saved, what is wrong stays on the page with the reason."""
    at = timezone.now()
    project = visible_or_404(Project, pk, to=request.user, at=at)
    if away := turned_away(request, project, "edit", keeps=True):
        return away
    shown = project.form.section(key)
    if shown is None:
        raise Http404
    form = form_of(project, shown, arranged(sent(request)), request)
    if form.is_bound:
        form.is_valid()
        try:
            project = answering.save(
                project, form.good(), revision=form.cleaned_data.get("revision"), by=request.user, at=at
            )
        except Refused as refusal:
            project.refresh_from_db()
            form.catch_up(project, str(refusal))
        else:
            stays = changes_rows(request.POST) or taken_off(request, project, at)
            if not form.errors and not stays:
                return redirect(newly_asked(project, shown, form) or after(request.POST, project, shown))
            form.keep_up(project)
    context = context_of(project, shown, form, request)
    return render(request, "application/section.html", context, status=status_of(form))


def form_of(project: Project, shown: Section, data: Any, request: SignedIn) -> forms.SectionForm:
    answers = project.answered()
    return forms.SectionForm(
        data,
        questions=progress.asked(project.form, shown, answers, project.asked_of()),
        answers=answers,
        rules=project.form.ethics,
        revision=project.revision,
        today=local_day(timezone.now()),
    )


def taken_off(request: SignedIn, project: Project, at: datetime) -> bool:
    """Whether the button of a file was pressed; the file is no longer part of its answer then."""
    given = request.POST.get("remove_file", "")
    if not given.isdecimal() or len(given) > 18:
        return False
    attaching.detach(get_object_or_404(project.attachments, pk=given), by=request.user, at=at)
    project.refresh_from_db()
    return True


def changes_rows(posted: QueryDict) -> bool:
    return "add_row" in posted or "remove_row" in posted


def arranged(posted: QueryDict | None) -> Any:
    """What was posted, with a row added to a table or taken out of one when that button was pressed."""
    if posted is None or not changes_rows(posted):
        return posted
    if key := posted.get("add_row"):
        return forms.with_row(posted, key)
    key, _, row = posted.get("remove_row", "").rpartition("-")
    return forms.without_row(posted, key, int(row)) if row.isdecimal() and len(row) < 4 else posted


def newly_asked(project: Project, shown: Section, form: forms.SectionForm) -> str:
    """The first question that is asked because of the answers just given, or ""."""
    before = {one.key for one in form.askers}
    asked = progress.asked(project.form, shown, project.answered(), project.asked_of())
    new = [one.key for one in asked if one.key not in before]
    return f"{reverse('project_section', args=[project.pk, shown.key])}#answer-{new[0]}" if new else ""


def after(posted: QueryDict, project: Project, shown: Section) -> str:
    """The next section that is needed, a page of its own that was asked for, or the list of sections."""
    if (key := posted.get("attach")) and key in project.form:
        return reverse("project_attach", args=[project.pk, key])
    if (key := posted.get("go")) and key in project.form and project.form[key].uses in PAGES:
        return reverse(PAGES[project.form[key].uses], args=[project.pk])
    states = project.section_states()
    later = [one for one in states if one.section.number > shown.number and one.is_needed]
    if "next" in posted and later:
        return reverse("project_section", args=[project.pk, later[0].section.key])
    return reverse("project_application", args=[project.pk])


def context_of(project: Project, shown: Section, form: forms.SectionForm, request: SignedIn) -> dict[str, Any]:
    roles = roles_on(project, request.user, timezone.now())
    state = next(one for one in project.section_states() if one.section.key == shown.key)
    return {
        "project": project,
        "section": shown,
        "of": len(project.form.sections),
        "state": state,
        "form": form,
        "blocks": form.blocks(),
        "files": answered_files(project, shown, request),
        "comments": application_page.comments_by_place(project, request.user, roles),
        "signatures": {
            one.key: told(one, project.answer_to(one), project.form.ethics)
            for one in shown.questions
            if one.type == "signature"
        },
        "ethics": project.ethics_route() if any(one.type == "ethics" for one in shown.questions) else None,
    }


def answered_files(project: Project, shown: Section, request: SignedIn) -> dict[str, list[Any]]:
    """Question -> its files, with the id by which each is taken off again."""
    files = application_page.files_of(project, request.user, roles_on(project, request.user, timezone.now()))
    return {
        one.key: [
            (given["id"], files[given["id"]])
            for given in (project.own_answer(one.key) or {}).get("files", [])
            if given["id"] in files
        ]
        for one in shown.questions
        if one.type == "file"
    }


def version(request: SignedIn, pk: int) -> HttpResponse:
    """What a newer form would change, and the button that moves the application to it."""
    at = timezone.now()
    project = visible_or_404(Project, pk, to=request.user, at=at)
    if away := turned_away(request, project, "edit"):
        return away
    newest = versions.newest(settings.GATEHOUSE_FORMS)
    if newest.version == project.form_version:
        messages.info(request, "The application uses the newest form.")
        return redirect("project_application", pk)
    if request.method == "POST" and request.POST.get("version") == newest.version:
        answering.move(project, newest, by=request.user, at=at)
        messages.success(request, f"The application uses form {newest.version} now.")
        return redirect("project_application", pk)
    differs = versions.difference(project.form, newest, project.answered())
    return render(request, "application/version.html", {"project": project, "newest": newest, "differs": differs})


def copy(request: SignedIn, pk: int) -> HttpResponse:
    """A new draft from the answers of this application. Its researchers may, whatever its state."""
    at = timezone.now()
    project = visible_or_404(Project, pk, to=request.user, at=at)
    if Role.RESEARCHER not in roles_on(project, request.user, at):
        raise Http404
    newest = versions.newest(settings.GATEHOUSE_FORMS)
    form = CopyProject(sent(request), form=newest, initial={"title": project.title})
    if not form.is_valid():
        context = {"project": project, "form": form}
        return render(request, "application/copy.html", context, status=status_of(form))
    new, left = answering.copy(
        project, title=form.cleaned_data["title"], catalogue=described(project.dataset), by=request.user, at=at
    )
    messages.success(request, f"The draft {new.reference} has the answers of {project.reference}.")
    if left:
        messages.warning(request, f"Not copied: {'; '.join(left)}.")
    return redirect(new)
