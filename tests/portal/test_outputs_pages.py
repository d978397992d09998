"""The pages of output requests, as Ruth asks, Cass and Devi check, and everybody else is kept out."""

import hashlib
import io
import json
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook

from extracts import tasks
from extracts.disclosure.policy import Policy
from extracts.disclosure.workspace.gatehouse_sdc import Session
from extracts.zones import Zones
from governance.audit.models import Entry
from governance.outputs import services
from governance.outputs.models import CheckVerdict, OutputRequest
from tests.builders import an_agreement, an_output, now
from tests.cast import person

pytestmark = pytest.mark.django_db

SMALL = b"offence,cases,withdrawn\nViolence,120,40\nTheft,300,3\nRobbery,80,12\n"
EVIDENCE = b"offence,n\nViolence,120\nTheft,300\nRobbery,80\n"
ABOUT = {"title": "Withdrawals", "context": "For a journal article.", "clearance": "PUB"}
AREAS = {"output_type": "FREQ", "layout": {"form": "long", "rows": ["area"], "counts": ["cases"]}}
DESCRIBED = {
    "text": "Cases and withdrawals by offence.",
    "output_type": "FREQ",
    "unit": "people",
    "sensitive": "no",
    "shape": "long",
    "total_labels": "Total",
    "column_0": "row",
    "column_1": "count",
    "column_2": "count",
}


def page(output, name="output", *more):
    return reverse(name, args=[output.pk, *more])


def upload(client, output, *files, role="output"):
    sent = [SimpleUploadedFile(name, content) for name, content in files]
    return client.post(page(output, "output_add_file"), {"files": sent, "role": role})


def a_request(client, *files):
    """A draft of Ruth's, made through the pages, with the files given."""
    project = an_agreement().project
    client.post(reverse("output_new", args=[project.pk]), ABOUT)
    output = OutputRequest.objects.get()
    if files:
        upload(client, output, *files)
    return output


def submitted(as_, callbacks, content=SMALL):
    """A request that the rules have judged, made through the pages."""
    client = as_("ruth")
    output = a_request(client, ("withdrawals.csv", content))
    upload(client, output, ("behind.csv", EVIDENCE), role="evidence")
    file = output.files.get(name="withdrawals.csv")
    client.post(page(output, "output_describe", file.pk), DESCRIBED)
    with callbacks(execute=True):
        client.post(page(output, "output_submit"))
    output.refresh_from_db()
    return output


def decide(client, output, verdict="approve", reasons="Every count is large."):
    """Send the form as the page of this moment carries it."""
    output.refresh_from_db()
    return client.post(page(output, "output_check"), {"verdict": verdict, "reasons": reasons, "round": output.round})


def cleared():
    """A request that the rules judged and two checkers approved."""
    output = an_output("checking")
    tasks.check_outputs(output.pk)
    for name in ("cass", "devi"):
        output = services.check(
            output,
            verdict=CheckVerdict.APPROVE,
            reasons="Every count is above 10.",
            round=output.round,
            by=person(name),
            at=now(),
        )
    return output


def html(response):
    return response.content.decode()


def opened():
    """Who opened which file, and how much of it, in the order of the trail."""
    entries = Entry.objects.filter(action="open file").order_by("seq")
    return [(entry.actor, entry.details["file"], entry.details["shown"]) for entry in entries]


@pytest.mark.slow
def test_a_checker_sees_every_finding_at_its_cell(as_, django_capture_on_commit_callbacks):
    output = submitted(as_, django_capture_on_commit_callbacks)
    shown = html(as_("cass").get(page(output)))

    assert output.state == "submitted"
    assert 'class="govuk-table__cell gh-cell--fail" id="file-2-cell-3-3">3 <a' in shown
    assert 'href="#file-2-finding-1"' in shown and 'id="file-2-finding-1"' in shown
    assert 'href="#file-2-cell-3-3">Back to the cell' in shown
    assert "The count is 3, below 10." in shown and "What would cure it" in shown
    assert "cjs-linked, version 1" in shown


@pytest.mark.slow
def test_an_error_keeps_what_was_typed(as_):
    project = an_agreement().project
    answer = as_("ruth").post(reverse("output_new", args=[project.pk]), {**ABOUT, "title": ""})

    assert answer.status_code == 422
    assert "Error: " in html(answer) and "For a journal article." in html(answer)
    assert not OutputRequest.objects.exists()


