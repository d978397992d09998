"""Pages of leaving: closing an account ends its sessions at once, and somebody else takes the lead over."""

import pytest

from governance.people.models import User
from governance.people.roles import Role
from governance.projects import services as projects
from governance.projects.models import Handover, Project
from tests.builders import a_project, now
from tests.cast import person
from tests.portal.pages import read, send, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    draft = a_project()
    return projects.add_member(draft, person("olu"), role=Role.RESEARCHER, by=person("ruth"), at=now())


def test_sam_closes_the_account_and_olu_takes_over(project):
    sam, ruth, olu = signed_in("sam"), signed_in("ruth"), signed_in("olu")
    pk = person("ruth").pk
    assert project.reference in read(sam, "person_leave", pk)
    assert "Say why" in send(sam, "person_leave", pk, status=422, reasons="")
    send(sam, "person_leave", pk, reasons="She has another post.")
    assert ruth.get("/projects/").status_code == 302, "at once, in every browser"
    assert f"propose who leads {project.reference} next" in read(sam, "person", pk)

    page = read(sam, "handover_propose", project.pk)
    assert "Olu" in page and project.title not in page, "a draft is its team's own"
    assert "Select who leads it next" in send(sam, "handover_propose", project.pk, status=422)
    send(sam, "handover_propose", project.pk, successor_pk=person("olu").pk)
    one = Handover.objects.get()
    assert "Take over the lead of the project" in read(olu, "home")
    assert "Accept: I lead it" in read(olu, "handover", one.pk)
    send(olu, "handover_answer", one.pk, answer="accept")
    project.refresh_from_db()
    assert project.lead == person("olu")
    assert "Take over the lead" not in read(olu, "home")

    send(sam, "person_back", pk)
    assert User.objects.get(pk=pk).is_active


def test_ruth_hands_it_over_herself(project):
    ruth = signed_in("ruth")
    assert "Hand the lead over" in read(ruth, "project_team", project.pk)
    send(ruth, "handover_propose", project.pk, successor_pk=person("olu").pk)
    one = Handover.objects.get()
    page = read(ruth, "handover", one.pk)
    assert "Take the proposal back" in page and "Accept: I lead it" not in page
    send(ruth, "handover_answer", one.pk, answer="withdraw")
    assert Handover.objects.get().state == "withdrawn"
    send(ruth, "handover_answer", one.pk, status=404, answer="anything")


def test_what_olu_cannot_accept_now_is_explained(project):
    send(signed_in("ruth"), "handover_propose", project.pk, successor_pk=person("olu").pk)
    person("olu").trainings.all().delete()
    page = read(signed_in("olu"), "handover", Handover.objects.get().pk)
    assert "You cannot accept now" in page and "training" in page and "Accept: I lead it" not in page


def test_who_sees_what(project):
    send(signed_in("ruth"), "handover_propose", project.pk, successor_pk=person("olu").pk)
    one, pk = Handover.objects.get(), person("ruth").pk
    for who, leave, propose, seen in (
        ("sam", 200, 200, 404),
        ("ada", 404, 404, 404),
        ("ruth", 404, 200, 200),
        ("olu", 404, 404, 200),
        ("pia", 404, 404, 404),
    ):
        client = signed_in(who)
        read(client, "person_leave", pk, status=leave)
        read(client, "person_back", pk, status=leave)
        read(client, "handover_propose", project.pk, status=propose)
        read(client, "handover", one.pk, status=seen)
