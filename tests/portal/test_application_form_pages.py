"""The application form through its pages: nothing typed is lost, and each reader sees their own part."""

from __future__ import annotations

import csv
import io

import pypdf
import pytest
from django.urls import reverse

from governance.projects import answering, commenting, services
from governance.projects.models import Comment, Project
from portal.application_export import no_formula
from tests.builders import a_project, advance, application_answers, catalogue, declare, now
from tests.cast import person
from tests.governance.form.forms import another, change, set_cell
from tests.portal.answers import sent_of
from tests.portal.pages import read, send, signed_in

pytestmark = pytest.mark.django_db


def fresh(project: Project) -> Project:
    return Project.objects.get(pk=project.pk)


def a_bare_draft() -> Project:
    send(signed_in("ruth"), "project_new", dataset="cjs_linked", title="Bare")
    return Project.objects.get()


def test_the_list_of_sections_tells_the_state_of_each():
    project, ruth = a_bare_draft(), signed_in("ruth")
    page = read(ruth, "project_application", project.pk)
    assert "0 of 10 sections are complete" in page
    assert page.count("Not needed") == 3 and page.count("In progress") == 1 and page.count("Not started") == 9
    send(ruth, "project_section", project.pk, "route", **sent_of("route"))
    assert "1 of 10 sections are complete" in read(ruth, "project_application", project.pk)
    assert "12 of 12 sections are complete" in read(ruth, "project_application", a_project().pk)


@pytest.mark.parametrize(
    ("button", "leads_to"),
    [("next", ("project_section", "team")), ("back", ("project_application",)), ("", ("project_application",))],
)
def test_a_section_is_saved_and_one_goes_on_or_comes_back(button, leads_to):
    project, ruth = a_bare_draft(), signed_in("ruth")
    sent = sent_of("route") | ({button: "1"} if button else {})
    response = ruth.post(reverse("project_section", args=[project.pk, "route"]), sent)
    name, *more = leads_to
    assert response.url == reverse(name, args=[project.pk, *more])
    assert fresh(project).own_answer("kind") == "new"


def test_sections_that_are_not_needed_are_passed_over():
    project, ruth = a_project(), signed_in("ruth")
    response = ruth.post(reverse("project_section", args=[project.pk, "courts"]), sent_of("courts") | {"next": "1"})
    assert response.url == reverse("project_section", args=[project.pk, "methods"])


def test_what_is_right_is_saved_and_what_is_wrong_stays_on_the_page():
    project, ruth = a_project(), signed_in("ruth")
    long = " ".join(["word"] * 801)
    page = send(
        ruth, "project_section", project.pk, "methods", status=422,
        **sent_of("methods") | {"design": long, "bias": "Newly typed."},
    )  # fmt: skip
    assert long in page and "Design and models must be 800 words or fewer. It has 801." in page
    assert "Answers in which nothing is wrong are saved" in page
    assert fresh(project).own_answer("bias") == "Newly typed."
    assert fresh(project).own_answer("design") == application_answers()["design"]
    send(ruth, "project_section", project.pk, "methods", **sent_of("methods") | {"revision": fresh(project).revision})


def test_an_answer_saved_meanwhile_is_shown_beside_the_typed_one_and_not_overwritten():
    project, ruth = a_project(), signed_in("ruth")
    opened = project.revision
    assert f'name="revision" value="{opened}"' in read(ruth, "project_section", project.pk, "methods")
    answering.save(project, {"design": "From the other window."}, revision=opened, by=person("ruth"), at=now())

    typed = sent_of("methods") | {"design": "Typed at length."}
    page = send(ruth, "project_section", project.pk, "methods", status=422, **typed, revision=opened)
    assert "Other answers were saved since you opened this page" in page and "Typed at length." in page
    assert "Saved meanwhile: Design and models" in page and "From the other window." in page
    assert page.count("Saved meanwhile") == 1
    assert f'name="revision" value="{opened + 1}"' in page
    assert fresh(project).own_answer("design") == "From the other window."

    send(ruth, "project_section", project.pk, "methods", **typed, revision=opened + 1)
    assert fresh(project).own_answer("design") == "Typed at length."