@pytest.mark.slow
def test_the_description_starts_from_a_suggestion_and_its_problems_are_said(as_):
    client = as_("ruth")
    output = a_request(client, ("withdrawals.csv", SMALL))
    address = page(output, "output_describe", output.files.get().pk)
    shown = client.get(address)
    assert shown.context["form"].initial["column_1"] == "count"
    assert "Violence" in html(shown)
    assert opened() == [("ruth", "withdrawals.csv", "headings and the first 8 rows")]

    wrong = client.post(address, {**DESCRIBED, "structural_zeros": "planet = Mars", "text": "My own words"})
    assert wrong.status_code == 422
    assert "Structural zeros name dimensions that the layout does not have: planet." in html(wrong)
    assert "My own words" in html(wrong) and "planet = Mars" in html(wrong)
    assert output.files.get().description == {}


@pytest.mark.slow
def test_a_wide_table_with_percentages_is_described_as_it_is(as_):
    client = as_("ruth")
    output = a_request(client, ("rates.csv", b"force,cases,pct\nNorth,200,25.0\nSouth,400,30.5\n"))
    file = output.files.get()
    answers = {**DESCRIBED, "output_type": "RATIO", "column_2": "share:1:100", "structural_zeros": "force = North"}
    client.post(page(output, "output_describe", file.pk), answers)

    file.refresh_from_db()
    assert file.description["layout"]["percentages"] == [{"column": "pct", "base": "cases", "out_of": 100}]
    assert file.description["structural_zeros"] == [{"force": "North"}]
    again = client.get(page(output, "output_describe", file.pk)).context["form"].initial
    assert (again["column_2"], again["structural_zeros"]) == ("share:1:100", "force = North")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["résumé.csv", "manifest.json", ".hidden.csv"])
def test_names_that_no_package_can_hold_are_refused_at_once(as_, name):
    client = as_("ruth")
    output = a_request(client)
    answer = upload(client, output, ("good.csv", SMALL), (name, SMALL))
    assert answer.status_code == 422 and "Rename" in html(answer)
    assert not output.files.exists(), "all or none"


@pytest.mark.slow
def test_a_rehearsal_stores_nothing(as_):
    client = as_("ruth")
    output = a_request(client, ("withdrawals.csv", SMALL))
    client.post(page(output, "output_describe", output.files.get().pk), DESCRIBED)
    shown = html(client.post(page(output)))

    assert "The count is 3, below 10." in shown and "It is not stored" in shown
    assert not output.reports.exists()
    assert OutputRequest.objects.get().state == "draft"


@pytest.mark.slow
def test_two_checkers_decide_without_seeing_each_other(as_, django_capture_on_commit_callbacks):
    output = submitted(as_, django_capture_on_commit_callbacks)
    decide(as_("cass"), output, "return", "LOW: row 3 must be merged.")

    for name in ("devi", "ruth", "coral", "ada", "sam"):
        client = as_(name)
        for address in (page(output), reverse("outputs")):
            seen = html(client.get(address))
            assert "row 3 must be merged" not in seen, name
            # Auditors read who looked at a record, and so learn no decision.
            assert "Cass" not in seen or name == "ada", name
    assert "row 3 must be merged" not in html(as_("devi").get(page(output, "output_check")))
    assert "Decided" in html(as_("cass").get(reverse("outputs")))

    answer = decide(as_("devi"), output, "approve", "Fine by me.")
    assert answer.url == page(output)
    assert "the request is now: returned" in html(as_("devi").get(answer.url))
    seen = html(as_("ruth").get(page(output)))
    assert "row 3 must be merged" in seen and "Fine by me." in seen
    assert "The two checkers disagree" in seen
    assert "First checker" in seen and "Cass" not in seen, "deciders are anonymous to the team"
    assert "Cass" in html(as_("devi").get(page(output)))
    assert OutputRequest.objects.get().state == "returned"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ruth", "coral", "sam"])
def test_neither_the_team_nor_others_check(as_, name):
    output = an_output("submitted")
    client = as_(name)
    assert client.get(page(output, "output_check")).status_code == 302
    decide(client, output)
    assert not output.checks.exists()


