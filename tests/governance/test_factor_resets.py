"""A lost second factor is reset by two people, neither of them the person; and the person is written to."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from governance.audit.models import Entry
from governance.notices.models import Message
from governance.people.grants import give_everywhere
from governance.people.models import FactorReset
from governance.people.models.factor_resets import CONFIRMED_WITHIN
from governance.people.roles import Role
from governance.projects import leaving
from governance.standing import factor_resets as services
from governance.workflow import Refused, grid
from tests.builders import a_factor_reset, now
from tests.cast import person
from tests.tables import parse

pytestmark = pytest.mark.django_db


class Taken:
    """Stands for the portal, which holds the factors: whose were taken away."""

    def __init__(self):
        self.whose = []

    def __call__(self, whose):
        self.whose.append(whose.username)
        return {"removed": ["authenticator app"], "sessions": 2}


def confirm(reset, who="otto", *, at=None, reasons="Called her back.", taken=None):
    return services.confirm(reset, reasons=reasons, remove=taken or Taken(), by=person(who), at=at or now())


def test_who_may_do_what():
    assert grid(FactorReset.LIFECYCLE) == parse("""
                  | support                   | operator        | self | worker
        asked     | confirm, refuse, withdraw | confirm, refuse | stop | run out
        done      |                           |                 |      |
        refused   |                           |                 |      |
        withdrawn |                           |                 |      |
        run_out   |                           |                 |      |
    """)


def test_it_takes_two_and_is_done_with_the_second():
    taken, reset = Taken(), a_factor_reset()
    assert reset.state == "asked" and not taken.whose
    reset = confirm(reset, taken=taken)
    assert (reset.state, reset.confirmed_by, taken.whose) == ("done", person("otto"), ["ruth"])
    asked, confirmed, done = Entry.objects.order_by("seq")[:3]
    assert (asked.action, asked.actor, confirmed.actor) == ("ask", "sam", "otto")
    assert (done.action, done.subject, done.details) == (
        "reset second factor", "Ruth", {"removed": ["authenticator app"], "sessions": 2},
    )  # fmt: skip


def test_another_one_of_research_support_confirms_as_well():
    give_everywhere(person("olu"), Role.SUPPORT)
    assert confirm(a_factor_reset(), "olu").state == "done"


@pytest.mark.parametrize("who", ["sam", "ruth", "ada", "coral", "pia"])
def test_nobody_else_confirms(who):
    """Neither who asked, nor the person, nor anybody without a part in it."""
    taken, reset = Taken(), a_factor_reset()
    for action in (confirm, lambda *args, **more: services.refuse(reset, reasons="x", by=person(who), at=now())):
        with pytest.raises(Refused):
            action(reset, who, taken=taken)
    assert not taken.whose and FactorReset.objects.get().state == "asked"


def test_nobody_confirms_their_own_be_they_an_operator_or_of_support():
    with pytest.raises(Refused, match="about yourself"):
        confirm(a_factor_reset("otto"), "otto")
    with pytest.raises(Refused, match="about yourself"):
        a_factor_reset("sam")


@pytest.mark.parametrize("who", ["otto", "ada", "ruth", "cass"])
def test_only_research_support_asks(who):
    with pytest.raises(Refused, match="Only research support"):
        services.ask(person("coral"), because="Seen.", address=str, by=person(who), at=now())


def test_how_identity_was_proven_has_to_be_said_and_why_it_is_done():
    with pytest.raises(Refused, match="proved who they are"):
        services.ask(person("ruth"), because=" ", address=str, by=person("sam"), at=now())
    with pytest.raises(Refused, match="give reasons"):
        confirm(a_factor_reset(), reasons=" ")
    assert FactorReset.objects.get().state == "asked"


def test_one_at_a_time():
    reset = a_factor_reset()
    with pytest.raises(Refused, match="asked for already"):
        a_factor_reset()
    services.withdraw(reset, by=person("sam"), at=now())
    assert a_factor_reset().state == "asked"


def test_it_runs_out_after_a_week():
    reset = a_factor_reset()
    week, a_little_less = reset.created_at + CONFIRMED_WITHIN, CONFIRMED_WITHIN - timedelta(seconds=1)
    assert timedelta(days=7) == CONFIRMED_WITHIN
    with pytest.raises(Refused, match="within seven days"):
        confirm(reset, at=week)
    assert services.run_out(at=reset.created_at + a_little_less) == 0
    assert services.run_out(at=week) == 1 and services.run_out(at=week) == 0
    assert FactorReset.objects.get().state == "run_out"
    assert confirm(a_factor_reset()).state == "done"


def test_one_that_has_run_out_stops_no_new_one():
    reset = a_factor_reset()
    late = reset.created_at + CONFIRMED_WITHIN
    newer = services.ask(person("ruth"), because="Seen again.", address=str, by=person("sam"), at=late)
    reset.refresh_from_db()
    assert (reset.state, newer.state) == ("run_out", "asked")


def test_the_person_stops_it_and_so_can_who_is_of_the_service_themselves():
    assert services.stop(a_factor_reset(), by=person("ruth"), at=now()).state == "refused"
    assert services.stop(a_factor_reset("otto"), by=person("otto"), at=now()).state == "refused"
    with pytest.raises(Refused):
        services.stop(a_factor_reset("coral"), by=person("ruth"), at=now())


def test_the_person_is_written_to_when_it_is_asked_for_and_when_it_is_done():
    """Whatever they chose for their notices: whoever has their password could have chosen it."""
    reset = a_factor_reset()
    asked = Message.objects.get(to=person("ruth").email)
    assert f"/resets/{reset.pk}/" in asked.body and "stop it" in asked.body
    confirm(reset)
    done = Message.objects.exclude(pk=asked.pk).get(to=person("ruth").email)
    assert "set up a new second factor" in done.body
    for message in (asked, done):
        assert "Sam" not in message.body and "Otto" not in message.body and "identity card" not in message.body


def test_nothing_is_taken_where_the_step_fails_and_nothing_is_done_where_taking_fails():
    reset = a_factor_reset()

    def fails(whose):
        raise OSError

    with pytest.raises(OSError), transaction.atomic():
        confirm(reset, taken=fails)
    reset.refresh_from_db()
    assert reset.state == "asked" and not Entry.objects.filter(action="confirm").exists()


def test_who_has_left_is_given_no_way_in():
    reset = a_factor_reset("coral")
    leaving.leave(person("coral"), reasons="Another post.", by=person("sam"), at=now())
    with pytest.raises(Refused, match="has left"):
        confirm(reset)
    with pytest.raises(Refused, match="closed"):
        services.ask(person("coral"), because="Seen.", address=str, by=person("sam"), at=now() + CONFIRMED_WITHIN)


@pytest.mark.parametrize(
    "wrong", [{"confirmed_by": "sam"}, {"confirmed_by": "ruth"}, {"confirmed_by": None}, {"asked_by": "ruth"}]
)
def test_the_database_keeps_that_it_takes_two_others(wrong):
    reset = confirm(a_factor_reset())
    wrong = {name: who and person(who) for name, who in wrong.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        FactorReset.objects.filter(pk=reset.pk).update(**wrong)
