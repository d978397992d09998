"""Who holds which role where at a moment: the only file that asks the tables of grants.

A grant counts between its first and its last day, no longer than until it is ended, and not while a review of it is
overdue. That is looked at whenever
a role is used, so that nothing has to clean up.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import Permission
from django.db import connection
from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from governance.people.roles import DECIDING, OFF_PROJECTS, SERVICE_ROLES, TEAM_ROLES, Role
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


def roles_for(record: Any, person: User, at: datetime) -> frozenset[Role]:
    """The roles `person` holds on a record: on its project, or everywhere where the record says it is the service's.

    On a record that is about a person, that person has a role too; and on one of an organisation, its contact.
    """
    if not is_the_services(record):
        return roles_on(record.project, person, at)
    own = {Role.SELF} if is_about(record, person) else frozenset()
    return roles_everywhere(person, at) | own | ({Role.CONTACT} if vouches_in(record, person) else frozenset())


def is_about(record: Any, person: User) -> bool:
    """Whether the record is about this person, who has not left. Its class has to say so: `ABOUT_A_PERSON = True`.

    A stand-in is about two people: whoever stands in, and whom they stand in for.
    """
    whom = (record.person_id, getattr(record, "stands_in_for_id", None)) if _has_a_person(record) else ()
    return person.is_active and person.pk in whom


def _has_a_person(record: Any) -> bool:
    return getattr(record, "ABOUT_A_PERSON", False) is True


def vouches_in(record: Any, person: User) -> bool:
    """Whether the person is the vouching contact of the record's organisation. Its class has to say that it has one."""
    of_one = getattr(record, "OF_AN_ORGANISATION", False) is True
    return of_one and person.is_active and record.organisation.contact_id == person.pk


def is_the_services(record: Any) -> bool:
    """Whether the record belongs to no project. Its class has to say so: `OF_THE_SERVICE = True`."""
    return getattr(record, "OF_THE_SERVICE", False) is True


def hides(record: Any, person: User) -> bool:
    """Whether the record is hidden from the person whatever roles they hold. Its class has to say so."""
    hidden = getattr(record, "is_hidden_from", None)
    return hidden is not None and bool(hidden(person))


def roles_on(project: Any, person: User, at: datetime) -> frozenset[Role]:
    """The roles `person` holds on this project at this moment, by a grant on it or everywhere. One query.

    Being a superuser gives none: nobody decides by virtue of running the server.
    """
    if not person.is_active:
        return frozenset()
    held = _held(person, at, on=project)
    return reaching(project, team=held & TEAM_ROLES, everywhere=held & SERVICE_ROLES, person=person)


def reaching(project: Any, *, team: frozenset[Role], everywhere: frozenset[Role], person: User) -> frozenset[Role]:
    """Those of a person's roles that reach this project.

    Roles held everywhere do so from its first submission on: a draft is its team's own.
    An owner's role does only where the project asks for tables of the owner's organisation, a signatory's only
    where the lead belongs to the signatory's institution.
    Work on the linked data or the machine reaches none, and who holds identifiers has no role on a project at all.
    """
    if Role.LINKER in everywhere:
        return frozenset()
    if project.submitted_at is None:
        return team
    out_of_reach = set(OFF_PROJECTS)
    if owner_code(person) not in project.owners:
        out_of_reach.add(Role.OWNER)
    if Role.SIGNATORY in everywhere and not _of_the_leads_institution(project, person):
        out_of_reach.add(Role.SIGNATORY)
    return team | everywhere - out_of_reach


def _of_the_leads_institution(project: Any, person: User) -> bool:
    return person.organisation_id is not None and person.organisation_id == project.lead.organisation_id


def roles_everywhere(person: User, at: datetime) -> frozenset[Role]:
    """The roles of the service's own people that the person holds at this moment."""
    return _held(person, at) & SERVICE_ROLES if person.is_active else frozenset()


