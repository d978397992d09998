"""Which projects a person sees in lists. Which of them wait for that person is the inbox's to say."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Prefetch, Q, QuerySet, TextField
from django.db.models.functions import Cast

from governance.people.grants import owner_code, projects_of, roles_everywhere
from governance.people.models import User
from governance.people.roles import ON_PROJECTS, Role
from governance.projects.models import Project

# What a row of a list shows: the long answers and JSON columns stay where they are.
OF_ITS_OWN = (
    "reference", "title", "state", "state_since", "dataset", "round", "owners", "quorums", "panel_quorum",
    "paused_at", "taken_up_at",
)  # fmt: skip
SHOWN = (*OF_ITS_OWN, "lead__name", "lead__username", "lead__organisation__name")


def mine(person: User, at: datetime) -> QuerySet[Project]:
    """The projects on whose team the person is, newest first."""
    held = projects_of(person, Project.objects.all(), at)
    return held.select_related("lead__organisation").only(*SHOWN).order_by("-created_at", "-pk")


def roles_on_projects(person: User, at: datetime) -> frozenset[Role]:
    """The person's roles in the service that reach projects: none for who holds identifiers (`grants.reaching`)."""
    held = roles_everywhere(person, at)
    return frozenset() if Role.LINKER in held else held & ON_PROJECTS


def reviewable(person: User, at: datetime) -> QuerySet[Project]:
    """The submitted projects that a role of the service lets this person see, those that moved last first.

    Their leads are fetched for the rows of the page: joined, SQLite would sort every project for the first 25.
    """
    submitted = Project.objects.filter(submitted_at__isnull=False)
    roles = roles_on_projects(person, at)
    if not roles:
        submitted = submitted.none()
    elif not roles - {Role.OWNER, Role.SIGNATORY}:
        submitted = _in_reach(submitted, owner_code(person) if Role.OWNER in roles else "", person, roles)
    leads = User.objects.select_related("organisation").only("name", "username", "organisation__name")
    shown = submitted.only(*OF_ITS_OWN, "lead").prefetch_related(Prefetch("lead", leads))
    return shown.order_by("-state_since", "-pk")


def _in_reach(projects: QuerySet[Project], code: str, person: User, roles: frozenset[Role]) -> QuerySet[Project]:
    """Projects that ask for tables of this owner, or are led from a signatory's own institution.

    The owners are compared as text, because SQLite cannot look into a JSON list.
    """
    listed = projects.annotate(owners_text=Cast("owners", TextField()))
    reached = Q(owners_text__contains=f'"{code}"') if code else Q(pk__in=[])
    if Role.SIGNATORY in roles and person.organisation_id:
        reached |= Q(lead__organisation_id=person.organisation_id)
    return listed.filter(reached)
