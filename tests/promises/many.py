"""Many rows at once, as copies of records that the services made: what a page reads of a thousand is real."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection
from django.db.models import Max
from django.utils import timezone

from extracts.models import Extract, LinkageRun, Release
from governance.agreements.models import Agreement, Signature
from governance.audit import trail
from governance.outputs.models import Check, OutputFile, OutputRequest, Report
from governance.people.grants import worker
from governance.people.models import Accreditation, SignedDeclaration, Training, User
from governance.projects.models import Decision, Member, Project, ProjectUserObjectPermission
from governance.publications.models import Publication

OF_A_PROJECT = (Member, ProjectUserObjectPermission, Decision)
OF_AN_OUTPUT = (OutputFile, Report, Check)


def copies(record: Any, each: Iterable[Mapping[str, Any]]) -> list[Any]:
    """Copies of a stored record, one for each set of values that differ.

    Written as rows: what a field makes of a value is worked out once, and again only for the values that differ.
    """
    each, table = list(each), type(record)._base_manager
    last = table.aggregate(last=Max("pk"))["last"]
    made = [one_copy(record, values) for values in each]
    same = stored(record, [field.name for field in record._meta.concrete_fields if not field.primary_key])
    rows = [same | stored(one, values) for one, values in zip(made, each, strict=True)]
    columns, places = ", ".join(f'"{column}"' for column in same), ", ".join(["%s"] * len(same))
    with connection.cursor() as cursor:
        sql = f'INSERT INTO "{record._meta.db_table}" ({columns}) VALUES ({places})'
        cursor.executemany(sql, [tuple(row.values()) for row in rows])
    for one, pk in zip(made, table.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True), strict=True):
        one.pk = pk
    return made


def one_copy(record: Any, values: Mapping[str, Any]) -> Any:
    made = copy.copy(record)
    made._state = copy.copy(record._state)
    made._state.fields_cache = {}
    for name, value in values.items():
        setattr(made, name, value)
    return made


def stored(record: Any, names: Iterable[str]) -> dict[str, Any]:
    """Column -> what the database is given for it."""
    fields = [record._meta.get_field(name) for name in names]
    return {one.column: one.get_db_prep_save(getattr(record, one.attname), connection) for one in fields}


def numbered(name: str, number: int) -> list[dict[str, Any]]:
    return [{name: f"x{which}"} for which in range(number)]


def projects(project: Project, number: int) -> list[Project]:
    """Copies of a project with its team, grants and decisions."""
    made = copies(project, numbered("reference", number))
    for model in OF_A_PROJECT:
        key = "content_object" if model is ProjectUserObjectPermission else "project"
        for row in model.objects.filter(**{key: project}):
            copies(row, [{key: one} for one in made])
    return made


def agreements(agreement: Agreement, number: int) -> list[Agreement]:
    """Copies of an agreement with its signatures, each of a copy of its project."""
    made = copies(agreement, [{"project": project} for project in projects(agreement.project, number)])
    for signature in Signature.objects.filter(agreement=agreement):
        copies(signature, [{"agreement": one} for one in made])
    return made


def extracts(extract: Extract, number: int) -> list[Extract]:
    """Copies of an extract, each of a copy of its agreement and project."""
    made = agreements(extract.agreement, number)
    return copies(extract, [{"agreement": one, "project": one.project} for one in made])


def outputs(output: OutputRequest, number: int) -> list[OutputRequest]:
    """Copies of an output request with files, reports and checks, each of a copy of its project."""
    made = agreements(output.project.agreements.get(), number)
    return with_their_parts(output, [{"project": one.project} for one in made])


def outputs_of_one_project(output: OutputRequest, number: int) -> list[OutputRequest]:
    return with_their_parts(output, [{}] * number)


def with_their_parts(output: OutputRequest, each: list[dict[str, Any]]) -> list[OutputRequest]:
    made = copies(output, each)
    for model in OF_AN_OUTPUT:
        for row in model.objects.filter(request=output):
            copies(row, [{"request": one} for one in made])
    return made


def ingresses(ingress: Any, number: int) -> None:
    """Copies of what is to come in, with its files, each of a copy of its project."""
    projects = [one.project for one in agreements(ingress.project.agreements.get(), number)]
    made = copies(ingress, [{"project": project} for project in projects])
    for file in ingress.files.all():
        copies(file, [{"ingress": one} for one in made])


def people(person: User, number: int) -> list[User]:
    """Copies of a person with what is on record of their standing."""
    made = copies(person, numbered("username", number))
    for model in (Accreditation, Training, SignedDeclaration):
        for row in model.objects.filter(person=person):
            told = {"number": None} if model is Accreditation and row.number else {}
            each = [{"person": one} | ({"number": f"X-{one.pk}"} if told else {}) for one in made]
            copies(row, each)
    return made


def members(project: Project, person: User, number: int) -> list[Member]:
    """More people on the team of a project, each as well on record as `person`."""
    row = project.members.first()
    return copies(row, [{"person": one} for one in people(person, number)])


def runs(run: LinkageRun, number: int) -> list[LinkageRun]:
    """Copies of a linkage run, each with the deliveries of the first."""
    made = copies(run, numbered("name", number))
    for delivery in run.deliveries.all():
        LinkageRun.deliveries.through.objects.bulk_create(
            [LinkageRun.deliveries.through(linkagerun=one, delivery=delivery) for one in made]
        )
    return made


def releases(release: Release, number: int) -> list[Release]:
    """Copies of a release, each from a copy of its run."""
    made = runs(LinkageRun.objects.get(pk=release.run_id), number)
    return copies(release, [{"run": run, "version": run.name} for run in made])


def publications(publication: Publication, number: int) -> None:
    """Copies of a publication, each resting on the first one's output."""
    output, row = publication.outputs.get(), Publication.outputs.through
    made = copies(publication, numbered("doi", number))
    row.objects.bulk_create([row(publication=one, outputrequest=output) for one in made])


def behind_one_publication(publication: Publication, number: int) -> None:
    """More outputs that it rests on, and more entries about it on the trail."""
    publication.outputs.add(*outputs_of_one_project(publication.outputs.get(), number))
    history(publication, number)


def history(record: Any, number: int) -> None:
    """More entries about a record on the trail."""
    for _ in range(number):
        trail.append(actor=worker(), action="remind", subject=record, at=timezone.now())


def alike(record: Any, number: int) -> list[Any]:
    """Copies that differ in nothing but their number."""
    return copies(record, [{}] * number)


def conditions(condition: Any, number: int) -> list[Any]:
    """Copies of a condition, each of a copy of its agreement and project."""
    made = agreements(condition.agreement, number)
    return copies(condition, [{"agreement": one, "project": one.project} for one in made])