# Asked for every record of every page, so it is one statement, written out. `{grants}` is the projects' own table.
# A stand-in's grant counts while the person they stand in for is there and holds the role themselves.
EVERYWHERE = """
SELECT role FROM people_rolegrant given
WHERE person_id = %s AND state = 'in_force' AND begins_on <= %s AND (ends_on IS NULL OR ends_on >= %s)
AND (suspended_from IS NULL OR suspended_from > %s)
AND (stands_in_for_id IS NULL OR EXISTS (
    SELECT 1 FROM people_rolegrant own JOIN people_user principal ON principal.id = own.person_id
    WHERE own.person_id = given.stands_in_for_id AND own.role = given.role AND own.stands_in_for_id IS NULL
    AND principal.is_active AND own.state = 'in_force' AND own.begins_on <= %s
    AND (own.ends_on IS NULL OR own.ends_on >= %s) AND (own.suspended_from IS NULL OR own.suspended_from > %s)))
"""
ON_PROJECT = """
UNION ALL
SELECT permission.codename FROM {grants} held JOIN auth_permission permission ON permission.id = held.permission_id
WHERE held.user_id = %s AND held.content_object_id = %s AND held.ended_at IS NULL
AND (held.ends_on IS NULL OR held.ends_on >= %s) AND (held.suspended_from IS NULL OR held.suspended_from > %s)
"""


def _held(person: User, at: datetime, *, on: Any = None) -> frozenset[Role]:
    """Every role by a grant that counts at this moment: those held everywhere, and those on one project."""
    day = timezone.localtime(at, timezone.get_default_timezone()).date().isoformat()
    values: list[Any] = [person.pk, *[day] * 6]
    sql = EVERYWHERE
    if on is not None:
        kind: type[Model] = type(on)
        sql, values = _on(kind), [*values, person.pk, on.pk, day, day]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return frozenset(BY_NAME[name] for (name,) in cursor.fetchall() if name in BY_NAME)


@cache
def _on(project: type[Model]) -> str:
    """The statement for the roles on a project of this class, whose grants are in a table of their own."""
    given: Any = project._meta.get_field("grants")
    return EVERYWHERE + ON_PROJECT.format(grants=given.related_model._meta.db_table)


BY_NAME = {role.value: role for role in TEAM_ROLES | SERVICE_ROLES}


def owner_code(person: User) -> str:
    """The data owner that the person's organisation is, or ""."""
    return person.organisation.owner_code if person.organisation else ""


def projects_of(person: User, projects: QuerySet[Any], at: datetime) -> QuerySet[Any]:
    """Those of `projects` on which the person holds a role of the team at this moment.

    One join: the database keeps that nobody has two grants on one project that are not ended.
    """
    if not person.is_active:
        return projects.none()
    day = timezone.localtime(at).date()
    return projects.filter(
        Q(grants__ends_on__isnull=True) | Q(grants__ends_on__gte=day),
        Q(grants__suspended_from__isnull=True) | Q(grants__suspended_from__gt=day),
        grants__user=person,
        grants__ended_at__isnull=True,
        grants__permission__codename__in=[role.value for role in TEAM_ROLES],
    )


def teams_of(person: User, projects: QuerySet[Any], at: datetime) -> tuple[frozenset[int], dict[int, Role]]:
    """The projects (their numbers) on whose team the person is; and, where that counts at this moment, the role."""
    day = timezone.localtime(at).date()
    held = projects.filter(grants__user=person, grants__ended_at__isnull=True)
    asked = ("pk", "grants__permission__codename", "grants__ends_on", "grants__suspended_from")
    rows = [row for row in held.order_by().values_list(*asked) if row[1] in TEAM_ROLES]
    counting = {
        pk: Role(role)
        for pk, role, ends_on, suspended_from in rows
        if (ends_on is None or ends_on >= day) and (suspended_from is None or suspended_from > day)
    }
    return frozenset(row[0] for row in rows), counting


def team_at(project: Any, at: datetime, *, joined_by: datetime | None = None) -> dict[User, Role]:
    """Who is on the project's team at this moment, in which role, in the order in which they joined.

    joined_by  leaves out who joined later than that

    Nobody whose account is closed, whose grant was ended, or is over its last day. Whose grant waits for a review is:
    nobody has said yet that they leave.
    """
    day = timezone.localtime(at).date()
    lasting = Q(ends_on__isnull=True) | Q(ends_on__gte=day)
    held = project.grants.filter(lasting, ended_at__isnull=True, user__is_active=True)
    held = held.filter(granted_at__lte=joined_by) if joined_by else held
    rows = held.select_related("user__organisation", "permission").order_by("granted_at", "pk")
    return {row.user: Role(row.permission.codename) for row in rows if row.permission.codename in TEAM_ROLES}


