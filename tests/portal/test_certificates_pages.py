"""A certificate is read into the boxes; research support compares, and only then is something recorded."""

import re
from datetime import date

import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from governance.audit.models import Entry
from governance.people.certificates import read
from governance.people.models import Training
from governance.standing import services
from governance.workflow import Refused
from portal import certificate_page
from tests.builders import now
from tests.cast import person
from tests.governance.test_certificates import pdf
from tests.portal.pages import signed_in, text_of

pytestmark = pytest.mark.django_db
CERTIFICATE = "Name: {0} \\ Certificate number: SRT-77 \\ Passed on 12 March 2026 \\ Valid until 11 March 2031"
KEPT = re.compile(r'name="found" value="([^"]*)"')
DAYS = {"passed_on": date(2026, 3, 12), "valid_until": date(2031, 3, 11)}
BOXES = {"certificate": "SRT-77", "passed_on": "2026-03-12", "valid_until": "2031-03-11"}


def send(status, *, about="olu", **data):
    """What the page says to research support, who sent this."""
    response = signed_in("sam").post(reverse("person_training", args=[person(about).pk]), data)
    assert response.status_code == status
    return text_of(response)


def chosen(name="Olu", content=b""):
    return SimpleUploadedFile("certificate.pdf", content or pdf(CERTIFICATE.format(name)), "application/pdf")


def recorded():
    return Training.objects.filter(certificate="SRT-77")


def test_what_was_read_stands_in_the_boxes_and_nothing_is_recorded_before_it_is_confirmed():
    page = send(200, do="read", file=chosen())
    assert 'value="SRT-77"' in page and 'value="2031"' in page and "which is that of Olu" in page
    assert not recorded()
    send(302, found=KEPT.search(page)[1], **BOXES)
    one = recorded().get()
    assert one.certificate_sha256 == read(pdf(CERTIFICATE.format("Olu"))).sha256
    assert one.valid_until == DAYS["valid_until"]
    details = Entry.objects.filter(action="record training").last().details
    assert details["sha256"] == one.certificate_sha256 and details["name"] == "matches"


def test_a_file_that_is_sent_with_the_last_button_is_read_first_too():
    assert "Nothing is recorded yet" in send(200, file=chosen(), **BOXES)
    assert not recorded()


def test_without_a_certificate_it_is_as_before():
    send(302, **BOXES)
    assert recorded().get().certificate_sha256 == ""


def test_what_was_typed_stays_and_the_rest_is_proposed():
    page = send(200, do="read", file=chosen(), certificate="Typed-1", **{"passed_on-day": "9"})
    assert 'value="Typed-1"' in page and 'value="9"' in page and 'value="2031"' in page


def test_a_name_that_differs_is_told_and_needs_a_tick_that_goes_to_the_trail():
    page = send(200, do="read", file=chosen("Ruth"))
    assert "is not that of the person" in page and "The certificate is theirs" in page
    found = KEPT.search(page)[1]
    page = send(422, found=found, **BOXES)
    assert "Tick the box if the certificate is theirs" in page and 'value="SRT-77"' in page
    assert not recorded()
    send(302, found=KEPT.search(page)[1], is_theirs="on", **BOXES)
    assert Entry.objects.filter(action="record training").last().details["name"] == "confirmed, though it differs"


def test_the_service_asks_for_that_too():
    found = read(pdf(CERTIFICATE.format("Ruth")))
    given = {"certificate": "SRT-77", "found": found, "by": person("sam"), "at": now()} | DAYS
    with pytest.raises(Refused, match="say that it is theirs"):
        services.record_training(person("olu"), **given)
    assert services.record_training(person("olu"), is_theirs=True, **given).pk


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"%PDF-1.7 broken", "broken"), (b"a letter", "must be a PDF"), (b"%PDF" + b" " * 5 * 1024**2, "at most 5 MB")],
)
def test_a_file_that_cannot_be_read_is_a_sentence_and_loses_nothing(content, said):
    page = send(422, do="read", file=chosen(content=content), certificate="Typed-1")
    assert said in page and 'value="Typed-1"' in page


def test_reading_without_a_file_asks_for_one():
    assert "Select the certificate" in send(422, do="read", certificate="Typed-1")


@pytest.mark.parametrize("how", ["changed", "of another", "old"])
def test_what_was_read_is_believed_only_as_it_was_signed_for_this_person(how, monkeypatch):
    """Otherwise the tick could be got round, or another person's certificate be recorded."""
    found = KEPT.search(send(200, do="read", file=chosen("Ruth"), about="olu" if how != "of another" else "ruth"))[1]
    if how == "changed":
        found = signing.dumps([person("olu").pk, {}], salt="another")
    if how == "old":
        monkeypatch.setattr(certificate_page, "SECONDS", -1)
    page = send(422, found=found, **BOXES)
    assert "choose it again" in page and 'value="SRT-77"' in page
    assert not recorded()
