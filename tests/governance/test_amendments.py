"""Amendments: records of their own, of which each approver decides the delta alone."""

from datetime import timedelta

import pytest

from governance.agreements import services as agreements
from governance.agreements.use import why_not_use
from governance.amendments import services
from governance.amendments.delta import Kind, merged, path_of
from governance.amendments.models import Amendment
from governance.people.grants import team_at
from governance.people.roles import Role
from governance.projects import leaving
from governance.projects.boards import Verdict
from governance.projects.models import Project
from governance.workflow import Refused
from tests.builders import a_project, a_stand_in, an_agreement, catalogue, declare_on, everybody_signs, now
from tests.cast import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    return an_agreement().project


def begin(project, kind, who="ruth"):
    amendment = services.start(project, kind=kind, by=person(who), at=now())
    return services.explain(amendment, reason="The first results need it.", by=person(who), at=now())


def add(amendment, table, *names):
    known = catalogue()
    wish = {name: {"level": known[table][name].default_level, "reason": "To compare."} for name in names}
    return services.choose_table(
        amendment, table, reason="Needed.", variables=wish, catalogue=known, by=person("ruth"), at=now()
    )


def submit(amendment):
    return services.submit(amendment, catalogue=catalogue(), by=person("ruth"), at=now())


def support(amendment, verdict=Verdict.APPROVE):
    declare_on(amendment, "sam")
    return services.decide_as_support(
        amendment, verdict=verdict, reasons="As asked.", round=amendment.round, by=person("sam"), at=now()
    )


def vote(amendment, who, verdict=Verdict.APPROVE, **kind):
    declare_on(amendment, who)
    kind = {"reasons": "Fits.", "round": amendment.round, **kind}
    return services.vote(amendment, verdict=verdict, catalogue=catalogue(), by=person(who), at=now(), **kind)


def sign_anew(project):
    agreement = everybody_signs(project.agreements.first())
    return agreements.countersign(agreement, sha256=agreement.sha256, by=person("sam"), at=now())


def test_a_variable_is_added_by_its_owner_alone_and_the_old_agreement_holds_until_the_new_is_signed(project):
    amendment = support(submit(add(begin(project, Kind.DATA), "pol_crime", "knife_flag")))
    assert amendment.quorums == {"police": 2} and amendment.state == "owners"
    with pytest.raises(Refused):
        vote(amendment, "hugo")
    assert vote(amendment, "petra").state == "owners"
    assert vote(amendment, "percy").state == "agreed"

    old, new = agreements.in_force(project, now()), project.agreements.first()
    assert old.version == 1 and new.version == 2 and new.state == "drawn_up"
    assert old.scope.table("pol_crime").level_of("knife_flag") is None
    assert new.scope.table("pol_crime").level_of("knife_flag") is not None
    assert set(old.scope_json["tables"]) == set(new.scope_json["tables"])
    assert why_not_use(project, person("ruth"), now()) is None

    sign_anew(project)
    assert agreements.in_force(project, now()).version == 2
    assert [one.state for one in project.agreements.order_by("version")] == ["superseded", "in_force"]


def test_a_new_owner_reads_the_project_from_the_submission_on(project):
    from governance.people.grants import roles_on

    amendment = add(begin(project, Kind.DATA), "cps_pcd", "decision_code")
    assert Role.OWNER not in roles_on(project, person("connie"), now())
    amendment = support(submit(amendment))
    assert Role.OWNER in roles_on(Project.objects.get(), person("connie"), now())
    assert vote(amendment, "connie").state == "agreed"


def test_an_owner_leaves_a_variable_of_the_delta_out(project):
    amendment = support(submit(add(begin(project, Kind.DATA), "pol_crime", "knife_flag", "outcome_type")))
    vote(amendment, "petra", refused=["pol_crime.knife_flag"])
    vote(amendment, "percy")
    granted = project.agreements.first().scope.table("pol_crime")
    assert granted.level_of("outcome_type") is not None and granted.level_of("knife_flag") is None


def test_what_is_not_in_the_delta_cannot_be_touched(project):
    amendment = support(submit(add(begin(project, Kind.DATA), "pol_crime", "knife_flag")))
    with pytest.raises(Refused, match="leaves out some"):
        vote(amendment, "petra", refused=["pol_crime.offence_subgroup"])


