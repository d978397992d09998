"""Incidents on pages: reported from anywhere, followed up, and read by those alone whom they concern."""

from __future__ import annotations

import csv
import io

import pytest
from django.utils import timezone

from governance.audit.models import Entry
from governance.incidents import services
from governance.incidents.models import Incident
from governance.people.grants import give_everywhere
from governance.people.models.standing import Level
from governance.people.roles import Role
from governance.standing import services as standing
from tests.builders import a_project, an_incident, now
from tests.cast import person
from tests.portal.pages import read, send, signed_in, text_of

pytestmark = pytest.mark.django_db
TYPED_BY_STAFF = ("Nobody had used it.", "The password was changed.", "A talk.", "No passwords on paper.")
PAGES = ("assess", "follow_up", "add_project", "add_person", "regulator", "contain", "reopen")


def at_noon(**said: object) -> dict[str, object]:
    today = timezone.localdate()
    parts = {f"day-{part}": getattr(today, part) for part in ("day", "month", "year")}
    return {**parts, "clock": "00:00", **said}


def test_anybody_reports_from_the_foot_of_any_page():
    standing.impose(person("olu"), level=3, reasons="A breach.", by=person("sam"), at=now())
    olu = signed_in("olu")
    assert "Report an incident" in read(olu, "accessibility")
    send(olu, "incident_report", **at_noon(kind="device", text="My laptop is gone.", about=""))
    incident = Incident.objects.get()
    page = read(olu, "incident", incident.pk)
    assert "My laptop is gone." in page and incident.reference in page
    assert incident.reference in read(olu, "incidents")
    assert "Assess an incident that was reported" in read(signed_in("sam"), "home")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"clock": "25:00"}, "Enter a time between"), ({"clock": "noon"}, "Enter a time between"),
     ({"clock": ""}, "Enter the time"),
     ({"day-year": "2999"}, "lies ahead"), ({"text": ""}, "Say what happened"), ({"kind": "x"}, "There is a problem")],
)  # fmt: skip
def test_a_mistake_is_said_and_nothing_typed_is_lost(wrong, said):
    typed = at_noon(kind="device", text="My laptop is gone.", about="The blue one.") | wrong
    page = send(signed_in("olu"), "incident_report", status=422, **typed)
    assert said in page and "The blue one." in page


@pytest.mark.slow
def test_research_support_takes_it_from_report_to_the_end():
    incident, sam, project = an_incident(), signed_in("sam"), a_project("approved")
    assert "If the regulator has to be told" in read(sam, "incident", incident.pk)
    given = {"level": "2", "regulator": "needed", "because": "It was used once."}
    send(sam, "incident_assess", incident.pk, **given)
    send(sam, "incident_add_project", incident.pk, project=project.reference.lower())
    send(sam, "incident_add_person", incident.pk, person="olu", part="Used it.")
    page = read(sam, "incident", incident.pk)
    assert "Nothing is imposed on a person by itself" in page and "The regulator has to be told" in page
    assert "individual suspended 6-12 months" in page
    suspended = "Nobody may use the data of the projects below"
    assert suspended in page and "Suspended" in read(
        signed_in(project.lead.username), "project_incident", project.pk, incident.pk
    )
    send(sam, "incident_contain", incident.pk, **at_noon(how="Changed."))
    page = read(sam, "incident", incident.pk)
    assert "You cannot close it." in page and suspended not in page
    told = timezone.localtime(now())
    day = {f"day-{part}": getattr(told, part) for part in ("day", "month", "year")}
    send(sam, "incident_regulator", incident.pk, **day, clock=f"{told:%H:%M}", note="Case 7.")
    today = timezone.localdate()
    informed = {f"institution_told_on-{part}": getattr(today, part) for part in ("day", "month", "year")}
    send(sam, "incident_follow_up", incident.pk, **informed, actions="A talk.", lessons="None on paper.")
    send(sam, "incident_close", incident.pk)
    incident.refresh_from_db()
    assert incident.state == "closed"
    send(sam, "incident_reopen", incident.pk, reasons="More.")
    incident.refresh_from_db()
    assert incident.state == "assessed"


def test_a_sanction_starts_from_the_incident_and_stays_linked():
    incident, sam = an_incident("assessed", level=2), signed_in("sam")
    services.link_person(incident, person("ruth"), part="Shared it.", by=person("sam"), at=now())
    address = f"/people/{person('ruth').pk}/sanction?incident={incident.pk}"
    assert address in read(sam, "incident", incident.pk)
    page = text_of(sam.get(address))
    assert f"Incident {incident.reference}" in page and 'value="2" checked' in page
    response = sam.post(address, {"level": "2", "months": "6", "reasons": "Shared a password."})
    assert response.status_code == 302 and response.url == incident.get_absolute_url()
    assert incident.people.get().sanction == person("ruth").sanctions.get()
    assert incident.reference in read(sam, "person", person("ruth").pk)
    mine = read(signed_in("ruth"), "sanction", person("ruth").sanctions.get().pk)
    assert "Shared a password." in mine and "printer" not in mine


def test_a_sanction_cannot_be_hung_on_an_incident_that_does_not_name_the_person():
    incident, sam = an_incident("assessed"), signed_in("sam")
    for wrong in (str(incident.pk), "9" * 30, "x", "²"):
        assert sam.get(f"/people/{person('ruth').pk}/sanction", {"incident": wrong}).status_code == 404


