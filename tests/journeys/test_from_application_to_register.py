"""One project's whole life in a browser, on the real stack: seven people, from a blank form to the public register.

Every page of the way is kept as a picture, wide and narrow, and put to axe-core.
"""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.urls import get_resolver
from playwright.sync_api import Page, expect

from extracts import delivery
from extracts.atrest import gatehouse_workspace as gw
from extracts.zones import Zones
from tests.journeys.amending import (
    a_training_lapses_and_is_renewed,
    a_variable_is_added,
    an_extension_is_thought_better_of,
)
from tests.journeys.application import (
    ruth_answers_every_section,
    ruth_asks_whether_it_is_feasible,
    the_application_is_talked_about,
)
from tests.journeys.browser import accessible, sign_out
from tests.journeys.cohort import TABLES, ruth_looks_ahead, ruth_picks_a_cohort
from tests.journeys.deciding import every_side_signs, the_boards_decide
from tests.journeys.extracting import the_data_are_looked_after
from tests.journeys.journey import Journey
from tests.journeys.leavers import coral_leaves_and_comes_back, ruth_hands_a_draft_over
from tests.journeys.linkage import (
    lin_follows_the_linkage,
    the_next_release_is_built_and_published,
    three_analysts_review_pairs,
)
from tests.journeys.newcomers import coral_loses_her_phone, nia_is_invited_and_signs_in, nia_uses_a_passkey
from tests.journeys.notices import otto_sees_to_the_mail, people_are_told
from tests.journeys.people import coral_becomes_a_researcher
from tests.journeys.permissions import (
    access_is_reviewed,
    ada_looks_at_a_draft,
    olu_joins_the_panel_for_a_while,
    sam_names_a_stand_in_who_declines,
)
from tests.journeys.publishing import PAPER, ruth_records_a_paper
from tests.journeys.stack import Stack
from tests.workspaces import key_at_hand

pytestmark = [pytest.mark.stack, pytest.mark.browser]

TITLE = "Where cases end after report"

# Names that answer with a redirect, a file or a machine's word, and so have nothing to look at.
NO_PAGES = {
    "agreement_sign", "agreement_pdf", "project_take", "project_revise", "project_take_up", "amendment_drop",
    "amendment_submit", "healthz", "readyz", "output_download", "trail_export", "extract_retry", "project_remove",
    "linkage_retry", "review_undo", "notices_read", "notice_open", "message_retry", "mfa_totp_picture",
    "openid_connect_login", "openid_connect_callback", "handover_answer", "invitation_follow", "invitation_confirm",
    "invitation_resend", "invitation_withdraw", "project_pdf", "project_csv", "enquiry_withdraw", "attachment",
    "attachment_scan", "publication_show_again", "factor_reset_end", "catalogue_twin", "project_twin",
    "incident_remove_project", "incident_remove_person", "incident_close", "incidents_export", "ingress_remove_file",
    "ingress_rescan", "ingress_try_again", "closure_pdf", "closure_json",
}  # fmt: skip

# A project with an extract that is in the hands of another worker, a draft output and a condition; two more projects.
SIDE_DOORS = """
from datetime import timedelta
from django.db import transaction
from extracts import services
from governance.outputs import services as outputs
from governance.projects.models import Project
from tests.builders import DESCRIBED, FREQUENCIES, a_project, catalogue, now, person
project = Project.objects.get(title="{title}")
with transaction.atomic():
    extract = services.request(project, catalogue=catalogue(), by=project.lead, at=now())
    extract = services.claim(extract.pk, at=now(), lease=timedelta(hours=1))
    half = dict(table_now="crt_case", tables_done=1, tables_total=2, rows_done=60, rows_expected=96)
    services.keep(extract, at=now(), lease=timedelta(hours=1), **half)
output = outputs.start(project, title="A draft", context="For a talk.", clearance="PRE", by=project.lead, at=now())
file = outputs.add_file(output, name="table.csv", content=FREQUENCIES, by=project.lead, at=now())
outputs.describe_file(file, text="Cases by offence.", description=DESCRIBED, by=project.lead, at=now())
project.conditions.create(
    agreement=project.agreements.first(), owner="police", kind="sight", text="We see drafts two weeks before.",
    state_since=now(), created_at=now(),
)
a_project()
a_project("triage")
"""


@pytest.fixture
def journey(page: Page) -> Journey:
    return Journey(page)