def test_when_every_owner_concerned_refuses_the_project_goes_on_as_it_was(project):
    amendment = support(submit(add(begin(project, Kind.DATA), "pol_crime", "knife_flag")))
    vote(amendment, "petra", Verdict.REFUSE)
    assert vote(amendment, "percy", Verdict.REFUSE).state == "refused"
    assert project.agreements.count() == 1


def test_sensitive_data_go_to_the_panel_too_and_a_purpose_to_everybody():
    known = catalogue()
    sensitive = [
        (table.name, one.name)
        for table in known.requestable
        for one in table.variables
        if one.sensitivity in ("SC", "SV")
    ]
    table, name = sensitive[0]
    added = {table: {"variables": {name: {"level": ""}}}}
    assert path_of(Kind.DATA, added, (), known).panel
    assert not path_of(Kind.DATA, {"pol_crime": {"variables": {"recorded_date": {"level": "month"}}}}, (), known).panel
    path = path_of(Kind.PURPOSE, {}, ("police", "cps"), known)
    assert path.owners == ("police", "cps") and path.panel
    assert path_of(Kind.PERSON, {}, ("police",), known).owners == ()


def test_a_purpose_goes_through_every_owner_and_the_panel(project):
    amendment = services.reword(
        begin(project, Kind.PURPOSE), lay_summary="We also ask why.", public_benefit="", by=person("ruth"), at=now()
    )
    amendment = support(submit(amendment))
    for who in ("petra", "percy", "hugo"):
        amendment = vote(amendment, who)
    assert amendment.state == "panel"
    for who in ("pia", "priya"):
        declare_on(amendment, who)
        amendment = services.vote_on_panel(
            amendment,
            verdict=Verdict.APPROVE,
            reasons="Good.",
            round=1,
            catalogue=catalogue(),
            by=person(who),
            at=now(),
        )
    assert amendment.state == "agreed"
    project.refresh_from_db()
    assert project.lay_summary == "We also ask why." and project.public_benefit


def test_a_person_is_added_by_research_support_and_signs_before_use(project):
    amendment = begin(project, Kind.PERSON)
    with pytest.raises(Refused, match="on the team already"):
        services.name_person(amendment, person("coral"), role=Role.RESEARCHER, by=person("ruth"), at=now())
    amendment = services.name_person(amendment, person("olu"), role=Role.RESEARCHER, by=person("ruth"), at=now())
    assert support(submit(amendment)).state == "agreed"
    assert project.has_member(person("olu")) and project.agreements.count() == 1
    assert "have not signed" in why_not_use(project, person("olu"), now())


def test_who_was_on_the_team_until_a_day_that_is_over_can_be_added_again(project):
    yesterday = now().date() - timedelta(days=1)
    project.grants.filter(user=person("coral")).update(ends_on=yesterday)
    amendment = begin(project, Kind.PERSON)
    amendment = services.name_person(amendment, person("coral"), role=Role.RESEARCHER, by=person("ruth"), at=now())
    assert support(submit(amendment)).state == "agreed"
    assert team_at(project, now()) == {person("ruth"): Role.RESEARCHER, person("coral"): Role.RESEARCHER}
    assert project.members.get(person=person("coral")).role == Role.RESEARCHER


def test_who_has_left_is_not_added(project):
    leaving.leave(person("olu"), reasons="Another post.", by=person("sam"), at=now())
    with pytest.raises(Refused, match="has left"):
        services.name_person(
            begin(project, Kind.PERSON), person("olu"), role=Role.RESEARCHER, by=person("ruth"), at=now()
        )


def test_an_extension_needs_a_later_day_and_a_new_agreement(project):
    amendment = begin(project, Kind.END)
    with pytest.raises(Refused, match="later than the present"):
        services.name_end(amendment, project.ends_on, by=person("ruth"), at=now())
    later = project.ends_on + timedelta(days=365)
    support(submit(services.name_end(amendment, later, by=person("ruth"), at=now())))
    assert project.agreements.first().ends_on == later
    assert agreements.in_force(project, now()).ends_on < later


