"""One digest a person a day, at seven in London, with what is unread."""

from datetime import UTC, datetime, timedelta

import pytest

from governance.notices import digests, outbox, services
from governance.notices.groups import Group, How
from governance.notices.models import Message, Notice
from tests.cast import person
from tests.governance.notices.test_outbox import SITE, telling

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)


def write(at):
    return [digests.write_digest(one, at=at, site=SITE) for one in digests.due(at)]


@pytest.fixture
def ruth():
    services.choose({Group.PROJECTS: How.DIGEST}, by=person("ruth"))
    return person("ruth")


@pytest.mark.parametrize(
    ("at", "hour"),
    [
        (datetime(2026, 11, 30, 6, 59, tzinfo=UTC), datetime(2026, 11, 29, 7, tzinfo=UTC)),
        (datetime(2026, 11, 30, 7, 0, tzinfo=UTC), datetime(2026, 11, 30, 7, tzinfo=UTC)),
        (datetime(2026, 7, 1, 6, 0, tzinfo=UTC), datetime(2026, 7, 1, 6, tzinfo=UTC)),  # summer time
    ],
)
def test_seven_o_clock_is_londons(at, hour):
    assert digests.last_hour(at) == hour


def test_what_came_before_seven_is_one_message(ruth):
    for number in range(3):
        outbox.give(ruth, telling(f"event:{number}"), at=MORNING - timedelta(hours=number + 1), site=SITE)
    outbox.give(ruth, telling("event:9", reference="Extract 9"), at=MORNING, site=SITE)
    assert write(MORNING - timedelta(minutes=1)) == []
    assert len(write(MORNING)) == 1
    assert write(MORNING + timedelta(minutes=15)) == [], "what came later waits for tomorrow"
    message = Message.objects.get()
    assert message.body.count("GH-2026-0001: something changed.") == 1 and "Extract 9" not in message.body
    assert Notice.objects.filter(message=message).count() == 3

    outbox.give(ruth, telling("event:8"), at=MORNING - timedelta(seconds=1), site=SITE)
    assert write(MORNING + timedelta(hours=1)) == [None], "told of late: it waits too, there is one digest a day"
    assert [type(one) for one in write(MORNING + timedelta(days=1))] == [Message]
    assert "Extract 9" in Message.objects.last().body


def test_a_missed_morning_is_made_good(ruth):
    outbox.give(ruth, telling(), at=MORNING - timedelta(hours=1), site=SITE)
    assert len(write(MORNING + timedelta(hours=9))) == 1


def test_what_was_read_is_not_sent(ruth):
    outbox.give(ruth, telling(), at=MORNING - timedelta(hours=1), site=SITE)
    services.read(services.unread(ruth), at=MORNING - timedelta(minutes=1))
    assert write(MORNING) == []


def test_whoever_has_left_gets_none(ruth):
    outbox.give(ruth, telling(), at=MORNING - timedelta(hours=1), site=SITE)
    ruth.is_active = False
    ruth.save()
    assert write(MORNING) == []