def give_on(
    project: Any,
    person: User,
    role: Role,
    *,
    because: str,
    entry: int | None = None,
    ends_on: date | None = None,
    by: User | None = None,
    at: datetime,
) -> Any:
    """Grant a role of the team on one project. Raises Refused for a person who holds identifiers.

    because, entry  what caused it, in words and as the number of the trail's entry: it ends with that
    ends_on         its last day; None for as long as what caused it holds
    """
    if Role.LINKER in roles_everywhere(person, at):
        raise Refused(f"{person} {IDENTIFIERS_APART}")
    day = timezone.localtime(at).date()
    over = project.grants.filter(user=person, ended_at__isnull=True, ends_on__lt=day)
    over.update(ended_at=at, ended_because="Its last day was over.")
    permission = Permission.objects.get(
        content_type__app_label=project._meta.app_label,
        content_type__model=project._meta.model_name,
        codename=role.value,
    )
    return project.grants.create(
        user=person,
        permission=permission,
        because=because,
        entry=entry,
        ends_on=ends_on,
        granted_by=by,
        granted_at=at,
    )


def take_on(project: Any, person: User, *, because: str, at: datetime) -> int:
    """End every grant of the person on one project; how many. They stay on record."""
    held = project.grants.filter(user=person, ended_at__isnull=True)
    return int(held.update(ended_at=at, ended_because=because))


def suspended_since(project: Any, person: User, at: datetime) -> date | None:
    """Since when the person's grant on the project counts for nothing because nobody reviewed it, or None."""
    day = timezone.localtime(at).date()
    held = project.grants.filter(user=person, ended_at__isnull=True, suspended_from__lte=day)
    since: date | None = held.values_list("suspended_from", flat=True).first()
    return since


def why_not_together(person: User, role: Role, at: datetime) -> str | None:
    """Why the person cannot hold this role beside those they hold, or None."""
    held = roles_everywhere(person, at) | {role}
    return next((why for pair, why in APART if role in pair and pair <= held), None)


def held_by_oneself(person: User, at: datetime) -> frozenset[Role]:
    """The roles of the service that the person holds at this moment, without those in which they stand in."""
    day = timezone.localtime(at).date()
    lasting = Q(ends_on__isnull=True) | Q(ends_on__gte=day)
    own = person.role_grants.filter(lasting, state="in_force", begins_on__lte=day, stands_in_for=None)
    held = frozenset(Role(name) for name in own.values_list("role", flat=True))
    return held if person.is_active else frozenset()


def stood_in_for(person: User, role: Role, at: datetime) -> User | None:
    """Whom the person stands in for where they act in this role now; None where they hold it themselves."""
    if role not in DECIDING or role in held_by_oneself(person, at):
        return None
    day = timezone.localtime(at).date()
    given = person.role_grants.filter(role=role.value, state="in_force", begins_on__lte=day, ends_on__gte=day)
    grant = given.filter(stands_in_for__isnull=False).select_related("stands_in_for").first()
    return grant.stands_in_for if grant else None


def give_everywhere(person: User, role: Role, *, because: str = "Set up by an operator.") -> None:
    """An operator makes the person one of the service's people with this role; pages need two people for that."""
    from governance.people.models import RoleGrant

    if role not in SERVICE_ROLES:
        raise ValueError(f"{role.label} is granted project by project.")
    at = timezone.now()
    if role in held_by_oneself(person, at):
        return
    if why := why_not_together(person, role, at):
        raise ValueError(why)
    begins_on = timezone.localtime(at).date()
    RoleGrant.objects.create(
        person=person, role=role.value, because=because, begins_on=begins_on, state=RoleGrant.STATES.IN_FORCE.value,
        state_since=at, created_at=at,
    )  # fmt: skip


def worker() -> User:
    """The account by which workers act: no password, no page, one role."""
    from governance.people.models import User

    person, made = User.objects.get_or_create(username="worker", defaults={"name": "Gatehouse worker"})
    if made:
        person.set_unusable_password()
        person.save(update_fields=["password"])
        give_everywhere(person, Role.WORKER, because="The account by which workers act.")
    return person
