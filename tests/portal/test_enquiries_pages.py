"""Enquiries before an application: asked, answered once by somebody else, seen by nobody else."""

from __future__ import annotations

import pytest

from governance.people.models import User
from governance.projects.enquiries import services
from governance.projects.enquiries.lifecycle import ENQUIRY, FEASIBLE, REDIRECTED
from governance.projects.enquiries.models import Enquiry
from governance.workflow import Refused, grid
from tests.builders import an_enquiry, catalogue, now
from tests.cast import person
from tests.portal.pages import read, send, signed_in
from tests.tables import parse

pytestmark = pytest.mark.django_db
ASKED = {"dataset": "cjs_linked", "title": "Waits by court", "question": "Do waits differ by court and year?"}


def test_who_may_do_what():
    assert grid(ENQUIRY) == parse("""
                     | support                                      | self
        asked        | find feasible, find not feasible, redirect   | withdraw
        feasible     |                                              |
        not_feasible |                                              |
        redirected   |                                              |
        withdrawn    |                                              |
    """)


@pytest.mark.slow
def test_an_enquiry_is_asked_answered_and_leads_to_an_application():
    ruth, sam = signed_in("ruth"), signed_in("sam")
    assert "You have asked nothing yet" in read(ruth, "enquiries")
    send(ruth, "enquiry_new", **ASKED)
    enquiry = Enquiry.objects.get()
    assert "Start an application" not in read(ruth, "enquiry", enquiry.pk)
    assert "Answer the enquiry" in read(sam, "home")
    page = send(sam, "enquiry", enquiry.pk, status=422, finding="", reasons="Typed at length.")
    assert "Select your answer" in page and "Typed at length." in page
    send(sam, "enquiry", enquiry.pk, finding="feasible", reasons="By region, yes.")
    page = read(ruth, "enquiry", enquiry.pk)
    assert "By region, yes." in page and "Start an application" in page and "Sam" not in page
    page = send(sam, "enquiry", enquiry.pk, status=422, finding="redirected", reasons="On second thoughts.")
    assert "You cannot redirect this while it is feasible." in page and "On second thoughts." in page
    enquiry.refresh_from_db()
    assert enquiry.state == "feasible"


def test_what_is_missing_is_asked_for_and_nothing_is_lost():
    page = send(signed_in("ruth"), "enquiry_new", status=422, **(ASKED | {"title": ""}))
    assert "Enter a title" in page and "Do waits differ" in page
    User.objects.filter(username="olu").update(organisation=None)
    page = send(signed_in("olu"), "enquiry_new", status=422, **ASKED)
    assert "You belong to no organisation on record" in page and "Do waits differ" in page


@pytest.mark.slow
def test_nobody_else_finds_it():
    enquiry = an_enquiry()
    for who in ("olu", "coral", "petra", "pia", "cass"):
        read(signed_in(who), "enquiry", enquiry.pk, status=404)
        send(signed_in(who), "enquiry_withdraw", enquiry.pk, status=404)
        assert enquiry.title not in read(signed_in(who), "enquiries")
    assert enquiry.title in read(signed_in("ada"), "enquiries")


def test_nobody_answers_their_own_and_only_who_asked_withdraws():
    own = an_enquiry("sam")
    with pytest.raises(Refused, match="others answer"):
        services.answer(own, FEASIBLE, reasons="Of course.", by=person("sam"), at=now())
    with pytest.raises(Refused):
        services.withdraw(an_enquiry(), by=person("sam"), at=now())
    with pytest.raises(Refused, match="give reasons"):
        services.answer(an_enquiry(), REDIRECTED, reasons=" ", by=person("sam"), at=now())
    with pytest.raises(Refused, match="what you want to find out"):
        services.ask(title="T", question=" ", catalogue=catalogue(), by=person("ruth"), at=now())
    enquiry = an_enquiry()
    send(signed_in("ruth"), "enquiry_withdraw", enquiry.pk)
    enquiry.refresh_from_db()
    assert enquiry.state == "withdrawn"


@pytest.mark.parametrize("username", ["ruth", "sam"])
def test_the_list_takes_as_many_queries_for_twenty_as_for_one(username, django_assert_max_num_queries):
    client, counts = signed_in(username), []
    for more in (1, 19):
        for _ in range(more):
            an_enquiry()
        with django_assert_max_num_queries(15) as captured:
            read(client, "enquiries")
        counts.append(len(captured))
    assert counts[0] == counts[1]
