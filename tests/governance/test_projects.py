"""An application's way through its boards, and what must not happen on it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from governance.agreements import services as agreements
from governance.audit.models import Entry
from governance.people.models import Organisation
from governance.people.roles import Role
from governance.projects import services
from governance.projects.boards import Verdict
from governance.projects.models import Project
from governance.projects.route import route
from governance.workflow import Refused
from tests.builders import a_project, cast_vote, catalogue, decided, declare, now, panel_approves, panel_votes
from tests.cast import person

pytestmark = pytest.mark.django_db


def test_from_draft_to_agreement():
    project = a_project("approved")

    agreement = project.agreements.get()
    assert agreement.state == "drawn_up"
    assert agreement.scope == agreements.scope_requested(project)
    actions = list(Entry.objects.filter(project=project.reference).values_list("actor", "action"))
    assert actions[-16:] == [
        ("sam", "declare"), ("sam", "accept"), ("worker", "waive"),
        ("petra", "declare"), ("petra", "vote"), ("percy", "declare"), ("percy", "vote"), ("hugo", "declare"),
        ("hugo", "vote"), ("worker", "refer"), ("pia", "declare"), ("pia", "vote"), ("piers", "declare"),
        ("piers", "vote"), ("worker", "approve"), ("worker", "draw up"),
    ]  # fmt: skip


def test_an_incomplete_application_cannot_be_submitted_and_says_what_is_missing():
    ruth = person("ruth")
    project = services.start(title="Short", catalogue=catalogue(), by=ruth, at=now())

    with pytest.raises(Refused, match=r"lay summary; .*; public benefit; .*; the period of the data"):
        services.submit(project, catalogue=catalogue(), by=ruth, at=now())
    assert Project.objects.get(pk=project.pk).state == "draft"


def test_a_lapsed_accreditation_stops_the_submission_one_second_after_its_end():
    project, ruth = a_project(), person("ruth")
    last = ruth.accreditations.get()
    end = now().replace(hour=12)
    last.accredited_until = end.date()
    last.save()

    with pytest.raises(Refused, match="accreditation ended"):
        services.submit(project, catalogue=catalogue(), by=ruth, at=end + timedelta(days=1))
    assert services.submit(project, catalogue=catalogue(), by=ruth, at=end).state == "triage"


def test_every_owner_decides_and_only_on_its_own():
    project = a_project("owners")

    assert cast_vote(project, "petra").state == "owners"
    with pytest.raises(Refused, match="You have voted"):
        cast_vote(project, "petra", "refuse")
    with pytest.raises(Refused, match="role"):
        cast_vote(project, "connie")  # CPS owns none of the tables
    assert cast_vote(project, "hugo").state == "owners", "the police need two votes"
    assert cast_vote(project, "percy").state == "panel"


def test_a_settled_owner_takes_no_further_vote():
    project = a_project("owners")
    decided(project, "police")
    hugo = person("hugo")
    hugo.organisation = person("petra").organisation
    hugo.save()
    with pytest.raises(Refused, match="Your organisation has decided"):
        cast_vote(project, "hugo", "refuse")


def test_the_quorum_is_that_of_the_day_of_submission_and_never_the_callers():
    project = a_project("owners")
    assert project.quorums == {"police": 2, "hmcts": 1}
    with pytest.raises(TypeError):
        services.edit(project, quorums={"police": 0}, by=person("ruth"), at=now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Project.objects.filter(pk=project.pk).update(panel_quorum=0)


def test_one_refusal_offers_the_reduced_project_to_the_applicants_first():
    project = decided(a_project("owners"), "police")
    project = decided(project, "hmcts", Verdict.REFUSE, reasons="Not while the courts' data are being rebuilt.")
    assert project.state == "offered"
    with pytest.raises(Refused):
        panel_votes(project, "pia")

    project = panel_approves(services.take(project, catalogue=catalogue(), by=person("ruth"), at=now()))

    assert [table.name for table in project.agreements.get().scope.tables] == ["pol_crime"]


def test_one_refused_variable_leaves_alone():
    project = cast_vote(a_project("owners"), "petra", refused=["pol_crime.recorded_date"])
    project = cast_vote(cast_vote(project, "percy"), "hugo")
    assert project.state == "offered"

    project = panel_approves(services.take(project, catalogue=catalogue(), by=person("ruth"), at=now()))

    scope = project.agreements.get().scope
    assert [one.name for one in scope.table("pol_crime").variables] == ["offence_subgroup"]
    assert len(scope.table("crt_case").variables) == 2


def test_the_applicants_may_change_the_application_instead():
    project = decided(decided(a_project("owners"), "police"), "hmcts", Verdict.REFUSE)
    assert services.revise(project, by=person("ruth"), at=now()).state == "returned"


@pytest.mark.parametrize(
    ("refused", "verdict", "why"),
    [
        (["crt_case.sex"], "approve", "not asked of you"),
        (["pol_crime.no_such"], "approve", "not asked of you"),
        (["pol_crime.recorded_date", "pol_crime.offence_subgroup"], "approve", "refuse them instead"),
        (["pol_crime.recorded_date"], "refuse", "Only an approval"),
    ],
)
def test_an_owner_leaves_out_variables_of_its_own_and_not_all(refused, verdict, why):
    project = a_project("owners")
    with pytest.raises(Refused, match=why):
        cast_vote(project, "petra", verdict, refused=refused)
    assert not project.decisions.filter(stage="owner").exists()


def test_when_all_owners_refuse_it_ends():
    project = decided(a_project("owners"), "police", Verdict.REFUSE)
    assert decided(project, "hmcts", Verdict.REFUSE).state == "refused"


def test_votes_do_not_carry_over_into_the_next_round():
    project = decided(a_project("owners"), "police")
    declare(project, "hugo")
    project = services.send_back(
        project, reasons="Too fine an area.", questions={"lay_summary": "Name the area."},
        round=project.round, by=person("hugo"), at=now(),
    )  # fmt: skip
    assert project.state == "returned"
    assert project.decisions.get(verdict="return").questions == {"lay_summary": "Name the area."}
    project = services.submit(project, catalogue=catalogue(), by=person("ruth"), at=now())
    project = services.accept(project, reasons="Complete.", round=project.round, by=person("sam"), at=now())

    assert cast_vote(project, "hugo").state == "owners", "the approval of the police was of the round before"
    assert decided(project, "police").state == "panel"


def test_the_panel_decides_by_its_quorum():
    project = a_project("panel")
    assert project.panel_quorum == 2
    project = panel_votes(project, "pia")
    assert project.state == "panel" and not project.agreements.exists()
    with pytest.raises(Refused, match="You have voted"):
        panel_votes(project, "pia")
    project = panel_votes(project, "piers", Verdict.REFUSE)
    assert project.state == "panel"
    assert panel_votes(project, "priya").state == "approved"
    assert project.agreements.count() == 1


def test_the_panel_refuses_by_its_quorum():
    project = panel_votes(a_project("panel"), "pia", Verdict.REFUSE)
    assert panel_votes(project, "priya", Verdict.REFUSE).state == "refused"
    assert not project.agreements.exists()


def ethics_decided(service, **kind):
    project = a_project("ethics")
    declare(project, "esme")
    return service(project, reasons="As scored.", round=1, by=person("esme"), at=now(), **kind)


def test_a_high_score_goes_to_the_ethics_reviewer_who_passes_refuses_or_returns():
    assert ethics_decided(services.fail_ethics).state == "refused"
    assert ethics_decided(services.send_back).state == "returned"
    until = now().date() + timedelta(days=30)
    project = ethics_decided(services.pass_ethics, until=until)
    assert project.state == "owners" and project.ethics_until == until


def test_a_low_score_needs_no_reviewer_and_the_trail_says_why():
    a_project("owners")
    entry = Entry.objects.get(action="waive")
    assert (entry.actor == "worker" and "No score" in entry.note) or "reviewer" in entry.note


def test_low_risk_is_decided_by_one_member_of_the_panel():
    project = a_project("triage")
    declare(project, "sam")
    project = services.accept(project, reasons="Fine.", known_design=True, round=1, by=person("sam"), at=now())
    project = decided(decided(project, "police"), "hmcts")
    low = route(project.requested, catalogue(), fully_accredited=True, known_design=True).low_risk
    assert low and project.panel_quorum == 1
    assert panel_votes(project, "pia").state == "approved"


@pytest.mark.parametrize("state", ["draft", "returned"])
def test_a_draft_or_returned_application_cannot_be_approved(state):
    project = a_project(state)
    with pytest.raises(Refused):
        panel_votes(project, "pia")
    assert not project.agreements.exists()


def test_nobody_decides_on_their_own_organisations_work():
    project, sam = a_project("triage"), person("sam")
    sam.organisation = Organisation.objects.get(name="Northshire University")
    sam.save()
    with pytest.raises(Refused, match="your organisation"):
        services.accept(project, reasons="Fine.", round=project.round, by=sam, at=now())


def test_a_superuser_can_neither_see_nor_decide():
    from governance.people.grants import roles_on

    project, olu = a_project("panel"), person("olu")
    olu.is_superuser = olu.is_staff = True
    olu.save()
    assert roles_on(project, olu, now()) == frozenset()
    with pytest.raises(Refused, match="role"):
        services.vote_on_panel(project, verdict=Verdict.APPROVE, reasons="Yes.", round=1, by=olu, at=now())


def test_decisions_need_reasons_and_nothing_is_kept_without():
    project = a_project("triage")
    declare(project, "sam")
    with pytest.raises(Refused, match="reasons"):
        services.accept(project, reasons="  ", round=project.round, by=person("sam"), at=now())
    assert Project.objects.get(pk=project.pk).state == "triage"


@pytest.mark.parametrize(
    ("table", "variable", "level"),
    [
        ("pol_crime", "no_such", ""),
        ("no_such", "sex", ""),
        ("pnc_index", "sex", ""),
        ("pol_crime", "recorded_date", "hour"),
        ("pol_crime", "recorded_date", ""),
        ("crt_case", "case_outcome", "finer"),
    ],
)
def test_only_what_the_catalogue_offers_can_be_chosen(table, variable, level):
    project = a_project()
    with pytest.raises(Refused):
        services.choose_table(
            project,
            table,
            reason="Because.",
            variables={variable: {"level": level, "reason": "Because."}},
            catalogue=catalogue(),
            by=person("ruth"),
            at=now(),
        )
    assert set(Project.objects.get(pk=project.pk).requested) == {"pol_crime", "crt_case"}


def test_leaving_the_team_ends_the_rights():
    from governance.people.grants import roles_on

    project, olu = a_project(), person("olu")
    services.add_member(project, olu, role=Role.RESEARCHER, by=person("ruth"), at=now())
    assert roles_on(project, olu, now()) == {Role.RESEARCHER}
    services.remove_member(project, olu, by=person("ruth"), at=now())
    assert roles_on(project, olu, now()) == frozenset()
    with pytest.raises(Refused, match="lead"):
        services.remove_member(project, person("ruth"), by=person("ruth"), at=now())


def test_a_draft_is_its_teams_own():
    from governance.people.grants import roles_on

    project = a_project()
    assert [who for who in ("sam", "petra", "pia", "cass", "ada", "olu") if roles_on(project, person(who), now())] == []
    project = services.submit(project, catalogue=catalogue(), by=person("ruth"), at=now())
    everyone = ("sam", "sian", "esme", "petra", "connie", "pia", "cass", "ada", "olu")
    reached = ["sam", "sian", "esme", "petra", "pia", "cass", "ada"]
    assert [who for who in everyone if roles_on(project, person(who), now())] == reached
    sian = person("sian")
    sian.organisation = person("olu").organisation
    assert roles_on(project, sian, now()) == frozenset(), "a signatory reaches only what the own institution leads"


def test_references_are_given_once():
    projects = [a_project() for _ in range(3)]
    assert len({project.reference for project in projects}) == 3


def test_a_decision_on_an_earlier_round_does_not_count_in_a_later_one():
    project = a_project("owners")
    with pytest.raises(Refused, match="has changed since"):
        cast_vote(project, "petra", round=0)
    assert not project.decisions.filter(stage="owner").exists()


def test_the_organisation_of_every_member_counts_and_none_is_not_a_way_round():
    project, petra = a_project("owners"), person("petra")
    olu = person("olu")
    olu.organisation = petra.organisation
    olu.save()
    project.members.create(person=olu, role=Role.RESEARCHER, since=now())
    with pytest.raises(Refused, match="your organisation"):
        cast_vote(project, "petra")
    percy = person("percy")
    percy.organisation = None
    percy.save()
    with pytest.raises(Refused):
        cast_vote(project, "percy")


def test_the_state_has_one_door():
    with pytest.raises(TypeError):
        services.edit(a_project(), state="approved", round=9, by=person("ruth"), at=now())


def test_of_two_windows_the_second_does_not_wipe_what_the_first_saved():
    project = a_project()
    services.edit(project, revision=project.revision, lay_summary="From window one.", by=person("ruth"), at=now())
    with pytest.raises(Refused, match="Other answers were saved"):
        services.edit(project, revision=project.revision, lay_summary="", by=person("ruth"), at=now())
    assert Project.objects.get().lay_summary == "From window one."


def test_nobody_decides_on_own_work_though_it_be_for_another_organisation():
    project, petra = a_project("owners"), person("petra")
    services.admit(project, petra, Role.COORDINATOR, because="Test.", by=project.lead, at=now())
    with pytest.raises(Refused, match="You belong to this project's team"):
        cast_vote(project, "petra")
