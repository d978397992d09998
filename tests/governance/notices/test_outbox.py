"""The outbox is written with the change; a notice and a message are made once."""

import pytest
from django.db import transaction

from governance.audit.models import Entry
from governance.notices import outbox, services
from governance.notices.groups import LONGEST_PAUSE, MOST_ATTEMPTS, Group, How, Kind, pause
from governance.notices.models import Event, Message, Notice
from governance.notices.outbox import Telling
from governance.projects import services as projects
from governance.workflow import Refused
from tests.builders import a_project, now
from tests.cast import person

SITE = "https://gatehouse.example"


def telling(key="event:1", **more):
    fields = {
        "group": Group.PROJECTS, "kind": Kind.CHANGED, "reference": "GH-2026-0001", "says": "It was submitted.",
        "address": "/projects/1/",
    }  # fmt: skip
    return Telling(key=key, **{**fields, **more})


@pytest.mark.django_db
def test_every_entry_of_a_change_has_its_row_in_the_outbox():
    project = a_project("triage")
    events = Event.objects.filter(record_type="projects.project", record_pk=project.pk)
    actions = list(Entry.objects.exclude(before="", after="").order_by("seq").values_list("action", flat=True))
    assert list(events.values_list("action", flat=True)) == actions
    assert events.last().action == "submit" and events.last().actor == person("ruth")


@pytest.mark.django_db
def test_what_is_rolled_back_is_told_to_nobody():
    project = a_project()
    before = Event.objects.count()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        projects.withdraw(project, reasons="No longer needed.", by=person("ruth"), at=now())
        assert Event.objects.count() == before + 1
        1 / 0  # noqa: B018
    assert Event.objects.count() == before
    with pytest.raises(Refused):
        projects.withdraw(project, reasons="Not mine.", by=person("olu"), at=now())
    assert Event.objects.count() == before


@pytest.mark.django_db
def test_a_person_is_told_once():
    for _ in range(2):
        outbox.give(person("ruth"), telling(), at=now(), site=SITE)
    outbox.give(person("coral"), telling(), at=now(), site=SITE)
    assert Notice.objects.count() == Message.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(("how", "messages"), [(How.AT_ONCE, 1), (How.DIGEST, 0), (How.NONE, 0)])
def test_the_notice_is_kept_whatever_was_chosen_for_mail(how, messages):
    services.choose({Group.PROJECTS: how}, by=person("ruth"))
    notice = outbox.give(person("ruth"), telling(), at=now(), site=SITE)
    assert services.unread(person("ruth")).get() == notice
    assert Message.objects.count() == messages
    outbox.give(person("ruth"), telling("event:2", group=Group.OUTPUTS), at=now(), site=SITE)
    assert Message.objects.count() == messages + 1, "other groups are as they were"


@pytest.mark.django_db
def test_any_other_message_goes_through_one_door_and_once():
    for _ in range(2):
        outbox.post(to="new@uni.example", subject="Gatehouse", body="Come in: ...", key="invitation:7", at=now())
    message = Message.objects.get()
    assert (message.to, message.body, message.state) == ("new@uni.example", "Come in: ...", "waiting")


@pytest.mark.django_db
def test_the_outbox_forgets_what_was_told_and_nothing_else():
    a_project()
    first = Event.objects.first()
    first.told_at = now()
    first.save()
    assert outbox.forget(before=first.told_at) == 0
    assert outbox.forget(before=now()) == 1
    assert not Event.objects.filter(told_at__isnull=False).exists() and Event.objects.exists()


def test_pauses_grow_to_a_cap_and_last_over_a_night():
    pauses = [pause(n) for n in range(1, 60)]
    assert pauses == sorted(pauses) and pauses[0].total_seconds() == 60 and pauses[-1] == LONGEST_PAUSE
    assert sum(p.total_seconds() for p in pauses[: MOST_ATTEMPTS - 1]) > 16 * 3600


@pytest.fixture
def dead(db):
    message = outbox.post(to="new@uni.example", subject="Gatehouse", body="Secret link", key="i:1", at=now())
    Message.objects.update(state="dead", attempts=MOST_ATTEMPTS)
    return message


def test_an_operator_tries_again_or_discards_with_reasons(dead):
    otto = person("otto")
    message = services.retry(dead, by=otto, at=now())
    assert (message.state, message.attempts) == ("waiting", 0)
    with pytest.raises(Refused, match="has not been given up"):
        services.discard(message, reasons="No such address.", by=otto, at=now())
    Message.objects.update(state="dead")
    with pytest.raises(Refused, match="reasons"):
        services.discard(message, reasons=" ", by=otto, at=now())
    message = services.discard(message, reasons="No such address.", by=otto, at=now())
    assert (message.state, message.body) == ("discarded", "")
    entries = Entry.objects.filter(subject_type="message").order_by("seq")
    assert [(one.actor, one.action, one.note) for one in entries] == [
        ("otto", "retry", ""), ("otto", "discard", "No such address."),
    ]  # fmt: skip
    assert all("uni.example" not in one.subject for one in entries)


@pytest.mark.parametrize("username", ["ada", "sam", "ruth"])
def test_nobody_else_touches_a_message(dead, username):
    for act in (lambda: services.retry(dead, by=person(username), at=now()),
                lambda: services.discard(dead, reasons="x", by=person(username), at=now())):  # fmt: skip
        with pytest.raises(Refused, match="operator"):
            act()