@pytest.mark.slow
def test_a_checker_of_the_team_cannot_check_and_is_told_why(as_):
    output = an_output("submitted")
    output.project.members.create(person=person("cass"), role="researcher", since=now())
    client = as_("cass")
    assert "your own project&#x27;s work" in html(client.get(page(output)))
    answer = decide(client, output)
    assert answer.status_code == 422 and "somebody else must check it" in html(answer)


@pytest.mark.slow
def test_a_third_check_is_refused_and_the_typed_reasons_stay(as_):
    output = an_output("checked_once")
    assert "second person must check" in html(decide(as_("cass"), output))
    decide(as_("devi"), output)
    answer = decide(as_("cass"), output, reasons="I still think so.")
    assert answer.status_code == 422
    assert "I still think so." in html(answer) and output.checks.count() == 2


@pytest.mark.slow
def test_reasons_are_compulsory(as_):
    output = an_output("submitted")
    answer = decide(as_("cass"), output, reasons="  ")
    assert answer.status_code == 422 and "Enter your reasons" in html(answer)
    assert "DIFF" in html(answer), "the usual reasons stand beside the form"


@pytest.mark.slow
def test_after_a_return_old_checks_count_no_more(as_, django_capture_on_commit_callbacks):
    output = submitted(as_, django_capture_on_commit_callbacks)
    decide(as_("cass"), output, "return", "Merge row 3.")
    decide(as_("devi"), output, "return", "Merge it.")
    with django_capture_on_commit_callbacks(execute=True):
        as_("ruth").post(page(output, "output_submit"))
    output.refresh_from_db()
    assert (output.state, output.round) == ("submitted", 2)
    assert "Decisions of earlier rounds" in html(as_("ruth").get(page(output)))
    decide(as_("cass"), output)
    output.refresh_from_db()
    assert output.state == "checked_once"


@pytest.mark.slow
def test_release_needs_a_tick_and_the_download_is_on_the_trail(as_, django_capture_on_commit_callbacks):
    output = submitted(as_, django_capture_on_commit_callbacks)
    decide(as_("cass"), output)
    decide(as_("devi"), output)
    assert as_("cass").post(page(output, "output_release")).status_code == 422
    with django_capture_on_commit_callbacks(execute=True):
        as_("cass").post(page(output, "output_release"), {"sure": "on", "round": output.round})
    output.refresh_from_db()
    assert output.state == "released"

    answer = as_("coral").get(page(output, "output_download"))
    package = b"".join(answer.streaming_content)
    assert hashlib.sha256(package).hexdigest() == output.package_sha256
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        assert "withdrawals.csv" in opened.namelist() and "behind.csv" not in opened.namelist()
        assert [one["name"] for one in json.loads(opened.read("manifest.json"))["files"]] == ["withdrawals.csv"]
    assert Entry.objects.get(action="download").actor == "coral"
    assert "Released earlier" in html(as_("ruth").get(reverse("output_new", args=[output.project_id])))


@pytest.mark.slow
def test_a_package_that_was_changed_is_not_handed_out(as_, django_capture_on_commit_callbacks):
    output = cleared()
    with django_capture_on_commit_callbacks(execute=True):
        services.release(output, round=output.round, by=person("cass"), at=now())
    output.refresh_from_db()
    path = Zones(Path(settings.GATEHOUSE_DATA)).released / output.project.reference / output.package
    path.chmod(0o640)
    path.write_bytes(path.read_bytes() + b"more")
    answer = as_("ruth").get(page(output, "output_download"), follow=True)
    assert "not the one that was signed" in html(answer)
    assert not Entry.objects.filter(action="download").exists()


@pytest.mark.slow
def test_checkers_do_not_download_the_package(as_, django_capture_on_commit_callbacks):
    output = cleared()
    with django_capture_on_commit_callbacks(execute=True):
        services.release(output, round=output.round, by=person("cass"), at=now())
    assert as_("devi").get(page(output, "output_download")).status_code == 302


@pytest.mark.slow
def test_outsiders_find_nothing(as_):
    output = an_output("submitted")
    file = output.files.get()
    for name in ("olu", "petra", "pia"):
        client = as_(name)
        for address in (
            page(output),
            page(output, "output_check"),
            page(output, "output_edit"),
            page(output, "output_add_file"),
            page(output, "output_download"),
            page(output, "output_file", file.pk),
            page(output, "output_file", file.pk) + "?whole=1",
            page(output, "output_describe", file.pk),
        ):
            assert client.get(address).status_code == 404, (name, address)


