"""What stands in files that were not released: who reads how much of it in a browser, and what the trail says."""

import pytest
from django.test import Client
from django.urls import reverse

from extracts import tasks
from governance.audit import trail
from governance.audit.models import Entry
from governance.outputs import services
from governance.outputs.models import Clearance, FileRole, OutputRequest
from governance.people.grants import give_everywhere, give_on
from governance.people.models import User
from governance.people.roles import Role
from governance.projects.models import Member
from tests.builders import DESCRIBED, an_agreement, an_output, now
from tests.cast import let_in, person
from tests.portal.pages import read, signed_in

pytestmark = pytest.mark.django_db

SMALL = b"offence,cases,withdrawn\nViolence,120,40\nTheft,4137791,3\nRobbery,80,12\n"
RECORDS = b"person,age\n" + b"".join(b"Person %d of twelve,%d\n" % (n, 20 + n) for n in range(12))


def a_request_with_evidence(state="submitted"):
    """Ruth's request: one cell breaks a rule, and its evidence holds a row for each person."""
    project, ruth, at = an_agreement().project, person("ruth"), now()
    output = services.start(
        project, title="Withdrawals", context="An article.", clearance=Clearance.PUBLICATION, by=ruth, at=at
    )
    file = services.add_file(output, name="withdrawals.csv", content=SMALL, by=ruth, at=at)
    services.describe_file(file, text="Cases by offence.", description=DESCRIBED, by=ruth, at=at)
    services.add_file(output, name="people.csv", content=RECORDS, role=FileRole.EVIDENCE, by=ruth, at=at)
    output = OutputRequest.objects.get(pk=output.pk)
    if state != "draft":
        output = services.submit(output, by=ruth, at=at)
        tasks.check_outputs(output.pk)
    if state == "returned":
        for name in ("cass", "devi"):
            services.check(output, verdict="return", reasons="Merge.", round=1, by=person(name), at=at)
    output.refresh_from_db()
    assert output.state == state
    return output


def pages_of(output, client):
    """All pages that could show what stands in the files, as one text."""
    files = [read(client, "output_file", output.pk, file.pk) for file in output.files.all()]
    return "".join((read(client, "output", output.pk), *files))


def openings():
    entries = Entry.objects.filter(action="open file").order_by("seq")
    return [(entry.actor, entry.details["file"]) for entry in entries]


@pytest.mark.slow
@pytest.mark.parametrize("username", ["coral", "sam", "ada", "ruth"])
def test_nobody_but_checkers_reads_a_request_that_is_being_checked(username):
    output = a_request_with_evidence()
    shown = pages_of(output, signed_in(username))
    for value in ("4137791", "Theft", "The count is 3", "Person 11 of", ">31<"):
        assert value not in shown, value
    for said in ("withdrawals.csv", "people.csv", output.files.get(name="people.csv").sha256, "Fails"):
        assert said in shown, said
    assert "Row 3, withdrawn" in shown and "What would cure it" in shown
    assert openings() == [], "what was not shown was not opened"


@pytest.mark.slow
@pytest.mark.parametrize("username", ["coral", "sam", "ada", "ruth"])
def test_nobody_but_checkers_opens_a_file_whole(username):
    output, client = a_request_with_evidence(), signed_in(username)
    for file in output.files.all():
        assert client.get(reverse("output_file", args=[output.pk, file.pk]), {"whole": 1}).status_code == 302
    assert openings() == []


@pytest.mark.slow
def test_checkers_read_tables_evidence_and_findings_and_each_opening_is_on_the_trail():
    output, cass = a_request_with_evidence(), signed_in("cass")
    shown = pages_of(output, cass)
    for value in ("4137791", "offence Theft, withdrawn", "The count is 3, below 10.", "Person 11 of"):
        assert value in shown, value
    both = [("cass", "people.csv"), ("cass", "withdrawals.csv")]
    assert openings() == both * 2, "on the record's page, and each on its own"
    read(cass, "output", output.pk)
    assert openings() == both * 3, "again is an opening of its own"
    assert all(entry.details["sha256"] for entry in Entry.objects.filter(action="open file"))