def test_one_projects_whole_life(journey: Journey, stack: Stack):
    lin_follows_the_linkage(journey, stack)
    recovery = nia_is_invited_and_signs_in(journey, stack)
    nia_uses_a_passkey(journey, stack, recovery)
    coral_becomes_a_researcher(journey)
    olu_joins_the_panel_for_a_while(journey)
    sam_names_a_stand_in_who_declines(journey)
    anyone_may_look_around(journey)
    ruth_asks_whether_it_is_feasible(journey)
    address = ruth_applies(journey)
    the_boards_decide(journey, address, TITLE)
    every_side_signs(journey, address)
    folder = ruth_gets_her_extract(journey, address, stack)
    output = ruth_asks_for_an_output(journey, address, folder)
    two_checkers_decide(journey, output)
    ruth_downloads_the_package(journey, output, stack)
    a_variable_is_added(journey, address)
    an_extension_is_thought_better_of(journey, address)
    a_training_lapses_and_is_renewed(journey, address, stack)
    people_are_told(journey, stack)
    otto_sees_to_the_mail(journey, stack)
    ruth_records_a_paper(journey, address)
    the_public_reads_of_it(journey)
    side_doors_look_finished_too(journey, address, stack)
    ada_looks_at_a_draft(journey, "/projects/2/")
    ruth_hands_a_draft_over(journey, "/projects/2/")
    the_application_is_talked_about(journey, stack)
    coral_loses_her_phone(journey)
    coral_leaves_and_comes_back(journey)
    access_is_reviewed(journey, stack, TITLE)
    three_analysts_review_pairs(journey)
    the_next_release_is_built_and_published(journey)
    the_data_are_looked_after(journey, address, TITLE, stack)
    assert {pattern.name for pattern in get_resolver().url_patterns} - NO_PAGES - journey.seen == set()


def anyone_may_look_around(journey: Journey) -> None:
    page = journey.page
    sign_out(page)
    for address, name in (
        ("/", "home-signed-out"),
        ("/sign-in", "sign-in"),
        ("/catalogue/", "catalogue"),
        ("/catalogue/?q=withdrawal", "catalogue-search"),
        ("/catalogue/cjs_linked/", "catalogue-dataset"),
        ("/catalogue/cjs_linked/pol_victim", "catalogue-table"),
        ("/register/", "register-empty"),
        ("/register/researchers", "register-researchers"),
        ("/register/figures", "register-figures"),
        ("/releases/", "releases"),
        ("/releases/1/", "release"),
        ("/about-the-data", "about-the-data"),
        ("/accessibility", "accessibility"),
        ("/no-such-page", "not-found"),
    ):
        page.goto(address)
        journey.look(name)


def ruth_applies(journey: Journey) -> str:
    page = journey.as_("ruth")
    journey.look("home-of-a-researcher")
    page.goto("/projects/new")
    journey.look("new-project")
    page.get_by_role("radio", name="Linked criminal justice data").check()
    page.locator("input[name=title]").fill(TITLE)
    page.locator("main form button[type=submit]").last.click()
    address = page.url.removesuffix("application")
    page.goto(address)
    journey.look("project-draft")

    ruth_picks_a_cohort(journey, address)
    for table, variables in TABLES.items():
        page.goto(f"{address}data")
        journey.look(f"data-before-{table}")
        page.goto(f"{address}data/{table}")
        page.locator("[name=reason]").fill("It is the unit of our analysis.")
        page.locator("[name=reason_for_all]").fill("Needed to follow the case from stage to stage.")
        for variable in variables:
            page.locator(f"[name='pick-{variable}']").check()
        journey.look(f"choose-{table}")
        page.get_by_role("button", name="Save variables").click()

    ruth_looks_ahead(journey, address)
    page.goto(f"{address}team")
    page.locator("[name=who]").fill("coral")
    page.get_by_role("radio", name="Project coordinator").check()
    journey.look("team")
    page.locator("[name=who]").fill("coral")
    page.get_by_role("radio", name="Project coordinator").check()
    page.get_by_role("button", name="Add to the team").click()
    ruth_answers_every_section(journey, address)
    page.goto(f"{address}submit")
    journey.look("submit")
    page.locator("[name=declared]").check()
    page.locator("main form button[type=submit]").last.click()
    expect(page.locator(".gh-status")).to_contain_text("In triage")
    journey.look("project-in-triage")
    return address


