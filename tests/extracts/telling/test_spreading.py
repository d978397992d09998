"""From a change to the notices of those who are to know: whose turn it is, the team, and nobody who may not see it."""

from datetime import timedelta

import pytest

from extracts.telling import spreading, table
from governance.notices.models import Event, Notice
from governance.outputs import services as outputs
from governance.outputs.models import CheckVerdict
from governance.people.models import Organisation, User
from governance.standing import services as standing
from tests.builders import a_project, a_request_for_accreditation, an_agreement, an_output, cast_vote, now
from tests.cast import person
from tests.extracts.telling.telling import SITE, spread, told

pytestmark = pytest.mark.django_db


def everybody_told() -> set[str]:
    return set(Notice.objects.values_list("person__username", flat=True))


def test_a_submission_tells_research_support_and_the_rest_of_the_team():
    a_project("triage")
    spread()
    assert told("sam") == ["An application waits for triage."]
    assert told("coral") == ["The application was submitted."]
    assert everybody_told() == {"sam", "coral"}, "not Ruth, who did it, and nobody else"


def test_it_is_the_turn_of_the_owners_who_are_asked_until_they_have_decided():
    project = a_project("owners")
    spread()
    assert told("petra") == told("percy") == told("hugo") == ["An application waits for your decision."]
    assert not {"connie", "hetty", "dora", "cass", "lin", "otto", "olu"} & everybody_told()
    cast_vote(project, "petra")
    spread()
    assert told("ruth")[-1] == "A board has voted on the application."
    assert len(told("hugo")) == 1, "owners are not told of one another's votes"


def test_whoever_could_only_be_refused_is_not_told_that_it_is_their_turn():
    """A support officer of the applicant's own organisation decides nothing on it."""
    sam = person("sam")
    sam.organisation = Organisation.objects.get(name="Northshire University")
    sam.save()
    a_project("triage")
    spread()
    assert told("sam") == []


def test_a_turn_that_has_passed_is_not_told():
    a_project("owners")
    spread()
    assert told("sam") == [], "triage was over before anybody was told"


def test_whoever_has_left_or_lost_their_role_is_told_nothing():
    project = a_project("triage")
    User.objects.filter(username="sam").update(is_active=False)
    project.members.filter(person=person("coral")).delete()
    spread()
    assert everybody_told() == set()


def test_a_linkage_analyst_on_a_team_is_told_nothing_of_the_project():
    """The grant is what counts, not the list: who holds identifiers may see no project."""
    project = a_project("triage")
    project.members.filter(person=person("coral")).update(person=person("lin"))
    spread()
    assert told("lin") == []


@pytest.mark.slow
def test_two_checkers_learn_nothing_of_one_another():
    output = an_output("submitted")
    spread()
    assert told("cass")[-1] == told("devi")[-1] == "An output request waits for a check."
    before = {name: len(told(name)) for name in ("cass", "devi", "ruth", "coral", "sam")}
    output = outputs.check(
        output, verdict=CheckVerdict.RETURN, reasons="Too small.", round=1, by=person("cass"), at=now()
    )
    spread()
    assert {name: len(told(name)) for name in before} == before, "nobody learns of the first check"
    outputs.check(output, verdict=CheckVerdict.APPROVE, reasons="Fine.", round=1, by=person("devi"), at=now())
    spread()
    assert told("ruth")[-1] == "The output request was returned: answer the reasons."
    assert len(told("cass")) == before["cass"]


@pytest.mark.slow
def test_the_agreement_goes_from_hand_to_hand():
    an_agreement("drawn_up")
    spread()
    assert "An agreement waits for your signature." in told("ruth")
    assert "An agreement waits for your signature." in told("coral")
    assert told("sian") == ["An agreement waits for your signature."], "nothing else is hers to know"
    agreement = an_agreement("signed")
    spread()
    assert told("sam")[-1] == "An agreement waits for the service's signature."
    assert agreement.get_absolute_url() in Notice.objects.filter(person=person("sam")).values_list("address", flat=True)


def test_standing_is_told_to_the_person_alone():
    request = a_request_for_accreditation()
    spread()
    assert told("sam") == ["A request for accreditation waits for a decision."]
    standing.refuse(request, reasons="No evidence.", by=person("sam"), at=now())
    standing.impose(person("coral"), level=2, months=6, reasons="Shared her password.", by=person("sam"), at=now())
    spread()
    assert told("coral") == [
        "Your request for accreditation was decided on: read the reasons.",
        "Your standing as a researcher has changed: read why.",
    ]
    sanction = Notice.objects.get(says__startswith="Your standing")
    assert sanction.address == "/you/" and "anction" not in sanction.reference, "neither may stand in mail"
    assert everybody_told() == {"sam", "coral"}


def test_spreading_twice_tells_once_even_where_the_record_of_it_was_lost():
    a_project("triage")
    assert spread() > 0
    assert spread() == 0
    Event.objects.update(told_at=None)  # as if the worker had died before it could say so
    before = Notice.objects.count()
    assert spread() > 0
    assert Notice.objects.count() == before


def test_one_change_that_fails_holds_nothing_up_and_is_never_given_up(monkeypatch):
    a_project("triage")
    first = Event.objects.filter(action="start").get()
    with monkeypatch.context() as patch:
        patch.setattr(table, "ROWS", tuple(row for row in table.ROWS if row.action != "start"))
        at = now()
        spread(at)
    first.refresh_from_db()
    assert (first.told_at, first.attempts, first.problem) == (None, 1, "NotInTheTable")
    assert told("sam"), "the others were told"
    assert spread(at) == 0, "it is put off"
    assert spread(at + timedelta(minutes=2)) == 1
    first.refresh_from_db()
    assert first.told_at and first.problem == ""


def test_a_change_of_something_that_is_gone_is_over():
    a_project()
    Event.objects.update(record_pk=0)
    spread()
    assert not Event.objects.filter(told_at__isnull=True).exists() and not Notice.objects.exists()


def test_of_two_workers_one_tells():
    a_project("triage")
    event = Event.objects.get(action="submit")
    assert spreading.spread(event.pk, at=now(), site=SITE) is True
    assert spreading.spread(event.pk, at=now(), site=SITE) is False
