"""Who holds which role where: the only file that asks guardian."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import Group
from django.db.models import QuerySet
from guardian.shortcuts import assign_perm, get_objects_for_user, get_user_perms, remove_perm

from governance.people.roles import DATA_ROLES, SERVICE_ROLES, TEAM_ROLES, Role
from governance.workflow import Refused

if TYPE_CHECKING:
    from governance.people.models import User


# Two roles that nobody holds together, and why.
APART: tuple[tuple[frozenset[Role], str], ...] = (
    (frozenset({Role.CHECKER, Role.AUDITOR}), "Who reads the whole trail cannot be a checker: checks are blind."),
    (frozenset({Role.LINKER, Role.AUDITOR}), "Who reads the whole trail cannot review pairs: reviews are blind."),
    (frozenset({Role.LINKER, Role.STEWARD}), "Who builds a release cannot publish it: that takes a second person."),
    (frozenset({Role.LINKER, Role.CHECKER}), "Who holds identifiers reads no files of projects."),
)
IDENTIFIERS_APART = "holds identifiers of the linked data, so has no part in any project."


def roles_for(record: Any, person: User) -> frozenset[Role]:
    """The roles `person` holds on a record: on its project, or everywhere where the record says it is the service's.

    On a record that is about a person, that person has a role too; and on one of an organisation, its contact.
    """
    if not is_the_services(record):
        return roles_on(record.project, person)
    own = {Role.SELF} if is_about(record, person) else frozenset()
    return roles_everywhere(person) | own | ({Role.CONTACT} if vouches_in(record, person) else frozenset())


def is_about(record: Any, person: User) -> bool:
    """Whether the record is about this person, who has not left. Its class has to say so: `ABOUT_A_PERSON = True`."""
    return getattr(record, "ABOUT_A_PERSON", False) is True and person.is_active and record.person_id == person.pk


def vouches_in(record: Any, person: User) -> bool:
    """Whether the person is the vouching contact of the record's organisation. Its class has to say that it has one."""
    of_one = getattr(record, "OF_AN_ORGANISATION", False) is True
    return of_one and person.is_active and record.organisation.contact_id == person.pk


def is_the_services(record: Any) -> bool:
    """Whether the record belongs to no project. Its class has to say so: `OF_THE_SERVICE = True`."""
    return getattr(record, "OF_THE_SERVICE", False) is True


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
    Work on the linked data reaches none, and who holds identifiers has no role on a project at all.
    """
    if Role.LINKER in everywhere:
        return frozenset()
    if project.submitted_at is None:
        return team
    stranger = owner not in project.owners
    return team | everywhere - DATA_ROLES - ({Role.OWNER} if stranger else frozenset())


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
    """Grant a role of the team on one project. Raises Refused for a person who holds identifiers."""
    if Role.LINKER in roles_everywhere(person):
        raise Refused(f"{person} {IDENTIFIERS_APART}")
    assign_perm(role.value, person, project)


def take_on(project: Any, person: User, role: Role) -> None:
    """Take a role of the team on one project back."""
    remove_perm(role.value, person, project)


def give_everywhere(person: User, role: Role) -> None:
    """Make the person one of the service's people with this role."""
    if role not in SERVICE_ROLES:
        raise ValueError(f"{role.label} is granted project by project.")
    held = roles_everywhere(person) | {role}
    for pair, why in APART:
        if role in pair and pair <= held:
            raise ValueError(why)
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