def test_an_extension_is_agreed_after_the_last_day_too_and_nothing_else_is(project):
    """Whoever is told that the agreement ended is told to extend it."""
    over = now() + (project.ends_on - now().date()) + timedelta(days=3)
    later = project.ends_on + timedelta(days=365)
    amendment = begin(project, Kind.END)
    amendment = submit(services.name_end(amendment, later, by=person("ruth"), at=now()))
    somebody = begin(project, Kind.PERSON)
    somebody = services.name_person(somebody, person("olu"), role=Role.RESEARCHER, by=person("ruth"), at=now())
    somebody = submit(somebody)
    declare_on(amendment, "sam")
    said = {"verdict": Verdict.APPROVE, "reasons": "As asked.", "round": 1, "by": person("sam"), "at": over}
    assert services.decide_as_support(amendment, **said).state == "agreed"
    assert project.agreements.first().ends_on == later and project.agreements.first().state == "drawn_up"
    with pytest.raises(Refused, match="agreement ended"):
        services.decide_as_support(somebody, **said)


def test_a_light_one_is_not_handed_on_and_another_not_decided_by_support_alone(project):
    amendment = submit(add(begin(project, Kind.DATA), "pol_crime", "knife_flag"))
    with pytest.raises(Refused, match="owners decide"):
        support(amendment, Verdict.REFUSE)


def test_only_a_running_project_is_amended_and_its_revocation_stops_what_is_under_way(project):
    with pytest.raises(Refused, match="agreement in force"):
        services.start(a_project("approved"), kind=Kind.END, by=person("ruth"), at=now())
    amendment = support(submit(add(begin(project, Kind.DATA), "pol_crime", "knife_flag")))
    vote(amendment, "petra")
    agreements.revoke_project(Project.objects.get(pk=project.pk), reasons="A breach.", by=person("sam"), at=now())
    with pytest.raises(Refused, match="agreement in force"):
        vote(amendment, "percy")
    assert Amendment.objects.get().state == "owners" and project.agreements.count() == 1


def test_votes_do_not_carry_over_and_old_pages_are_refused(project):
    amendment = support(submit(add(begin(project, Kind.DATA), "pol_crime", "knife_flag")))
    amendment = vote(amendment, "petra")
    declare_on(amendment, "percy")
    amendment = services.send_back(amendment, reasons="Why?", round=1, by=person("percy"), at=now())
    amendment = support(submit(amendment))
    with pytest.raises(Refused, match="has changed since"):
        vote(amendment, "petra", round=1)
    assert vote(amendment, "percy").state == "owners"


@pytest.mark.parametrize(("first", "second"), [("olu", "petra"), ("petra", "olu")])
def test_a_stand_in_and_whoever_they_stand_in_for_have_one_vote_on_the_delta_too(project, first, second):
    a_stand_in(Role.OWNER, for_="petra")
    amendment = support(submit(add(begin(project, Kind.DATA), "pol_crime", "knife_flag")))
    assert vote(amendment, first).state == "owners"
    with pytest.raises(Refused, match="one vote together"):
        vote(amendment, second)
    assert vote(amendment, "percy").state == "agreed"


def test_what_is_agreed_already_is_no_amendment(project):
    with pytest.raises(Refused, match="agreed at that level already"):
        add(begin(project, Kind.DATA), "pol_crime", "recorded_date")


def test_an_empty_one_says_what_is_missing(project):
    amendment = services.start(project, kind=Kind.DATA, by=person("ruth"), at=now())
    with pytest.raises(Refused, match="why it is needed; at least one variable"):
        submit(amendment)


def test_others_of_the_team_and_strangers_begin_none(project):
    for who in ("coral", "olu", "sam"):
        with pytest.raises(Refused):
            services.start(project, kind=Kind.END, by=person(who), at=now())


def test_merging_takes_the_level_of_the_amendment():
    scope = an_agreement("drawn_up").scope
    finer = merged(scope, {"pol_crime": {"variables": {"recorded_date": {"level": "day"}}}})
    assert finer.table("pol_crime").level_of("recorded_date") == "day"
    assert finer.table("crt_case") == scope.table("crt_case")
