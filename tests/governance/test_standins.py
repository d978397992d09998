"""Whoever decides names a colleague who stands in for them: two people, some days, one vote for both."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from governance.audit import trail
from governance.audit.models import Entry
from governance.notices.models import Notice
from governance.people import grants
from governance.people.grants import give_everywhere, roles_everywhere, roles_on
from governance.people.models import Organisation, RoleGrant, User
from governance.people.roles import Role
from governance.people.standins import MOST_DAYS
from governance.permissions import services
from governance.projects import leaving
from governance.projects import services as projects
from governance.projects.boards import Verdict
from governance.workflow import Refused
from tests import builders
from tests.builders import a_project, a_stand_in, now
from tests.cast import person
from tests.extracts.telling.telling import spread

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def moved(who, to):
    """The person belongs to the organisation of the other from now on."""
    User.objects.filter(username=who).update(organisation=person(to).organisation)
    return person(who)


def named(of="olu", by="pia", role=Role.PANEL, first=0, last=9, because="On leave."):
    today = timezone.localdate()
    return services.name_stand_in(
        person(of), role, because=because, begins_on=today + first * DAY, ends_on=today + last * DAY, by=person(by),
        at=now(),
    )  # fmt: skip


def vote(project, who, verdict=Verdict.APPROVE):
    builders.declare(project, who)
    if project.state == "panel":
        return builders.panel_votes(project, who)
    return builders.cast_vote(project, who, verdict)


# Naming.


def test_it_counts_from_day_to_day_once_the_auditor_has_confirmed():
    grant, olu = a_stand_in(confirmed=False, first=1, days=3), person("olu")
    assert not any(Role.PANEL in roles_everywhere(olu, now() + days * DAY) for days in range(6))
    services.confirm(grant, reasons="Seen.", by=person("ada"), at=now())
    assert [days for days in range(6) if Role.PANEL in roles_everywhere(olu, now() + days * DAY)] == [1, 2, 3]
    told = trail.of(grant).get(action="propose")
    assert (told.actor, told.details["stand-in for"]) == ("pia", "Pia (pia)")


@pytest.mark.parametrize(
    ("by", "role", "why"),
    [
        ("ruth", Role.PANEL, "does not hold"),
        ("pia", Role.OWNER, "does not hold"),
        ("cass", Role.CHECKER, "Nobody stands in for others as"),
        ("ada", Role.AUDITOR, "Nobody stands in for others as"),
    ],
)
def test_only_whoever_holds_a_deciding_role_names_somebody_in_it(by, role, why):
    moved("olu", by)
    with pytest.raises(Refused, match=why):
        named(by=by, role=role)


def test_it_is_a_colleague_of_the_same_organisation_and_not_oneself():
    with pytest.raises(Refused, match="does not belong to Pia's organisation"):
        named()
    with pytest.raises(Refused, match="for themselves"):
        named("pia")
    User.objects.filter(username__in=["olu", "pia"]).update(organisation=None)
    with pytest.raises(Refused, match="does not belong"):
        named()


def test_who_has_left_or_votes_already_does_not_stand_in():
    with pytest.raises(Refused, match="a vote of their own"):
        named("piers")
    moved("olu", "pia")
    User.objects.filter(username="olu").update(is_active=False)
    with pytest.raises(Refused, match="has left"):
        named()


@pytest.mark.parametrize(
    ("first", "last", "why"),
    [(-1, 3, "today or later"), (3, 2, "before the first"), (0, MOST_DAYS, "at most 90 days")],
)
def test_the_days_have_their_bounds(first, last, why):
    moved("olu", "pia")
    with pytest.raises(Refused, match=why):
        named(first=first, last=last)
    assert named(last=MOST_DAYS - 1).ends_on == timezone.localdate() + (MOST_DAYS - 1) * DAY


def test_it_needs_a_reason():
    moved("olu", "pia")
    with pytest.raises(Refused, match="reasons"):
        named(because=" ")


def test_roles_that_nobody_holds_together_are_refused(monkeypatch):
    """No deciding role is in such a pair today, so one is added here."""
    moved("lou", "pia")
    with pytest.raises(Refused, match="holds identifiers"):
        named("lou")
    moved("cass", "pia")
    pair = (frozenset({Role.PANEL, Role.CHECKER}), "Who checks outputs accredits nothing.")
    monkeypatch.setattr(grants, "APART", (*grants.APART, pair))
    with pytest.raises(Refused, match="accredits nothing"):
        named("cass")


def test_one_at_a_time_for_one_person_and_one_person_for_one_stand_in():
    a_stand_in()
    moved("otto", "pia")
    with pytest.raises(Refused, match="Olu stands in for Pia on some of these days"):
        named("otto", first=9, last=12)
    with pytest.raises(Refused, match="stands in for somebody else"):
        named("olu", by="piers")
    assert named("otto", first=10, last=12).state == "proposed"


def test_a_stand_in_names_no_stand_in():
    a_stand_in()
    moved("otto", "pia")
    with pytest.raises(Refused, match="does not hold"):
        named("otto", by="olu")


def test_two_people_and_neither_of_the_two_confirm():
    grant = a_stand_in(confirmed=False)
    for who, why in (("olu", "yourself"), ("pia", "You proposed it")):
        give_everywhere(person(who), Role.AUDITOR)
        with pytest.raises(Refused, match=why):
            services.confirm(grant, reasons="x", by=person(who), at=now())


def test_what_became_impossible_since_is_not_confirmed():
    grant = a_stand_in(confirmed=False)
    with pytest.raises(Refused, match="over already"):
        services.confirm(grant, reasons="x", by=person("ada"), at=now() + 10 * DAY)
    moved("olu", "ruth")
    with pytest.raises(Refused, match="does not belong"):
        services.confirm(grant, reasons="x", by=person("ada"), at=now())


def test_the_database_keeps_that_it_is_somebody_else_for_a_while():
    grant = a_stand_in()
    for wrong in ({"stands_in_for": grant.person}, {"ends_on": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            RoleGrant.objects.filter(pk=grant.pk).update(**wrong)


# Ending.


@pytest.mark.parametrize("who", ["olu", "pia"])
@pytest.mark.parametrize("confirmed", [True, False])
def test_either_of_the_two_ends_it_at_once(who, confirmed):
    grant = a_stand_in(confirmed=confirmed)
    end = services.take_back if confirmed else services.withdraw
    end(grant, reasons="Back early.", by=person(who), at=now())
    assert Role.PANEL not in roles_everywhere(person("olu"), now())


def test_nobody_else_ends_it_and_a_role_of_ones_own_is_taken_back_by_others():
    with pytest.raises(Refused, match="role"):
        services.take_back(a_stand_in(), reasons="x", by=person("piers"), at=now())
    own = RoleGrant.objects.get(person=person("pia"))
    with pytest.raises(Refused, match="ask them"):
        services.take_back(own, reasons="x", by=person("pia"), at=now())


@pytest.mark.parametrize("ends", ["role", "person"])
def test_it_ends_with_the_role_or_the_leaving_of_the_person_stood_in_for(ends):
    grant, pia = a_stand_in(), person("pia")
    if ends == "role":
        services.take_back(RoleGrant.objects.get(person=pia), reasons="x", by=person("sam"), at=now())
    else:
        leaving.leave(pia, reasons="x", by=person("sam"), at=now())
    grant = RoleGrant.objects.get(pk=grant.pk)
    assert Role.PANEL not in roles_everywhere(person("olu"), now()) and not grant.counts(now())


def test_both_are_told():
    a_stand_in()
    spread()
    told = Notice.objects.filter(person__username__in=["olu", "pia"]).values_list("person__username", "says")
    assert dict(told) == {"olu": "You hold a role of the service.", "pia": "Your stand-in was confirmed."}


# One vote together.


@pytest.mark.parametrize(("first", "second"), [("olu", "pia"), ("pia", "olu")])
def test_on_the_panel_whoever_votes_first_has_used_the_vote(first, second):
    a_stand_in()
    project = vote(a_project("panel"), first)
    builders.declare(project, second)
    with pytest.raises(Refused, match="one vote together"):
        builders.panel_votes(project, second)
    assert vote(project, "piers").state == "approved"


@pytest.mark.parametrize(("first", "second"), [("olu", "petra"), ("petra", "olu")])
def test_of_an_owner_too(first, second):
    a_stand_in(Role.OWNER, for_="petra")
    project = vote(a_project("owners"), first)
    builders.declare(project, second)
    with pytest.raises(Refused, match="one vote together"):
        builders.cast_vote(project, second)


def test_ending_it_gives_the_vote_back_to_nobody():
    """Not to the person stood in for, and not to the next stand-in of theirs."""
    grant = a_stand_in()
    project = vote(a_project("panel"), "olu")
    services.take_back(grant, reasons="Back.", by=person("pia"), at=now())
    with pytest.raises(Refused, match="one vote together"):
        vote(project, "pia")
    a_stand_in(of="otto")
    with pytest.raises(Refused, match="one vote together"):
        vote(project, "otto")


def test_the_next_round_is_a_new_vote():
    a_stand_in(Role.OWNER, for_="petra")
    project = vote(a_project("owners"), "olu")
    builders.declare(project, "hugo")
    project = projects.send_back(project, reasons="More.", round=project.round, by=person("hugo"), at=now())
    project = projects.submit(project, catalogue=builders.catalogue(), by=person("ruth"), at=now())
    project = projects.accept(project, reasons="Fine.", round=project.round, by=person("sam"), at=now())
    assert vote(project, "petra").decisions.filter(round=project.round, person=person("petra")).exists()


@pytest.mark.slow
def test_a_conflict_of_the_one_does_not_bind_the_other_and_ones_own_does():
    a_stand_in()
    project = a_project("panel")
    builders.declare(project, "pia", conflict="A cousin applies.")
    vote(project, "olu")
    other = a_project("panel")
    builders.declare(other, "olu", conflict="A friend applies.")
    with pytest.raises(Refused, match="conflict"):
        builders.panel_votes(other, "olu")
    assert vote(other, "pia").decisions.filter(person=person("pia")).exists()


def test_whoever_stands_in_for_somebody_of_the_team_s_organisation_does_not_decide():
    home = Organisation.objects.get(pk=person("ruth").organisation_id)
    User.objects.filter(username="pia").update(organisation=home)
    a_stand_in()
    with pytest.raises(Refused, match="your organisation"):
        vote(a_project("panel"), "olu")


def test_the_trail_names_both():
    a_stand_in()
    project = vote(a_project("panel"), "olu")
    vote(project, "piers")
    details = dict(Entry.objects.filter(subject_type="project", action="vote").values_list("actor", "details"))
    assert details["olu"]["stands in for"] == "Pia (pia)"
    assert not (details["piers"] or {}).get("stands in for")


def test_an_owner_s_stand_in_reaches_the_owner_s_projects_and_no_others():
    a_stand_in(Role.OWNER, of="otto", for_="stella")
    assert Role.OWNER not in roles_on(a_project("owners"), person("otto"), now())
    records = a_project("owners", by="olu", code="cook_county_2019", wish={"intake": {"received_date": ""}})
    assert Role.OWNER in roles_on(records, person("otto"), now())