@pytest.mark.slow
def test_who_opened_a_file_is_read_by_auditors_alone():
    output = a_request_with_evidence()
    read(signed_in("cass"), "output", output.pk)
    assert trail.of(output).filter(action="open file").exists()
    assert "Open file" in read(signed_in("ada"), "output", output.pk)
    for username in ("ruth", "coral", "sam", "devi"):
        assert "Open file" not in read(signed_in(username), "output", output.pk), username


@pytest.mark.slow
@pytest.mark.parametrize("tie", ["team", "organisation", "nowhere"])
def test_a_checker_who_may_not_check_it_does_not_read_it(tie):
    output, cass = a_request_with_evidence(), person("cass")
    if tie == "team":
        Member.objects.create(project=output.project, person=cass, role=Role.RESEARCHER, since=now())
    else:
        cass.organisation = person("coral").organisation if tie == "organisation" else None
        cass.save()
    shown = pages_of(output, signed_in("cass"))
    assert "4137791" not in shown and "Person 11 of" not in shown and "Open the whole file" not in shown
    file = output.files.get(name="people.csv")
    assert signed_in("cass").get(reverse("output_file", args=[output.pk, file.pk]), {"whole": 1}).status_code == 302
    assert openings() == []


def test_checkers_do_not_read_what_was_not_handed_in():
    shown = pages_of(a_request_with_evidence("draft"), signed_in("cass"))
    assert "4137791" not in shown and "Person 11 of" not in shown


@pytest.mark.slow
def test_the_author_mends_the_flagged_cells_and_sees_no_others():
    output, ruth = a_request_with_evidence("returned"), signed_in("ruth")
    shown = pages_of(output, ruth)
    assert "offence Theft, withdrawn" in shown and "The count is 3, below 10." in shown
    assert 'gh-cell--fail" id="file-2-cell-3-1">3 <a' in shown
    assert "Only the cells that a rule objects to are shown" in shown
    for value in ("4137791", ">40<", ">120<", "Person 11 of"):
        assert value not in shown, value
    assert openings() == [("ruth", "withdrawals.csv")] * 2
    assert "4137791" not in pages_of(output, signed_in("coral"))


def test_the_author_describes_a_file_by_its_first_rows_and_a_colleague_by_its_headings():
    output = an_output(content=b"area,cases\n" + b"".join(b"Area %d,%d\n" % (n, n + 100) for n in range(20)))
    file = output.files.get()
    shown = read(signed_in("ruth"), "output_describe", output.pk, file.pk)
    assert "Area 7<" in shown and "Area 8<" not in shown
    Member.objects.create(project=output.project, person=person("olu"), role=Role.RESEARCHER, since=now())
    give_on(output.project, person("olu"), Role.RESEARCHER, because="Joined.", at=now())
    shown = read(signed_in("olu"), "output_describe", output.pk, file.pk)
    assert "Area 1" not in shown and ">cases<" in shown
    assert openings() == [("ruth", file.name), ("olu", file.name)]


@pytest.mark.slow
def test_without_accreditation_the_author_reads_nothing():
    output = a_request_with_evidence("returned")
    person("ruth").accreditations.all().delete()
    ruth, file = signed_in("ruth"), output.files.get(name="withdrawals.csv")
    shown = pages_of(output, ruth)
    assert "The count is 3" not in shown and "Theft" not in shown and "Row 3, withdrawn" in shown
    answer = ruth.get(reverse("output_describe", args=[output.pk, file.pk]), follow=True)
    assert "not an accredited researcher" in answer.content.decode() and "Theft" not in answer.content.decode()
    assert openings() == []


@pytest.mark.slow
def test_the_page_that_waits_for_the_worker_opens_nothing():
    output = a_request_with_evidence()
    OutputRequest.objects.filter(pk=output.pk).update(state="releasing")
    assert "4137791" not in read(signed_in("cass"), "output", output.pk)
    assert openings() == []


@pytest.mark.slow
def test_a_rehearsal_is_posted_with_a_token():
    output = an_output(content=SMALL)
    assert "The count is 3" not in signed_in("ruth").get(f"{output.get_absolute_url()}?try=1").content.decode()
    guarded = Client(enforce_csrf_checks=True)
    let_in(guarded, person("ruth"))
    assert guarded.post(output.get_absolute_url()).status_code == 403
    assert "The count is 3" in signed_in("ruth").post(output.get_absolute_url()).content.decode()
    assert openings() == [("ruth", "withdrawals.csv")]


