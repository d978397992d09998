"""Reviews of access: due after 180 days, unanswered for 30 they suspend what they list, and confirming cures it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from governance.agreements.use import conditions_of_use, why_not_use
from governance.audit.models import Entry
from governance.people.grants import give_everywhere, projects_of, roles_everywhere, roles_on, teams_of
from governance.people.models import RoleGrant, local_day
from governance.people.roles import Role
from governance.permissions import services
from governance.permissions.models import RoleReview, TeamReview
from governance.projects.models import Project
from governance.workflow import Refused
from portal import inbox
from tests.builders import REVIEW_DUE, a_project, a_role_review, a_team_review, an_agreement, now
from tests.cast import person

pytestmark = pytest.mark.django_db
DUE, LATE = REVIEW_DUE, services.ANSWERED_WITHIN


def ada_confirms_the_roles() -> None:
    """Of everybody but herself, on the day on which their reviews were opened."""
    for review in RoleReview.objects.exclude(person=person("ada")):
        services.confirm_review(review, **kept(review), by=person("ada"), at=now() + DUE)


def kept(review: TeamReview | RoleReview, **ended: str) -> dict:
    """What is sent: everybody is kept but who is named here, with why."""
    numbers = {grant.pk: getattr(grant, "user", None) for grant in review.listed()}
    why = {number: ended[who.username] for number, who in numbers.items() if who and who.username in ended}
    return {"kept": numbers.keys() - why.keys(), "ended": why}


def test_a_review_is_opened_when_the_oldest_grant_is_due_and_once():
    project = a_project("approved")
    opened = now() + DUE
    services.open_reviews(at=opened - timedelta(days=2))
    assert not project.team_reviews.exists()
    assert services.open_reviews(at=opened) > 0
    assert services.open_reviews(at=opened) == services.open_reviews(at=opened + LATE) == 0
    review = project.team_reviews.get()
    assert review.suspends_on == local_day(opened + LATE)
    assert {grant.user.username for grant in review.listed()} == {"ruth", "coral"}


def test_the_next_one_is_due_180_days_after_the_last_was_confirmed():
    review = a_team_review()
    confirmed = now() + DUE + timedelta(days=9)
    services.confirm_review(review, **kept(review), by=person("ruth"), at=confirmed)
    services.open_reviews(at=confirmed + timedelta(days=179))
    assert TeamReview.objects.count() == 1
    services.open_reviews(at=confirmed + timedelta(days=180))
    assert TeamReview.objects.count() == 2


@pytest.mark.parametrize("state", ["draft", "returned"])
def test_drafts_and_ended_projects_are_not_reviewed(state):
    project = a_project(state)
    if state == "returned":
        Project.objects.filter(pk=project.pk).update(state="withdrawn")
    services.open_reviews(at=now() + DUE)
    assert not TeamReview.objects.exists()


def test_unanswered_it_suspends_everybody_whom_it_lists_wherever_roles_are_asked():
    project, ruth = an_agreement().project, person("ruth")
    review = a_team_review(project)
    before, after = now() + DUE + LATE - timedelta(days=1), now() + DUE + LATE
    everything = Project.objects.all()
    assert roles_on(project, ruth, before) == {Role.RESEARCHER} and project in projects_of(ruth, everything, before)

    assert roles_on(project, ruth, after) == frozenset()
    assert project not in projects_of(ruth, everything, after)
    team, held = teams_of(ruth, everything, after)
    assert project.pk in team and project.pk not in held
    with pytest.raises(Refused, match="Your role does not let you"):
        services.confirm_review(review, **kept(review), by=ruth, at=after)


def test_conditions_of_use_say_who_can_cure_it_and_confirming_does():
    project, ruth, sam = an_agreement().project, person("ruth"), person("sam")
    review = a_team_review(project)
    ada_confirms_the_roles()
    after = now() + DUE + LATE
    (team,) = [one for one in conditions_of_use(project, ruth, after) if one.name == "Team"]
    assert team.since == review.suspends_on and "research support can confirm it" in team.sentence
    assert "review of access" in (why_not_use(project, ruth, after) or "")

    services.confirm_review(review, **kept(review), by=sam, at=after)
    (team,) = [one for one in conditions_of_use(project, ruth, after) if one.name == "Team"]
    assert team.holds


def test_research_support_waits_until_it_is_late():
    review = a_team_review()
    with pytest.raises(Refused, match="research support can"):
        services.confirm_review(review, **kept(review), by=person("sam"), at=now() + DUE)


def test_only_the_lead_of_the_team_reviews_it():
    review = a_team_review()
    with pytest.raises(Refused):
        services.confirm_review(review, **kept(review), by=person("coral"), at=now() + DUE)


def test_whoever_is_not_needed_any_more_loses_the_grant_with_the_reason_on_the_trail():
    review, at = a_team_review(), now() + DUE
    services.confirm_review(review, **kept(review, coral="Her part is done."), by=person("ruth"), at=at)
    project, coral = review.project, person("coral")
    assert roles_on(project, coral, at) == frozenset() and roles_on(project, person("ruth"), at) == {Role.RESEARCHER}
    ended = project.grants.get(user=coral)
    assert ended.ended_because == "Review of access: Her part is done."
    assert Entry.objects.get(action="end grant").note == "Her part is done."


def test_the_lead_is_not_ended_and_every_grant_is_answered():
    review, at, ruth = a_team_review(), now() + DUE, person("ruth")
    with pytest.raises(Refused, match="lead stays"):
        services.confirm_review(review, **kept(review, ruth="Leaves."), by=ruth, at=at)
    with pytest.raises(Refused, match="have changed"):
        services.confirm_review(review, kept=[], ended={}, by=ruth, at=at)
    with pytest.raises(Refused, match="reasons"):
        services.confirm_review(review, **kept(review, coral=" "), by=ruth, at=at)
    review.refresh_from_db()
    assert review.state == "open" and review.listed().count() == 2


def test_roles_of_the_service_are_suspended_and_come_back():
    review, pia = a_role_review(), person("pia")
    after = now() + DUE + LATE
    assert roles_everywhere(pia, after - timedelta(days=1)) == {Role.PANEL}
    assert roles_everywhere(pia, after) == frozenset() and not pia.role_grants.get().counts(after)
    give_everywhere(person("olu"), Role.AUDITOR)  # begun later than the others, so not due with them
    RoleGrant.objects.filter(person=person("olu")).update(begins_on=local_day(after))
    services.confirm_review(review, **kept(review), by=person("olu"), at=after)
    assert roles_everywhere(pia, after) == {Role.PANEL}


def test_the_auditor_ends_a_role_and_reviews_nothing_of_their_own():
    review, at, ada = a_role_review(), now() + DUE, person("ada")
    (grant,) = review.listed()
    services.confirm_review(review, kept=[], ended={grant.pk: "Left the panel."}, by=ada, at=at)
    grant.refresh_from_db()
    assert grant.state == "taken_back" and roles_everywhere(person("pia"), at) == frozenset()
    own = RoleReview.objects.get(person=ada)
    with pytest.raises(Refused, match="about yourself"):
        services.confirm_review(own, **kept(own), by=ada, at=at)


def test_roles_that_are_kept_apart_do_not_come_back_together():
    """Cass is given the auditor's role while hers as a checker is suspended: keeping both is refused."""
    review, cass = a_role_review("cass"), person("cass")
    after = now() + DUE + LATE
    RoleGrant.objects.create(
        person=cass, role="auditor", because="Needed.", begins_on=local_day(after), state="in_force",
        state_since=after, created_at=after,
    )  # fmt: skip
    give_everywhere(person("olu"), Role.AUDITOR)
    RoleGrant.objects.filter(person=person("olu")).update(begins_on=local_day(after), suspended_from=None)
    with pytest.raises(Refused, match="cannot be a checker"):
        services.confirm_review(review, **kept(review), by=person("olu"), at=after)


def test_the_worker_is_no_person_and_is_not_reviewed():
    a_role_review()
    assert not RoleReview.objects.filter(person__username="worker").exists()


@pytest.mark.slow
def test_it_waits_for_the_lead_then_for_research_support_and_roles_for_the_auditor():
    a_team_review()
    at, late = now() + DUE, now() + DUE + LATE

    def waits_for(who: str, moment) -> set[str]:
        return {type(item.record).__name__ for item in inbox.waiting_for(person(who), moment)}

    assert "TeamReview" in waits_for("ruth", at) and "TeamReview" not in waits_for("coral", at)
    assert "RoleReview" in waits_for("ada", at) and "TeamReview" not in waits_for("sam", at)
    ada_confirms_the_roles()
    assert "TeamReview" in waits_for("sam", late) and "TeamReview" not in waits_for("ruth", late)
