"""Resetting a lost second factor through the pages: asked for, confirmed by another, and set up anew."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse

from governance.audit.models import Entry
from governance.people.models import FactorReset, User
from governance.standing import factor_resets
from portal.demo import PASSWORD
from portal.demo_codes import code_of
from tests.builders import a_factor_reset, now
from tests.cast import person
from tests.portal.pages import read, send, signed_in

pytestmark = pytest.mark.django_db


def browser_of(username: str) -> Client:
    """Signed in through the pages, so that the session is one of the person's."""
    client = Client()
    client.post("/sign-in", {"login": username, "password": PASSWORD})
    client.post("/sign-in/code", {"code": code_of(username)})
    client.get("/")
    return client


def test_a_lost_factor_is_replaced_from_asking_to_setting_up():
    ruth, sam, otto = person("ruth"), signed_in("sam"), signed_in("otto")
    RecoveryCodes.activate(ruth)
    stolen = browser_of("ruth")
    assert UserSession.objects.filter(user=ruth).count() == 1

    assert "Reset the second factor" in read(sam, "person", ruth.pk)
    page = read(sam, "factor_reset_ask", ruth.pk)
    assert "A second person" in page
    assert "Say how the person proved who they are" in send(sam, "factor_reset_ask", ruth.pk, status=422, because="")
    send(sam, "factor_reset_ask", ruth.pk, because="Compared with her identity card in a video call.")
    reset = FactorReset.objects.get()
    assert "You asked for it" in read(sam, "factor_reset", reset.pk)
    assert Authenticator.objects.filter(user=ruth).count() == 2, "asked for is not done"
    assert "Asked for on" in read(sam, "person", ruth.pk)

    assert "Confirm or refuse the reset of a second factor" in read(otto, "home")
    assert "identity card" in read(otto, "factor_reset", reset.pk)
    send(otto, "factor_reset_decide", reset.pk, verdict="confirm", reasons="I called her back.")

    assert not Authenticator.objects.filter(user=ruth).exists() and not UserSession.objects.filter(user=ruth).exists()
    assert stolen.get("/projects/").url.startswith("/sign-in"), "every session of hers has ended"
    entry = Entry.objects.get(action="reset second factor")
    assert entry.details == {"removed": ["authenticator app", "recovery codes"], "sessions": 1}

    again = Client()
    answer = again.post("/sign-in", {"login": "ruth", "password": PASSWORD})
    assert again.get(answer.url).url == "/you/second-factor/"
    assert again.get("/projects/").url == "/you/second-factor/", "nothing else before a new one is set up"


def test_the_person_reads_of_it_and_stops_it():
    reset, ruth = a_factor_reset(), signed_in("ruth")
    assert "stop it if that was not you" in read(ruth, "you")
    page = read(ruth, "factor_reset", reset.pk)
    assert "Stop it" in page and "Sam" not in page and "Decide on it" not in page
    send(ruth, "factor_reset_end", reset.pk, answer="stop")
    reset.refresh_from_db()
    assert reset.state == "refused" and Authenticator.objects.filter(user=person("ruth")).exists()
    assert "stop it if that was not you" not in read(ruth, "you")


def test_research_support_takes_it_back_and_a_second_person_refuses():
    reset = a_factor_reset()
    send(signed_in("sam"), "factor_reset_end", reset.pk, answer="withdraw")
    assert FactorReset.objects.get().state == "withdrawn"
    reset = a_factor_reset()
    send(signed_in("otto"), "factor_reset_decide", reset.pk, verdict="refuse", reasons="Nobody answers there.")
    assert "Nobody answers there." in read(signed_in("ruth"), "factor_reset", reset.pk)
    assert Authenticator.objects.filter(user=person("ruth")).exists()


@pytest.mark.slow
def test_whoever_asked_does_not_confirm_and_strangers_see_nothing():
    reset = a_factor_reset()
    send(signed_in("sam"), "factor_reset_decide", reset.pk, status=422, verdict="confirm", reasons="Sure.")
    for who in ("olu", "pia", "coral", "petra"):
        for name in ("factor_reset", "factor_reset_decide"):
            read(signed_in(who), name, reset.pk, status=404)
        read(signed_in(who), "factor_reset_ask", person("ruth").pk, status=404)
        send(signed_in(who), "factor_reset_end", reset.pk, status=404, answer="stop")
    for who, answer in (("otto", "stop"), ("otto", "withdraw"), ("ruth", "withdraw")):
        send(signed_in(who), "factor_reset_end", reset.pk, answer=answer)
    send(signed_in("sam"), "factor_reset_end", reset.pk, status=404, answer="confirm")
    assert FactorReset.objects.get().state == "asked"


def test_operators_read_resets_and_no_other_record_of_a_person():
    reset = a_factor_reset()
    assert reset.because in read(signed_in("otto"), "factor_reset", reset.pk)
    read(signed_in("otto"), "person", person("ruth").pk, status=404)
    read(signed_in("otto"), "people", status=404)


def test_who_has_no_factor_needs_no_reset():
    nia = User.objects.create_user("nia", "nia@gatehouse.example", PASSWORD, name="Nia")
    person("sam")
    answer = signed_in("sam").get(reverse("factor_reset_ask", args=[nia.pk]), follow=True)
    assert "has no second factor" in answer.content.decode()
    assert not FactorReset.objects.exists()


def test_a_search_finds_everybody_for_whom_a_reset_could_be_asked():
    sam = signed_in("sam")
    assert ">Cass<" not in read(sam, "people")
    assert ">Cass<" in sam.get(reverse("people"), {"words": "cass"}).content.decode()
    assert "Nobody was found." in sam.get(reverse("people"), {"words": "gatehouse worker"}).content.decode()


def test_the_person_reads_by_which_role_it_was_decided_and_not_who_did():
    reset = a_factor_reset()
    factor_resets.refuse(reset, reasons="The pictures differ.", by=person("otto"), at=now())
    page = read(signed_in(reset.person.username), "factor_reset", reset.pk)
    assert "Operator" in page and "Otto" not in page
