"""An output's way through the machine and two blind checkers, and what must not happen on it."""

import pytest

from governance.incidents import services as incidents
from governance.outputs import services
from governance.outputs.models import CheckVerdict, OutputRequest
from governance.people.grants import give_everywhere, worker
from governance.people.roles import Role
from governance.projects.models import Member
from governance.workflow import Refused
from portal.records import history_of
from tests.builders import FREQUENCIES, an_incident, an_output, now
from tests.cast import person

pytestmark = pytest.mark.django_db


def check(output, who, verdict=CheckVerdict.APPROVE, reasons="Every count is above 10."):
    return services.check(output, verdict=verdict, reasons=reasons, round=output.round, by=person(who), at=now())


def test_nothing_leaves_a_suspended_project():
    output, incident = an_output("cleared"), an_incident("assessed", level=2)
    incidents.link_project(incident, output.project, by=person("sam"), at=now())
    with pytest.raises(Refused, match="The project is suspended: research support"):
        services.release(output, round=output.round, by=person("cass"), at=now())
    incidents.contain(incident, contained_at=now(), how="It was not sent.", by=person("sam"), at=now())
    assert services.release(output, round=output.round, by=person("cass"), at=now()).state == "releasing"


def test_two_different_checkers_are_needed():
    output = check(an_output("submitted"), "cass")
    with pytest.raises(Refused, match="second person"):
        check(output, "cass")
    output = check(output, "devi")

    assert output.state == "cleared"
    assert [one.checker.username for one in output.checks_now()] == ["cass", "devi"]


@pytest.mark.parametrize(
    ("first", "second", "state"),
    [
        (CheckVerdict.APPROVE, CheckVerdict.APPROVE, "cleared"),
        (CheckVerdict.APPROVE, CheckVerdict.RETURN, "returned"),
        (CheckVerdict.RETURN, CheckVerdict.APPROVE, "returned"),
        (CheckVerdict.RETURN, CheckVerdict.RETURN, "returned"),
    ],
)
def test_what_two_checks_come_to(first, second, state):
    output = check(an_output("submitted"), "cass", first)
    assert output.state == "checked_once", "the first decision alone settles nothing"
    assert check(output, "devi", second).state == state


def test_until_both_have_decided_neither_sees_the_other():
    output = check(an_output("submitted"), "cass", CheckVerdict.RETURN, "Cell B2 is 9.")

    for who in ("devi", "ruth", "ada"):
        assert list(output.checks_visible_to(person(who))) == []
        assert "Cell B2" not in str([entry.note for entry in history_of(output, person(who))])
        assert "check" not in [entry.action for entry in history_of(output, person(who))]
    assert [one.reasons for one in output.checks_visible_to(person("cass"))] == ["Cell B2 is 9."]

    output = check(output, "devi")
    assert len(output.checks_visible_to(person("ruth"))) == 2


def test_neither_author_nor_team_nor_their_organisation_checks():
    output = an_output("submitted")
    ruth, cass = person("ruth"), person("cass")
    give_everywhere(ruth, Role.CHECKER)
    with pytest.raises(Refused, match="own project"):
        check(output, "ruth")

    member = Member.objects.create(project=output.project, person=cass, role=Role.COORDINATOR, since=now())
    with pytest.raises(Refused, match="own project"):
        check(output, "cass")
    member.delete()

    cass.organisation = ruth.organisation
    cass.save()
    with pytest.raises(Refused, match="your organisation"):
        check(output, "cass")


def test_the_worker_is_never_one_of_the_two():
    with pytest.raises(Refused, match="role"):
        services.check(
            an_output("submitted"), verdict=CheckVerdict.APPROVE, reasons="Fine.", round=1, by=worker(), at=now()
        )


def test_checks_do_not_carry_over_into_the_next_round():
    output = services.submit(an_output("returned"), by=person("ruth"), at=now())
    output = services.record_report(output, round=output.round, verdict="pass", content={}, at=now())
    output = check(output, "cass")
    assert output.state == "checked_once", "Cass's approval of the round before does not count"
    assert output.checks_now().count() == 1


