"""Warnings 90, 30 and 7 days before an end and on its day; reminders at 60 per cent of the target, then escalation."""

from datetime import date, datetime, time, timedelta

import pytest
from django.utils import timezone

from extracts.telling import reminding, warning
from extracts.telling.steps import is_overdue, is_to_be_reminded, step_due
from governance.agreements import services as agreements
from governance.agreements.models import Agreement
from governance.notices.models import Notice
from governance.outputs import services as outputs
from governance.outputs.models import CheckVerdict, OutputRequest, Report
from governance.people.models import Accreditation
from governance.projects.models import Project
from governance.working_days import add_working_days
from tests.builders import a_project, a_request_for_accreditation, an_agreement, an_output, cast_vote, now
from tests.cast import person
from tests.extracts.telling.telling import SITE, told

UNTIL = date(2027, 6, 30)


def noon(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))


@pytest.mark.parametrize(
    ("left", "step"),
    [(91, None), (90, 90), (31, 90), (30, 30), (8, 30), (7, 7), (1, 7), (0, 0), (-1, 0), (-30, 0), (-31, None)],
)
def test_the_nearest_step_that_has_come(left, step):
    assert step_due(UNTIL, on=UNTIL - timedelta(days=left)) == step


@pytest.mark.parametrize(
    ("passed", "reminded", "late"), [(2, False, False), (3, True, False), (5, True, False), (6, True, True)]
)
def test_three_of_five_days_are_sixty_per_cent(passed, reminded, late):
    assert (is_to_be_reminded(passed, 5), is_overdue(passed, 5)) == (reminded, late)


def test_every_target_names_a_state_and_an_action_that_follow_one_another():
    for target in reminding.targets():
        moves = reminding.RECORDS[target.record].LIFECYCLE
        assert [move for move in moves if move.action == target.action and target.state in move.sources], target


def ends(username: str, *, accreditation: date, training: date) -> None:
    """Ruth's two ends; the rest of the cast's are far off."""
    person(username)
    for one in Accreditation.objects.exclude(accredited_until=None):
        one.person.trainings.update(valid_until=UNTIL + timedelta(days=900))
    Accreditation.objects.update(accredited_until=UNTIL + timedelta(days=900))
    Accreditation.objects.filter(person__username=username).update(accredited_until=accreditation)
    person(username).trainings.update(valid_until=training)


@pytest.mark.django_db
def test_each_step_is_told_once_also_when_days_were_missed():
    ends("ruth", accreditation=UNTIL, training=UNTIL + timedelta(days=900))
    for left in (100, 90, 89, 89, 40, 25, 24, 5, 0, -1, -40):  # nobody looked on the 30th and the 7th day before
        warning.warn_all(at=noon(UNTIL - timedelta(days=left)), site=SITE)
    assert told("ruth") == ["Your accreditation ends on 30 June 2027: ask for its renewal."] * 4
    notices = Notice.objects.filter(person=person("ruth")).order_by("pk")
    assert [notice.key.rsplit(":")[-1] for notice in notices] == ["90", "30", "7", "0"]
    assert {notice.address for notice in notices} == {"/you/accreditation"}, "the page that asks for the renewal"
    assert told("olu") == []


@pytest.mark.django_db
def test_an_end_that_nobody_told_of_in_time_is_told_afterwards():
    ends("ruth", accreditation=UNTIL + timedelta(days=900), training=UNTIL)
    warning.warn_all(at=noon(UNTIL + timedelta(days=3)), site=SITE)
    assert told("ruth") == [
        "Your safe researcher training ended on 30 June 2027: take it again, and ask research support to record it."
    ]


@pytest.mark.django_db
def test_what_was_renewed_or_is_asked_for_is_no_worry():
    ends("ruth", accreditation=UNTIL, training=UNTIL)
    ruth = person("ruth")
    ruth.trainings.create(
        certificate="SRT-2", passed_on=UNTIL, valid_until=UNTIL + timedelta(days=900), recorded_at=now()
    )
    a_request_for_accreditation("ruth")
    warning.warn_all(at=noon(UNTIL - timedelta(days=7)), site=SITE)
    assert told("ruth") == []


@pytest.mark.django_db
def test_the_team_is_warned_of_the_end_of_its_agreement_and_nobody_else_is():
    agreement = an_agreement()
    at = noon(agreement.ends_on - timedelta(days=30))
    Accreditation.objects.update(accredited_until=UNTIL + timedelta(days=3000))
    for one in person("ruth"), person("olu"):
        one.trainings.update(valid_until=UNTIL + timedelta(days=3000))
    for _ in range(2):
        warning.warn_all(at=at, site=SITE)
    assert {notice.person.username for notice in Notice.objects.all()} == {"ruth", "coral"}
    assert Notice.objects.count() == 2
    agreements.revoke(Agreement.objects.get(), reasons="Breach.", by=person("sam"), at=now())
    warning.warn_all(at=noon(agreement.ends_on - timedelta(days=7)), site=SITE)
    assert Notice.objects.count() == 2, "what was revoked does not end any more"


def remind(since: datetime, working_days: int) -> None:
    day = add_working_days(timezone.localtime(since).date(), working_days)
    reminding.remind_all(at=noon(day), site=SITE)


@pytest.mark.django_db
def test_the_owner_who_has_not_decided_is_reminded_and_support_told_when_it_is_late():
    project = a_project("owners")
    cast_vote(project, "petra")
    since = Project.objects.get().state_since
    remind(since, 11)
    assert Notice.objects.count() == 0
    remind(since, 12)
    remind(since, 13)
    assert told("hugo") == told("percy") == ["It still waits for you."] and told("petra") == told("sam") == []
    remind(since, 20)
    assert told("sam") == [], "the last day is still in time"
    remind(since, 21)
    remind(since, 25)
    assert told("sam") == ["It waits for longer than the 20 working days that it should take."]
    assert told("ruth") == told("coral") == [], "the clock is the service's"


@pytest.mark.django_db
def test_what_waits_for_the_applicant_reminds_nobody():
    project = a_project("returned")
    remind(project.state_since, 60)
    assert Notice.objects.count() == 0


@pytest.mark.django_db
def test_the_clock_of_an_output_runs_through_both_checks():
    output = an_output("submitted")
    since = Report.objects.get().made_at
    outputs.check(output, verdict=CheckVerdict.APPROVE, reasons="Fine.", round=1, by=person("cass"), at=now())
    OutputRequest.objects.update(state_since=since + timedelta(days=4))
    remind(since, 3)
    assert told("devi") == ["It still waits for you."]
    assert told("cass") == [], "she has checked it"
    remind(since, 6)
    assert told("sam") == ["It waits for longer than the 5 working days that it should take."]


@pytest.mark.django_db
def test_a_request_for_accreditation_waits_five_days():
    request = a_request_for_accreditation()
    remind(request.state_since, 3)
    assert told("sam") == ["It still waits for you."]
    assert told("coral") == []