def test_rows_are_added_and_removed_without_a_script_and_all_that_was_typed_stays():
    project, ruth = a_project(), signed_in("ruth")
    typed = sent_of("team") | {"funders-rows": "1", "funders-0-body": "A trust", "add_row": "funders"}
    page = send(ruth, "project_section", project.pk, "team", status=200, **typed)
    assert 'name="funders-rows" value="2"' in page and 'name="funders-1-body"' in page and "A trust" in page
    typed = {**typed, "funders-rows": "3", "funders-1-body": "Second", "funders-2-body": "Third"}
    del typed["add_row"]
    page = send(ruth, "project_section", project.pk, "team", status=200, **typed, remove_row="funders-1")
    assert "Second" not in page and "Third" in page and 'name="funders-rows" value="2"' in page
    assert [row["body"] for row in fresh(project).own_answer("funders")] == ["A trust", "Third"]
    page = send(ruth, "project_section", project.pk, "team", status=200, **typed, remove_row="funders-99")
    assert [row["body"] for row in fresh(project).own_answer("funders")] == ["A trust", "Second", "Third"]


@pytest.mark.parametrize("rows", ["0", "-1", "x", "999999999999", ""])
def test_a_strange_number_of_rows_breaks_nothing(rows):
    project, ruth = a_project(), signed_in("ruth")
    send(ruth, "project_section", project.pk, "team", **sent_of("team") | {"funders-rows": rows})
    for strange in ("funders-", "funders-x", "-", "nothing-1", "funders-1-1"):
        send(ruth, "project_section", project.pk, "team", status=200, **sent_of("team"), remove_row=strange)
    send(ruth, "project_section", project.pk, "team", status=200, **sent_of("team"), add_row="nothing")


def test_a_question_that_an_answer_brings_up_is_asked_at_once():
    project, ruth = a_bare_draft(), signed_in("ruth")
    assert "self_assessment" not in read(ruth, "project_section", project.pk, "ethics")
    response = ruth.post(
        reverse("project_section", args=[project.pk, "ethics"]), {"ethics_route": "committee", "next": "1"}
    )
    assert response.url == f"{reverse('project_section', args=[project.pk, 'ethics'])}#answer-ethics_evidence"
    page = read(ruth, "project_section", project.pk, "ethics")
    assert "Evidence of ethics approval" in page and "self_assessment-e01" not in page


def test_the_ethics_page_tells_where_the_scores_lead():
    project, ruth = a_project(), signed_in("ruth")
    assert "Total so far: 22." in read(ruth, "project_section", project.pk, "ethics")
    typed = sent_of("ethics") | {"self_assessment-e06-score": "3"}
    send(ruth, "project_section", project.pk, "ethics", **typed)
    page = read(ruth, "project_section", project.pk, "ethics")
    assert "Total so far: 24." in page and "because of a score of 3 for item 6" in page


def test_a_signature_shows_who_gave_it_and_the_institution_is_named():
    project, ruth = a_bare_draft(), signed_in("ruth")
    page = send(
        ruth, "project_section", project.pk, "declarations", status=422,
        **{"lead_declaration-signed": "on", "institution_declaration-signed": "on"},
    )  # fmt: skip
    assert "Enter the name and position of who signs for the institution" in page and "Signed by Ruth" in page
    assert fresh(project).own_answer("institution_declaration") is None


def test_who_may_not_write_the_application_has_no_pages_for_it():
    project = a_project("owners")
    for name, more in (("project_section", ["methods"]), ("project_attach", ["dpia"]), ("project_copy", [])):
        read(signed_in("olu"), name, project.pk, *more, status=404)
    for name in ("project_application", "project_form"):
        assert signed_in("petra").get(reverse(name, args=[project.pk])).status_code == 302
    read(signed_in("petra"), "project_copy", project.pk, status=404)
    send(signed_in("petra"), "project_section", project.pk, "methods", **sent_of("methods"))
    assert fresh(project).own_answer("design") == application_answers()["design"]
    read(signed_in("ruth"), "project_section", a_project().pk, "nowhere", status=404)


@pytest.mark.slow
def test_each_reader_sees_the_answers_that_are_for_them():
    project = a_project("panel")
    seen = {
        "ruth": {"design", "retention", "disclosure_risks"},
        "sam": {"design", "retention", "disclosure_risks"},
        "petra": {"retention"},
        "pia": {"design"},
        "cass": {"disclosure_risks"},
    }
    for who, keys in seen.items():
        pages = [read(signed_in(who), "project", project.pk), read(signed_in(who), "project_csv", project.pk)]
        for key in ("design", "retention", "disclosure_risks"):
            for page in pages:
                assert (str(application_answers()[key]) in page) is (key in keys), (who, key)


def test_the_csv_has_a_row_for_each_question_that_is_asked():
    project = a_project("panel")
    content = signed_in("sam").get(reverse("project_csv", args=[project.pk])).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content)))
    assert [row["number"] for row in rows][:3] == ["1.1", "1.2", "1.3"]
    assert not [row for row in rows if row["number"] in ("9.1", "11.3")]
    assert {row["question"]: row["answer"] for row in rows}["Kind of application"] == "A new project"


