"""How an application is written: section by section, with a file, a comment, a copy, a newer form, a second round."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings
from playwright.sync_api import Page, expect

from governance.projects.form.versions import newest
from tests.governance.test_attaching import PDF
from tests.journeys.journey import Journey
from tests.journeys.stack import Stack
from tests.portal.answers import sent_of

PERIOD = {"period-from-day": "1", "period-from-month": "1", "period-from-year": "2023",
          "period-to-day": "31", "period-to-month": "12", "period-to-year": "2025"}  # fmt: skip

# A project in its second round, of which research support saw the first.
SECOND_ROUND = """
from governance.projects import answering, services
from tests.builders import a_project, catalogue, now, person
project = a_project("returned")
ruth = person("ruth")
answering.save(project, {"design": "A cohort study of recorded crimes."}, by=ruth, at=now())
services.submit(project, catalogue=catalogue(), by=ruth, at=now())
"""


def ruth_asks_whether_it_is_feasible(journey: Journey) -> None:
    page = journey.as_("ruth")
    page.goto("/enquiries/")
    page.get_by_role("button", name="Ask research support").click()
    page.get_by_role("radio", name="Linked criminal justice data").check()
    page.locator("[name=title]").fill("Where cases end")
    page.locator("[name=question]").fill("Can recorded crimes be followed to court, month by month?")
    journey.look("enquiry-new")
    page.get_by_role("button", name="Send the enquiry").click()
    enquiry = page.url
    page = journey.as_("sam")
    journey.open_waiting("Where cases end")
    page.get_by_role("radio", name="The data can answer it").check()
    page.locator("[name=reasons]").fill("Yes, from 2023 on.")
    journey.look("enquiry-to-answer")
    page.get_by_role("button", name="Send the answer").click()
    page = journey.as_("ruth")
    page.goto(enquiry)
    expect(page.locator("main")).to_contain_text("Start an application")
    journey.look("enquiry-answered")
    page.goto("/enquiries/")
    journey.look("enquiries")


def ruth_answers_every_section(journey: Journey, address: str) -> None:
    """After the data are chosen, so that the sections of their owners are asked."""
    page = journey.page
    page.goto(f"{address}application")
    expect(page.locator("main")).to_contain_text("Not started")
    journey.look("application-sections")
    for section in newest(settings.GATEHOUSE_FORMS).sections:
        page.goto(f"{address}sections/{section.key}")
        if not page.locator("[name=revision]").count() or section.key == "prisons":
            continue
        sent = sent_of(section.key) | (PERIOD if section.key == "data" else {})
        if section.key == "ethics":
            sent["self_assessment-e06-score"] = "3"  # which brings an ethics reviewer
            fill(page, {"ethics_route": sent.pop("ethics_route")})
            page.get_by_role("button", name="Save and go on").click()
            expect(page.locator("main")).to_contain_text("Total so far")
        fill(page, {name: value for name, value in sent.items() if name != "title"})
        journey.look(f"section-{section.key}")
        page.get_by_role("button", name="Save and go on").click()
        expect(page.locator(".govuk-error-summary")).to_have_count(0)
    a_row_and_a_file(journey, address)
    page.goto(f"{address}application")
    expect(page.locator("main")).to_contain_text("12 of 12 sections are complete")
    journey.look("application-complete")


def fill(page: Page, sent: Mapping[str, object]) -> None:
    """Type into fields by name: texts, radios, boxes and lists."""
    for name, value in sent.items():
        for one in value if isinstance(value, list) else [value]:
            field = page.locator(f"[name='{name}']")
            kind = field.first.evaluate("element => element.type")
            if kind in ("radio", "checkbox"):
                page.locator(f"[name='{name}'][value='{one}']").check()
            elif kind == "select-one":
                field.select_option(str(one))
            else:
                field.fill(str(one))


def a_row_and_a_file(journey: Journey, address: str) -> None:
    page = journey.page
    page.goto(f"{address}sections/lawfulness")
    page.get_by_role("button", name="Add a row to Privacy risks").click()
    page.locator("[name='privacy_risks-1-risk']").fill("A second risk.")
    journey.look("section-with-a-second-row")
    page.get_by_role("button", name="Remove row 2 of Privacy risks").click()
    expect(page.locator("[name='privacy_risks-1-risk']")).to_have_count(0)
    page.get_by_role("button", name="Save and attach files").click()
    journey.look("attach")
    page.locator("input[type=file]").set_input_files(
        [{"name": "dpia.pdf", "mimeType": "application/pdf", "buffer": PDF}]
    )
    page.get_by_role("button", name="Attach", exact=True).click()
    expect(page.locator("main")).to_contain_text("Not scanned for malware yet, so nobody can open it.")


def the_application_is_talked_about(journey: Journey, stack: Stack) -> None:
    """Pages off the main way: a comment, a note of staff, what changed, a copy, a newer form, files that wait."""
    stack.run(SECOND_ROUND)
    page = journey.as_("sam")
    page.goto("/projects/")
    page.goto("/attachments/")
    expect(page.locator("main")).to_contain_text("dpia.pdf")
    journey.look("attachments")
    page.goto("/projects/4/comment/methods")
    page.get_by_role("radio", name="Research support, data owners and panel only").check()
    page.locator("[name=text]").fill("Ask the linkage team about this.")
    journey.look("comment")
    page.get_by_role("button", name="Save the comment").click()
    page.goto("/projects/4/changes")
    expect(page.locator("ins").first).to_contain_text("cohort")
    journey.look("changes")

    page = journey.as_("ruth")
    page.goto("/projects/4/")
    expect(page.locator("main")).not_to_contain_text("Ask the linkage team")
    with page.expect_download() as download:
        page.get_by_role("link", name="Application as PDF").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")
    page.goto("/projects/4/copy")
    journey.look("copy")
    newer = a_newer_form(stack.data / "forms")
    page.goto("/projects/2/form")
    journey.look("newer-form")
    shutil.rmtree(newer)


def a_newer_form(into: Path) -> Path:
    form = newest(settings.GATEHOUSE_FORMS)
    folder = into / "2031-1"
    shutil.copytree(settings.GATEHOUSE_FORMS[0] / form.version, folder)
    about = json.loads((folder / "form.json").read_text())
    (folder / "form.json").write_text(json.dumps({**about, "version": "2031-1"}))
    return folder
