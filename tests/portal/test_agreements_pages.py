"""Agreements through the pages: the scope, two signatures, an end."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from governance.agreements import services
from governance.projects import leaving
from tests.builders import an_agreement, now
from tests.cast import person
from tests.portal.pages import read, send, signed_in

pytestmark = pytest.mark.django_db


def test_the_page_shows_the_whole_scope():
    agreement = an_agreement("drawn_up")
    page = read(signed_in("ruth"), "agreement", agreement.pk)
    for text in (
        "Police recorded crime",
        "Date recorded",
        "Month",
        "Court case (defendant on case)",
        "HMCTS",
        "1 January 2019 to 31 December 2026",
        "4 variables of 2 tables",
        "Nobody has signed yet.",
    ):
        assert text in page


@pytest.mark.slow
def test_the_sides_sign_in_turn_after_reading():
    agreement, ruth, sam = an_agreement("drawn_up"), signed_in("ruth"), signed_in("sam")
    assert "Sign the agreement" not in read(sam, "agreement", agreement.pk)
    page = send(ruth, "agreement_sign", agreement.pk, status=422, sha256=agreement.sha256)
    assert "Tick the box to say that you have read the agreement" in page and "<title>Error: " in page
    page = send(ruth, "agreement_sign", agreement.pk, status=422, read="on", sha256="0" * 64)
    assert "not the terms that you read" in page
    assert not agreement.signatures.exists()

    signs(ruth, agreement)
    assert "Still to sign: Coral, Northshire University (its signatory)." in read(ruth, "agreement", agreement.pk)
    for username in ("coral", "sian"):
        signs(signed_in(username), agreement)
    assert "Sign for the service" in read(sam, "agreement", agreement.pk)
    signs(sam, agreement)
    agreement.refresh_from_db()
    assert agreement.state == "in_force"
    assert [(one.side, one.person.username) for one in agreement.signatures.all()] == [
        ("project", "ruth"),
        ("project", "coral"),
        ("institution", "sian"),
        ("service", "sam"),
    ]
    assert "For the service" in read(ruth, "agreement", agreement.pk)


def test_who_left_before_signing_is_named_as_gone_on_page_and_paper():
    agreement, ruth = an_agreement("drawn_up"), signed_in("ruth")
    leaving.leave(person("coral"), reasons="Another post.", by=person("sam"), at=now())
    for username in ("ruth", "sian"):
        signs(signed_in(username), agreement)
    page = read(ruth, "agreement", agreement.pk)
    assert "Left the team before signing, so not waited for: Coral." in page
    assert "Still to sign" not in page and "Waiting for the service" in page
    assert "Left the team before signing: Coral." in paper(ruth, agreement)


def paper(client, agreement):
    answer = client.get(reverse("agreement_pdf", args=[agreement.pk]))
    assert answer["Content-Type"] == "application/pdf"
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages).split())


def signs(client, agreement, **more):
    return send(client, "agreement_sign", agreement.pk, read="on", sha256=agreement.sha256, **more)


@pytest.mark.parametrize(("username", "named"), [("ruth", False), ("coral", False), ("sam", True), ("ada", True)])
def test_the_team_reads_for_whom_the_service_signed_and_not_who(username, named):
    page = read(signed_in(username), "agreement", an_agreement("in_force").pk)
    signatures = page[page.index("Signatures</h2>") :]
    signatures = signatures[: signatures.index("</table>")]
    assert "For the service" in signatures and "Gatehouse Service" in signatures and "Ruth" in signatures
    assert ("Sam" in signatures) == named


def test_what_can_be_done_stands_before_the_agreement_and_the_history_after_it():
    page = read(signed_in("ruth"), "agreement", an_agreement("drawn_up").pk)
    assert page.index("What you can do now") < page.index("Period of the data") < page.index('id="history-heading"')


@pytest.mark.parametrize("username", ["petra", "pia", "ada", "sam", "esme"])
def test_nobody_outside_signs_for_the_project(username):
    agreement, client = an_agreement("drawn_up"), signed_in(username)
    assert "Sign the agreement" not in read(client, "agreement", agreement.pk)
    signs(client, agreement)
    assert "Not done" in read(client, "agreement", agreement.pk)
    assert not agreement.signatures.exists()


def test_nobody_signs_twice():
    agreement, ruth = an_agreement("in_force"), signed_in("ruth")
    signs(ruth, agreement)
    assert "You have signed this agreement." in read(ruth, "agreement", agreement.pk)
    assert agreement.signatures.count() == 4


def test_an_agreement_whose_time_is_over_is_not_signed():
    agreement = an_agreement("drawn_up")
    agreement.ends_on = timezone.localdate() - timedelta(days=1)
    agreement.save(update_fields=["ends_on"])
    page = read(signed_in("ruth"), "agreement", agreement.pk)
    assert "The agreement ended on" in page and "Sign the agreement" not in page
    signs(signed_in("ruth"), agreement)
    assert not agreement.signatures.exists()


def test_support_revokes_with_reasons_after_a_page_that_warns():
    agreement, sam = an_agreement("in_force"), signed_in("sam")
    assert "This cannot be undone" in read(sam, "agreement_revoke", agreement.pk)
    assert "Enter your reasons" in send(sam, "agreement_revoke", agreement.pk, status=422, reasons="")
    send(sam, "agreement_revoke", agreement.pk, reasons="The project broke the rules.")
    agreement.refresh_from_db()
    assert agreement.state == "revoked"
    assert "The project broke the rules." in read(signed_in("ruth"), "agreement", agreement.pk)
    assert "No agreement of this project is in force" in read(signed_in("ruth"), "project", agreement.project_id)


def test_typed_reasons_survive_a_refusal():
    agreement, sam = an_agreement("in_force"), signed_in("sam")
    services.revoke(agreement, reasons="Already done.", by=person("sam"), at=now())
    page = send(sam, "agreement_revoke", agreement.pk, status=422, reasons="Typed at length.")
    assert "Typed at length." in page and "You cannot revoke this while it is revoked." in page


def test_others_do_not_revoke():
    agreement = an_agreement("in_force")
    for username in ("ruth", "pia", "petra"):
        answer = signed_in(username).get(reverse("agreement_revoke", args=[agreement.pk]), follow=True)
        assert answer.redirect_chain == [(agreement.get_absolute_url(), 302)]
        send(signed_in(username), "agreement_revoke", agreement.pk, reasons="Because.")
    agreement.refresh_from_db()
    assert agreement.state == "in_force"


@pytest.mark.slow
def test_outsiders_and_checkers_find_nothing():
    agreement = an_agreement("in_force")
    for username in ("olu", "cass", "connie"):
        for name in ("agreement", "agreement_sign", "agreement_revoke"):
            read(signed_in(username), name, agreement.pk, status=404)
            send(signed_in(username), name, agreement.pk, status=404, read="on", reasons="Because.")


@pytest.mark.slow
def test_the_page_takes_as_many_queries_for_a_wide_scope_as_for_a_narrow_one(django_assert_max_num_queries):
    narrow = an_agreement("in_force", wish={"pol_crime": {"knife_flag": ""}})
    wide = an_agreement("in_force")
    client, counts = signed_in("ruth"), []
    for agreement in (narrow, wide):
        client.get(agreement.get_absolute_url())  # the visit is on the trail from now on
        with django_assert_max_num_queries(45) as captured:
            client.get(agreement.get_absolute_url())
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_the_agreement_as_pdf_holds_what_was_signed_and_its_hash():
    agreement = an_agreement("in_force")
    text = paper(signed_in("ruth"), agreement)
    for said in (agreement.sha256, "Northshire University", "Date recorded", "Ruth", "Sian", "secure environment"):
        assert said in text
    assert "Sam" not in text, "who signed for the service is not named to the team"
    read(signed_in("olu"), "agreement_pdf", agreement.pk, status=404)
