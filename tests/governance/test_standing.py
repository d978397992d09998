"""Accreditation, training, declaration and sanctions: who may record what of whom, and what follows at once."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from governance.audit.models import Entry
from governance.outputs import services as outputs
from governance.people import declarations
from governance.people.grants import give_everywhere
from governance.people.models import Accreditation, Sanction, User
from governance.people.roles import Role
from governance.people.standing import FETCHED
from governance.projects import services as projects
from governance.standing import services
from governance.workflow import Refused
from tests.builders import a_project, a_request_for_accreditation, an_output, catalogue, now
from tests.cast import person

pytestmark = pytest.mark.django_db
VERSION = declarations.in_force(now().date()).version


def trained(username, *, days=400, by="sam"):
    today = now().date()
    return services.record_training(
        person(username), certificate=f"SRT-{username}", passed_on=today, valid_until=today + timedelta(days=days),
        by=person(by), at=now(),
    )  # fmt: skip


def ready(username):
    """Whoever has passed the training and signed the declaration."""
    trained(username)
    services.sign_declaration(version=VERSION, by=person(username), at=now())


def granted(username="coral", **kind):
    ready(username)
    return services.grant(a_request_for_accreditation(username, **kind), reasons="Clear.", by=person("sam"), at=now())


def test_from_request_to_accreditation():
    coral = person("coral")
    assert "not an accredited researcher" in coral.why_not_accredited(now())
    one = granted()
    assert coral.why_not_accredited(now()) is None
    assert one.number == "AR-00026", "one more than the highest of the cast"
    assert one.accredited_until == services.years_after(one.accredited_from, 5)
    assert [entry.action for entry in Entry.objects.filter(subject_type="accreditation").order_by("seq")] == [
        "ask",
        "grant",
    ]


def test_it_is_not_granted_before_training_and_declaration():
    asked = a_request_for_accreditation()
    with pytest.raises(Refused, match=r"no safe researcher training .* declaration is not signed"):
        services.grant(asked, reasons="Clear.", by=person("sam"), at=now())
    assert services.refuse(asked, reasons="No training.", by=person("sam"), at=now()).state == "refused"


def test_provisional_rests_on_the_supervisor():
    granted(route="supervised", supervisor="ruth")
    coral, ruth = person("coral"), person("ruth")
    assert coral.why_not_accredited(now()) is None
    ruth.trainings.update(valid_until=now().date() - timedelta(days=1))
    assert "Your supervisor, Ruth, is not in good standing" in coral.why_not_accredited(now())
    User.objects.filter(pk=ruth.pk).update(is_active=False)
    assert "has no supervisor" in coral.why_not_accredited(now()), "she has left"


def test_a_provisional_researcher_leads_no_project():
    project, olu = a_project(by="olu"), person("olu")
    olu.accreditations.update(kind="provisional", supervisor=person("ruth"))
    with pytest.raises(Refused, match="led by somebody who is accredited in full"):
        projects.submit(project, catalogue=catalogue(), by=olu, at=now())
    olu.accreditations.update(kind="full", supervisor=None)
    assert projects.submit(project, catalogue=catalogue(), by=olu, at=now()).state == "triage"


def test_a_suspended_lead_sends_no_colleague():
    project, ruth, olu = a_project(), person("ruth"), person("olu")
    projects.add_member(project, olu, role=Role.RESEARCHER, by=ruth, at=now())
    one = services.impose(ruth, level=2, months=6, reasons="Shared an account.", by=person("sam"), at=now())
    with pytest.raises(Refused, match="Ruth, who leads the project, is not in good standing"):
        projects.submit(project, catalogue=catalogue(), by=olu, at=now())
    services.lift(one, reasons="Appeal upheld.", by=person("sam"), at=now())
    assert projects.submit(project, catalogue=catalogue(), by=olu, at=now()).state == "triage"


def test_a_provisional_researcher_asks_for_no_output():
    output, ruth = an_output(), person("ruth")
    ruth.accreditations.update(kind="provisional", supervisor=person("olu"))
    with pytest.raises(Refused, match="a fully accredited researcher of the project asks for outputs"):
        outputs.submit(output, by=ruth, at=now())
    ruth.accreditations.update(kind="full", supervisor=None)
    assert outputs.submit(output, by=ruth, at=now()).state == "checking"


def test_a_provisional_researcher_supervises_nobody():
    granted(route="supervised", supervisor="ruth")
    ready("hetty")
    with pytest.raises(Refused, match="Coral is no fully accredited researcher"):
        services.grant(
            a_request_for_accreditation("hetty", route="supervised", supervisor="coral"),
            reasons="Clear.", by=person("sam"), at=now(),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("route", "supervisor", "problem"),
    [("degree", "ruth", "A supervisor is named by those"), ("supervised", "", "A supervisor is named by those"),
     ("supervised", "coral", "Nobody supervises themselves")],
)  # fmt: skip
def test_a_supervisor_fits_the_route(route, supervisor, problem):
    with pytest.raises(Refused, match=problem):
        a_request_for_accreditation(route=route, supervisor=supervisor)
    assert not Accreditation.objects.filter(person=person("coral")).exists()


def test_one_request_at_a_time_which_can_be_taken_back():
    asked = a_request_for_accreditation()
    with pytest.raises(Refused, match="withdraw it first"):
        a_request_for_accreditation()
    with pytest.raises(Refused, match="Your role"):
        services.withdraw(asked, by=person("ruth"), at=now())
    services.withdraw(asked, by=person("coral"), at=now())
    assert a_request_for_accreditation().state == "requested"


def test_a_renewal_leaves_what_is_held_until_it_is_granted():
    ruth = person("ruth")
    renewal = a_request_for_accreditation("ruth")
    assert ruth.why_not_accredited(now()) is None
    services.refuse(renewal, reasons="Too early.", by=person("sam"), at=now())
    assert ruth.why_not_accredited(now()) is None


def test_nobody_decides_or_records_of_themselves():
    sam = person("sam")
    asked = a_request_for_accreditation("sam")
    with pytest.raises(Refused, match="about yourself"):
        services.refuse(asked, reasons="x", by=sam, at=now())
    with pytest.raises(Refused, match="about yourself"):
        trained("sam")
    with pytest.raises(Refused, match="about yourself"):
        services.impose(sam, level=0, reasons="x", by=sam, at=now())


def test_a_supervisor_does_not_decide():
    ready("coral")
    give_everywhere(person("ruth"), Role.SUPPORT)
    asked = a_request_for_accreditation(route="supervised", supervisor="ruth")
    with pytest.raises(Refused, match="named as its supervisor"):
        services.grant(asked, reasons="x", by=person("ruth"), at=now())


@pytest.mark.parametrize("username", ["ruth", "pia", "ada", "petra", "cass"])
def test_only_research_support_records(username):
    with pytest.raises(Refused, match="Only research support"):
        trained("coral", by=username)
    with pytest.raises(Refused, match="Only research support"):
        services.impose(person("coral"), level=3, reasons="x", by=person(username), at=now())
    with pytest.raises(Refused, match="Your role"):
        services.grant(a_request_for_accreditation(), reasons="x", by=person(username), at=now())


def test_training_is_recorded_once_it_was_passed_and_once():
    trained("coral")
    with pytest.raises(Refused, match="on record already"):
        trained("coral")
    tomorrow = now().date() + timedelta(days=1)
    for passed, until, problem in (
        (tomorrow, tomorrow, "lies ahead"),
        (tomorrow - timedelta(2), date(2020, 1, 1), "end before"),
    ):
        with pytest.raises(Refused, match=problem):
            services.record_training(
                person("coral"), certificate="x", passed_on=passed, valid_until=until, by=person("sam"), at=now()
            )


def test_a_declaration_is_in_force_from_its_day_on(tmp_path):
    (tmp_path / "old.md").write_text("since: 2020-01-01\n\n# Old")
    (tmp_path / "new.md").write_text("since: 2026-03-01\n\n# New")
    (tmp_path / "far.md").write_text("since: 2099-01-01\n\n# Far")
    assert [declarations.in_force(day, tmp_path).version for day in (date(2026, 2, 28), date(2026, 3, 1))] == [
        "old",
        "new",
    ]
    with pytest.raises(declarations.NoDeclaration):
        declarations.in_force(date(2019, 1, 1), tmp_path)


def test_what_was_read_is_what_is_signed():
    ruth = person("ruth")
    with pytest.raises(Refused, match="has changed since you opened it"):
        services.sign_declaration(version="2019-9", by=ruth, at=now())
    ruth.signed_declarations.all().delete()
    assert "have not signed" in ruth.why_not_accredited(now())
    for _ in range(2):
        services.sign_declaration(version=VERSION, by=ruth, at=now())
    assert ruth.why_not_accredited(now()) is None
    assert Entry.objects.filter(action="sign declaration").count() == 1


def test_a_sanction_stops_use_and_applications_at_once_until_it_is_lifted():
    project, ruth = a_project(), person("ruth")
    one = services.impose(ruth, level=2, months=6, reasons="Shared an account.", by=person("sam"), at=now())
    assert "suspended since" in project.why_not_accredited(ruth, now())
    assert one.until == services.months_after(one.since, 6)
    assert project.why_not_accredited(ruth, now() + timedelta(days=200)) is None, "it ends by itself"
    services.lift(one, reasons="Appeal upheld.", by=person("sam"), at=now())
    assert project.why_not_accredited(ruth, now()) is None


@pytest.mark.parametrize(("level", "months"), [(2, None), (2, 5), (2, 13), (1, 6), (3, 6)])
def test_how_long_depends_on_the_level(level, months):
    with pytest.raises(Refused, match="6 to 12 months"):
        services.impose(person("ruth"), level=level, months=months, reasons="x", by=person("sam"), at=now())
    assert not Sanction.objects.exists()


def test_a_revoked_accreditation_is_worth_nothing():
    services.revoke(person("ruth").accreditations.get(), reasons="Major breach.", by=person("sam"), at=now())
    assert "not an accredited researcher" in person("ruth").why_not_accredited(now())


@pytest.mark.parametrize(
    ("day", "years", "last"),
    [(date(2026, 11, 29), 5, date(2031, 11, 28)), (date(2024, 2, 29), 5, date(2029, 2, 28)),
     (date(2024, 2, 29), 4, date(2028, 2, 29)), (date(2026, 3, 1), 2, date(2028, 2, 29)),
     (date(2026, 1, 1), 1, date(2026, 12, 31))],
)  # fmt: skip
def test_years_end_the_day_before(day, years, last):
    assert services.years_after(day, years) == last


@pytest.mark.parametrize(
    ("day", "months", "last"),
    [(date(2026, 8, 31), 6, date(2027, 2, 28)), (date(2026, 11, 29), 12, date(2027, 11, 29)),
     (date(2026, 6, 15), 6, date(2026, 12, 15))],
)  # fmt: skip
def test_months_end_on_the_same_day(day, months, last):
    assert services.months_after(day, months) == last


def test_the_database_holds_the_same_rules():
    ruth = person("ruth")
    wrong = [{"kind": "provisional"}, {"supervisor": ruth}, {"number": None}, {"accredited_until": date(2020, 1, 1)}]
    for change in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.get(pk=ruth.pk).accreditations.update(**change)


def test_standing_is_asked_as_often_for_many_as_for_one(django_assert_num_queries):
    names = [person(name).pk for name in ("ruth", "olu", "coral", "sam")]
    for some in (names[:1], names):
        with django_assert_num_queries(5):
            for one in User.objects.filter(pk__in=some).prefetch_related(*FETCHED):
                one.why_not_accredited(now())