@pytest.mark.parametrize("who", ["ruth", "olu", "cass", "petra", "pia", "lin", "otto"])
def test_others_find_nothing_there(who):
    incident, client = an_incident("closed"), signed_in(who)
    services.reopen(incident, reasons="More.", by=person("sam"), at=now())
    for name in ("incident", *(f"incident_{page}" for page in PAGES)):
        read(client, name, incident.pk, status=404)
    send(client, "incident_close", incident.pk, status=404)
    read(client, "incidents_export", status=404)
    assert incident.reference not in read(client, "incidents")


def test_who_reported_it_reads_their_own_report_and_nothing_that_others_wrote():
    incident = an_incident("closed")
    services.reopen(incident, reasons="Look at Olu.", by=person("sam"), at=now())
    services.link_person(incident, person("olu"), part="Printed it.", by=person("sam"), at=now())
    page = read(signed_in("coral"), "incident", incident.pk)
    assert "A password lay on the printer." in page
    for hidden in (*TYPED_BY_STAFF, "Olu", "Sam", "Printed it."):
        assert hidden not in page
    for name in PAGES:  # by her own report she has no part in its follow-up
        send(signed_in("coral"), f"incident_{name}", incident.pk)
    incident.refresh_from_db()
    assert incident.state == "assessed" and incident.level == 1


def test_who_is_named_finds_nothing_even_of_the_service():
    incident, ada = an_incident(), signed_in("ada")
    assert "printer" in read(ada, "incident", incident.pk)
    services.link_person(incident, person("ada"), part="Printed it.", by=person("sam"), at=now())
    read(ada, "incident", incident.pk, status=404)
    assert incident.reference not in read(ada, "incidents")
    assert incident.reference not in text_of(ada.get("/incidents/csv"))
    assert incident.reference not in read(ada, "person", person("ada").pk)


def test_who_reported_what_names_them_reads_their_report_alone():
    give_everywhere(person("rae"), Role.SUPPORT)
    incident = an_incident("assessed", by="rae")
    services.link_person(incident, person("rae"), part="Printed it.", by=person("sam"), at=now())
    page = read(signed_in("rae"), "incident", incident.pk)
    assert "printer" in page and "Printed it." not in page and "Nobody had used it." not in page


@pytest.mark.slow
def test_the_lead_reads_that_it_happened_and_no_names():
    project, sam = a_project("approved"), person("sam")
    incident = an_incident()
    services.link_project(incident, project, by=sam, at=now())
    ruth = signed_in("ruth")
    read(ruth, "project_incident", project.pk, incident.pk, status=404)
    assert incident.reference not in read(ruth, "project", project.pk)
    services.assess(incident, level=Level.MINOR, regulator="not_needed", because="Seen by Sam.", by=sam, at=now())
    services.link_person(incident, person("olu"), part="Printed it.", by=sam, at=now())
    assert incident.reference in read(ruth, "project", project.pk)
    page = read(ruth, "project_incident", project.pk, incident.pk)
    assert "1. Minor" in page
    for hidden in ("printer", "Coral", "Olu", "Printed it.", "Seen by Sam."):
        assert hidden not in page
    read(signed_in("coral"), "project_incident", project.pk, incident.pk, status=404)
    other = a_project("approved", by="olu")
    read(signed_in("olu"), "project_incident", other.pk, incident.pk, status=404)
    assert incident.reference in read(signed_in("sam"), "project", project.pk)


def test_the_register_as_csv_is_harmless_in_a_spreadsheet_and_on_the_trail():
    incident = an_incident("closed", text="=1+1")
    for who in ("sam", "ada"):
        rows = list(csv.DictReader(io.StringIO(signed_in(who).get("/incidents/csv").content.decode())))
        assert [row["reference"] for row in rows] == [incident.reference]
        assert (rows[0]["what_happened"], rows[0]["level"], rows[0]["reported_by"]) == ("'=1+1", "1", "coral")
    assert Entry.objects.filter(action="download incidents").count() == 2


def test_what_is_typed_is_escaped():
    incident = an_incident(text="<script>alert(1)</script>")
    assert "<script>alert(1)" not in signed_in("sam").get(incident.get_absolute_url()).content.decode()


def test_each_look_is_on_the_trail():
    incident = an_incident()
    read(signed_in("sam"), "incident", incident.pk)
    assert Entry.objects.filter(action="view", actor="sam", subject_type="incident").count() == 1


def test_the_public_reads_counts_by_level_and_none_of_fewer_than_ten(client):
    for _ in range(10):
        an_incident("assessed", level=1)
    an_incident("assessed", level=2)
    an_incident()
    rows = list(csv.DictReader(io.StringIO(client.get("/register/figures?format=csv").content.decode())))
    told = {row["of"]: row["all_time"] for row in rows if row["figure"] == "incidents"}
    assert told == {"Level 1. Minor": "10", "Level 2. Serious": "fewer than 10", "Level 3. Major": "fewer than 10"}


def test_empty_lists_say_so():
    assert "You have reported nothing." in read(signed_in("olu"), "incidents")
    assert "No incident is on record." in read(signed_in("sam"), "incidents")