@pytest.mark.parametrize("username", ["coral", "sam", "cass"])
def test_only_the_projects_researchers_rehearse(username):
    output = an_output(content=SMALL)
    OutputRequest.objects.filter(pk=output.pk).update(state="returned")
    answer = signed_in(username).post(output.get_absolute_url())
    assert answer.status_code == 302


@pytest.mark.slow
@pytest.mark.parametrize(
    "content",
    [
        b"area,cases\n" + b"".join(b"Area %d,%d\n" % (n, n + 100) for n in range(10_001)),  # 20,002 cells
        b"area,cases\n" + b"".join(b"%s %d,100\n" % (b"x" * 500, n) for n in range(400)),  # above 200 KB
    ],
    ids=["cells", "bytes"],
)
def test_what_is_too_large_to_try_is_left_to_the_worker(content):
    output = an_output(content=content)
    answer = signed_in("ruth").post(output.get_absolute_url(), follow=True).content.decode()
    assert "too large to try here: submit it and the worker checks it." in answer
    assert "What the rules would find" not in answer


@pytest.mark.slow
def test_a_checker_on_the_team_reads_no_names_of_checkers():
    """Whoever holds a role of the service too is still one of the team here."""
    output = an_output("returned")
    ruth = person("ruth")
    give_everywhere(ruth, Role.SUPPORT)
    shown = read(signed_in("ruth"), "output", output.pk)
    assert "First checker" in shown and "Cass" not in shown and "Devi" not in shown
    assert "Cass" in read(signed_in("sam"), "output", output.pk)


@pytest.mark.slow
def test_a_decision_on_an_earlier_round_does_not_count():
    """Devi opened round 1; it was returned and submitted again before she pressed the button."""
    output, devi, at = an_output("submitted"), signed_in("devi"), now()
    assert '<input type="hidden" name="round" value="1">' in read(devi, "output_check", output.pk)
    third = User.objects.create(username="third", name="Third", organisation=person("cass").organisation)
    give_everywhere(third, Role.CHECKER)
    for checker in (person("cass"), third):
        services.check(output, verdict="return", reasons="Change.", round=1, by=checker, at=at)
    output.refresh_from_db()
    services.submit(output, by=person("ruth"), at=at)
    tasks.check_outputs(output.pk)

    for sent in ({"round": 1}, {}, {"round": "9" * 5000}):
        typed = {"verdict": "approve", "reasons": "I looked at round 1.", **sent}
        answer = devi.post(reverse("output_check", args=[output.pk]), typed)
        text = answer.content.decode()
        assert answer.status_code == 422 and "has changed since you opened it" in text
        assert "I looked at round 1." in text and '<input type="hidden" name="round" value="2">' in text
    output.refresh_from_db()
    assert (output.state, output.checks_now().count()) == ("submitted", 0)


@pytest.mark.slow
def test_a_release_of_an_earlier_round_is_refused():
    output = an_output("cleared")
    answer = signed_in("cass").post(reverse("output_release", args=[output.pk]), {"sure": "on", "round": 0})
    assert answer.status_code == 422 and "has changed since you opened it" in answer.content.decode()
    output.refresh_from_db()
    assert output.state == "cleared"


@pytest.mark.slow
def test_the_queue_knows_who_is_too_close():
    output = an_output("submitted")
    cass = person("cass")
    for organisation, close in ((cass.organisation, False), (person("coral").organisation, True), (None, True)):
        cass.organisation = organisation
        cass.save()
        [queued] = signed_in("cass").get(reverse("outputs")).context["waiting"]
        assert (queued.pk, queued.too_close) == (output.pk, close)


@pytest.mark.slow
def test_checkers_read_nothing_that_the_rules_have_not_judged():
    output = a_request_with_evidence("returned")
    assert "4137791" not in pages_of(output, signed_in("cass")), "the author may be changing it"
    output = services.submit(output, by=person("ruth"), at=now())
    assert output.state == "checking"
    assert "4137791" not in pages_of(output, signed_in("cass"))
    tasks.check_outputs(output.pk)
    assert "4137791" in pages_of(output, signed_in("cass"))
