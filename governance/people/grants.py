"""Who holds which role where: the only file that asks guardian."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import Group
from django.db.models import QuerySet
from guardian.shortcuts import assign_perm, get_objects_for_user, get_user_perms, remove_perm

from governance.people.roles import SERVICE_ROLES, TEAM_ROLES, Role

if TYPE_CHECKING:
    from governance.people.models import User


APART = frozenset({Role.CHECKER, Role.AUDITOR})


def roles_on(project: Any, person: User) -> frozenset[Role]:
    """The roles `person` holds on this project, or everywhere through a group.

    Being a superuser gives none: nobody decides by virtue of running the server.
    """
    if not person.is_active:
        return frozenset()
    team = frozenset(Role(role) for role in get_user_perms(person, project) if role in TEAM_ROLES)
    return reaching(project, team=team, everywhere=roles_everywhere(person), owner=owner_code(person))


def reaching(project: Any, *, team: frozenset[Role], everywhere: frozenset[Role], owner: str) -> frozenset[Role]:
    """Those of a person's roles that reach this project.

    Roles held everywhere do so from its first submission on: a draft is its team's own.
    An owner's role does only where the project asks for tables of the owner's organisation.
    """
    if project.submitted_at is None:
        return team
    stranger = owner not in project.owners
    return team | everywhere - ({Role.OWNER} if stranger else frozenset())


def roles_everywhere(person: User) -> frozenset[Role]:
    """The roles of the service's own people, held through groups of the same names."""
    if not person.is_active:
        return frozenset()
    names = set(person.groups.values_list("name", flat=True))
    return frozenset(role for role in SERVICE_ROLES if role in names)


def owner_code(person: User) -> str:
    """The data owner that the person's organisation is, or ""."""
    return person.organisation.owner_code if person.organisation else ""


def projects_of(person: User, projects: QuerySet[Any]) -> QuerySet[Any]:
    """Those of `projects` on which the person holds a role of the team."""
    return get_objects_for_user(
        person, [role.value for role in TEAM_ROLES], klass=projects, any_perm=True, with_superuser=False
    )


def give_on(project: Any, person: User, role: Role) -> None:
    """Grant a role of the team on one project."""
    assign_perm(role.value, person, project)


def take_on(project: Any, person: User, role: Role) -> None:
    """Take a role of the team on one project back."""
    remove_perm(role.value, person, project)


def give_everywhere(person: User, role: Role) -> None:
    """Make the person one of the service's people with this role."""
    if role not in SERVICE_ROLES:
        raise ValueError(f"{role.label} is granted project by project.")
    if role in APART and roles_everywhere(person) & APART - {role}:
        raise ValueError("Who reads the whole trail cannot be a checker: checks are blind.")
    person.groups.add(Group.objects.get_or_create(name=role.value)[0])


def worker() -> User:
    """The account by which workers act: no password, no page, one role."""
    from governance.people.models import User

    person, made = User.objects.get_or_create(username="worker", defaults={"name": "Gatehouse worker"})
    if made:
        person.set_unusable_password()
        person.save(update_fields=["password"])
        give_everywhere(person, Role.WORKER)
    return person
