"""Pages of standing: what a researcher reads and does, what research support does, and what nobody else sees."""

from datetime import timedelta

import pytest
from django.urls import reverse

from governance.audit.models import Entry
from governance.people.grants import worker
from governance.people.models import Accreditation, Sanction
from governance.people.public_list import Listed
from governance.standing import services
from tests.builders import a_project, a_request_for_accreditation, now
from tests.cast import person
from tests.governance.test_standing import VERSION, granted, ready, trained
from tests.portal.pages import read, send, signed_in

pytestmark = pytest.mark.django_db

ASKED = {"route": "degree", "evidence": "MSc in statistics.", "on_the_register": "on"}
PAGES_OF_SUPPORT = (
    ("people", ()), ("person", ("ruth",)), ("person_training", ("ruth",)), ("person_sanction", ("ruth",)),
)  # fmt: skip


def lapse(username):
    person(username).trainings.update(valid_until=now().date() - timedelta(days=1))


def test_a_researcher_reads_every_condition_and_what_to_do():
    page = read(signed_in("ruth"), "you")
    assert "Every condition holds" in page and "AR-00001" in page and "SRT-00001" in page
    a_project()
    lapse("ruth")
    page = read(signed_in("ruth"), "you")
    assert "Fails" in page and "take it again, and ask research support to record it" in page
    assert "See your standing" in read(signed_in("ruth"), "home")


def test_what_ends_soon_is_marked():
    person("ruth").trainings.update(valid_until=now().date() + timedelta(days=30))
    a_project()
    assert "Ends soon" in read(signed_in("ruth"), "you")
    assert "Safe researcher training ends in 30 days" in read(signed_in("ruth"), "home")


def test_somebody_new_signs_asks_and_is_accredited():
    coral, sam = signed_in("coral"), signed_in("sam")
    assert "Ask for accreditation" in read(coral, "you")
    send(coral, "declaration", version=VERSION)
    assert "You signed this version" in read(coral, "declaration")
    send(coral, "accreditation_ask", **ASKED)
    one = Accreditation.objects.get(person=person("coral"))
    assert "See your request" in read(coral, "you")

    assert "Coral" in read(sam, "people") and "Decide on the accreditation" in read(sam, "home")
    assert "no safe researcher training" in read(sam, "accreditation", one.pk)
    refused = send(sam, "accreditation_decide", one.pk, status=422, verdict="grant", reasons="All is well, I think.")
    assert "cannot be granted yet" in refused and "All is well, I think." in refused, "what was typed stays"

    passed, until = now().date(), now().date() + timedelta(days=900)
    send(sam, "person_training", person("coral").pk, certificate="SRT-9", passed_on=passed, valid_until=until)
    send(sam, "accreditation_decide", one.pk, verdict="grant", reasons="Complete.")
    page = read(coral, "you")
    assert "Every condition holds" in page and "AR-00026" in page
    page = read(coral, "accreditation", one.pk)
    assert "Complete." in page, "the person reads the reasons"
    assert "Sam" not in page and "Research support officer" in page, "and not who decided"
    assert "Sam" in read(signed_in("ada"), "accreditation", one.pk)


def test_a_renewal_begins_with_what_was_said_last_time():
    page = read(signed_in("ruth"), "accreditation_ask")
    assert "Ask for a renewal" in page and "A degree in statistics." in page


def test_support_reads_what_the_public_list_says():
    listed = Listed("ONS-1", "Dr Coral", "Northshire University", "full", now().date() + timedelta(days=700))
    services.import_public_list([listed], sha256="", by=person("sam"), at=now())
    send(signed_in("coral"), "accreditation_ask", **ASKED, public_number="ONS-1")
    one = Accreditation.objects.get(person=person("coral"))
    for page in ("accreditation", "accreditation_decide"):
        assert "The public list has under ONS-1: Dr Coral" in read(signed_in("sam"), page, one.pk)


def test_a_mistake_in_the_request_loses_nothing():
    coral = signed_in("coral")
    typed = {"route": "supervised", "evidence": "I start this autumn.", "supervisor": "nobody"}
    page = send(coral, "accreditation_ask", status=422, **typed)
    assert "There is nobody with this user name" in page and "public register" in page
    assert "I start this autumn." in page and 'value="nobody"' in page
    page = send(coral, "accreditation_ask", status=422, **{**typed, "supervisor": "", "on_the_register": "on"})
    assert "Enter your supervisor's user name" in page
    page = send(coral, "accreditation_ask", status=422, **{**typed, "supervisor": "coral", "on_the_register": "on"})
    assert "Nobody supervises themselves" in page
    assert not Accreditation.objects.filter(person=person("coral")).exists()


