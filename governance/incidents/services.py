"""What people do with an incident. Free text stays on the record: the trail tells that it was written, not what."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from governance.act import act, begin, locked
from governance.audit import trail
from governance.incidents.models import Incident, IncidentPerson, IncidentProject, Kind, Regulator
from governance.people.models import Sanction, User, local_day
from governance.people.models.standing import Level
from governance.projects.models import Project
from governance.standing import services as standing
from governance.workflow import Refused


@transaction.atomic
def report(*, kind: str, noticed_at: datetime, text: str, about: str, by: User, at: datetime) -> Incident:
    """Anybody who is signed in reports what they noticed. Raises Refused for an empty report or a time to come."""
    if not by.is_active:
        raise Refused("The account is closed.")
    if not text.strip():
        raise Refused("Say what happened.")
    if noticed_at > at:
        raise Refused("The time at which you noticed it lies ahead.")
    trail.lock()  # so that no two take one number
    said = {"kind": Kind(kind), "noticed_at": noticed_at, "text": text.strip(), "about": about.strip()}
    incident = Incident(reference=_next_reference(local_day(at).year), person=by, **said)
    return begin(incident, "report", by=by, at=at, details={"kind": kind})


def _next_reference(year: int) -> str:
    begins = f"INC-{year}-"
    last = Incident.objects.filter(reference__startswith=begins).order_by("-reference").first()
    return f"{begins}{int(last.reference.removeprefix(begins)) + 1 if last else 1:04d}"


@transaction.atomic
def assess(incident: Incident, *, level: Level, regulator: Regulator, because: str, by: User, at: datetime) -> Incident:
    """Research support sets the level and says whether the regulator has to be told. It may do so anew."""
    if not because.strip():
        raise Refused("Please give reasons: the level and the regulator are decided by them.")
    _lock_projects(incident)
    note = f"Level {Level(level).value}. {Regulator(regulator).label}."
    return act(incident, "assess", by=by, at=at, note=note, level=level, regulator=regulator, because=because.strip())


def record(
    incident: Incident, *, institution_told_on: date | None, actions: str, lessons: str, by: User, at: datetime
) -> Incident:
    """Keep what was done and learned so far, and when the institution was informed. Raises Refused for days to come."""
    if institution_told_on and institution_told_on > local_day(at):
        raise Refused("The day on which the institution was informed lies ahead.")
    said = {"institution_told_on": institution_told_on, "actions": actions.strip(), "lessons": lessons.strip()}
    changed = [name.replace("_", " ") for name, value in said.items() if getattr(incident, name) != value]
    return act(incident, "record", by=by, at=at, note=f"Changed: {', '.join(changed) or 'nothing'}.", **said)


@transaction.atomic
def link_project(incident: Incident, project: Project, *, by: User, at: datetime) -> Incident:
    """Say that it is about a project. Twice is once."""
    Project.objects.select_for_update().get(pk=project.pk)
    incident = act(incident, "record", by=by, at=at, note=f"Linked {project.reference}.")
    IncidentProject.objects.get_or_create(incident=incident, project=project)
    return incident


@transaction.atomic
def link_person(incident: Incident, person: User, *, part: str, by: User, at: datetime) -> Incident:
    """Say that a person had a part in it, and which. From then on they read nothing of it. Raises Refused."""
    if person == by:
        raise Refused("Somebody else names you: then they follow it up, and not you.")
    if not part.strip():
        raise Refused("Say which part the person had.")
    incident = act(incident, "record", by=by, at=at, note=f"Linked {person.username}.")
    IncidentPerson.objects.update_or_create(incident=incident, person=person, defaults={"part": part.strip()})
    return incident


@transaction.atomic
def unlink_project(link: IncidentProject, *, by: User, at: datetime) -> Incident:
    """It is not about this project after all."""
    incident = act(link.incident, "record", by=by, at=at, note=f"Took the link to {link.project.reference} away.")
    link.delete()
    return incident


@transaction.atomic
def unlink_person(link: IncidentPerson, *, by: User, at: datetime) -> Incident:
    """The person had no part in it after all. Refused once a sanction followed."""
    incident = act(link.incident, "record", by=by, at=at, note=f"Took the link to {link.person.username} away.")
    link = IncidentPerson.objects.select_for_update().get(pk=link.pk)
    if link.sanction_id:
        raise Refused("A sanction followed from it: lift that, and leave the link on record.")
    link.delete()
    return incident


@transaction.atomic
def impose(
    link: IncidentPerson, *, level: int, reasons: str, months: int | None = None, by: User, at: datetime
) -> Sanction:
    """Impose a sanction on a person for their part in it, and keep that it followed. One link, one sanction."""
    incident = act(link.incident, "record", by=by, at=at, note="A sanction followed.")
    link = IncidentPerson.objects.select_for_update().select_related("person").get(pk=link.pk, incident=incident)
    if link.sanction_id:
        raise Refused("A sanction followed from this already.")
    sanction = standing.impose(link.person, level=level, reasons=reasons, months=months, by=by, at=at)
    link.sanction = sanction
    link.save(update_fields=["sanction"])
    return sanction


@transaction.atomic
def tell_regulator(incident: Incident, *, told_at: datetime, note: str, by: User, at: datetime) -> Incident:
    """Keep when the regulator was told, and how it can be found there. Raises Refused."""
    incident = locked(incident)
    if incident.regulator != Regulator.NEEDED:
        raise Refused("It was assessed that the regulator does not have to be told: assess it anew first.")
    if not incident.noticed_at <= told_at <= at:
        raise Refused("The regulator was told between the time at which it was noticed and now.")
    said = {"regulator_told_at": told_at, "regulator_note": note.strip()}
    return act(incident, "tell regulator", by=by, at=at, note="The regulator was told.", **said)


def contain(incident: Incident, *, contained_at: datetime, how: str, by: User, at: datetime) -> Incident:
    """Keep since when nothing more can come of it, and how that was reached. Raises Refused."""
    if contained_at > at:
        raise Refused("The time from which it was contained lies ahead.")
    if not how.strip():
        raise Refused("Say how it was contained.")
    return act(incident, "contain", by=by, at=at, contained_at=contained_at, contained_how=how.strip())


def close(incident: Incident, *, by: User, at: datetime) -> Incident:
    """End it, once everybody was told who must be, and what was learned is on record."""
    return act(incident, "close", by=by, at=at)


@transaction.atomic
def reopen(incident: Incident, *, reasons: str, by: User, at: datetime) -> Incident:
    """Take it up again; it has to be contained anew."""
    if not reasons.strip():
        raise Refused("Please give reasons: they stay on record.")
    _lock_projects(incident)
    return act(incident, "reopen", by=by, at=at, note=reasons.strip(), contained_at=None, contained_how="")


def _lock_projects(incident: Incident) -> None:
    """What may suspend them waits for a delivery that is under way, and the next one for it."""
    list(Project.objects.select_for_update().filter(incidents__incident=incident).order_by("pk"))
