"""Leavers: the account is closed at once, and the lead of projects passes when whoever is proposed accepts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from extracts import services as extracts
from governance.audit.models import Entry
from governance.people.grants import roles_on
from governance.people.models import Organisation, User, local_day
from governance.people.roles import Role
from governance.projects import leaving
from governance.projects import services as projects
from governance.projects.models import Handover, Project
from governance.workflow import Refused, grid
from tests.builders import a_project, now
from tests.cast import person
from tests.tables import parse

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    """Ruth leads it; Olu, accredited in full, is on its team, and Coral coordinates."""
    draft = a_project()
    projects.add_member(draft, person("olu"), role=Role.RESEARCHER, by=person("ruth"), at=now())
    projects.add_member(draft, person("coral"), role=Role.COORDINATOR, by=person("ruth"), at=now())
    return draft


def left(username="ruth", *, by="sam", reasons="She has another post.") -> User:
    leaving.leave(person(username), reasons=reasons, by=person(by), at=now())
    return person(username)


def proposed(project, to="olu", by="sam") -> Handover:
    return leaving.propose(project, successor=person(to), by=person(by), at=now())


def test_who_may_do_what():
    assert grid(Handover.LIFECYCLE) == parse("""
                  | researcher                | support
        proposed  | accept, decline, withdraw | withdraw
        accepted  |                           |
        declined  |                           |
        withdrawn |                           |
    """)


def test_whoever_has_left_holds_and_uses_nothing(project):
    assert roles_on(project, person("ruth"), now()) == {Role.RESEARCHER}
    ruth = left()
    assert not ruth.is_active and roles_on(project, ruth, now()) == frozenset()
    assert "closed" in ruth.why_not_accredited(now())
    with pytest.raises(Refused):
        extracts.request(project, catalogue=None, by=ruth, at=now())
    last = Entry.objects.last()
    assert (last.action, last.actor, last.subject, last.note) == ("leave", "sam", "Ruth", "She has another post.")
    assert project.lead == ruth, "until somebody has accepted it"


def test_a_contact_who_leaves_vouches_no_more(project):
    assert Organisation.objects.filter(contact=person("coral")).exists()
    left("coral")
    assert not Organisation.objects.filter(contact=person("coral")).exists()
    assert Entry.objects.last().details == {"vouched_for": ["Northshire University"]}


@pytest.mark.parametrize(
    ("who", "by", "reasons", "told"),
    [
        ("ruth", "ruth", "I go.", "Only research support"),
        ("ruth", "ada", "She goes.", "Only research support"),
        ("sam", "sam", "I go.", "about yourself"),
        ("worker", "sam", "Too slow.", "no person"),
        ("ruth", "sam", "  ", "give reasons"),
    ],
)
def test_who_records_it_and_of_whom(project, who, by, reasons, told):
    with pytest.raises(Refused, match=told):
        left(who, by=by, reasons=reasons)
    assert person(who).is_active


def test_once_is_enough_and_whoever_is_back_is_back(project):
    left()
    with pytest.raises(Refused, match="has left already"):
        left()
    leaving.come_back(person("ruth"), by=person("sam"), at=now())
    assert roles_on(project, person("ruth"), now()) == {Role.RESEARCHER}
    with pytest.raises(Refused, match="has not left"):
        leaving.come_back(person("ruth"), by=person("sam"), at=now())


def test_the_lead_passes_in_two_steps_each_on_the_trail(project):
    left()
    handover = proposed(project)
    project.refresh_from_db()
    assert project.lead == person("ruth"), "proposed is not accepted"
    leaving.accept(handover, by=person("olu"), at=now())
    project.refresh_from_db()
    assert project.lead == person("olu")
    first, second, third = Entry.objects.filter(action__in=["propose", "accept", "take over"]).order_by("seq")
    assert (first.actor, first.details) == ("sam", {"from": "ruth", "to": "olu"})
    assert (second.actor, second.subject_type) == ("olu", "handover")
    assert (third.actor, third.details, third.project) == ("olu", {"from": "ruth", "to": "olu"}, project.reference)


def test_only_whoever_is_proposed_answers(project):
    handover = proposed(project, by="ruth")
    for action in (leaving.accept, leaving.decline):
        for who in ("ruth", "coral", "sam", "pia"):
            with pytest.raises(Refused):
                action(handover, by=person(who), at=now())
    assert leaving.decline(handover, by=person("olu"), at=now()).state == "declined"
    project.refresh_from_db()
    assert project.lead == person("ruth")
    with pytest.raises(Refused):
        leaving.accept(handover, by=person("olu"), at=now())


def test_who_is_not_fit_to_lead_is_not_proposed_and_cannot_accept(project):
    with pytest.raises(Refused, match="no researcher of its team"):
        proposed(project, to="coral")
    with pytest.raises(Refused, match="no researcher of its team"):
        proposed(project, to="ruth")
    handover = proposed(project)
    person("olu").trainings.all().delete()
    with pytest.raises(Refused, match="training"):
        leaving.accept(handover, by=person("olu"), at=now())
    project.refresh_from_db()
    assert project.lead == person("ruth")


def test_whose_day_on_the_team_is_over_is_not_proposed(project):
    project.grants.filter(user=person("olu")).update(ends_on=local_day(now()) - timedelta(days=1))
    with pytest.raises(Refused, match="no researcher of its team"):
        proposed(project)


@pytest.mark.parametrize("who", ["olu", "coral", "pia", "ada"])
def test_only_the_lead_and_support_propose(project, who):
    with pytest.raises(Refused, match="Only the lead and research support"):
        proposed(project, by=who)


def test_one_proposal_at_a_time_and_it_can_be_taken_back(project):
    handover = proposed(project, by="ruth")
    with pytest.raises(Refused, match="proposed already"):
        proposed(project)
    with pytest.raises(Refused):
        leaving.withdraw(handover, by=person("olu"), at=now())
    assert leaving.withdraw(handover, by=person("ruth"), at=now()).state == "withdrawn"
    assert proposed(project).state == "proposed"


def test_whoever_leaves_after_being_proposed_cannot_accept(project):
    handover = proposed(project)
    left("olu")
    with pytest.raises(Refused):
        leaving.accept(handover, by=person("olu"), at=now())
