"""An application's way through its boards, and what must not happen on it."""

from datetime import timedelta

import pytest

from governance.agreements import services as agreements
from governance.audit.models import Entry
from governance.people.models import Organisation
from governance.people.roles import Role
from governance.projects import services
from governance.projects.boards import Verdict
from governance.projects.models import Project
from governance.workflow import Refused
from tests.builders import a_project, catalogue, now
from tests.cast import person

pytestmark = pytest.mark.django_db


def decide(project, who, verdict=Verdict.APPROVE, reasons="Fits our purpose."):
    return services.decide(project, verdict=verdict, reasons=reasons, round=project.round, by=person(who), at=now())


def test_from_draft_to_agreement():
    project = a_project("approved")

    agreement = project.agreements.get()
    assert agreement.state == "drawn_up"
    assert agreement.scope == agreements.scope_requested(project)
    actions = list(Entry.objects.filter(project=project.reference).values_list("actor", "action"))
    assert actions[-6:] == [
        ("sam", "accept"), ("petra", "decide"), ("hugo", "decide"), ("worker", "refer"), ("pia", "approve"),
        ("worker", "draw up"),
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

    assert decide(project, "petra").state == "owners"
    with pytest.raises(Refused, match="has decided"):
        decide(project, "petra", Verdict.REFUSE)
    with pytest.raises(Refused, match="role"):
        decide(project, "connie")  # CPS owns none of the tables
    assert decide(project, "hugo").state == "panel"


def test_one_refusal_leaves_the_reduced_project():
    project = a_project("owners")
    decide(project, "petra")
    project = decide(project, "hugo", Verdict.REFUSE, "Not while the courts' data are being rebuilt.")

    agreement = agreements.conclude(
        project, reasons="Still worth it.", round=project.round, catalogue=catalogue(), by=person("pia"), at=now()
    )
    assert [table.name for table in agreement.scope.tables] == ["pol_crime"]


def test_when_all_owners_refuse_it_ends():
    project = a_project("owners")
    decide(project, "petra", Verdict.REFUSE)
    assert decide(project, "hugo", Verdict.REFUSE).state == "refused"


def test_decisions_do_not_carry_over_into_the_next_round():
    project = a_project("owners")
    decide(project, "petra")
    project = services.send_back(project, reasons="Too fine an area.", round=project.round, by=person("hugo"), at=now())
    assert project.state == "returned"
    project = services.submit(project, catalogue=catalogue(), by=person("ruth"), at=now())
    project = services.accept(project, reasons="Complete.", round=project.round, by=person("sam"), at=now())

    assert decide(project, "hugo").state == "owners", "Petra's approval was of the round before"
    assert decide(project, "petra").state == "panel"


@pytest.mark.parametrize("state", ["draft", "returned"])
def test_a_draft_or_returned_application_cannot_be_approved(state):
    project = a_project(state)
    with pytest.raises(Refused):
        agreements.conclude(
            project, reasons="Yes.", round=project.round, catalogue=catalogue(), by=person("pia"), at=now()
        )
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
    assert roles_on(project, olu) == frozenset()
    with pytest.raises(Refused, match="role"):
        services.approve(project, reasons="Yes.", round=project.round, by=olu, at=now())


def test_decisions_need_reasons_and_nothing_is_kept_without():
    project = a_project("triage")
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
    assert roles_on(project, olu) == {Role.RESEARCHER}
    services.remove_member(project, olu, by=person("ruth"), at=now())
    assert roles_on(project, olu) == frozenset()
    with pytest.raises(Refused, match="lead"):
        services.remove_member(project, person("ruth"), by=person("ruth"), at=now())


def test_a_draft_is_its_teams_own():
    from governance.people.grants import roles_on

    project = a_project()
    assert [who for who in ("sam", "petra", "pia", "cass", "ada", "olu") if roles_on(project, person(who))] == []
    project = services.submit(project, catalogue=catalogue(), by=person("ruth"), at=now())
    everyone = ("sam", "petra", "connie", "pia", "cass", "ada", "olu")
    assert [who for who in everyone if roles_on(project, person(who))] == ["sam", "petra", "pia", "cass", "ada"]


def test_references_are_given_once():
    projects = [a_project() for _ in range(3)]
    assert len({project.reference for project in projects}) == 3


def test_a_decision_on_an_earlier_round_does_not_count_in_a_later_one():
    project = a_project("owners")
    with pytest.raises(Refused, match="has changed since"):
        services.decide(project, verdict="approve", reasons="Yes.", round=0, by=person("petra"), at=now())
    assert not project.decisions.filter(stage="owner").exists()


def test_the_organisation_of_every_member_counts_and_none_is_not_a_way_round():
    project, petra = a_project("owners"), person("petra")
    olu = person("olu")
    olu.organisation = petra.organisation
    olu.save()
    project.members.create(person=olu, role=Role.RESEARCHER, since=now())
    with pytest.raises(Refused, match="your organisation"):
        decide(project, "petra")
    pia = person("pia")
    pia.organisation = None
    pia.save()
    with pytest.raises(Refused):
        agreements.conclude(project, reasons="Yes.", round=1, catalogue=catalogue(), by=pia, at=now())


def test_the_state_has_one_door():
    with pytest.raises(TypeError):
        services.edit(a_project(), state="approved", round=9, by=person("ruth"), at=now())


def test_of_two_windows_the_second_does_not_wipe_what_the_first_saved():
    project = a_project()
    services.edit(project, revision=project.revision, lay_summary="From window one.", by=person("ruth"), at=now())
    with pytest.raises(Refused, match="Other answers were saved"):
        services.edit(project, revision=project.revision, lay_summary="", by=person("ruth"), at=now())
    assert Project.objects.get().lay_summary == "From window one."