@pytest.mark.slow
def test_a_file_of_another_request_is_not_here(as_):
    output = an_output("submitted")
    other = an_output()
    assert as_("ruth").get(page(output, "output_file", other.files.get().pk)).status_code == 404


@pytest.mark.slow
def test_only_checkers_open_a_file_whole_and_that_is_on_the_trail(as_):
    output = an_output("submitted")
    address = page(output, "output_file", output.files.get().pk) + "?whole=1"
    assert as_("ruth").get(address).status_code == 302, "the author gets files by release alone"
    answer = as_("cass").get(address)
    assert b"".join(answer.streaming_content).startswith(b"offence,cases")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert opened() == [("cass", "withdrawals.csv", "the whole file")]


@pytest.mark.slow
def test_a_long_file_is_shown_in_part(as_):
    rows = "".join(f"Area {n},{n + 100}\n" for n in range(1000))
    output = an_output("submitted", content=f"area,cases\n{rows}".encode(), described=AREAS)
    shown = html(as_("cass").get(page(output, "output_file", output.files.get().pk)))
    assert "Area 199<" in shown and "Area 200<" not in shown
    assert "800 further rows" in shown


@pytest.mark.slow
def test_a_cell_with_markup_stays_text(as_):
    output = an_output("submitted", content=b"area,cases\n<script>alert(1)</script>,100\n", described=AREAS)
    shown = html(as_("cass").get(page(output, "output_file", output.files.get().pk)))
    assert "<script>alert" not in shown and "&lt;script&gt;alert" in shown


@pytest.mark.slow
def test_the_gravest_request_comes_first_and_the_queue_asks_as_often_for_few_as_for_many(
    as_, django_assert_max_num_queries
):
    outputs = [an_output("checking") for _ in range(2)]
    for output, verdict in zip(outputs, ("pass", "fail"), strict=True):
        services.record_report(output, round=1, verdict=verdict, content={"files": []}, at=now())
    client = as_("cass")
    client.get(reverse("outputs"))
    with django_assert_max_num_queries(14) as few:
        assert [one.verdict for one in client.get(reverse("outputs")).context["waiting"]] == ["fail", "pass"]
    for _ in range(6):
        an_output("submitted")
    with django_assert_max_num_queries(len(few)):
        assert len(client.get(reverse("outputs")).context["waiting"]) == 8


@pytest.mark.slow
def test_withdrawing_needs_a_tick(as_):
    output = an_output("submitted")
    client = as_("ruth")
    assert client.post(page(output, "output_withdraw")).status_code == 422
    client.post(page(output, "output_withdraw"), {"sure": "on"})
    output.refresh_from_db()
    assert output.state == "withdrawn"
    assert client.get(page(output)).status_code == 200


def test_a_file_is_removed_and_the_request_edited(as_):
    output = an_output()
    client = as_("ruth")
    assert client.get(page(output, "output_remove_file", output.files.get().pk)).status_code == 200
    client.post(page(output, "output_remove_file", output.files.get().pk))
    client.post(page(output, "output_edit"), {**ABOUT, "title": "A better title"})
    output.refresh_from_db()
    assert output.title == "A better title" and not output.files.exists()
    services.withdraw(output, by=person("ruth"), at=now())
    assert client.post(page(output, "output_edit"), ABOUT).status_code == 302, "too late"


@pytest.mark.slow
def test_one_approval_and_one_return_are_shown_side_by_side(as_):
    output = an_output("checked_once")
    services.check(
        output,
        verdict=CheckVerdict.RETURN,
        reasons="CLASS: all theft.",
        round=output.round,
        by=person("devi"),
        at=now(),
    )
    seen = html(as_("cass").get(page(output)))
    assert "CLASS: all theft." in seen and "Every count is above 10." in seen and "disagree" in seen


@pytest.mark.slow
def test_a_form_that_is_only_opened_has_no_errors(as_):
    output = an_output()
    client = as_("ruth")
    file = output.files.get()
    for name, more in (("output_add_file", ()), ("output_edit", ()), ("output_withdraw", ()), ("output_submit", ())):
        assert client.get(page(output, name, *more)).status_code == 200, name
    assert client.get(page(output, "output_describe", file.pk)).status_code == 200
    empty = client.post(page(output, "output_add_file"))
    assert empty.status_code == 422 and "Select files" in html(empty)