@pytest.mark.parametrize(("text", "written"), [("=1+1", "'=1+1"), ("@x", "'@x"), ("plain", "plain"), ("", "")])
def test_nothing_typed_runs_in_a_spreadsheet(text, written):
    assert no_formula(text) == written


def pdf_of(project: Project, who: str) -> pypdf.PdfReader:
    response = signed_in(who).get(reverse("project_pdf", args=[project.pk]))
    assert response["Content-Type"] == "application/pdf"
    assert f'filename="{project.reference}.pdf"' in response["Content-Disposition"]
    return pypdf.PdfReader(io.BytesIO(response.content))


def words_of(pdf: pypdf.PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in pdf.pages).split())


@pytest.mark.parametrize("letter", ["é", "中"])
def test_the_pdf_is_tagged_and_reads_typed_markup_as_text(letter):
    project = a_project()
    typed = f'#panic("no") = Heading *bold* $x$ `code` <script> // {letter}'
    answering.save(project, {"design": typed}, by=person("ruth"), at=now())
    services.submit(project, catalogue=catalogue(), by=person("ruth"), at=now())
    pdf = pdf_of(project, "sam")
    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and root["/StructTreeRoot"] and root["/Lang"] == "en-GB"
    assert pdf.metadata.title == f"{project.reference} {project.title}"
    assert '#panic("no") = Heading *bold* $x$ `code` <script> //' in words_of(pdf)


@pytest.mark.slow
def test_the_pdf_holds_what_its_reader_may_read_and_nothing_else():
    project = a_project("panel")
    answers = application_answers()
    for who, keys in (("ruth", {"design", "retention"}), ("sam", {"design", "retention"}), ("petra", {"retention"}),
                      ("pia", {"design"}), ("cass", set())):  # fmt: skip
        text = words_of(pdf_of(project, who))
        assert project.title in text
        assert {key for key in ("design", "retention") if answers[key] in text} == keys, who
    read(signed_in("olu"), "project_pdf", project.pk, status=404)


@pytest.mark.slow
def test_comments_reach_those_who_were_named_before_and_nobody_else():
    project = a_project("owners")
    written = (("ruth", "team", "Among us."), ("ruth", "everybody", "Dear boards."), ("sam", "staff", "Seen before?"),
               ("pia", "everybody", "Which model?"))  # fmt: skip
    for who, audience, text in written:
        page = read(signed_in(who), "project_comment", project.pk, "methods")
        assert "Who will read it" in page
        send(signed_in(who), "project_comment", project.pk, "methods", audience=audience, text=text)
    reads = {
        "ruth": {"Among us.", "Dear boards.", "Which model?"},
        "coral": {"Among us.", "Dear boards.", "Which model?"},
        "sam": {"Dear boards.", "Seen before?", "Which model?"},
        "pia": {"Dear boards.", "Seen before?", "Which model?"},
    }
    for who, texts in reads.items():
        page = read(signed_in(who), "project", project.pk)
        assert {text for *_, text in written if text in page} == texts, who
    page = read(signed_in("ruth"), "project", project.pk)
    assert "Those who decide" in page and "Pia" not in page
    assert "Pia" in read(signed_in("sam"), "project", project.pk)


def test_a_comment_on_a_question_is_for_those_who_read_the_question():
    project = a_project("owners")
    commenting.comment(project, "design", audience="everybody", text="On the design.", by=person("pia"), at=now())
    assert "On the design." in read(signed_in("sam"), "project", project.pk)
    assert "On the design." not in read(signed_in("petra"), "project", project.pk)
    read(signed_in("petra"), "project_comment", project.pk, "design", status=404)


@pytest.mark.parametrize(("who", "audience"), [("ruth", "staff"), ("sam", "team"), ("sam", ""), ("ruth", "world")])
def test_nobody_writes_to_readers_that_are_not_theirs(who, audience):
    project = a_project("owners")
    page = send(
        signed_in(who), "project_comment", project.pk, "title", status=422, audience=audience, text="Typed at length."
    )
    assert "Typed at length." in page and not Comment.objects.exists()


