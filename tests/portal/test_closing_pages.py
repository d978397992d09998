"""Closing a project on pages: from the project's page to the certificate, and what others see of it."""

from __future__ import annotations

import json
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from extracts import tasks
from extracts.closing_tasks import destroy_project
from extracts.services.closing import look
from governance.audit.models import Entry
from governance.closing import services as closures
from governance.closing.certificate import problems_of
from governance.closing.checklist import Who, checklist
from governance.closing.models import Closure
from tests.builders import a_closure, an_agreement, an_output, now
from tests.cast import person
from tests.portal.pages import read, send, signed_in

pytestmark = pytest.mark.django_db
PAGES = ("closure", "closure_submit", "closure_return", "closure_confirm", "closure_withdraw", "closure_pdf")


@pytest.mark.slow
def test_from_the_project_page_to_the_certificate(zones):
    project, ruth, sam = an_agreement().project, signed_in("ruth"), signed_in("sam")
    assert reverse("closure_start", args=[project.pk]) in read(ruth, "project", project.pk)
    assert "Say why" in send(ruth, "closure_start", project.pk, status=422, why="")
    send(ruth, "closure_start", project.pk, why="The questions are answered.")
    closure = Closure.objects.get()
    page = read(ruth, "closure", closure.pk)
    required = sum(item.required for item in checklist())
    system = sum(item.who == Who.SYSTEM for item in checklist())
    assert f"Checklist: {system} of {required} done" in page and "Coral" in page
    assert "do your part" in read(signed_in("coral"), "home")
    for item in checklist():
        if item.who == Who.LEAD:
            given = {"says": "In a repository."} if item.says else {"done": "on"}
            send(ruth, "closure_answer", closure.pk, item.key, **given)
    for member in project.members.all():
        send(signed_in(member.person.username), "closure_answer", closure.pk, "drafts", done="on")
    page = read(ruth, "closure", closure.pk)
    assert f"Checklist: {required} of {required} done" in page and "In a repository." in page
    send(ruth, "closure_submit", closure.pk, sure="on")
    assert "Confirm that a project can be closed" in read(sam, "home")
    assert "cannot be undone" in read(sam, "closure_confirm", closure.pk)
    send(sam, "closure_confirm", closure.pk, status=422)
    send(sam, "closure_confirm", closure.pk, sure="on")
    assert "The project is closed" in read(ruth, "project", project.pk)
    destroy_project(closure.pk)
    page = read(ruth, "closure", closure.pk)
    assert "Certificate of destruction" in page and "Sam" not in page, "who confirmed is anonymous to the team"
    assert "Sam" in read(signed_in("ada"), "closure", closure.pk)


@pytest.mark.slow
def test_the_certificate_is_a_paper_and_a_file_to_be_checked(zones):
    closure = a_closure("confirmed")
    for name in ("closure_pdf", "closure_json"):
        read(signed_in("ruth"), name, closure.pk, status=404)
    destroy_project(closure.pk)
    for who in ("ruth", "sam", "petra", "ada"):
        client = signed_in(who)
        paper = client.get(reverse("closure_pdf", args=[closure.pk]))
        assert (paper.status_code, paper.content[:5]) == (200, b"%PDF-")
    given = json.loads(client.get(reverse("closure_json", args=[closure.pk])).content)
    key = tasks.key_ring().signing_key().public_key()
    assert problems_of(given, key) == []
    assert Entry.objects.get(seq=given["trail_entry"]).action == "certify"
    assert Entry.objects.filter(action="export", subject_type="closure").count() == 5


@pytest.mark.parametrize("name", PAGES)
def test_outsiders_see_nothing_of_it(name):
    closure = a_closure("submitted")
    for who in ("olu", "lin"):
        read(signed_in(who), name, closure.pk, status=404)


def test_what_gatehouse_looks_at_has_no_form():
    closure = a_closure()
    for key in ("outputs", "nothing-like-it"):
        read(signed_in("ruth"), "closure_answer", closure.pk, key, status=404)


@pytest.mark.slow
def test_somebody_elses_line_is_refused_in_a_sentence():
    page = send(signed_in("coral"), "closure_answer", a_closure().pk, "told", status=422, done="on")
    assert "Only the lead" in page


@pytest.mark.slow
def test_a_line_that_is_not_ticked_says_so():
    page = send(signed_in("ruth"), "closure_answer", a_closure().pk, "told", status=422)
    assert "Tick the box" in page


def test_with_an_output_open_the_page_says_it_and_offers_no_button():
    closure = a_closure("answered", an_output("draft").project)
    page = read(signed_in("ruth"), "closure", closure.pk)
    assert "Output requests that are open: 1." in page
    assert reverse("closure_submit", args=[closure.pk]) not in page
    page = send(signed_in("ruth"), "closure_submit", closure.pk, status=422, sure="on")
    assert "Output requests that are open: 1." in page


@pytest.mark.slow
def test_support_excuses_returns_and_withdraws():
    closure, sam = a_closure(), signed_in("sam")
    coral = person("coral")
    assert reverse("closure_excuse", args=[closure.pk, coral.pk]) in read(sam, "closure", closure.pk)
    send(sam, "closure_excuse", closure.pk, coral.pk, reasons="Cannot be reached.")
    assert "Excused" in read(sam, "closure", closure.pk)
    send(sam, "closure_withdraw", closure.pk, reasons="It goes on.")
    other = a_closure("submitted", closure.project)
    send(sam, "closure_return", other.pk, reasons="Where is the code?")
    assert Closure.objects.get(pk=other.pk).state == "open"
    assert now() >= other.created_at


def test_the_public_register_shows_the_day_from_the_confirmation_on(client):
    closure = a_closure("submitted")
    told = f"{timezone.localtime(now()):%-d %B %Y}"
    pages = {"register": (), "register_project": (closure.project.reference,)}
    for name, args in pages.items():
        assert "Closed" not in read(client, name, *args)
    closures.confirm(closure, look=look, by=person("sam"), at=now())
    for name, args in pages.items():
        assert re.search(rf"Closed\b.{{0,200}}{told}", read(client, name, *args), re.DOTALL)
    (row,) = client.get(reverse("register") + "?format=json").json()
    assert row["closed_on"] == str(timezone.localdate())
