"""May this person use this project now? Each condition fails at once when what it rests on does, and comes back."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from extracts.services import extract as extracts
from governance.agreements import services as agreements
from governance.agreements.use import conditions_of_use, why_not_use
from governance.outputs import services as outputs
from governance.outputs.models import Clearance
from governance.people.grants import roles_on
from governance.people.roles import Role
from governance.projects import services as projects
from governance.projects.services import admit
from governance.workflow import Refused
from portal.access import may_see
from tests.builders import an_agreement, an_output, catalogue, declare, now
from tests.cast import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    return an_agreement().project


def failing(project, who="ruth", at=None):
    found = conditions_of_use(project, person(who), at or now())
    assert all(condition.cure for condition in found if not condition.holds), "a refusal says who can cure it"
    return [condition.name for condition in found if not condition.holds]


def test_all_holds(project):
    assert failing(project) == []
    assert why_not_use(project, person("ruth"), now()) is None


def test_training_lapses_one_second_after_its_last_day_and_its_renewal_restores_use(project):
    training, noon = person("ruth").trainings.get(), now().replace(hour=12)
    training.valid_until = noon.date()
    training.save()
    assert failing(project, at=noon) == []
    assert failing(project, at=noon + timedelta(days=1)) == ["Safe researcher training"]
    training.valid_until += timedelta(days=365)
    training.save()
    assert failing(project, at=noon + timedelta(days=1)) == []


def test_a_coordinator_and_a_stranger_use_nothing(project):
    assert "Team" in failing(project, "coral")
    assert "Team" in failing(project, "olu")


def test_who_joins_later_signs_first(project):
    admit(project, person("olu"), Role.RESEARCHER, because="Test.", by=person("ruth"), at=now())
    assert failing(project, "olu") == ["Your signature"]
    agreement = project.agreements.get()
    agreements.sign(agreement, sha256=agreement.sha256, by=person("olu"), at=now())
    assert failing(project, "olu") == []


def test_since_when_is_the_day_here_not_in_greenwich(project):
    late = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    type(project).objects.filter(pk=project.pk).update(state="revoked", state_since=late)
    project.refresh_from_db()
    (condition,) = [one for one in conditions_of_use(project, person("ruth"), now()) if one.name == "Project"]
    assert condition.since == date(2026, 7, 2)


def test_the_ethics_decision_has_an_end_and_can_be_renewed(project):
    today = now().date()
    type(project).objects.filter(pk=project.pk).update(ethics_until=today - timedelta(days=1))
    project.refresh_from_db()
    assert failing(project) == ["Ethics decision"]
    with pytest.raises(Refused, match="future"):
        projects.renew_ethics(project, reasons="Still.", until=today, by=person("esme"), at=now())
    project = projects.renew_ethics(project, reasons="Still.", until=None, by=person("esme"), at=now())
    assert failing(project) == []


def test_agreement_and_project_end_use_for_everybody(project):
    later = now() + timedelta(days=3000)
    assert {"Agreement"} <= set(failing(project, at=later))
    project = agreements.revoke_project(project, reasons="Breach.", by=person("sam"), at=now())
    assert failing(project) == ["Project", "Agreement"]


def test_after_the_last_day_the_team_reads_its_records_and_touches_no_data(project):
    """As decision 0014 says: the grant gives the reading, and the agreement the use."""
    output = an_output("cleared")
    last = datetime.combine(output.project.agreements.get().ends_on, time(12), tzinfo=UTC)
    after, ruth = last + timedelta(days=1), person("ruth")
    assert roles_on(output.project, ruth, after) == {Role.RESEARCHER}
    assert may_see(output.project, ruth, after) and may_see(output, ruth, after)
    assert "Agreement" not in failing(output.project, at=last) and "Agreement" in failing(output.project, at=after)
    with pytest.raises(Refused, match="agreement ended"):
        extracts.request(output.project, catalogue=catalogue(), by=ruth, at=after)
    with pytest.raises(Refused, match="agreement ended"):
        outputs.start(
            output.project, title="Late", context="A talk.", clearance=Clearance.PUBLICATION, by=ruth, at=after
        )
    with pytest.raises(Refused, match="agreement ended"):
        outputs.release(output, round=output.round, by=person("cass"), at=after)


def test_a_condition_before_use_stops_use_until_it_is_discharged(project):
    agreement = project.agreements.get()
    condition = project.conditions.create(
        agreement=agreement, owner="police", kind="before_use", text="Plan.", state_since=now(), created_at=now()
    )
    assert failing(project) == ["Conditions of the data owners"]
    with pytest.raises(Refused, match="must be discharged before use"):
        extracts.request(project, catalogue=catalogue(), by=person("ruth"), at=now())
    agreements.discharge(condition, reasons="Seen.", by=person("petra"), at=now())
    assert failing(project) == []


def test_a_sanction_stops_use_and_says_so(project):
    from governance.standing import services as standing

    standing.impose(person("ruth"), level=2, reasons="Shared a screen.", months=6, by=person("sam"), at=now())
    assert failing(project) == ["No sanction"]
    assert "suspended since" in why_not_use(project, person("ruth"), now())


def test_a_declared_conflict_bars_for_good():
    from tests.builders import a_project, cast_vote

    project = a_project("owners")
    with pytest.raises(Refused, match="Say first whether"):
        projects.vote(
            project, verdict="approve", reasons="Yes.", round=1, catalogue=catalogue(), by=person("petra"), at=now()
        )
    with pytest.raises(Refused, match="say what the conflict"):
        declare_conflict(project, " ")
    declare_conflict(project, "Ruth is my cousin.")
    with pytest.raises(Refused, match="You declared a conflict"):
        cast_vote(project, "petra")
    with pytest.raises(Refused, match="You declared a conflict"):
        declare(project, "petra")


def declare_conflict(project, details):
    projects.declare_interest(project, conflict=True, details=details, by=person("petra"), at=now())


def test_a_tie_that_the_records_show_bars_without_being_declared():
    from tests.builders import a_project, cast_vote

    project, petra = a_project("owners"), person("petra")
    other = projects.start(title="Another", catalogue=catalogue(), by=person("ruth"), at=now())
    admit(other, petra, Role.COORDINATOR, because="Test.", by=person("ruth"), at=now())
    with pytest.raises(Refused, match="on another project"):
        cast_vote(project, "petra")


def test_somebody_whom_a_member_supervises_decides_nothing():
    from tests.builders import a_project, cast_vote

    project, petra = a_project("owners"), person("petra")
    petra.accreditations.create(
        kind="provisional", supervisor=person("ruth"), evidence="x", number="AR-7", state="granted",
        accredited_from=now().date(), accredited_until=now().date(), state_since=now(), created_at=now(),
    )  # fmt: skip
    with pytest.raises(Refused, match="tied to you by supervision"):
        cast_vote(project, "petra")


def test_a_paused_application_is_decided_by_nobody_until_it_is_taken_up():
    from tests.builders import a_project, cast_vote

    project = a_project("owners")
    project = projects.pause(project, reasons="The release is being rebuilt.", by=person("sam"), at=now())
    with pytest.raises(Refused, match="paused"):
        cast_vote(project, "petra")
    project = projects.take_up(project, by=person("sam"), at=now())
    assert cast_vote(project, "petra").state == "owners"