@pytest.mark.slow
def test_a_note_of_staff_leaves_no_trace_for_the_team():
    project = a_project("owners")
    commenting.comment(project, "title", audience="staff", text="A doubt.", by=person("sam"), at=now())
    for who in ("ruth", "coral"):
        client = signed_in(who)
        for name in ("project", "project_pdf", "project_csv"):
            assert b"A doubt." not in client.get(reverse(name, args=[project.pk])).content
        assert "comment</" not in read(client, "project", project.pk).lower().split('id="history-heading"')[1]
        assert "A doubt." not in read(client, "project_comment", project.pk, "title")
    for who in ("cass", "ada", "olu"):
        assert "A doubt." not in signed_in(who).get(project.get_absolute_url()).content.decode()


def returned_and_sent_again(**values: object) -> Project:
    project = a_project("returned")
    answering.save(project, values, by=person("ruth"), at=now())
    return services.submit(fresh(project), catalogue=catalogue(), by=person("ruth"), at=now())


@pytest.mark.slow
def test_a_reviewer_sees_what_changed_since_they_last_looked():
    project = a_project("triage")
    read(signed_in("sam"), "project", project.pk)
    declare(project, "sam")
    services.send_back(project, reasons="Say more.", round=1, by=person("sam"), at=now())
    answering.save(fresh(project), {"design": "A cohort study.", "bias": "More."}, by=person("ruth"), at=now())
    services.submit(fresh(project), catalogue=catalogue(), by=person("ruth"), at=now())
    page = read(signed_in("sam"), "project", project.pk)
    assert page.count("Changed since you looked") == 2
    assert "2 answers changed since you looked" in page
    assert "2 answers changed since you looked" in read(signed_in("sam"), "project_decide", project.pk)
    assert "Changed since you looked" not in read(signed_in("ruth"), "project", project.pk)
    assert "Changed since you looked" not in read(signed_in("pia"), "project", project.pk), "she never looked"
    page = read(signed_in("sam"), "project_changes", project.pk)
    assert "You last looked at the application in round 1." in page and "<ins>A cohort study.</ins>" in page


def test_changes_between_rounds_are_for_those_who_read_the_question():
    project = returned_and_sent_again(design="A cohort study.", retention="Ten years.")
    advance(project, "owners")
    for who, texts in (("ruth", {"A cohort", "Ten years"}), ("petra", {"Ten years"}), ("pia", {"A cohort"})):
        page = read(signed_in(who), "project_changes", project.pk)
        assert {text for text in ("A cohort", "Ten years") if text in page} == texts, who
    read(signed_in("ruth"), "project_changes", a_project("triage").pk, status=404)


def test_a_newer_form_is_offered_with_its_differences_and_never_taken_silently(tmp_path, settings):
    project, ruth = a_project(), signed_in("ruth")
    assert "A newer form" not in read(ruth, "project_application", project.pk)
    folder = another(tmp_path)
    change(folder, "questions.csv", lambda rows: [row for row in rows if row["question"] != "stakeholders"])
    change(folder, "questions.csv", set_cell("design", "hint", "In other words."))
    settings.GATEHOUSE_FORMS = [*settings.GATEHOUSE_FORMS, tmp_path]
    assert "A newer form, 2026-2" in read(ruth, "project_application", project.pk)
    page = read(ruth, "project_form", project.pk)
    assert "Stakeholders and public involvement: your answer stays stored" in page and "Now: In other words." in page
    assert fresh(project).form_version == "2026-1"
    send(ruth, "project_form", project.pk, version="2026-9", status=200)
    assert fresh(project).form_version == "2026-1"
    send(ruth, "project_form", project.pk, version="2026-2")
    assert fresh(project).form_version == "2026-2" and fresh(project).missing() == []
    assert "newest form" in ruth.get(reverse("project_form", args=[project.pk]), follow=True).content.decode()


def test_a_copy_is_made_from_the_page():
    project, ruth = a_project("approved"), signed_in("ruth")
    assert "Copy as a new application" in read(ruth, "project", project.pk)
    send(ruth, "project_copy", project.pk, status=422, title="")
    send(ruth, "project_copy", project.pk, title="A second look")
    new = Project.objects.get(title="A second look")
    page = read(ruth, "project", new.pk)
    assert "Not copied:" in page and "declaration of the lead researcher" in page


@pytest.mark.parametrize("username", ["ruth", "sam", "petra"])
def test_the_page_takes_as_many_queries_however_many_comments_and_rounds(username, django_assert_max_num_queries):
    project, client = a_project("owners"), signed_in(username)
    client.get(project.get_absolute_url())
    counts = []
    for more in (1, 12):
        for number in range(more):
            commenting.comment(project, "title", audience="everybody", text=f"{number}", by=person("sam"), at=now())
        with django_assert_max_num_queries(60) as captured:
            client.get(project.get_absolute_url())
        counts.append(len(captured))
    assert counts[0] == counts[1]
