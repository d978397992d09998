"""An agreement takes effect when every side signed, and ends by itself or by revocation."""

from datetime import timedelta

import pytest

from governance.agreements import services
from governance.agreements.models import Agreement
from governance.agreements.terms import sha256_of
from governance.audit.models import Entry
from governance.people.models import local_day
from governance.people.roles import Role
from governance.projects import leaving
from governance.projects import services as projects
from governance.workflow import Refused
from tests.builders import a_project, an_agreement, cast_vote, decided, now, panel_approves
from tests.cast import person

pytestmark = pytest.mark.django_db


def sign(agreement, who):
    return services.sign(agreement, sha256=agreement.sha256, by=person(who), at=now())


def countersign(agreement):
    return services.countersign(agreement, sha256=agreement.sha256, by=person("sam"), at=now())


def test_every_member_the_institution_and_the_service_sign():
    agreement = an_agreement("drawn_up")
    with pytest.raises(Refused, match="every side must sign"):
        services.in_force(agreement.project, now())
    assert agreement.unsigned(now()) == ["Ruth", "Coral", "Northshire University (its signatory)"]
    with pytest.raises(Refused):
        countersign(agreement)

    for who in ("ruth", "sian"):
        agreement = sign(agreement, who)
        assert agreement.state == "drawn_up"
    with pytest.raises(Refused):
        countersign(agreement)
    agreement = countersign(sign(agreement, "coral"))

    assert services.in_force(agreement.project, now()) == agreement
    assert [str(signature) for signature in agreement.signatures.all()] == [
        "Ruth, for the project", "Sian, for the institution", "Coral, for the project", "Sam, for the service",
    ]  # fmt: skip
    assert {one.sha256 for one in agreement.signatures.all()} == {agreement.sha256}


def test_whoever_left_before_signing_is_waited_for_no_longer():
    agreement = an_agreement("drawn_up")
    for who in ("ruth", "sian"):
        agreement = sign(agreement, who)
    assert services.complete_all(at=now()) == 0 and agreement.unsigned(now()) == ["Coral"]
    leaving.leave(person("coral"), reasons="Another post.", by=person("sam"), at=now())
    assert agreement.unsigned(now()) == [] and agreement.left_unsigned(now()) == ["Coral"]

    assert services.complete_all(at=now()) == 1
    assert services.complete_all(at=now()) == 0, "safe to repeat"
    agreement = countersign(Agreement.objects.get(pk=agreement.pk))
    assert services.in_force(agreement.project, now()) == agreement
    complete = Entry.objects.get(action="complete", subject_type="agreement")
    assert complete.note.endswith("Left the team before signing: Coral.")

    leaving.come_back(person("coral"), by=person("sam"), at=now())
    assert sign(agreement, "coral").left_unsigned(now()) == [], "who is back signs before using anything"


@pytest.mark.parametrize(
    ("grant", "waits"),
    [
        ({"ended_because": "Removed."}, False),
        ({"ends_on": timedelta(days=-1)}, False),
        ({"ends_on": timedelta(days=0)}, True),
        ({"suspended_from": timedelta(days=0)}, True),
    ],
)
def test_the_grant_says_who_is_on_the_team(grant, waits):
    agreement, at = an_agreement("drawn_up"), now()
    days = {name: local_day(at) + days for name, days in grant.items() if name != "ended_because"}
    ended = {"ended_at": at, **grant} if "ended_because" in grant else days
    agreement.project.grants.filter(user=person("coral")).update(**ended)
    assert ("Coral" in agreement.unsigned(at)) == waits
    assert (agreement.left_unsigned(at) == ["Coral"]) != waits


def test_the_lead_signs_always_also_a_new_one():
    agreement = an_agreement("drawn_up")
    projects.admit(agreement.project, person("olu"), Role.RESEARCHER, because="Test.", by=person("ruth"), at=now())
    leaving.leave(person("ruth"), reasons="Another post.", by=person("sam"), at=now())
    assert "Ruth" in agreement.unsigned(now()), "nobody leads it instead yet"
    handover = leaving.propose(agreement.project, successor=person("olu"), by=person("sam"), at=now())
    leaving.accept(handover, by=person("olu"), at=now())
    agreement = Agreement.objects.get(pk=agreement.pk)
    assert agreement.unsigned(now()) == ["Olu", "Coral", "Eastmoor Institute (its signatory)"]


def test_whoever_joins_later_is_waited_for_by_the_next_agreement_and_whoever_left_is_not():
    agreement = an_agreement("drawn_up")
    project = agreement.project
    projects.admit(project, person("olu"), Role.RESEARCHER, because="Test.", by=person("ruth"), at=now())
    assert "Olu" not in agreement.unsigned(now())
    projects.take_off(project, person("coral"), because="Test.", at=now())
    following = services.draw_up(project, agreement.scope, (), at=now())
    assert following.unsigned(now()) == ["Ruth", "Olu", "Northshire University (its signatory)"]
    assert [party["name"] for party in following.terms["parties"]][:2] == ["Ruth", "Olu"]
    assert following.left_unsigned(now()) == []