def ruth_gets_her_extract(journey: Journey, address: str, stack: Stack) -> Path:
    page = journey.as_("ruth")
    page.goto(f"{address}extracts/request")
    journey.look("extract-request")
    page.get_by_role("button", name="Build this extract").click()
    accessible(page)
    # Of so few people a month and a force say too much. The page refreshes itself until the worker has found that.
    expect(page.locator(".gh-status")).to_contain_text("Held", timeout=90_000)
    journey.look("extract-held")
    extract = page.url
    sam_lets_it_through(journey)
    page = journey.as_("ruth")
    page.goto(extract)
    expect(page.locator(".gh-status")).to_contain_text("Delivered", timeout=90_000)
    journey.look("extract-delivered")

    [folder] = Zones(stack.data).workspaces.glob("*/extract-*")
    assert delivery.verify(folder) == []
    with key_at_hand(folder):
        crimes = gw.read("pol_crime", folder)
    assert set(crimes.columns) == {"crime_id_hash", *TABLES["pol_crime"]}
    released = Zones(stack.data).release("cjs_linked", "2026.1")
    everybody = pd.read_parquet(released / "pol_crime.parquet", columns=["recorded_date"])
    assert 0 < len(crimes) < len(everybody), "crimes without a victim or a defendant are not in the cohort"
    assert page.get_by_text(folder.name).count()
    return folder


def sam_lets_it_through(journey: Journey) -> None:
    """Research support finds the held extract on the first page, reads its report and decides."""
    page = journey.as_("sam")
    journey.open_waiting("Read how identifying the extract is")
    expect(page.locator("main")).to_contain_text("rows of pol_crime stand alone")
    page.get_by_role("button", name="Decide on it").click()
    page.locator("summary", has_text="Figures of").first.click()
    journey.look("extract-decide")
    journey.decide("Let it through", "The design needs months, and the data are made up.")
    expect(page.locator("main")).to_contain_text("You let it through")


def ruth_asks_for_an_output(journey: Journey, address: str, folder: Path) -> str:
    """First a table with small cells, which the rules find; then the same with the small groups merged."""
    page = journey.page
    with key_at_hand(folder):
        crimes = gw.read("pol_crime", folder)
    counts = crimes["offence_subgroup"].value_counts().rename_axis("offence").rename("crimes").reset_index()
    small = counts["crimes"] < 10
    assert small.any() and not small.all()

    page.goto(f"{address}outputs/new")
    journey.look("output-new")
    page.locator("[name=title]").fill("Crimes by offence")
    page.locator("[name=context]").fill("A count of recorded crimes for a journal article.")
    page.get_by_role("radio", name="Publication: open to everyone").check()
    page.locator("main form button[type=submit]").last.click()
    output = page.url.split("?")[0]
    journey.look("output-draft")

    hand_in(journey, output, counts)
    expect(page.locator(".gh-finding--fail").first).to_be_visible()
    journey.look("output-with-findings")
    page.goto(output + "files/1/")
    journey.look("output-file-with-findings")
    for who in ("cass", "devi"):
        check(journey, output, who, "Return for changes", "LOW: several offences have fewer than 10 crimes.")
    page = journey.as_("ruth")
    page.goto(output)
    expect(page.locator(".gh-status")).to_contain_text("Returned for changes")
    journey.look("output-returned")

    merged = counts.assign(offence=counts["offence"].where(~small, "Other offences"))
    merged = merged.groupby("offence", as_index=False)["crimes"].sum()
    hand_in(journey, output, merged[merged["crimes"] >= 10])
    expect(page.locator(".gh-finding--fail")).to_have_count(0)
    return output


def hand_in(journey: Journey, output: str, table: pd.DataFrame) -> None:
    page = journey.page
    page.goto(f"{output}files/add")
    content = table.to_csv(index=False).encode()
    page.locator("input[type=file]").set_input_files(
        [{"name": "crimes.csv", "mimeType": "text/csv", "buffer": content}]
    )
    journey.look("output-add-file")
    page.get_by_role("button", name="Add files").click()
    page.goto(output)
    page.locator("a[href*='/describe']").first.click()
    page.locator("[name=text]").fill("Recorded crimes by offence subgroup, all three years.")
    page.locator("[name=output_type]").select_option("FREQ")
    page.get_by_label("offence", exact=True).select_option("row")
    page.get_by_label("crimes", exact=True).select_option("count")
    journey.look("output-describe")
    page.get_by_role("button", name="Save the description").click()
    page.goto(f"{output}submit")
    journey.look("output-submit")
    if page.locator("main form input[type=checkbox]").count():
        page.locator("main form input[type=checkbox]").first.check()
    page.locator("main form button[type=submit]").last.click()
    page.goto(output)
    expect(page.locator(".gh-status")).to_contain_text("Waiting for two checkers", timeout=60_000)


def check(journey: Journey, output: str, who: str, verdict: str, reasons: str) -> None:
    page = journey.as_(who)
    page.goto("/outputs/")
    journey.look(f"queue-of-{who}")
    page.goto(output)
    journey.look(f"output-for-{who}")
    page.goto(f"{output}check")
    journey.look(f"check-as-{who}")
    journey.decide(verdict, reasons)