def test_a_request_is_taken_back_after_a_question():
    one = a_request_for_accreditation()
    coral = signed_in("coral")
    assert "Take your request back?" in read(coral, "accreditation_withdraw", one.pk)
    send(coral, "accreditation_withdraw", one.pk)
    assert "Ask for a" in read(coral, "you")
    read(coral, "accreditation_withdraw", one.pk, status=302)


@pytest.mark.parametrize("username", ["ruth", "petra", "pia", "cass", "lin", "olu"])
def test_nobody_else_reads_of_others(username):
    one, client = a_request_for_accreditation(), signed_in(username)
    read(client, "accreditation", one.pk, status=404)
    for page, args in PAGES_OF_SUPPORT:
        read(client, page, *(person(name).pk for name in args), status=404)
    sanction = services.impose(person("coral"), level=1, reasons="Screen open.", by=person("sam"), at=now())
    read(client, "sanction", sanction.pk, status=404)


def test_an_auditor_reads_and_records_nothing():
    ada, ruth = signed_in("ada"), person("ruth")
    page = read(ada, "person", ruth.pk)
    assert "AR-00001" in page and "Impose a sanction" not in page and "Record training" not in page
    for page in ("person_training", "person_sanction"):
        read(ada, page, ruth.pk, status=404)
    assert Entry.objects.filter(action="view", subject_type="user", actor="ada").count() == 1


def test_the_worker_is_no_person():
    read(signed_in("sam"), "person", worker().pk, status=404)


def test_support_finds_people_and_those_whose_standing_does_not_hold():
    lapse("olu")
    sam = signed_in("sam")
    everyone = read(sam, "people")
    assert "Ruth" in everyone and "Olu" in everyone and "Does not hold" in everyone
    page = sam.get(reverse("people"), {"lapsed": "on"}).content.decode()
    assert "Olu" in page and "AR-" not in page and ">Ruth<" not in page
    assert "Nobody was found." in sam.get(reverse("people"), {"words": "zebra"}).content.decode()
    assert ">Ruth<" in sam.get(reverse("people"), {"words": "north ruth"}).content.decode()


def test_a_sanction_is_read_by_whom_it_is_on_and_lifted_by_support():
    ruth, sam = signed_in("ruth"), signed_in("sam")
    page = send(sam, "person_sanction", person("ruth").pk, status=422, level="2", reasons="Shared an account.")
    assert "Enter for how many months" in page and "Shared an account." in page
    send(sam, "person_sanction", person("ruth").pk, level="2", months="6", reasons="Shared an account.")
    one = Sanction.objects.get()
    assert "Your access is suspended" in read(ruth, "you")
    page = read(ruth, "sanction", one.pk)
    assert "Shared an account." in page and "You may appeal" in page and "Lift the sanction" not in page
    assert "Sam" not in page
    send(ruth, "sanction", one.pk, reasons="I did nothing.")
    assert Sanction.objects.get().state == "in_force"
    assert "Give your reasons" in send(sam, "sanction", one.pk, status=422, reasons=" ")
    send(sam, "sanction", one.pk, reasons="Appeal upheld.")
    assert "Every condition holds" in read(ruth, "you")


def test_a_revocation_says_what_stops_and_does_it():
    one, sam = person("ruth").accreditations.get(), signed_in("sam")
    assert "extracts that are being built for them stop" in read(sam, "accreditation_revoke", one.pk)
    send(sam, "accreditation_revoke", one.pk, reasons="Major breach.")
    assert "You are not an accredited researcher" in read(signed_in("ruth"), "you")


def test_pages_ask_as_often_for_many_people_as_for_one(django_assert_max_num_queries):
    granted("coral", route="supervised", supervisor="ruth")
    ready("hetty")
    a_request_for_accreditation("hetty", route="supervised", supervisor="olu")
    sam = signed_in("sam")
    read(sam, "people")
    with django_assert_max_num_queries(30) as few:
        read(sam, "people")
    for username in ("dora", "wyn", "lena"):
        trained(username)
        a_request_for_accreditation(username, route="supervised", supervisor="olu")
    with django_assert_max_num_queries(len(few)):
        read(sam, "people")
