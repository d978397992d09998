"""The pages of projects: lists, the application and its team, the boards' decisions."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from extracts.services import current_release, why_no_release
from governance.agreements.models import Agreement
from governance.catalogue.catalogue import Catalogue, available
from governance.people.grants import roles_on
from governance.people.models import local_day
from governance.people.roles import Role
from governance.projects import services
from governance.projects.form import versions
from governance.projects.lifecycle import UNDER_REVIEW
from governance.projects.models import Project
from governance.workflow import Refused
from portal import application, choosing, feasibility, inbox, project_lists, project_page, turns
from portal.access import SignedIn, visible_or_404
from portal.catalogues import described
from portal.entering import sent, status_of, turned_away
from portal.forms import picker
from portal.forms import projects as forms
from portal.twins import SIZES

A_PAGE = 25


def index(request: SignedIn) -> HttpResponse:
    """My projects; for the service's people also what waits for them, and the rest that they may see."""
    narrowed = forms.Filter(request.GET)
    at = timezone.now()
    reviews = bool(project_lists.roles_on_projects(request.user, at))
    mine = project_lists.mine(request.user, at)
    mine = mine if reviews else narrowed.narrow(mine)
    waiting = [item.record for item in inbox.waiting_for(request.user, at) if not item.news]
    to_decide = [record for record in waiting if isinstance(record, Project) and record.state in UNDER_REVIEW]
    reviewable = project_lists.reviewable(request.user, at)
    others = narrowed.narrow(reviewable.exclude(pk__in=[project.pk for project in to_decide]))
    page = Paginator(others, A_PAGE).get_page(request.GET.get("page")) if reviews else None
    own = list(mine)
    context = {
        "form": narrowed,
        "filtered": any(request.GET.get(name) for name in ("q", "state")),
        "reviews": reviews,
        "to_decide": to_decide,
        "to_sign": [record for record in waiting if isinstance(record, Agreement)],
        "mine": own,
        "others": page,
        "turns": turns.turns_of([*to_decide, *own, *(page or ())], at),
    }
    return render(request, "projects/index.html", context)


def new(request: SignedIn) -> HttpResponse:
    """Begin a draft: which dataset, and a title."""
    datasets = available(settings.GATEHOUSE_CATALOGUES)
    form = forms.NewProject(sent(request), datasets=datasets, form=versions.newest(settings.GATEHOUSE_FORMS))
    if not form.is_valid():
        return render(request, "projects/new.html", {"form": form}, status=status_of(form))
    given = form.cleaned_data
    catalogue = described(given["dataset"])
    project = services.start(title=given["title"], catalogue=catalogue, by=request.user, at=timezone.now())
    messages.success(request, f"The draft {project.reference} is yours. Nobody else sees it until you submit it.")
    return redirect("project_application", project.pk)


def detail(request: SignedIn, pk: int) -> HttpResponse:
    """The record page."""
    at = timezone.now()
    project = visible_or_404(Project, pk, to=request.user, at=at)
    return render(
        request, "projects/detail.html", project_page.context_of(project, request.user, catalogue_of(project), at)
    )


def data(request: SignedIn, pk: int) -> HttpResponse:
    """The tables of the dataset, and how much of each is chosen."""
    at = timezone.now()
    project = visible_or_404(Project, pk, to=request.user, at=at)
    if away := turned_away(request, project, "edit"):
        return away
    catalogue = catalogue_of(project)
    release = current_release(project.dataset)
    rows = [
        {
            "table": table,
            "missing": release is not None and table.name not in release.tables,
            "owner": catalogue.owner(table.owner).label,
            "of": sum(application.choosable(variable) for variable in table.variables),
            "chosen": len(project.requested.get(table.name, {}).get("variables", {})),
        }
        for table in catalogue.requestable
    ]
    context = {
        "project": project, "dataset": catalogue.dataset, "rows": rows, "release": release,
        "why_no_release": why_no_release(project.dataset),
        "sizes": SIZES,
        "choosing": choosing.of(project, project.requested, project.chosen_cohort, catalogue, at),
        **application.found(request.GET.get("q", ""), catalogue),
    }  # fmt: skip
    return render(request, "projects/data.html", context)


