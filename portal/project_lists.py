"""Which projects a person sees in lists. Which of them wait for that person is the inbox's to say."""

from __future__ import annotations

from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from governance.people.grants import owner_code, projects_of, roles_everywhere
from governance.people.models import User
from governance.people.roles import Role
from governance.projects.models import Project


def mine(person: User) -> QuerySet[Project]:
    """The projects on whose team the person is, newest first."""
    own = projects_of(person, Project.objects.all())
    return own.select_related("lead__organisation").defer("answers").order_by("-created_at", "-pk")


def reviewable(person: User) -> QuerySet[Project]:
    """The submitted projects that a role of the service lets this person see, those that moved last first."""
    submitted = Project.objects.filter(submitted_at__isnull=False)
    roles = roles_everywhere(person)
    if not roles:
        submitted = submitted.none()
    elif roles == {Role.OWNER}:
        submitted = _with_tables_of(submitted, owner_code(person))
    return submitted.select_related("lead__organisation").defer("answers").order_by("-state_since", "-pk")


def _with_tables_of(projects: QuerySet[Project], code: str) -> QuerySet[Project]:
    """Projects that ask for tables of this owner. As text, because SQLite cannot look into a JSON list."""
    listed = projects.annotate(owners_text=Cast("owners", TextField()))
    return listed.filter(owners_text__contains=f'"{code}"') if code else projects.none()
