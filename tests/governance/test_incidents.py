"""Incidents: anybody reports, research support follows up, and who is named reads nothing of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from extracts.telling import regulator as telling
from extracts.telling.audience import may_see
from governance.agreements.use import why_not_open, why_not_use
from governance.audit.models import Entry
from governance.incidents import services
from governance.incidents.breach_levels import breach_levels
from governance.incidents.clock import STEPS, due_at, left_in_words, step_due
from governance.incidents.models import Incident, Regulator
from governance.notices.models import Notice
from governance.people.grants import give_everywhere
from governance.people.models.standing import Level
from governance.people.roles import Role
from governance.projects.models import Member
from governance.workflow import Refused
from tests.builders import a_project, an_agreement, an_incident, now
from tests.cast import person
from tests.extracts.telling.telling import SITE, spread

NOTICED = datetime(2026, 10, 23, 16, 0, tzinfo=UTC)  # a Friday; the clocks go back on the Sunday


def test_the_levels_are_those_that_sanctions_have():
    assert list(breach_levels()) == [level.value for level in Level]
    assert [one.is_counted_in_public for one in breach_levels().values()] == [False, True, True, True]
    for level in Level:
        assert level.label.startswith(breach_levels()[level.value].label)


def test_seventy_two_hours_are_hours_whatever_the_clocks_and_the_week_do():
    assert due_at(NOTICED) == datetime(2026, 10, 26, 16, 0, tzinfo=UTC)


def test_the_nearest_step_is_told():
    """A second way of finding it: by sorting all steps that have come."""
    for minutes in range(-130, 73 * 60):
        at = due_at(NOTICED) - timedelta(minutes=minutes)
        come = sorted(step for step in STEPS if minutes <= step * 60)
        assert step_due(NOTICED, at) == (come[0] if come else None), minutes


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(60, "1 hour left"), (59, "less than an hour left"), (72 * 60, "72 hours left"),
     (-1, "over for less than an hour"),
     (-150, "over for 2 hours")],
)  # fmt: skip
def test_what_is_left_in_words(minutes, words):
    assert left_in_words(NOTICED, due_at(NOTICED) - timedelta(minutes=minutes)) == words


pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("who", ["ruth", "coral", "cass", "petra", "otto", "olu"])
def test_anybody_reports_and_gets_a_number_of_the_year(who):
    first, second = an_incident(by=who), an_incident(by=who)
    year = now().year
    assert [first.reference, second.reference] == [f"INC-{year}-0001", f"INC-{year}-0002"]


def test_an_empty_report_or_one_of_tomorrow_is_refused():
    with pytest.raises(Refused, match="Say what happened"):
        an_incident(text=" ")
    with pytest.raises(Refused, match="lies ahead"):
        an_incident(noticed_at=now() + timedelta(hours=1))


def test_the_trail_holds_none_of_what_was_typed():
    incident = an_incident("closed")
    services.reopen(incident, reasons="More came to light.", by=person("sam"), at=now())
    told = " ".join(f"{entry.subject} {entry.note} {entry.details}" for entry in Entry.objects.all())
    for typed in ("printer", "Room 4", "Nobody had used it", "was changed", "A talk", "on paper"):
        assert typed not in told


@pytest.mark.parametrize("who", ["ruth", "coral", "cass", "ada", "petra"])
def test_only_research_support_follows_up(who):
    incident, one, at = an_incident(by="olu"), person(who), now()
    said = {"level": Level.MINOR, "regulator": Regulator.NOT_NEEDED, "because": "x"}
    with pytest.raises(Refused, match="Your role"):
        services.assess(incident, **said, by=one, at=at)
    with pytest.raises(Refused, match="Your role"):
        services.link_project(incident, a_project("approved"), by=one, at=at)


def test_who_is_named_reads_and_does_nothing_whatever_their_role():
    incident = an_incident()
    give_everywhere(person("rae"), Role.SUPPORT)
    rae, sam, at = person("rae"), person("sam"), now()
    assert may_see(incident, rae, at) and incident in Incident.for_staff(rae)
    services.link_person(incident, rae, part="Printed it.", by=sam, at=at)
    assert not may_see(incident, rae, at) and incident not in Incident.for_staff(rae)
    with pytest.raises(Refused, match="You are named"):
        services.assess(incident, level=Level.MINOR, regulator=Regulator.NOT_NEEDED, because="Nothing.", by=rae, at=at)
    assert may_see(incident, sam, at) and may_see(incident, person("coral"), at), "who reported it reads the report"
    with pytest.raises(Refused, match="Somebody else names you"):
        services.link_person(incident, sam, part="I did it.", by=sam, at=at)


def test_it_is_not_closed_before_everybody_is_told_and_lessons_are_on_record():
    sam, at = person("sam"), now()
    incident = an_incident("contained", level=2, regulator="needed")
    with pytest.raises(Refused) as refused:
        services.close(incident, by=sam, at=at)
    for part in ("regulator has to be told", "institution is informed", "actions taken and the lessons"):
        assert part in str(refused.value)
    said = {"institution_told_on": at.date(), "actions": "A talk.", "lessons": "None on paper."}
    services.record(incident, **said, by=sam, at=at)
    with pytest.raises(Refused, match="regulator"):
        services.close(incident, by=sam, at=at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Incident.objects.filter(pk=incident.pk).update(state="closed")
    services.tell_regulator(incident, told_at=at, note="Case 7.", by=sam, at=at)
    assert services.close(incident, by=sam, at=at).state == "closed"


def test_the_regulator_is_told_between_noticing_and_now_and_only_where_that_is_needed():
    sam, at = person("sam"), now()
    with pytest.raises(Refused, match="does not have to be told"):
        services.tell_regulator(an_incident("assessed"), told_at=at, note="", by=sam, at=at)
    incident = an_incident("assessed", level=3, regulator="needed")
    for wrong in (at + timedelta(minutes=1), incident.noticed_at - timedelta(minutes=1)):
        with pytest.raises(Refused, match="between"):
            services.tell_regulator(incident, told_at=wrong, note="", by=sam, at=at)


def test_opened_again_it_is_contained_anew():
    incident = services.reopen(an_incident("closed"), reasons="More.", by=person("sam"), at=now())
    assert (incident.state, incident.contained_at, incident.level) == ("assessed", None, 1)


def test_nothing_is_imposed_by_itself_and_a_sanction_stays_linked():
    incident, sam, at = an_incident("assessed", level=3), person("sam"), now()
    services.link_person(incident, person("ruth"), part="Shared it.", by=sam, at=at)
    assert not person("ruth").sanctions.exists()
    link = incident.people.get()
    with pytest.raises(Refused, match="6 to 12 months"):
        services.impose(link, level=2, reasons="It was shared.", by=sam, at=at)
    assert not Entry.objects.filter(note="A sanction followed.").exists(), "all or nothing"
    sanction = services.impose(link, level=3, reasons="It was shared.", by=sam, at=at)
    link.refresh_from_db()
    assert link.sanction == sanction == person("ruth").sanctions.get()
    with pytest.raises(Refused, match="already"):
        services.impose(link, level=3, reasons="Again.", by=sam, at=at)
    with pytest.raises(Refused, match="A sanction followed"):
        services.unlink_person(link, by=sam, at=at)


def test_links_are_made_once_and_taken_away():
    incident, sam, at, project = an_incident(), person("sam"), now(), a_project("approved")
    for part in ("Saw it.", "Printed it."):
        services.link_person(incident, person("ruth"), part=part, by=sam, at=at)
        services.link_project(incident, project, by=sam, at=at)
    assert incident.people.get().part == "Printed it."
    services.unlink_person(incident.people.get(), by=sam, at=at)
    services.unlink_project(incident.projects.get(), by=sam, at=at)
    assert not incident.people.exists() and not incident.projects.exists()


def test_the_lead_is_told_once_it_was_assessed_and_not_when_named():
    sam, at, project = person("sam"), now(), a_project("approved")
    incident = an_incident()
    services.link_project(incident, project, by=sam, at=at)
    assert not Incident.for_lead(project, project.lead).exists()
    services.assess(incident, level=Level.MINOR, regulator=Regulator.NOT_NEEDED, because="x", by=sam, at=at)
    assert Incident.for_lead(project, project.lead).get() == incident
    assert not Incident.for_lead(project, person("coral")).exists(), "of the team, and not its lead"
    services.link_person(incident, project.lead, part="Did it.", by=sam, at=at)
    assert not Incident.for_lead(project, project.lead).exists()


def test_nobody_follows_up_what_is_about_their_own_project():
    project, rae, sam, at = a_project("approved"), person("rae"), person("sam"), now()
    give_everywhere(rae, Role.SUPPORT)
    Member.objects.create(project=project, person=rae, role=Role.COORDINATOR, since=at)
    incident = an_incident("assessed", level=2)
    services.link_project(incident, project, by=rae, at=at)  # that they may say
    said = {"level": Level.MINOR, "regulator": Regulator.NOT_NEEDED, "because": "Nothing."}
    for act in (
        lambda: services.unlink_project(incident.projects.get(), by=rae, at=at),
        lambda: services.assess(incident, **said, by=rae, at=at),
        lambda: services.contain(incident, contained_at=at, how="So.", by=rae, at=at),
    ):
        with pytest.raises(Refused, match="a project that you belong to"):
            act()
    services.unlink_project(incident.projects.get(), by=sam, at=at)


def test_a_serious_incident_suspends_its_projects_from_assessment_to_containment():
    agreement, sam, at = an_agreement(), person("sam"), now()
    project, other = agreement.project, a_project("approved")

    def refusals():
        return [why_not_use(project, person("ruth"), at), why_not_open(project, at)]

    incident = an_incident()
    services.link_project(incident, project, by=sam, at=at)
    assert refusals() == [None, None], "nothing is known yet"
    said = {"regulator": Regulator.NOT_NEEDED, "because": "Used by others.", "by": sam, "at": at}
    for level, suspends in ((Level.MINOR, False), (Level.SERIOUS, True), (Level.MAJOR, True)):
        incident = services.assess(incident, level=level, **said)
        assert incident.suspends is suspends
        assert [bool(reason and "The project is suspended" in reason) for reason in refusals()] == [suspends] * 2
    assert Incident.suspending(other) is None
    services.unlink_project(incident.projects.get(), by=sam, at=at)
    assert refusals() == [None, None], "it was about another one"
    services.link_project(incident, project, by=sam, at=at)
    assert all(refusals())
    incident = services.contain(incident, contained_at=at, how="The account was closed.", by=sam, at=at)
    assert refusals() == [None, None] and not incident.suspends


def test_research_support_is_reminded_of_the_regulator_step_by_step_and_once():
    incident = an_incident()
    give_everywhere(person("rae"), Role.SUPPORT)
    services.link_person(incident, person("rae"), part="Did it.", by=person("sam"), at=now())

    def told(hours_left: float) -> int:
        return telling.remind_all(at=incident.regulator_due_at - timedelta(hours=hours_left), site=SITE)

    assert [told(hours) for hours in (60, 48, 47, 24, 5, 5, -1, -2)] == [0, 1, 0, 1, 1, 0, 1, 0]
    notices = Notice.objects.filter(person=person("sam"), record_pk=incident.pk, key__startswith="regulator")
    assert [one.kind for one in notices.order_by("pk")] == ["ends", "ends", "ends", "late"]
    assert not Notice.objects.filter(person=person("rae")).exists(), "who is named is told nothing"
    services.assess(
        incident, level=Level.NEAR_MISS, regulator=Regulator.NOT_NEEDED, because="x", by=person("sam"), at=now()
    )
    assert told(-3) == 0


def test_who_reported_it_is_told_that_it_was_assessed_and_closed():
    an_incident("closed")
    spread()
    said = set(Notice.objects.filter(person=person("coral")).values_list("says", flat=True))
    assert said == {
        "The incident that you reported was assessed.",
        "The incident that you reported was followed up and closed.",
    }
