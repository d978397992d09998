"""Pages of invitations and organisations: inviting, confirming, making the account, and who sees what."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext

from governance.notices.models import Message
from governance.people.models import Invitation, Organisation, User
from tests.cast import person
from tests.portal.pages import read, send, signed_in

pytestmark = pytest.mark.django_db
GOOD = {"name": "Nia", "password": "a long enough password"}


def invite(client, email="nia@northshire.example", to="Northshire University") -> str:
    """Invite somebody through the page; where their link leads, or "" while there is none."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        send(client, "invitation_new", email=email, organisation=Organisation.objects.get(name=to).pk)
    return link_for(email)


def link_for(email) -> str:
    bodies = [message.body for message in Message.objects.filter(to=email).order_by("pk")]
    return re.search(r"http://testserver(/invited/\S+)", bodies[-1])[1] if bodies else ""


def opens(link) -> int:
    """What the page says to whoever follows the link."""
    return Client().get(link, follow=True).status_code


def test_from_invitation_to_second_factor():
    link, guest = invite(signed_in("sam")), Client()
    page = guest.get(link, follow=True).content.decode()
    assert "nia@northshire.example" in page and "Northshire University" in page
    assert link.rpartition("/")[2] not in page, "and in no address that is asked for next"
    answer = guest.post("/invited/", GOOD)
    assert answer.url == "/you/second-factor/"
    assert "Set up a second factor" in guest.get(answer.url).content.decode()
    assert guest.get("/projects/").url == "/you/second-factor/", "nothing else can be reached"
    assert guest.get("/you/second-factor/app").status_code == 200, "a password that was just chosen is not asked for"
    assert EmailAddress.objects.get(user__username="nia").verified
    assert opens(link) == 410
    again = Client()
    again.get(link)
    assert again.post("/invited/", GOOD).status_code == Client().post("/invited/", GOOD).status_code == 410


@pytest.mark.parametrize("weak", ["2short", "1qaz2wsx3edc", "nia@northshire.example"])
def test_what_was_typed_stays_when_the_password_is_weak(weak):
    link, guest = invite(signed_in("sam")), Client()
    guest.get(link)
    page = guest.post("/invited/", {**GOOD, "password": weak})
    assert page.status_code == 422
    assert 'value="Nia"' in page.content.decode() and f'value="{weak}"' not in page.content.decode()
    assert not User.objects.filter(username="nia").exists()


def test_whoever_was_signed_in_at_this_browser_is_so_no_longer():
    link = invite(signed_in("sam"))
    olu = signed_in("olu")
    olu.get(link)
    assert olu.get("/invited/").status_code == 200
    olu.post("/invited/", GOOD)
    assert olu.session["_auth_user_id"] == str(User.objects.get(username="nia").pk)


def test_coral_confirms_an_address_elsewhere():
    assert invite(signed_in("sam"), "nia@elsewhere.example") == ""
    coral, one = signed_in("coral"), Invitation.objects.get()
    assert "Confirm an invitation" in read(coral, "home") and "Northshire University" in read(coral, "you")
    assert "Confirm and send" in read(coral, "invitation", one.pk)
    assert "Confirm and send" not in read(signed_in("sam"), "invitation", one.pk)
    with TestCase.captureOnCommitCallbacks(execute=True):
        send(coral, "invitation_confirm", one.pk)
    assert opens(link_for("nia@elsewhere.example")) == 200
    assert "Confirm an invitation" not in read(coral, "home")


def test_sending_again_and_taking_back():
    sam = signed_in("sam")
    first, one = invite(sam), Invitation.objects.get()
    with TestCase.captureOnCommitCallbacks(execute=True):
        send(sam, "invitation_resend", one.pk)
    second = link_for(one.email)
    assert opens(first) == 410 and opens(second) == 200
    send(sam, "invitation_withdraw", one.pk)
    assert opens(second) == 410
    assert "Withdrawn" in read(sam, "invitations")


@pytest.mark.slow
def test_who_sees_what():
    invite(signed_in("sam"))
    one = Invitation.objects.get()
    for who, status in (("sam", 200), ("ada", 200), ("coral", 200), ("ruth", 404), ("olu", 404), ("pia", 404)):
        client = signed_in(who)
        read(client, "invitations", status=status)
        read(client, "invitation", one.pk, status=status)
    for who, status in (("sam", 200), ("coral", 200), ("ada", 404), ("ruth", 404)):
        read(signed_in(who), "invitation_new", status=status)
    for who, status in (("sam", 200), ("ada", 200), ("coral", 404)):
        read(signed_in(who), "organisations", status=status)
    for who, status in (("sam", 200), ("ada", 404), ("coral", 404)):
        read(signed_in(who), "organisation_edit", one.organisation_id, status=status)


def test_a_contact_sees_and_chooses_the_own_organisation_alone():
    sam = signed_in("sam")
    eastmoor = Organisation.objects.get(name="Eastmoor Institute")
    send(sam, "organisation_edit", eastmoor.pk, domains="eastmoor.example", contact="olu")
    invite(sam, "ned@eastmoor.example", "Eastmoor Institute")
    coral = signed_in("coral")
    assert "ned@eastmoor.example" not in read(coral, "invitations")
    read(coral, "invitation", Invitation.objects.get().pk, status=404)
    page = send(coral, "invitation_new", status=422, email="max@eastmoor.example", organisation=eastmoor.pk)
    assert "max@eastmoor.example" in page and Invitation.objects.count() == 1


def test_a_refusal_keeps_what_was_typed():
    sam = signed_in("sam")
    page = send(sam, "invitation_new", status=422, email="ruth@gatehouse.example",
                organisation=person("ruth").organisation_id)  # fmt: skip
    assert "There is an account with this email address" in page and "ruth@gatehouse.example" in page
    pk = person("ruth").organisation_id
    page = send(sam, "organisation_edit", pk, status=422, domains="not a domain!", contact="nobody")
    assert "is not a domain" in page and "There is nobody with this user name" in page and "not a domain!" in page


@pytest.mark.slow
def test_lists_cost_the_same_for_one_and_for_many(django_assert_num_queries):
    sam = signed_in("sam")
    invite(sam)
    for page in ("/invitations/", "/organisations/"):
        sam.get(page)
        with CaptureQueriesContext(connection) as one:
            sam.get(page)
        cost, at = len(one), Invitation.objects.first().created_at
        made = [Organisation(name=f"{page} {number}") for number in range(1000)]
        organisations = Organisation.objects.bulk_create(made)
        Invitation.objects.bulk_create(
            Invitation(email=f"{page}{number}@x.example", organisation=organisation, invited_by=person("sam"),
                       created_at=at, state_since=at)
            for number, organisation in enumerate(organisations)
        )  # fmt: skip
        with django_assert_num_queries(cost):
            assert sam.get(page).status_code == 200