def two_checkers_decide(journey: Journey, output: str) -> None:
    page = journey.page
    check(journey, output, "cass", "Approve", "Every count is 10 or more and no total gives a hidden one.")
    page.goto(output)
    expect(page.locator(".gh-status")).to_contain_text("One of two checks recorded")
    page = journey.as_("devi")
    page.goto(output)
    expect(page.locator("main")).not_to_contain_text("no total gives a hidden one")
    check(journey, output, "devi", "Approve", "I recomputed the merged group and agree.")
    page.goto(output)
    expect(page.locator(".gh-status")).to_contain_text("Cleared for release")
    expect(page.locator("main")).to_contain_text("no total gives a hidden one")
    page.goto(f"{output}release")
    journey.look("output-release")
    page.locator("main form input[type=checkbox]").first.check()
    page.get_by_role("button", name="Release").click()
    page.goto(output)
    expect(page.locator(".gh-status")).to_contain_text("Released", timeout=60_000)


def ruth_downloads_the_package(journey: Journey, output: str, stack: Stack) -> None:
    page = journey.as_("ruth")
    page.goto(output)
    journey.look("output-released")
    with page.expect_download() as download:
        page.locator("a[href$='/download']").first.click()
    package = Path(download.value.path())
    key = load_pem_public_key((Zones(stack.data).keys / "signing.pub.pem").read_bytes())
    assert delivery.verify_package(package, key) == []
    with zipfile.ZipFile(io.BytesIO(package.read_bytes())) as content:
        manifest = json.loads(content.read("manifest.json"))
    assert [file["name"] for file in manifest["files"]] == ["crimes.csv"]
    assert [one["checker"] for one in manifest["checks"]] == ["first", "second"]


def the_public_reads_of_it(journey: Journey) -> None:
    sign_out(journey.page)
    page = journey.page
    page.goto("/register/")
    expect(page.locator("main")).to_contain_text(TITLE)
    journey.look("register")
    page.get_by_role("link", name=TITLE).first.click()
    expect(page.locator("main")).to_contain_text("Crimes by offence")
    expect(page.locator("main")).to_contain_text(PAPER)
    journey.look("register-project")
    page.goto("/register/figures")
    expect(page.locator("main")).to_contain_text("fewer than 10")
    journey.look("register-figures-with-data")
    page = journey.as_("ada")
    page.goto("/trail/")
    expect(page.locator("main")).to_contain_text("download")
    journey.look("trail")


def side_doors_look_finished_too(journey: Journey, project: str, stack: Stack) -> None:
    """The pages off the main way: lists, edits, withdrawals, a build in progress, signing out."""
    stack.run(SIDE_DOORS.replace("{title}", TITLE))
    page = journey.as_("ruth")
    for address, name in (
        ("/projects/", "projects"),
        ("/projects/2/", "second-draft"),
        ("/projects/2/withdraw", "project-withdraw"),
        ("/projects/2/data/pol_crime/drop", "table-drop"),
        ("/extracts/2/", "extract-building"),
        ("/extracts/2/cancel", "extract-cancel"),
        ("/extracts/2/specification", "extract-specification"),
        ("/outputs/", "own-outputs"),
        ("/outputs/2/", "output-ready"),
        ("/outputs/2/edit", "output-edit"),
        ("/outputs/2/withdraw", "output-withdraw"),
        ("/sign-out", "sign-out"),
    ):
        page.goto(address)
        journey.look(name)
    page.goto("/outputs/2/")
    page.get_by_role("link", name="Describe").first.click()
    page.goto(page.url.replace("/describe", "/remove"))
    journey.look("output-remove-file")
    page.goto("/extracts/2/")
    expect(page.locator("progress")).to_be_visible()
    for who, address, name in (
        ("rae", "/releases/1/", "release-for-its-manager"),
        ("rae", "/releases/1/withdraw", "release-withdraw"),
    ):
        page = journey.as_(who)
        page.goto(address)
        journey.look(name)
    page = journey.as_("sam")
    page.goto(project)
    page.get_by_role("link", name="Agreement 2", exact=True).first.click()
    page.get_by_role("link", name="Revoke the agreement").click()
    journey.look("agreement-revoke")
    for address, name in (
        ("/conditions/1/", "condition"),
        ("/projects/1/revoke", "project-revoke"),
        ("/projects/3/pause", "project-pause"),
    ):
        page.goto(address)
        journey.look(name)
    sign_out(page)
    for address, name in (("/sign-up", "no-sign-up"), ("/inactive", "inactive")):
        page.goto(address)
        journey.look(name)