@pytest.mark.parametrize("who", ["olu", "petra", "pia", "sam"])
def test_nobody_else_signs_for_the_project(who):
    with pytest.raises(Refused):
        sign(an_agreement("drawn_up"), who)


def test_nobody_signs_twice():
    agreement = sign(an_agreement("drawn_up"), "ruth")
    with pytest.raises(Refused, match="have signed"):
        sign(agreement, "ruth")


def test_what_is_signed_is_what_was_read():
    agreement = an_agreement("drawn_up")
    with pytest.raises(Refused, match="not the terms that you read"):
        services.sign(agreement, sha256="0" * 64, by=person("ruth"), at=now())
    Agreement.objects.filter(pk=agreement.pk).update(terms={**agreement.terms, "ends_on": "2099-01-01"})
    with pytest.raises(Refused, match="not the terms that you read"):
        sign(agreement, "ruth")
    assert not agreement.signatures.exists()


def test_the_terms_hold_all_that_is_signed():
    agreement = an_agreement("drawn_up")
    terms = agreement.terms
    assert terms["scope"] == agreement.scope_json
    assert [party["name"] for party in terms["parties"]] == ["Ruth", "Coral", "Its signatory", "Research support"]
    assert terms["ends_on"] == agreement.ends_on.isoformat() and terms["undertakings"]
    assert agreement.sha256 == sha256_of(terms)
    assert sha256_of({**terms, "title": "Another"}) != agreement.sha256


SHOWN_FIRST = {"kind": "before_use", "about": "", "level": "", "text": "Show us the analysis plan."}
COARSER = {"kind": "coarser", "about": "pol_crime.recorded_date", "level": "quarter", "text": ""}


def with_conditions(*conditions):
    project = cast_vote(a_project("owners"), "petra", conditions=conditions)
    project = panel_approves(decided(cast_vote(project, "percy"), "hmcts"))
    return project.agreements.get()


def test_conditions_of_an_approval_are_in_the_terms_and_change_the_scope():
    agreement = with_conditions(SHOWN_FIRST, COARSER)
    assert agreement.scope.table("pol_crime").level_of("recorded_date") == "quarter"
    assert [one["kind"] for one in agreement.terms["conditions"]] == ["before_use", "coarser"]
    assert {one.owner for one in agreement.project.conditions.all()} == {"police"}


@pytest.mark.parametrize(
    ("condition", "why"),
    [
        ({**COARSER, "level": "day"}, "must be coarser"),
        ({**COARSER, "level": "month"}, "must be coarser"),
        ({**COARSER, "level": "hour"}, "not offered"),
        ({**COARSER, "about": "crt_case.sex"}, "not asked of you"),
        ({**COARSER, "about": ""}, "choose the variable"),
        ({**SHOWN_FIRST, "text": " "}, "say what is meant"),
        ({**SHOWN_FIRST, "kind": "bribe"}, "no such kind"),
    ],
)
def test_a_condition_has_to_make_sense(condition, why):
    with pytest.raises(Refused, match=why):
        cast_vote(a_project("owners"), "petra", conditions=[condition])


def test_a_condition_is_reported_discharged_and_opened_again_by_its_owner():
    one = with_conditions(SHOWN_FIRST).project.conditions.get()
    with pytest.raises(Refused):
        services.discharge(one, reasons="Fine.", by=person("hugo"), at=now())
    one = services.report(one, how="Sent on Monday.", by=person("ruth"), at=now())
    one = services.discharge(one, reasons="Read it.", by=person("percy"), at=now())
    assert one.state == "discharged" and not one.stops_use
    one = services.reopen(one, reasons="It changed.", by=person("petra"), at=now())
    assert one.state == "open" and one.stops_use


def test_it_ends_after_its_last_day():
    agreement = an_agreement()
    noon = now().replace(hour=12)
    last = noon + (agreement.ends_on - noon.date())
    assert agreement.why_not_in_force(last) is None
    assert "ended on" in agreement.why_not_in_force(last + timedelta(days=1))


def test_revocation_works_at_once_and_for_everybody():
    agreement = services.revoke(an_agreement(), reasons="Breach of level 2.", by=person("sam"), at=now())
    with pytest.raises(Refused, match="No agreement"):
        services.in_force(agreement.project, now())


def test_a_revoked_project_takes_its_agreements_with_it():
    project = an_agreement().project
    project = services.revoke_project(project, reasons="Breach of level 3.", by=person("sam"), at=now())
    assert project.state == "revoked" and project.agreements.get().state == "revoked"