@pytest.mark.slow
def test_a_workbook_is_described_by_its_first_table(as_):
    book, written = Workbook(), io.BytesIO()
    for row in (["offence", "median_days"], ["Theft", 30], ["Fraud", 40]):
        book.active.append(row)
    book.save(written)
    client = as_("ruth")
    output = a_request(client, ("days.xlsx", written.getvalue()))
    form = client.get(page(output, "output_describe", output.files.get().pk)).context["form"]
    assert (form.initial["column_0"], form.initial["column_1"]) == ("row", "position")
    assert "Theft" in html(client.get(page(output, "output_describe", output.files.get().pk)))


@pytest.fixture
def made(tmp_path):
    """What Ruth's session wrote: name to content."""
    records = pd.DataFrame(
        {
            "person_id": range(200),
            "area": ["North", "South"] * 100,
            "age": [20 + place % 40 for place in range(200)],
            "days": [10.0 + place % 90 for place in range(200)],
        }
    )
    session = Session(tmp_path / "outputs", data=records, unit="person_id")
    session.crosstab("area", where="age between 20 and 39", name="counts")
    session.table("area", value="days", statistic=["mean", "sd", "median"], name="days")
    session.regression("days", ["age", "area"], name="model")
    return {path.name: path.read_bytes() for path in (tmp_path / "outputs").iterdir()}


def said(response):
    return [str(message) for message in response.context["messages"]]


def add(client, output, files, role="output"):
    sent = [SimpleUploadedFile(name, content) for name, content in files.items()]
    return client.post(page(output, "output_add_file"), {"files": sent, "role": role}, follow=True)


@pytest.mark.slow
def test_the_form_fills_itself_from_what_the_helper_wrote(as_, made):
    client = as_("ruth")
    output = a_request(client)
    answer = add(client, output, made)

    assert {file.name: file.role for file in output.files.all()} == {
        "counts.csv": "output", "days.csv": "output", "model.csv": "output",
        "counts_evidence.csv": "evidence", "days_evidence.csv": "evidence", "model_underlying.csv": "evidence",
    }  # fmt: skip
    assert "6 files added." in said(answer)
    assert any(
        sentence.startswith("Described from what the helper wrote: counts.csv, days") for sentence in said(answer)
    )
    form = client.get(page(output, "output_describe", output.files.get(name="days.csv").pk)).context["form"]
    assert {name: form[name].value() for name in ("output_type", "unit", "evidence", "overlapping")} == {
        "output_type": "QUANT", "unit": "people", "evidence": "days_evidence.csv", "overlapping": "no",
    }  # fmt: skip
    assert [form[f"column_{place}"].value() for place in range(4)] == ["row", "mean", "shape", "position"]
    counts = client.get(page(output, "output_describe", output.files.get(name="counts.csv").pk)).context["form"]
    assert counts["population"].value() == "age between 20 and 39"
    rehearsed = client.post(page(output)).context["report"]
    assert {file.name: str(file.verdict) for file in rehearsed.files} == {
        "counts.csv": "pass", "days.csv": "pass", "model.csv": "pass"
    }, [file.findings for file in rehearsed.files]  # fmt: skip


@pytest.mark.slow
def test_saving_a_filled_form_keeps_what_it_does_not_ask(as_, made):
    client = as_("ruth")
    output = a_request(client)
    add(client, output, made)
    before = output.files.get(name="model.csv")
    form = client.get(page(output, "output_describe", before.pk)).context["form"]
    typed = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    client.post(page(output, "output_describe", before.pk), {**typed, "text": "Mine."})
    after = output.files.get(name="model.csv")

    assert before.description["regression"]["categories"] and before.description["underlying"]
    assert after.description == {**before.description, "text": "Mine."} and after.text == "Mine."


@pytest.mark.slow
def test_what_was_typed_by_hand_stays_whatever_is_uploaded_after_it(as_, made):
    client = as_("ruth")
    output = a_request(client)
    add(client, output, {name: made[name] for name in ("counts.csv", "counts_evidence.csv")})
    by_hand = {**DESCRIBED, "text": "By my own hand.", "column_1": "count"}
    client.post(page(output, "output_describe", output.files.get(name="counts.csv").pk), by_hand)
    answer = add(client, output, made)

    assert output.files.get(name="counts.csv").text == "By my own hand."
    assert output.files.get(name="counts_evidence.csv").role == "evidence"
    assert "Described before, and left as it is: counts.csv." in said(answer)
    assert output.files.get(name="days.csv").description["layout"]["shapes"] == ["sd"]


