"""Messages: at least once, tried again after growing pauses, given up at last."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend

from extracts import notice_tasks
from extracts.telling import sending
from governance.notices import outbox
from governance.notices.groups import MOST_ATTEMPTS
from governance.notices.models import Message
from governance.people.models import User
from tests.builders import a_project, now
from tests.cast import person
from tests.extracts.telling.telling import SENDER, send_all, spread

pytestmark = pytest.mark.django_db


class Unreachable(BaseEmailBackend):
    """A mail server that answers nobody, with an address in its words."""

    def send_messages(self, messages):
        raise ConnectionRefusedError(f"no route for {messages[0].to}")


@pytest.fixture
def message(settings):
    return outbox.post(to="new@uni.example", subject="Gatehouse", body="Link", key="i:1", at=now())


def attempt(at):
    return [sending.send(pk, at=at, sender=SENDER) for pk in sending.due(at)]


def test_a_message_is_sent_once_and_its_text_is_emptied(message):
    assert send_all() == 1 and send_all() == 0
    assert sending.send(message.pk, at=now(), sender=SENDER) is False
    assert len(mail.outbox) == 1 and mail.outbox[0].to == ["new@uni.example"]
    message.refresh_from_db()
    assert (message.state, message.body) == ("sent", "")


def test_a_failing_server_is_tried_ever_more_rarely_until_the_message_is_given_up(message, settings, caplog):
    settings.EMAIL_BACKEND = f"{__name__}.Unreachable"
    at, pauses = now(), []
    while Message.objects.get().state == "waiting":
        assert attempt(at) == [False]
        assert attempt(at) == [], "not due again at once"
        due = Message.objects.get().due_at
        pauses.append(due - at)
        at = due
    assert len(pauses) == MOST_ATTEMPTS and pauses == sorted(pauses)
    dead = Message.objects.get()
    assert (dead.state, dead.problem, dead.body) == ("dead", "ConnectionRefusedError", "Link")
    assert attempt(at + timedelta(days=9)) == []
    assert "uni.example" not in caplog.text, "no address in the log"


def test_a_worker_that_is_killed_after_sending_sends_it_again_with_the_same_id(message, monkeypatch):
    class Killed(SystemExit):
        pass

    real = sending._as_mail

    def send_and_die(*args):
        real(*args).send()
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(sending, "_as_mail", send_and_die)
        with pytest.raises(Killed):
            attempt(now())
    assert Message.objects.get().state == "waiting", "never zero times"
    assert attempt(now()) == [], "not before the pause is over"
    assert attempt(now() + timedelta(minutes=2)) == [True]
    first, second = mail.outbox
    assert (
        first.extra_headers["Message-ID"]
        == second.extra_headers["Message-ID"]
        == f"<gatehouse-{message.pk}@gatehouse.example>"
    )


def test_a_message_whose_last_worker_was_killed_is_given_up(message):
    Message.objects.update(attempts=MOST_ATTEMPTS)
    assert attempt(now()) == [False]
    assert Message.objects.get().state == "dead" and mail.outbox == []


def test_of_two_workers_one_sends(message):
    """The second read the row before the first had claimed it."""
    stale = sending._waiting(now()).filter(pk=message.pk, attempts=0)
    assert sending._claim(message.pk, now()) is not None
    assert not stale.exists() and sending._claim(message.pk, now()) is None


def test_whoever_has_left_is_sent_nothing(settings):
    a_project("triage")
    spread()
    waiting = Message.objects.filter(person=person("coral"))
    assert waiting.exists()
    User.objects.filter(username="coral").update(is_active=False)
    send_all()
    assert {one.to[0] for one in mail.outbox} == {"sam@gatehouse.example"}
    assert set(waiting.values_list("state", flat=True)) == {"discarded"}


def test_the_tasks_pass_everything_on(settings):
    """As the workers do: tasks run at once here."""
    a_project("triage")
    for _ in range(3):
        notice_tasks.pass_on()
    assert sorted(one.to[0] for one in mail.outbox) == ["coral@gatehouse.example", "sam@gatehouse.example"]
    assert settings.GATEHOUSE_SITE in mail.outbox[0].body
    notice_tasks.write_digests()
    notice_tasks.warn()
    notice_tasks.remind()
    notice_tasks.complete_agreements()
    notice_tasks.run_out()
    notice_tasks.forget_told()
    assert len(mail.outbox) == 2


def test_every_task_goes_to_the_queue_that_a_worker_reads(settings):
    from portal.celery import app
    from portal.starting.programs import QUEUES

    app.loader.import_default_modules()
    names = [name for name in app.tasks if name.startswith("extracts.notice_tasks.")]
    assert len(names) == 10
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert scheduled <= set(app.tasks)
    for name in names:
        queue = app.amqp.router.route({}, name)["queue"].name
        assert queue == "mail" and queue in QUEUES.split(",")