def choose(request: SignedIn, pk: int, table: str) -> HttpResponse:
    """The variable picker of one table. "Use the default set" ticks boxes and saves nothing, `look` shows the risk."""
    at = timezone.now()
    project = visible_or_404(Project, pk, to=request.user, at=at)
    if away := turned_away(request, project, "edit", keeps=True):
        return away
    catalogue = catalogue_of(project)
    if table not in catalogue or not catalogue[table].requestable:
        raise Http404
    described, wish = catalogue[table], project.requested.get(table, {})
    defaults, looks = "use_defaults" in request.POST, "look" in request.POST
    first = picker.with_defaults(request.POST, described) if defaults else picker.stored(wish)
    first = picker.as_typed(request.POST) if looks else first
    typed = None if defaults or looks else sent(request)
    form = picker.PickVariables(typed, initial=first, table=described, catalogue=catalogue)
    if form.is_valid():
        reason, chosen = form.cleaned_data["reason"], form.chosen
        try:
            services.choose_table(
                project, table, reason=reason, variables=chosen, catalogue=catalogue, by=request.user, at=at
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            count = f"{len(chosen)} variable{'' if len(chosen) == 1 else 's'}"
            messages.success(request, f"{count} of {described.label} saved.")
            return redirect("project_data", pk)
    context = {
        "project": project,
        "form": form,
        "table": described,
        "owner": catalogue.owner(described.owner),
        "hidden": [variable for variable in described.variables if not variable.selectable],
        "keys": [variable for variable in described.variables if variable.selectable and variable.pseudonymised],
        "defaults": defaults,
        "chosen_before": bool(wish),
        "looks": looks,
        "choosing": choosing.of(
            project,
            {**project.requested, table: picker.ticked(typed if typed is not None else first, described)},
            project.chosen_cohort,
            catalogue,
            at,
        ),
    }
    return render(request, "projects/choose.html", context, status=status_of(form))


def drop(request: SignedIn, pk: int, table: str) -> HttpResponse:
    """Ask for a table no longer, after a page that says what goes with it."""
    at = timezone.now()
    project = visible_or_404(Project, pk, to=request.user, at=at)
    if away := turned_away(request, project, "edit"):
        return away
    if table not in project.requested:
        return redirect("project_data", pk)
    asked = next(one for one in application.asked(project.requested, catalogue_of(project)) if one.name == table)
    if request.method != "POST":
        return render(request, "projects/drop.html", {"project": project, "table": asked})
    services.drop_table(project, table, by=request.user, at=at)
    messages.success(request, f"The application no longer asks for {asked.label}.")
    return redirect("project_data", pk)


def team(request: SignedIn, pk: int) -> HttpResponse:
    """The team, and a form to add to it."""
    at = timezone.now()
    project = visible_or_404(Project, pk, to=request.user, at=at)
    if away := turned_away(request, project, "edit"):
        return away
    form = forms.AddMember(sent(request), today=local_day(at))
    if form.is_valid():
        person, role = form.cleaned_data["who"], Role(form.cleaned_data["role"])
        try:
            if project.has_member(person):
                raise Refused(f"{person} is on the team already. To change the role, remove and add them again.")
            services.add_member(
                project, person, role=role, ends_on=form.cleaned_data["ends_on"], by=request.user, at=at
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{person} is on the team as {role.label.lower()}.")
            return redirect("project_team", pk)
    context = {"project": project, "members": project_page.team_of(project, local_day(at)), "form": form}
    return render(request, "projects/team.html", context, status=status_of(form))


@require_POST
def remove(request: SignedIn, pk: int, person: int) -> HttpResponse:
    """Take somebody off the team. Who removes themselves sees the project no longer."""
    at = timezone.now()
    project = visible_or_404(Project, pk, to=request.user, at=at)
    if away := turned_away(request, project, "edit"):
        return away
    member = get_object_or_404(project.members.select_related("person"), person_id=person)
    services.remove_member(project, member.person, by=request.user, at=at)
    messages.success(request, f"{member.person} is no longer on the team of {project.reference}.")
    return redirect("projects") if member.person == request.user else redirect("project_team", pk)


def submit(request: SignedIn, pk: int) -> HttpResponse:
    """Check your answers, see what is missing, declare, submit."""
    at = timezone.now()
    project = visible_or_404(Project, pk, to=request.user, at=at)
    if away := turned_away(request, project, "submit", guards=False):
        return away
    form, catalogue = forms.Declaration(sent(request)), catalogue_of(project)
    feasible = feasibility.of(project, catalogue)
    if request.method == "POST":
        for problem in feasible.problems:
            form.add_error(None, problem)
    if form.is_valid():
        try:
            services.submit(project, catalogue=catalogue, by=request.user, at=at)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "The application is submitted. Research support checks it first.")
            return redirect(project)
    roles = roles_on(project, request.user, at)
    context = {
        **project_page.asked_context(project, request.user, roles, catalogue),
        "form": form,
        "gaps": application.gaps(project),
        "answers_open": True,
        "feasible": feasible,
        "not_accredited": project.why_not_accredited(request.user, at),
        "members": project_page.team_of(project, local_day(at)),
        "mending": project.round > 0,
    }
    return render(request, "projects/submit.html", context, status=status_of(form))


def withdraw(request: SignedIn, pk: int) -> HttpResponse:
    """End the application, with a reason, after a page that says so."""
    at = timezone.now()
    project = visible_or_404(Project, pk, to=request.user, at=at)
    if away := turned_away(request, project, "withdraw", keeps=True):
        return away
    form = forms.Reasons(sent(request))
    if form.is_valid():
        try:
            services.withdraw(project, reasons=form.cleaned_data["reasons"], by=request.user, at=at)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"The application {project.reference} is withdrawn.")
            return redirect(project)
    return render(request, "projects/withdraw.html", {"project": project, "form": form}, status=status_of(form))


def catalogue_of(project: Project) -> Catalogue:
    return described(project.dataset)
