"""Grants count between their first and their last day; roles of the service take two people; a look leaves a reason."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from governance.audit import trail
from governance.audit.models import Entry
from governance.people.grants import give_everywhere, give_on, projects_of, roles_everywhere, roles_on, teams_of
from governance.people.models import RoleGrant
from governance.people.roles import Role
from governance.permissions import services
from governance.projects import services as projects
from governance.projects.models import Project
from governance.workflow import Refused
from portal import project_lists
from portal.access import may_see
from tests.builders import a_project, a_proposed_role, an_agreement, now
from tests.cast import person
from tests.portal.pages import read, send, signed_in

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
REASONS = "Needed for the panel of May."


def confirmed(grant):
    return services.confirm(grant, reasons=REASONS, by=person("ada"), at=now())


# Grants on a project.


def test_a_grant_says_what_caused_it():
    project = a_project()
    grant = project.grants.get()
    entry = Entry.objects.get(seq=grant.entry)
    assert (entry.action, entry.subject_id, grant.because) == ("start", str(project.pk), "Began the project.")
    assert grant.granted_by == person("ruth") and grant.ends_on is None


def test_a_grant_counts_up_to_its_last_day_everywhere_that_asks_for_it():
    project, olu, last = a_project(), person("olu"), timezone.localdate() + 10 * DAY
    projects.add_member(project, olu, role=Role.RESEARCHER, ends_on=last, by=person("ruth"), at=now())
    for days, counts in ((0, True), (10, True), (11, False)):
        at = now() + days * DAY
        assert roles_on(project, olu, at) == ({Role.RESEARCHER} if counts else frozenset())
        assert list(projects_of(olu, Project.objects.all(), at)) == ([project] if counts else [])
        assert list(project_lists.mine(olu, at)) == ([project] if counts else [])
        assert teams_of(olu, Project.objects.all(), at)[1] == ({project.pk: Role.RESEARCHER} if counts else {})
        assert may_see(project, olu, at) is counts
    assert teams_of(olu, Project.objects.all(), now() + 11 * DAY)[0] == {project.pk}, "a colleague is still one"
    with pytest.raises(Refused, match="role"):
        projects.edit(project, by=olu, at=now() + 11 * DAY, lay_summary="Late.")


def test_a_last_day_in_the_past_is_refused():
    with pytest.raises(Refused, match="over already"):
        projects.add_member(
            a_project(), person("olu"), role=Role.RESEARCHER, ends_on=timezone.localdate() - DAY, by=person("ruth"),
            at=now(),
        )  # fmt: skip


def test_who_leaves_the_team_leaves_a_grant_on_record_and_can_come_back():
    project, olu, ruth = a_project(), person("olu"), person("ruth")
    projects.add_member(project, olu, role=Role.RESEARCHER, by=ruth, at=now())
    projects.remove_member(project, olu, by=ruth, at=now())
    ended = project.grants.get(user=olu)
    assert ended.ended_because == "Removed from the team." and ended.ended_at is not None
    assert roles_on(project, olu, now()) == frozenset()
    projects.add_member(project, olu, role=Role.COORDINATOR, by=ruth, at=now())
    assert roles_on(project, olu, now()) == {Role.COORDINATOR}
    assert project.grants.filter(user=olu).count() == 2


def test_nobody_has_two_grants_on_one_project_at_a_time():
    project, ruth = a_project(), person("ruth")
    with pytest.raises(IntegrityError), transaction.atomic():
        give_on(project, ruth, Role.COORDINATOR, because="Twice.", at=now())


def test_a_revoked_agreement_leaves_the_membership_and_nothing_to_use():
    from extracts import services as extracts
    from governance.agreements import services as agreements
    from tests.builders import catalogue

    agreement, ruth = an_agreement(), person("ruth")
    agreements.revoke(agreement, reasons="Breach.", by=person("sam"), at=now())
    assert Role.RESEARCHER in roles_on(agreement.project, ruth, now())
    with pytest.raises(Refused, match="agreement"):
        extracts.request(agreement.project, catalogue=catalogue(), by=ruth, at=now())


def test_guardian_itself_grants_nothing():
    """Its backend knows of no end; being asked, Django says no."""
    project, ruth = a_project(), person("ruth")
    assert not ruth.has_perm("projects.researcher", project)
    ruth.is_superuser = True
    ruth.save()
    assert roles_everywhere(ruth, now()) == frozenset()


# Roles of the service.


def test_a_role_takes_two_people_and_counts_from_day_to_day():
    today = timezone.localdate()
    grant = a_proposed_role(begins_on=today + DAY, ends_on=today + 5 * DAY)
    olu = person("olu")
    assert roles_everywhere(olu, now() + DAY) == frozenset()
    confirmed(grant)
    assert [days for days in range(8) if Role.PANEL in roles_everywhere(olu, now() + days * DAY)] == [1, 2, 3, 4, 5]
    told = [(entry.actor, entry.action) for entry in trail.of(grant)]
    assert told == [("ada", "confirm"), ("sam", "propose")]


def test_taking_a_role_back_ends_it_at_once_and_keeps_it_on_record():
    grant = confirmed(a_proposed_role())
    services.take_back(grant, reasons="Left the panel.", by=person("sam"), at=now())
    assert roles_everywhere(person("olu"), now()) == frozenset()
    assert RoleGrant.objects.get(pk=grant.pk).state == "taken_back"
    assert trail.of(grant).first().note == "Left the panel."


def test_nobody_gives_a_role_to_themselves():
    with pytest.raises(Refused, match="yourself"):
        a_proposed_role(of="sam")
    give_everywhere(person("olu"), Role.AUDITOR)
    grant = a_proposed_role()
    with pytest.raises(Refused, match="yourself"):
        services.confirm(grant, reasons=REASONS, by=person("olu"), at=now())


def test_who_proposed_a_role_does_not_confirm_it():
    give_everywhere(person("sam"), Role.AUDITOR)
    with pytest.raises(Refused, match="You proposed it"):
        services.confirm(a_proposed_role(), reasons=REASONS, by=person("sam"), at=now())


def test_the_database_keeps_that_too():
    grant = a_proposed_role()
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.filter(pk=grant.pk).update(confirmed_by=grant.proposed_by)


@pytest.mark.parametrize(("of", "role"), [("cass", Role.AUDITOR), ("lin", Role.STEWARD), ("ada", Role.CHECKER)])
def test_roles_that_nobody_holds_together_are_refused_with_the_sentence(of, role):
    with pytest.raises(Refused, match=r"blind|second person"):
        a_proposed_role(role, of=of)


def test_a_role_that_became_impossible_since_is_not_confirmed():
    grant = a_proposed_role(Role.CHECKER)
    give_everywhere(person("olu"), Role.LINKER)
    with pytest.raises(Refused, match="identifiers"):
        confirmed(grant)


@pytest.mark.parametrize("who", ["ruth", "ada", "pia", "cass"])
def test_only_research_support_proposes(who):
    with pytest.raises(Refused, match="Only research support"):
        services.propose(
            person("olu"), Role.PANEL, because="x", begins_on=timezone.localdate(), by=person(who), at=now()
        )


def test_a_proposal_is_made_once_and_never_of_the_worker():
    a_proposed_role()
    with pytest.raises(Refused, match="proposed"):
        a_proposed_role()
    with pytest.raises(Refused, match="not a role"):
        a_proposed_role(Role.WORKER)


def test_an_operator_sets_up_the_first_ones_and_the_trail_says_so():
    olu = person("olu")
    call_command("give_role", "olu", "auditor", because="The first auditor.")
    assert roles_everywhere(olu, now()) == {Role.AUDITOR}
    entry = Entry.objects.get(action="set up role")
    assert (entry.note, entry.details) == ("The first auditor.", {"role": "auditor"})
    with pytest.raises(CommandError, match="blind"):
        call_command("give_role", "olu", "checker", because="x")


# Pages.


def test_sam_proposes_ada_confirms_and_the_list_says_who_holds_what():
    days = {"begins_on": timezone.localdate().isoformat()}
    sam, ada = signed_in("sam"), signed_in("ada")
    send(sam, "role_propose", person="olu", role="panel", because="The panel is short.", **days)
    grant = RoleGrant.objects.get(person=person("olu"))
    assert "Confirm or refuse a role of the service" in read(ada, "home")
    assert "The panel is short." in read(sam, "roles")
    send(ada, "role_decide", grant.pk, verdict="confirm", reasons="Seen the letter.")
    listed = read(sam, "roles")
    assert "Sam and Ada" in listed and "No proposal waits" in listed
    assert "Accreditation panel member" in read(signed_in("olu"), "role", grant.pk)
    send(sam, "role_end", grant.pk, reasons="Left.")
    assert "Olu" not in read(sam, "roles")


@pytest.mark.parametrize("who", ["ruth", "pia", "cass", "lin"])
def test_the_roles_are_for_those_who_give_them(who):
    grant = a_proposed_role()
    for name, args in (("roles", ()), ("role_propose", ()), ("role", (grant.pk,)), ("role_decide", (grant.pk,))):
        read(signed_in(who), name, *args, status=404)


def test_an_auditor_looks_at_a_draft_only_with_a_reason_that_the_team_reads():
    project, ada = a_project(), signed_in("ada")
    read(ada, "project", project.pk, status=404)
    send(ada, "look_at_draft", reference=project.reference, reason="", status=422)
    assert not Entry.objects.filter(action="look at draft").exists()
    page = send(ada, "look_at_draft", reference=project.reference, reason="A complaint.", status=200)
    assert project.lay_summary in page
    entry = Entry.objects.get(action="look at draft")
    assert (entry.actor, entry.note, entry.subject_id) == ("ada", "A complaint.", str(project.pk))
    assert "A complaint." in read(signed_in("ruth"), "project", project.pk)


@pytest.mark.parametrize("who", ["ruth", "sam", "pia"])
def test_nobody_else_looks_at_drafts(who):
    read(signed_in(who), "look_at_draft", status=404)
    with pytest.raises(Refused, match="Only auditors"):
        services.look_at_draft(a_project(), reason="x", by=person(who), at=now())


def test_being_a_superuser_opens_no_page_of_a_record():
    project, olu = a_project("panel"), person("olu")
    olu.is_superuser = olu.is_staff = True
    olu.save()
    client = signed_in("olu")
    for name, args in (("project", (project.pk,)), ("roles", ()), ("trail", ()), ("people", ()), ("linkage", ())):
        read(client, name, *args, status=404)
    assert Client().get("/admin/").status_code in {302, 404}