@pytest.mark.slow
def test_the_list_alone_describes_what_was_uploaded_before(as_, made):
    client = as_("ruth")
    output = a_request(client)
    add(client, output, {name: content for name, content in made.items() if name.endswith(".csv")})
    add(client, output, {"outputs.json": made["outputs.json"], "model_size.json": made["model_size.json"]})

    assert all(file.is_described for file in output.files.filter(role="output"))
    assert (
        output.files.filter(role="evidence").count() == 3 and not output.files.filter(name__endswith=".json").exists()
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (b"{", "outputs.json is not understood, so it fills nothing: outputs.json is not JSON."),
        (
            b'{"made_by": "gatehouse_sdc 1", "cases": [{"files": 1}]}',
            "outputs.json is not understood, so it fills nothing",
        ),
        (b"[1]", "This is no list of outputs"),
    ],
)
def test_a_wrong_description_is_told_and_loses_nothing(as_, made, wrong, sentence):
    client = as_("ruth")
    output = a_request(client)
    answer = add(client, output, {"counts.csv": made["counts.csv"], "outputs.json": wrong})

    assert any(sentence in one for one in said(answer)), said(answer)
    assert [file.name for file in output.files.all()] == ["counts.csv"]


@pytest.mark.slow
def test_a_file_that_was_changed_since_is_not_described_by_what_was_written_of_it(as_, made):
    client = as_("ruth")
    output = a_request(client)
    answer = add(client, output, {**made, "counts.csv": b"area,count\nNorth,500\n"})

    assert not output.files.get(name="counts.csv").description
    assert any("Changed since the helper wrote it" in one and "counts.csv" in one for one in said(answer))


@pytest.mark.slow
def test_who_is_counted_must_be_a_condition_and_reaches_the_rules(as_):
    client = as_("ruth")
    output = a_request(client, ("one.csv", b"offence,cases\nTheft,120\nFraud,80\n"))
    upload(client, output, ("two.csv", b"offence,cases\nTheft,125\nFraud,95\n"))
    for name, whom in (("one.csv", "age between 16 and 24"), ("two.csv", "age between 16 and 25")):
        file = output.files.get(name=name)
        typed = {key: value for key, value in DESCRIBED.items() if key != "column_2"}
        refused = client.post(page(output, "output_describe", file.pk), {**typed, "population": "the young ("})
        assert refused.status_code == 422 and "age between 16 and 24 and sex" in html(refused)
        client.post(page(output, "output_describe", file.pk), {**typed, "population": whom})
    report = client.post(page(output)).context["report"]

    assert [finding.rule for file in report.files for finding in file.findings if "125 - 120" in finding.attack] == [
        "differencing"
    ], report
    assert "age between 16 and 24" in html(client.get(page(output, "output_file", output.files.get(name="one.csv").pk)))


@pytest.mark.slow
def test_the_ways_to_make_it_safe_are_shown_in_full_to_those_who_read_its_cells(
    as_, django_capture_on_commit_callbacks
):
    content = b"offence,cases\nViolence,120\nTheft,3\nRobbery,80\nFraud,60\n"
    client = as_("ruth")
    output = a_request(client, ("cases.csv", content))
    typed = {key: value for key, value in DESCRIBED.items() if key != "column_2"}
    client.post(page(output, "output_describe", output.files.get().pk), typed)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(page(output, "output_submit"))
    checker, coordinator = html(as_("cass").get(page(output))), html(as_("coral").get(page(output)))

    assert "Ways to make it safe" in checker and "cases.csv, offence Theft, cases: [c]" in checker
    assert "the numbers change by 3 in all" in checker
    assert "Ways to make it safe" in coordinator and "Theft" not in coordinator and "in all" not in coordinator


@pytest.mark.slow
def test_the_form_names_the_thresholds_of_the_projects_policy(as_, monkeypatch):
    monkeypatch.setattr(
        "portal.views.outputs.files.policy_for", lambda _: Policy("ours", "1", threshold=31, sensitive_threshold=47)
    )
    output = an_output()
    shown = html(as_("ruth").get(reverse("output_describe", args=[output.pk, output.files.get().pk])))
    assert "Counts below 31 are unsafe." in shown and "counts below 47 are unsafe." in shown