def test_a_request_without_files_or_descriptions_stays():
    output = an_output("draft")
    file = output.files.get()
    services.describe_file(file, text="", description={}, by=person("ruth"), at=now())
    with pytest.raises(Refused, match=r"what is in withdrawals\.csv"):
        services.submit(output, by=person("ruth"), at=now())
    services.remove_file(file, by=person("ruth"), at=now())
    with pytest.raises(Refused, match="at least one file"):
        services.submit(output, by=person("ruth"), at=now())


@pytest.mark.parametrize("name", ["", ".hidden", "x" * 121 + ".csv", "line\nbreak.csv", "manifest.json", "Über.csv"])
def test_file_names_that_cannot_be(name):
    with pytest.raises(Refused):
        services.add_file(an_output(), name=name, content=b"a\n1\n", by=person("ruth"), at=now())


def test_a_path_in_a_file_name_is_dropped():
    file = services.add_file(
        an_output(), name="C:\\results\\..\\table.csv", content=FREQUENCIES, by=person("ruth"), at=now()
    )
    assert file.name == "table.csv"
    assert "table" not in file.content.name


def test_after_submission_nothing_can_be_changed():
    output = an_output("submitted")
    with pytest.raises(Refused, match="while it is"):
        services.add_file(output, name="more.csv", content=FREQUENCIES, by=person("ruth"), at=now())
    assert [file.name for file in output.files.all()] == ["withdrawals.csv"]


def test_a_report_is_kept_once_a_round():
    output = an_output("checking")
    services.record_report(output, round=output.round, verdict="fail", content={}, at=now())
    services.record_report(output, round=output.round, verdict="pass", content={}, at=now())
    output = OutputRequest.objects.get(pk=output.pk)
    assert (output.state, output.report_now().verdict) == ("submitted", "fail")


def test_the_team_reads_which_board_decided_and_the_service_reads_who():
    output = check(check(an_output("submitted"), "cass"), "devi")
    assert {event.actor for event in history_of(output, person("ruth")) if event.action == "check"} == {
        "Output checker"
    }
    assert {event.actor for event in history_of(output, person("sam")) if event.action == "check"} == {"Cass", "Devi"}
    assert [event.actor for event in history_of(output, person("ruth")) if event.action == "start"] == ["Ruth"]


def test_without_an_agreement_in_force_nothing_goes_out():
    from governance.agreements import services as agreements

    output = an_output("cleared")
    draft = services.start(output.project, title="More", context="More.", clearance="PUB", by=person("ruth"), at=now())
    agreements.revoke(output.project.agreements.get(), reasons="Breach.", by=person("sam"), at=now())
    with pytest.raises(Refused, match="No agreement"):
        services.release(output, round=output.round, by=person("cass"), at=now())
    with pytest.raises(Refused, match="No agreement"):
        services.start(output.project, title="Yet more", context="x", clearance="PUB", by=person("ruth"), at=now())
    services.add_file(draft, name="more.csv", content=FREQUENCIES, by=person("ruth"), at=now())
    with pytest.raises(Refused, match="No agreement"):
        services.submit(draft, by=person("ruth"), at=now())


def test_a_decision_on_an_earlier_round_does_not_count_in_a_later_one():
    output = an_output("submitted")
    with pytest.raises(Refused, match="has changed since"):
        services.check(output, verdict="approve", reasons="Fine.", round=output.round - 1, by=person("cass"), at=now())
    assert not output.checks.exists()


def test_nobody_reads_the_whole_trail_and_checks():
    with pytest.raises(ValueError, match="blind"):
        give_everywhere(person("ada"), Role.CHECKER)


def test_the_state_has_one_door():
    with pytest.raises(TypeError):
        services.edit(an_output(), state="cleared", by=person("ruth"), at=now())
