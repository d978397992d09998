"""One's notices, what comes by e-mail, and the operator's page."""

import pytest
from django.urls import reverse

from governance.audit.models import Entry
from governance.notices import outbox, services
from governance.notices.groups import Group, How, Kind
from governance.notices.models import Message, Notice, Preference
from governance.notices.outbox import Telling
from tests.builders import a_project, now
from tests.cast import person
from tests.extracts.telling.telling import SITE, spread
from tests.portal.pages import read, send, signed_in

pytestmark = pytest.mark.django_db


def notices_for(username: str, number: int) -> None:
    for count in range(number):
        telling = Telling(
            f"event:{count}", Group.PROJECTS, Kind.CHANGED, f"GH-2026-{count:04}", "Something.", "/projects/1/"
        )
        outbox.give(person(username), telling, at=now(), site=SITE)


def test_without_notices_the_page_says_when_there_will_be_some():
    page = read(signed_in("ruth"), "notices")
    assert "You have no notices yet" in page and "Mark all as read" not in page
    assert "You have read everything" in signed_in("ruth").get(reverse("notices") + "?show=unread").content.decode()


def test_a_notice_is_read_by_opening_it():
    project = a_project("triage")
    spread()
    sam = signed_in("sam")
    page = read(sam, "notices")
    assert project.reference in page and "An application waits for triage." in page and "Unread (1)" in page
    assert 'Notices (1<span class="govuk-visually-hidden"> unread</span>)' in page
    notice = Notice.objects.get(person=person("sam"))
    response = sam.post(reverse("notice_open", args=[notice.pk]))
    assert response.url == project.get_absolute_url()
    assert "Unread (0)" in read(sam, "notices")
    first = Notice.objects.get(pk=notice.pk).read_at
    sam.post(reverse("notice_open", args=[notice.pk]))
    assert Notice.objects.get(pk=notice.pk).read_at == first


def test_a_notice_is_read_by_visiting_the_record():
    project = a_project("triage")
    a_project("triage")
    spread()
    sam = signed_in("sam")
    read(sam, "project", project.pk)
    assert services.unread(person("sam")).count() == 1, "the other project's stays"
    assert services.unread(person("coral")).count() == 2, "and so do other people's"


def test_opening_needs_a_form_and_ones_own_notice():
    notices_for("ruth", 1)
    notice = Notice.objects.get()
    assert signed_in("ruth").get(reverse("notice_open", args=[notice.pk])).status_code == 405
    for name in ("olu", "otto", "ada"):
        assert signed_in(name).post(reverse("notice_open", args=[notice.pk])).status_code == 404
        assert "GH-2026-0000" not in read(signed_in(name), "notices")
    assert services.unread(person("ruth")).count() == 1


def test_everything_that_was_on_the_page_is_marked_as_read():
    notices_for("ruth", 3)
    newest = Notice.objects.order_by("pk")[1].pk
    send(signed_in("ruth"), "notices_read", newest=newest)
    assert services.unread(person("ruth")).count() == 1, "what came since stays unread"
    send(signed_in("ruth"), "notices_read", newest="all")
    send(signed_in("ruth"), "notices_read", newest="9" * 30)
    assert services.unread(person("ruth")).count() == 1


def test_only_unread_ones_on_request_and_page_by_page():
    notices_for("ruth", 60)
    services.read(Notice.objects.filter(reference__lt="GH-2026-0030"), at=now())
    ruth = signed_in("ruth")
    page = ruth.get(reverse("notices") + "?show=unread&page=2").content.decode()
    assert "GH-2026-0034" in page and "GH-2026-0035" not in page and "GH-2026-0029" not in page
    assert "GH-2026-0000" in ruth.get(reverse("notices") + "?page=3").content.decode()


@pytest.mark.slow
def test_the_page_takes_the_same_few_queries_for_one_and_for_many(django_assert_num_queries):
    ruth = signed_in("ruth")
    notices_for("ruth", 1)
    with django_assert_num_queries(9):
        read(ruth, "notices")
    notices_for("ruth", 1000)
    with django_assert_num_queries(9):
        read(ruth, "notices")


def test_what_comes_by_mail_is_chosen_group_by_group():
    ruth = signed_in("ruth")
    page = read(ruth, "notices_preferences")
    assert "ruth@gatehouse.example" in page and "Linkage and releases" not in page
    chosen = {"turn": "at_once", "projects": "digest", "standing": "none", "outputs": "digest"}
    send(ruth, "notices_preferences", **chosen)
    assert dict(Preference.objects.values_list("group", "how")) == chosen
    assert outbox.chosen(person("ruth"), Group.STANDING) == How.NONE
    page = send(ruth, "notices_preferences", status=422, **{**chosen, "turn": ""})
    assert "Select how notices of “Your turn” come by email" in page
    assert "Linkage and releases" in read(signed_in("lin"), "notices_preferences")


@pytest.fixture
def dead():
    message = outbox.post(to="new.person@uni.example", subject="Gatehouse", body="A secret link", key="i:1", at=now())
    Message.objects.filter(pk=message.pk).update(state="dead", attempts=12, problem="SMTPRecipientsRefused")
    return message


def test_the_operator_sees_what_waits_and_no_address(dead):
    a_project("triage")
    page = read(signed_in("otto"), "operations")
    assert "Operations" in page and "Changes to tell of" in page
    assert "@uni.example" in page and "new.person" not in page and "A secret link" not in page
    assert "SMTPRecipientsRefused" in page
    assert "None." in read_after_discarding(dead)


def read_after_discarding(message) -> str:
    otto = signed_in("otto")
    refused = send(otto, "message_discard", message.pk, status=422, reasons="")
    assert "Give your reasons" in refused
    send(otto, "message_discard", message.pk, reasons="The address does not exist.")
    assert Entry.objects.filter(action="discard", actor="otto").count() == 1
    return read(otto, "operations")


def test_the_operator_tries_again(dead):
    otto = signed_in("otto")
    assert "new.person" not in read(otto, "message_discard", dead.pk)
    send(otto, "message_retry", dead.pk)
    assert Message.objects.get().state == "waiting"
    send(otto, "message_retry", dead.pk)
    assert "has not been given up" in read(otto, "operations")
    late = send(otto, "message_discard", dead.pk, status=422, reasons="Typed at length.")
    assert "somebody else has seen to it" in late and "Typed at length." in late


@pytest.mark.parametrize("username", ["ruth", "sam", "ada", "cass", "lin", "rae"])
def test_operations_are_there_for_operators_alone(dead, username):
    client = signed_in(username)
    read(client, "operations", status=404)
    read(client, "message_discard", dead.pk, status=404)
    send(client, "message_retry", dead.pk, status=404)
    assert "Operations" not in read(client, "home")


def test_an_operator_reaches_no_project():
    project = a_project("triage")
    otto = signed_in("otto")
    read(otto, "project", project.pk, status=404)
    for name in ("otto", "lin", "rae"):
        assert project.title not in read(signed_in(name), "projects"), "nor does who works on the linked data"
    for page in ("people", "trail", "linkage"):
        read(otto, page, status=404)


def test_the_operators_page_takes_as_many_queries_for_many(dead, django_assert_num_queries):
    otto = signed_in("otto")
    with django_assert_num_queries(18):
        read(otto, "operations")
    for number in range(40):
        message = outbox.post(to="new@uni.example", subject="x", body="y", key=f"m:{number}", at=now())
        Message.objects.filter(pk=message.pk).update(state="dead")
    a_project("triage")
    with django_assert_num_queries(18):
        read(otto, "operations")
